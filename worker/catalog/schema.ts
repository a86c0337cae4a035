/** What a feed or a server says of an item. Fields that are not named here are ignored. */
import * as z from "zod";

/** Items and bytes of one `POST /v1/items/batch`. */
export const ITEM_BATCH_LIMIT = 500;
export const ITEM_BATCH_LIMIT_BYTES = 1024 * 1024;

/** SQLite ends a text at a NUL, and half of a character is no text in any encoding. */
const IS_TEXT = "text without NUL bytes and broken characters";
const isText = (value: string) => !value.includes("\0") && value.isWellFormed();
const text = (most: number) => z.string().trim().min(1).max(most).refine(isText, IS_TEXT);
/** Feeds leave fields empty instead of leaving them out. */
const optionalText = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine(isText, IS_TEXT)
    .nullish()
    .transform((value) => value || null);
/** ISO 8601 with an offset, or epoch ms. */
const moment = z
  .union([z.int().min(0).max(8.64e15), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
  .nullish();
const webAddress = z.url({ protocol: /^https?$/, error: "an absolute http or https address" }).max(2048);
/** Major units: 39000 (KRW), 39.9 (USD). */
const amount = z.number().min(0).max(1e12).nullish();

/** U+FFFD stands where a file's bytes were no letter: two ids would become one. */
const isWhole = (id: string) => !id.includes("\uFFFD");

export const ItemId = z.union([text(128).refine(isWhole, IS_TEXT), z.int().transform(String)]);

const AVAILABILITY = ["in_stock", "out_of_stock", "preorder", "backorder"] as const;

export const ItemInput = z.object({
  id: ItemId,
  /** In the site's own language. */
  title: text(512),
  titles: z.object({ ko: text(512).optional(), en: text(512).optional() }).nullish(),
  description: optionalText(5000),
  url: webAddress,
  imageUrl: webAddress.nullish(),
  /** What the shop's own model makes of the picture, for "similar design". Of one model for all items. */
  imageVector: z.array(z.number().min(-1e6).max(1e6)).min(8).max(2048).nullish(),
  price: amount,
  /** Price before a sale. */
  listPrice: amount,
  /** Charged from `saleStartsAt` until before `saleEndsAt`; without an end, or a beginning, for as long as it is said. */
  salePrice: amount,
  saleStartsAt: moment,
  saleEndsAt: moment,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "an ISO 4217 code such as KRW")
    .nullish(),
  brand: optionalText(128),
  /** From broad to narrow: "Women > Coats", or the same as a list. */
  category: z
    .union([z.string().max(512), z.array(text(128)).max(8)])
    .nullish()
    .transform((path) => {
      const parts = typeof path === "string" ? path.split(">") : (path ?? []);
      return (
        parts
          .map((part) => part.trim())
          .filter(Boolean)
          .join(" > ") || null
      );
    }),
  tags: z.array(text(64)).max(50).nullish(),
  /** Variants (sizes, colors) of one product share it. */
  groupId: z.union([optionalText(128), z.int().transform(String)]),
  attributes: z
    .record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean(), z.array(text(200)).max(50)]))
    .refine((record) => Object.keys(record).length <= 50, "at most 50 attributes")
    .nullish(),
  availability: z
    .string()
    .transform((value) => value.trim().toLowerCase().replaceAll(" ", "_"))
    .pipe(z.enum(AVAILABILITY))
    .default("in_stock"),
  /** How many are in stock. None left is out of stock, whatever `availability` says. */
  quantity: z.int().min(0).max(1e9).nullish(),
  /** So many or fewer are few; 5 where it is not said. */
  lowStockThreshold: z.int().min(0).max(1e9).nullish(),
  hidden: z.boolean().default(false),
});
export type ItemInput = z.infer<typeof ItemInput>;

/** The envelope; its items are checked one by one, so that one bad item does not cost the others. */
export const ItemBatch = z.object({ items: z.array(z.unknown()).min(1).max(ITEM_BATCH_LIMIT) });
