/**
 * Other vocabularies' event names → ours. Data, not code: a new vocabulary is a new column of names.
 * Sources: Segment ecommerce spec v2, GA4 recommended events, Blux SDK, AIQUA recommended events.
 */
export const CANONICAL_EVENTS = [
  "page_viewed",
  "content_viewed",
  "category_viewed",
  "product_viewed",
  "product_clicked",
  "product_searched",
  "product_added_to_cart",
  "product_removed_from_cart",
  "product_added_to_wishlist",
  "cart_viewed",
  "checkout_started",
  "product_purchased",
  "product_refunded",
  "product_rated",
  "registration_completed",
  "survey_shown",
  "survey_started",
  "survey_answered",
  "survey_skipped",
  "survey_held_out",
  "recommendation_shown",
  "recommendation_clicked",
  "recommendation_dismissed",
  "message_sent",
  "message_delivered",
  "message_opened",
  "message_clicked",
  "message_skipped",
  "message_shown",
  "message_dismissed",
  "consent_changed",
] as const;

export type CanonicalEvent = (typeof CANONICAL_EVENTS)[number];

type Vocabulary = "segment" | "ga4" | "blux" | "aiqua";

/**
 * What others call it, by canonical name. Ours are AIQUA's names where it has one. What is not here is kept as it was sent:
 * steps of a checkout, promotions and coupons say nothing of a taste, and AIQUA's `checkout_completed` comes beside
 * `product_purchased`, so that both as one would count an order twice.
 */
export const OTHER_NAMES: Partial<Record<CanonicalEvent, Partial<Record<Vocabulary, string[]>>>> = {
  page_viewed: { ga4: ["page_view", "screen_view"], blux: ["page_visit"] },
  category_viewed: {
    segment: ["Product List Viewed", "Product List Filtered"],
    ga4: ["view_item_list"],
    aiqua: ["category_viewed"],
  },
  product_viewed: {
    segment: ["Product Viewed"],
    ga4: ["view_item"],
    blux: ["product_detail_view"],
    aiqua: ["product_viewed"],
  },
  product_clicked: { segment: ["Product Clicked"], ga4: ["select_item"] },
  product_searched: {
    segment: ["Products Searched"],
    ga4: ["search", "view_search_results"],
    aiqua: ["product_searched"],
  },
  product_added_to_cart: {
    segment: ["Product Added", "Wishlist Product Added to Cart"],
    ga4: ["add_to_cart"],
    blux: ["cartadd"],
    aiqua: ["product_added_to_cart"],
  },
  product_removed_from_cart: {
    segment: ["Product Removed"],
    ga4: ["remove_from_cart"],
    aiqua: ["product_removed_from_cart"],
  },
  product_added_to_wishlist: {
    segment: ["Product Added to Wishlist"],
    ga4: ["add_to_wishlist"],
    blux: ["like"],
    aiqua: ["product_added_to_wishlist"],
  },
  cart_viewed: { segment: ["Cart Viewed"], ga4: ["view_cart"], aiqua: ["cart_viewed"] },
  checkout_started: { segment: ["Checkout Started"], ga4: ["begin_checkout"], aiqua: ["checkout_initiated"] },
  product_purchased: {
    segment: ["Order Completed"],
    ga4: ["purchase"],
    blux: ["order"],
    aiqua: ["product_purchased"],
  },
  product_refunded: { segment: ["Order Refunded", "Order Cancelled"], ga4: ["refund"] },
  product_rated: { segment: ["Product Reviewed"], blux: ["rate"] },
  registration_completed: { segment: ["Signed Up"], ga4: ["sign_up"], aiqua: ["registration_completed"] },
};

/** "Product Viewed", "product-viewed", "productViewed" → "product_viewed": people write a name in many ways. */
export function wordOf(name: string): string {
  return name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[\s.-]+/g, "_")
    .toLowerCase();
}

const CANONICAL_BY_WORD = new Map<string, CanonicalEvent>([
  ...CANONICAL_EVENTS.map((name) => [name, name] as const),
  ...Object.entries(OTHER_NAMES).flatMap(([canonical, names]) =>
    Object.values(names)
      .flat()
      .map((name) => [wordOf(name), canonical as CanonicalEvent] as const),
  ),
]);

/**
 * The canonical name, or the name itself: an unknown name is a custom event and kept as it was sent. `ofSite`: what the
 * site's marketer says of names, by `wordOf`; it goes before what we know.
 */
export function canonicalName(name: string, ofSite: Record<string, string> = {}): string {
  const word = wordOf(name);
  return (Object.hasOwn(ofSite, word) ? ofSite[word] : CANONICAL_BY_WORD.get(word)) ?? name;
}

export interface EventItem {
  id: string;
  /** Major units, as sent. */
  price: number | undefined;
  quantity: number;
}

function text(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value.slice(0, 256);
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

/** Also "39,000", "₩39,000" and "39,000원", as shops print them. */
function number(value: unknown): number | undefined {
  const digits = typeof value === "string" ? value.replace(/[,\s₩$원]/g, "") : "";
  const parsed = digits === "" ? value : Number(digits);
  return typeof parsed === "number" && Number.isFinite(parsed) ? parsed : undefined;
}

function itemOf(properties: Record<string, unknown>): EventItem | undefined {
  const id = text(properties.product_id) ?? text(properties.item_id) ?? text(properties.itemId) ?? text(properties.sku);
  if (id === undefined) return undefined;
  return {
    id,
    price: number(properties.price ?? properties.product_price),
    quantity: number(properties.quantity) ?? 1,
  };
}

/** The items that an event is about: `products[]` (Segment), `items[]` (GA4, Blux), or the event's own fields. At most 200. */
export function itemsOf(properties: Record<string, unknown>): EventItem[] {
  const list = listIn(properties);
  if (list) {
    const items: EventItem[] = [];
    for (const entry of list.slice(0, 200)) {
      if (typeof entry !== "object" || entry === null) continue;
      const fields = entry as Record<string, unknown>;
      const item = itemOf(fields) ?? (text(fields.id) ? itemOf({ ...fields, item_id: fields.id }) : undefined);
      if (item) items.push(item);
    }
    if (items.length > 0) return items;
  }
  const own = itemOf(properties);
  return own ? [own] : [];
}

/** What was searched for, as Segment (`query`) and GA4 (`search_term`) say it. */
export function queryOf(properties: Record<string, unknown>): string | undefined {
  const query = text(properties.query) ?? text(properties.search_term);
  return query?.normalize("NFKC").replace(/\s+/g, " ").trim().slice(0, QUERY_LENGTH) || undefined;
}

/** Beyond it there is no word that a title has. */
const QUERY_LENGTH = 80;

/** The items of a list that came into view: `item_ids`, as the tag says them, or as others tell of lists (`products[]`, `items[]`). */
export function shownIdsOf(properties: Record<string, unknown>): string[] {
  const { item_ids: ids } = properties;
  return Array.isArray(ids) ? ids.flatMap((id) => text(id) ?? []) : itemsOf(properties).map(({ id }) => id);
}

function listIn(properties: Record<string, unknown>): unknown[] | undefined {
  const { products, items } = properties;
  if (Array.isArray(products)) return products;
  if (Array.isArray(items)) return items;
  const pushed = layered(properties).items;
  return Array.isArray(pushed) ? pushed : undefined;
}

const NOTHING: Record<string, unknown> = {};

/** A data layer's push that somebody passes on as it is. */
function layered(properties: Record<string, unknown>): Record<string, unknown> {
  const { ecommerce } = properties;
  return typeof ecommerce === "object" && ecommerce !== null ? (ecommerce as Record<string, unknown>) : NOTHING;
}

/** What an order says it was worth, in major units: the total when stated, else the sum of its items. */
export function orderValue(properties: Record<string, unknown>): number {
  const stated =
    number(properties.revenue) ??
    number(properties.total) ??
    number(properties.value) ??
    number(properties.paid_amount) ??
    number(properties.order_amount) ??
    number(layered(properties).value);
  if (stated !== undefined) return stated;
  return itemsOf(properties).reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0);
}

const ORDER_IDS = ["order_id", "orderId", "transaction_id"] as const;

/** Of a purchase, in anybody's words; undefined where it is not said. */
export function orderIdOf(properties: Record<string, unknown>): string | undefined {
  const said = ORDER_IDS.map((name) => properties[name]).find((each) => each !== undefined && each !== null);
  const id = typeof said === "string" || typeof said === "number" ? String(said).trim() : "";
  return id === "" ? undefined : id;
}
