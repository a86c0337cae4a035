/**
 * What each field means, by shape and dotted path; what is called the same and means the same everywhere is said once.
 * Types, limits and defaults are not repeated here: they come from the schemas. A test keeps this list complete and free
 * of fields that are no more.
 */
import { ANSWERED } from "./fields-answered.ts";
import { OF_FEEDS } from "./fields-of-feeds.ts";
import { OF_ONSITE } from "./fields-of-onsite.ts";
import { OF_RECOMMENDATIONS } from "./fields-of-recommendations.ts";
import { OF_SURVEYS } from "./fields-of-surveys.ts";
import { SENT } from "./fields-sent.ts";
import type { ShapeName } from "./shapes.ts";

/** The meaning, or with it what the schema cannot say of itself. */
export type FieldWords = string | { description: string; [keyword: string]: unknown };

export type Words = Partial<Record<ShapeName, Record<string, FieldWords>>>;

export const EVERYWHERE: Record<string, FieldWords> = {
  userId: "The shop's own id of a signed-in person.",
  anonymousId: "The id of a browser nobody has to be signed in on; what it did joins the user at `identify`.",
  messageId: "The caller's own id of this message: sent again, it is stored once.",
  timestamp: "When it happened: ISO 8601 with a zone, or epoch milliseconds. Left out: now.",
  sentAt: "The client's clock when it sent this. The difference from ours corrects `timestamp`.",
  originalTimestamp: "The client's own time before correction, as Segment's SDKs send it.",
  writeKey: "The site's key, for clients that cannot set a header.",
  context: "Device, page, library and campaign, as Segment's SDKs send them.",
  properties: "What belongs to the event: `product_id`, `price`, `currency`, `quantity`, `query`, …",
  traits: "What is known of the person: `email`, `phone`, `locale`, and whatever segments and words shall use.",
  locale: "Language of texts: anything that begins with `ko` is Korean, everything else English.",
  ko: "In Korean.",
  en: "In English.",
  id: "The id.",
  name: "The name that marketers see.",
  title: "The title.",
  body: "The text.",
  createdAt: "Epoch milliseconds.",
  updatedAt: "Epoch milliseconds.",
  price: "In major units of the currency: 39000 (KRW), 39.9 (USD).",
  listPrice: "Price before a sale, in major units.",
  salePrice: "What is charged while the sale lasts, in major units.",
  saleStartsAt: "When the sale begins: ISO 8601 with an offset, or epoch milliseconds. Without it, it has begun.",
  saleEndsAt: "The first moment after the sale. Without it, it does not end.",
  quantity: "How many are in stock. None left is out of stock.",
  lowStockThreshold: "So many or fewer are few: 5 where it is not said.",
  currency: "ISO 4217, such as `KRW`.",
  brand: "The brand.",
  category: "From broad to narrow: `Women > Coats`.",
  url: "An absolute http or https address.",
  imageUrl: "An absolute http or https address of a picture.",
  imageVector: "What the shop's own model makes of the picture, for similar designs: of one model for all items.",
  success: "Always true; what goes wrong is an error.",
  accepted: "How many are stored now, or safe in the queue.",
  delayed:
    "Of the accepted: the database is overloaded, and they are read a little later. Left out when there are none.",
  withheld: "How many the visitor does not want to be recorded; they are not. Left out when there are none.",
  userHash:
    "Proof that the page may speak for `userId`, where the site asks for it: the hexadecimal HMAC-SHA-256 of the user id with the site's identity secret, made by the shop's server.",
  refused: "What is not stored, and why.",
  "refused.index": "Place in the request, from 0.",
  issues: "What is wrong, field by field.",
  "issues.path": "The field, as a dotted path; empty for the whole.",
  "issues.message": "What is wrong with it.",
  op: "How to compare. Text is compared without regard to case and Unicode form.",
  value:
    "What to compare with: a list for `in`, a number for `gt` `gte` `lt` `lte`, a text for `contains`, nothing for `exists`.",
};

export const FIELDS: Words = { ...SENT, ...ANSWERED, ...OF_ONSITE, ...OF_FEEDS, ...OF_RECOMMENDATIONS, ...OF_SURVEYS };
