/** Events as acts: the same words for training and for serving. */
import { itemsOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import { type Act, lookBack } from "./behavior.ts";

const KINDS: Record<string, Act["kind"]> = {
  product_viewed: "view",
  content_viewed: "view",
  recommendation_clicked: "view",
  product_added_to_cart: "cart",
  checkout_started: "cart",
  product_added_to_wishlist: "wish",
  product_searched: "search",
  product_purchased: "purchase",
};

/** Names an item without the person having done anything with it. */
const NO_ACT = new Set([
  "recommendation_shown",
  "survey_shown",
  "survey_answered",
  "message_sent",
  "message_delivered",
  "message_opened",
  "message_skipped",
  "consent_changed",
]);

/** Null for what says nothing of an intention: pages, and what was done to the person. */
export function actOf({
  at,
  name,
  itemId,
  properties,
}: Pick<HistoryEvent, "at" | "name" | "itemId" | "properties">): Act | null {
  const kind = KINDS[name] ?? (itemId === null || NO_ACT.has(name) ? undefined : "other");
  if (kind === undefined) return null;
  const { category } = properties;
  return {
    at,
    kind,
    itemId: itemId ?? undefined,
    category: typeof category === "string" && category !== "" ? category : undefined,
    price: itemsOf(properties)[0]?.price,
  };
}

/** The acts that a moment is judged by. @param events newest first, the newest up to `now` among them, acts or not */
export function actsAt(events: readonly HistoryEvent[], now: number): Act[] {
  let newest = 0;
  while (newest < events.length && (events[newest] as HistoryEvent).at > now) newest++;
  return lookBack(events.length - newest, (back) => actOf(events[newest + back] as HistoryEvent));
}
