/**
 * One person's finished content for another tool to send (Connected Content in Braze, a web feed in Klaviyo, …). The tool
 * sends by its own rules: no label, no gate, nothing stored. It never fails a send: whatever goes wrong here, the answer is
 * the best content that is left, and never text in which the tool would look for templates.
 */
import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { locatePerson } from "../profiles/person.ts";
import { recommendToMany } from "../recommend/recommend-many.ts";
import type { RecommendedItem } from "../recommend/recommended-item.ts";
import type { Site } from "../sites/schema.ts";
import { requireCampaign } from "./campaigns.ts";
import { readTravelers } from "./prepare.ts";
import type { Campaign } from "./schema.ts";
import { type Composition, compose } from "./write.ts";

export interface ContentProduct {
  id: string;
  title: string;
  url: string;
  image_url: string | null;
  /** Major units. */
  price: number | null;
  price_text: string | null;
  brand: string | null;
  category: string | null;
  reason: string;
}

export interface Content {
  title: string;
  body: string;
  url: string;
  image_url: string | null;
  /** What the link leads to, when that is a recommended product. */
  product: ContentProduct | null;
  items: ContentProduct[];
  /** False when the campaign's words could not be written for this person, and a product speaks for itself. */
  is_personal: boolean;
}

export const CONTENT_LIMIT_BYTES = 20 * 1024;
const TEXT_LIMIT_CHARACTERS = 3000;
const TITLE_LIMIT_CHARACTERS = 300;
const RECOMMENDED = 5;
const PURPOSE = "content";

/** What stands as `sig` in the address of a campaign's content: it opens this one campaign of this one site, for reading. */
export async function contentSignature(deps: Deps, siteId: string, campaignId: string): Promise<string> {
  return `${siteId}.${await deps.signer.sign(PURPOSE, `${siteId}.${campaignId}`)}`;
}

/** The site whose campaign the signature opens; undefined for everything that this installation did not sign. */
export async function readContentSignature(deps: Deps, campaignId: string, sig: string): Promise<string | undefined> {
  const [siteId = "", signature = ""] = sig.split(".", 2);
  return (await deps.signer.verify(PURPOSE, `${siteId}.${campaignId}`, signature)) ? siteId : undefined;
}

/** Throws `not_found` for an unknown campaign, and nothing else. */
export async function contentFor(deps: Deps, site: Site, campaignId: string, person: PersonKey): Promise<Content> {
  const campaign = await requireCampaign(deps, site.id, campaignId);
  try {
    const { definition } = campaign;
    const ref = await locatePerson(deps, site.id, person);
    const traveler = (await readTravelers(deps, [ref], [definition])).get(ref.profileId);
    const writings = traveler
      ? [{ definition, traveler, enteredAt: undefined, change: null, messageId: "m_content" }]
      : [];
    const [composition] = await compose(deps, site, writings);
    if (composition?.words.ok && composition.target) return bounded(personal(composition));
    const items = composition?.recommended.length ? composition.recommended : await popular(deps, site, campaign);
    return bounded(fallback(site, items));
  } catch (error) {
    deps.log.error("content could not be made", error, { siteId: site.id, campaignId });
    return bounded(fallback(site, []));
  }
}

function personal({ words, target, recommended }: Composition): Content {
  const items = recommended.map(productOf);
  return {
    title: words.ok ? words.title : "",
    body: words.ok ? words.body : "",
    url: target?.url ?? "",
    image_url: target?.imageUrl ?? null,
    product: items.find((item) => item.id === target?.item?.id) ?? null,
    items,
    is_personal: true,
  };
}

/** The first product speaks for itself; without any the shop's name does. */
function fallback(site: Site, recommended: RecommendedItem[]): Content {
  const items = recommended.map(productOf);
  const [product] = items;
  return {
    title: product?.title ?? site.name,
    body: product?.price_text ?? "",
    url: product?.url ?? site.origins[0] ?? "",
    image_url: product?.image_url ?? null,
    product: product ?? null,
    items,
    is_personal: false,
  };
}

/** What anybody would be recommended, when the words needed no recommendation and could not be written. */
async function popular(deps: Deps, site: Site, { definition }: Campaign): Promise<RecommendedItem[]> {
  if (definition.placement === null) return [];
  const nobody = { profileId: "", history: [] };
  return (await recommendToMany(deps, site, definition.placement, [nobody], RECOMMENDED)).get("") ?? [];
}

function productOf(item: RecommendedItem): ContentProduct {
  return {
    id: item.id,
    title: item.title,
    url: item.url,
    image_url: item.imageUrl,
    price: item.price,
    price_text: item.priceText,
    brand: item.brand,
    category: item.category,
    reason: item.reason,
  };
}

/** Plain text of bounded size: other tools cut or refuse what is larger, and render braces as their own. */
function bounded(content: Content): Content {
  const plain = JSON.parse(JSON.stringify(content), (_, value) =>
    typeof value === "string" ? value.replace(/([{}%])(?=[{}%])/g, "$1 ") : value,
  ) as Content;
  plain.title = cut(plain.title, TITLE_LIMIT_CHARACTERS);
  plain.body = cut(plain.body, TEXT_LIMIT_CHARACTERS);
  while (plain.items.length > 0 && Buffer.byteLength(JSON.stringify(plain)) > CONTENT_LIMIT_BYTES) plain.items.pop();
  return plain;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
