/** What an event says about taste: which items, and how strongly. The same words for training and for serving. */
import { itemsOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";

export type ActionKind = "viewed" | "wanted" | "bought";

export interface Action {
  itemId: string;
  kind: ActionKind;
  /** Against a view, which is 1. */
  weight: number;
}

const ACTIONS: Record<string, { kind: ActionKind; weight: number }> = {
  product_viewed: { kind: "viewed", weight: 1 },
  content_viewed: { kind: "viewed", weight: 1 },
  recommendation_clicked: { kind: "viewed", weight: 1 },
  product_rated: { kind: "wanted", weight: 1.5 },
  product_added_to_wishlist: { kind: "wanted", weight: 1.5 },
  product_added_to_cart: { kind: "wanted", weight: 2 },
  checkout_started: { kind: "wanted", weight: 2 },
  product_purchased: { kind: "bought", weight: 2.5 },
};

/** Names an item without saying that someone likes it, or says the opposite. */
const NO_ACTION = new Set([
  "recommendation_shown",
  "recommendation_dismissed",
  "product_removed_from_cart",
  "product_refunded",
  "survey_shown",
  "survey_answered",
  "message_sent",
  "message_delivered",
  "message_opened",
  "message_skipped",
]);

/** A custom event about an item: some interest, less than looking at it. */
const OTHER = { kind: "viewed", weight: 0.5 } as const;

/** An order of three items is three actions, of one kind. Empty when the event says nothing about taste. */
export function actionsOf(event: Pick<HistoryEvent, "name" | "itemId" | "properties">): Action[] {
  if (event.itemId === null || NO_ACTION.has(event.name)) return [];
  const { kind, weight } = ACTIONS[event.name] ?? OTHER;
  if (event.name === "product_rated" && isLowRating(event.properties)) return [];
  if (kind === "viewed") return [{ itemId: event.itemId, kind, weight }];
  return itemsOf(event.properties).map((item) => ({ itemId: item.id, kind, weight }));
}

/** In the lower half of five stars, or of the scale that the event states as `rating_max`. */
function isLowRating(properties: Record<string, unknown>): boolean {
  const rating = Number(properties.rating ?? properties.score);
  const best = Number(properties.rating_max ?? 5);
  return Number.isFinite(rating) && rating <= best / 2;
}
