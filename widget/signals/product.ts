/** The product that a page is about, from its schema.org JSON-LD or Open Graph. Pure: texts in, properties of `product_viewed` out. */
import { parseJson } from "../collect/json.ts";
import { type Bag, bagOf } from "./bag.ts";

export interface PageProduct {
  product_id: string;
  name?: string;
  price?: number;
  currency?: string;
  brand?: string;
  category?: string;
  image_url?: string;
  url?: string;
}

/**
 * Undefined when the page is about no product or about many: a list of products is not a view of each. Among several, the
 * one whose address is the page's counts.
 */
export function findProduct(texts: string[], address: string): PageProduct | undefined {
  const products = texts.flatMap((text) => nodesOf(parseJson(text)));
  const [node, another] =
    products.length > 1
      ? products.filter((each) => [each.url, each["@id"], offerOf(each).url].some((url) => isSame(url, address)))
      : products;
  return node && !another ? describe(node, address) : undefined;
}

/** From the page's `<meta property="…">`, by property; undefined without the product's id. */
export function productOfMeta(of: (property: string) => string | undefined, address: string): PageProduct | undefined {
  const node = {
    sku: of("product:retailer_item_id") ?? of("product:product_id") ?? of("product:productId"),
    name: of("og:title"),
    brand: of("product:brand"),
    category: of("product:category"),
    image: of("og:image"),
    offers: {
      price: of("product:sale_price:amount") ?? of("product:price:amount"),
      priceCurrency: of("product:price:currency"),
    },
  };
  return describe(node, address);
}

/** The products among what a page writes: one node, a list of them, a graph, or a page node with its main entity. */
function nodesOf(value: unknown): Bag[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  const node = bagOf(value);
  const isProduct = /(^|\W)Product(Group)?(\W|$)/.test(JSON.stringify(node["@type"]));
  const inner = [node["@graph"], node.mainEntity].flatMap((each) => (each ? nodesOf(each) : []));
  return isProduct ? [node, ...inner] : inner;
}

function describe(node: Bag, address: string): PageProduct | undefined {
  const id = textOf(node.productID ?? node.sku ?? node.productGroupID);
  if (id === undefined) return;
  const offer = offerOf(node);
  const price = Number(String(textOf(offer.price ?? offer.lowPrice)).replace(/,/g, ""));
  return {
    product_id: id,
    name: textOf(node.name),
    price: price >= 0 ? price : undefined,
    currency: textOf(offer.priceCurrency),
    brand: textOf(node.brand),
    category: textOf(node.category),
    image_url: textOf(node.image),
    url: address,
  };
}

/** The first offer, with its price's own node read into it. */
function offerOf(node: Bag): Bag {
  const offer = bagOf(firstOf(node.offers));
  return { ...bagOf(firstOf(offer.priceSpecification)), ...offer };
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** A text, a number, the first of a list, or a node's name or address. */
function textOf(value: unknown): string | undefined {
  const first = firstOf(value);
  const { name, url, contentUrl } = bagOf(first);
  if (typeof first === "object") return first ? textOf(name ?? url ?? contentUrl) : undefined;
  return first === undefined || first === "" ? undefined : String(first);
}

/** The same page, whatever is asked of it. Shops write addresses whole or from the root. */
function isSame(url: unknown, address: string): boolean {
  const path = (text: unknown) => String(text).replace(/^https?:\/\/[^/]+|[?#].*/g, "");
  return path(url) === path(address);
}
