/**
 * What a placement did on a day. Purchases belong to the last recommendation that the same profile clicked within a day
 * before; who goes on in another browser is not followed. Pure.
 */
import { DAY } from "../lib/time.ts";

export interface PlacementFigures {
  /** Lists that came into view. */
  lists: number;
  /** Of these, lists of what is popular or new, with nothing of the person's or the page's in them. */
  fallbacks: number;
  /** Cards that came into view, and how many different items they were. */
  cards: number;
  items: number;
  /** Cards of items that are not among the most popular. */
  novel: number;
  clicks: number;
  orders: number;
  /** Minor units of the site's currency. */
  revenue: number;
}

export function noFigures(): PlacementFigures {
  return { lists: 0, fallbacks: 0, cards: 0, items: 0, novel: 0, clicks: 0, orders: 0, revenue: 0 };
}

export interface Deed {
  profileId: string;
  at: number;
  /** Of a click the placement; of a purchase null. */
  placement: string | null;
  /** Of a purchase, in minor units. */
  value: number;
}

const CREDITED_MS = DAY;

/** Clicks of a day `[from, to)` by placement, and what was bought after them. @param deeds of the day and the day after */
export function creditDeeds(
  deeds: Deed[],
  { from, to }: { from: number; to: number },
): Map<string, Pick<PlacementFigures, "clicks" | "orders" | "revenue">> {
  const found = new Map<string, Pick<PlacementFigures, "clicks" | "orders" | "revenue">>();
  const sumsOf = (placement: string) => {
    const sums = found.get(placement) ?? { clicks: 0, orders: 0, revenue: 0 };
    found.set(placement, sums);
    return sums;
  };
  const latest = new Map<string, { placement: string; at: number }>();
  for (const { profileId, at, placement, value } of deeds.toSorted((one, other) => one.at - other.at)) {
    if (placement !== null) {
      latest.set(profileId, { placement, at });
      if (at >= from && at < to) sumsOf(placement).clicks++;
      continue;
    }
    const click = latest.get(profileId);
    if (!click || at - click.at >= CREDITED_MS || click.at < from || click.at >= to) continue;
    const sums = sumsOf(click.placement);
    sums.orders++;
    sums.revenue += value;
  }
  return found;
}
