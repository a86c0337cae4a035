/** The product that a page is about, from its schema.org JSON-LD or Open Graph. Pure: texts in, properties of `product_viewed` out. */
import { parseJson } from "../collect/json.ts";

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

type Node = Record<string, unknown>;

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

/** From the page's `<meta property="product:…">`, by property; undefined without the product's id. */
export function productOfMeta(meta: Record<string, string>, address: string): PageProduct | undefined {
  const of = (name: string) => meta[`product:${name}`];
  const node = {
    sku: of("retailer_item_id") ?? of("productId") ?? of("product_id"),
    name: meta["og:title"],
    brand: of("brand"),
    category: of("category"),
    image: meta["og:image"],
    offers: {
      price: of("sale_price:amount") ?? of("price:amount"),
      priceCurrency: of("sale_price:currency") ?? of("price:currency"),
    },
  };
  return describe(node, address);
}

/** The products among what a page writes: one node, a list of them, a graph, or a page node with its main entity. */
function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!isNode(value)) return [];
  const isProduct = /(^|\W)Product(Group)?(\W|$)/.test(JSON.stringify(value["@type"]));
  return [...(isProduct ? [value] : []), ...nodesOf(value["@graph"]), ...nodesOf(value.mainEntity)];
}

function describe(node: Node, address: string): PageProduct | undefined {
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
function offerOf(node: Node): Node {
  const offer = firstOf(node.offers) as Node | undefined;
  return { ...(firstOf(offer?.priceSpecification) as Node), ...offer };
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

/** A text, a number, the first of a list, or a node's name or address. */
function textOf(value: unknown): string | undefined {
  const first = firstOf(value);
  if (isNode(first)) return textOf(first.name ?? first.url ?? first.contentUrl);
  return first == null || first === "" ? undefined : String(first);
}

/** The same page, whatever is asked of it. Shops write addresses whole or from the root. */
function isSame(url: unknown, address: string): boolean {
  const path = (text: unknown) => String(text).replace(/^https?:\/\/[^/]+|[?#].*/g, "");
  return path(url) === path(address);
}
