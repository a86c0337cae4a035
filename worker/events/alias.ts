/**
 * Other vocabularies' event names → ours. Data, not code: a new vocabulary is a new column of names.
 * Sources: Segment ecommerce spec v2, GA4 recommended events, Blux SDK, AIQUA.
 */
export const CANONICAL_EVENTS = [
  "page_viewed",
  "content_viewed",
  "category_viewed",
  "product_viewed",
  "product_searched",
  "product_added_to_cart",
  "product_removed_from_cart",
  "product_added_to_wishlist",
  "checkout_started",
  "product_purchased",
  "product_refunded",
  "product_rated",
  "registration_completed",
  "survey_shown",
  "survey_answered",
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

const ALIASES: Record<string, CanonicalEvent> = {
  // Segment ecommerce v2
  "products searched": "product_searched",
  "product list viewed": "category_viewed",
  "product viewed": "product_viewed",
  "product added": "product_added_to_cart",
  "product removed": "product_removed_from_cart",
  "product added to wishlist": "product_added_to_wishlist",
  "checkout started": "checkout_started",
  "order completed": "product_purchased",
  "order refunded": "product_refunded",
  "product reviewed": "product_rated",
  "signed up": "registration_completed",
  // GA4
  page_view: "page_viewed",
  view_item_list: "category_viewed",
  view_item: "product_viewed",
  view_search_results: "product_searched",
  search: "product_searched",
  add_to_cart: "product_added_to_cart",
  remove_from_cart: "product_removed_from_cart",
  add_to_wishlist: "product_added_to_wishlist",
  begin_checkout: "checkout_started",
  purchase: "product_purchased",
  refund: "product_refunded",
  sign_up: "registration_completed",
  // Blux
  page_visit: "page_viewed",
  product_detail_view: "product_viewed",
  like: "product_added_to_wishlist",
  cartadd: "product_added_to_cart",
  order: "product_purchased",
  rate: "product_rated",
};

/** The canonical name, or the name itself: an unknown name is a custom event and kept as it was sent. */
export function canonicalName(name: string): string {
  const key = name.toLowerCase();
  return (Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined) ?? name;
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

function number(value: unknown): number | undefined {
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
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
  const list = Array.isArray(properties.products) ? properties.products : properties.items;
  if (Array.isArray(list)) {
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

/** What an order says it was worth, in major units: the total when stated, else the sum of its items. */
export function orderValue(properties: Record<string, unknown>): number {
  const stated =
    number(properties.revenue) ??
    number(properties.total) ??
    number(properties.value) ??
    number(properties.paid_amount) ??
    number(properties.order_amount);
  if (stated !== undefined) return stated;
  return itemsOf(properties).reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0);
}
