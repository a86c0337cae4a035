/** An item of a list, as it is told: what the catalog says of it, and what the list does. */
import { type PublicItem, publicItem, titleOf } from "../catalog/read.ts";
import { reasonFor } from "./reason.ts";
import type { Way } from "./schema.ts";
import type { Selected } from "./select.ts";
import type { CatalogShelf } from "./shelf.ts";

/** What a list says of an item. */
interface Said {
  /** In (0, 1], falling along the list. */
  score: number;
  reason: string;
  /** The way that it came, or that a marketer has put it there, or that it fills up the list. */
  source: Way | "pinned" | "catalog";
}

export interface RecommendedItem extends PublicItem, Said {}

/** The same with what the catalog says by itself: one object for all lists, as long as the isolate keeps its copy of the item. */
export interface ListedItem extends Said {
  item: Readonly<PublicItem>;
}

export function listedItem({ candidate, item }: Selected, shelf: CatalogShelf, locale: "ko" | "en"): ListedItem {
  const seed = candidate.seed && shelf.get(candidate.seed.itemId);
  return {
    item: publicItem(item, locale),
    score: Math.round(candidate.score * 1e4) / 1e4,
    reason: reasonFor(candidate, seed && titleOf(seed, locale), locale),
    source: candidate.pinned ? "pinned" : candidate.filler ? "catalog" : candidate.way,
  };
}

export function asOne({ item, score, reason, source }: ListedItem): RecommendedItem {
  return { ...item, score, reason, source };
}
