/**
 * What a placement did on a day. Purchases belong to the last recommendation that the same person clicked within a day
 * before, in whichever of their browsers, signed in by then or not. Pure.
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
  /** The same items as a sketch (distinct.ts), to be counted over several days. */
  seen: string;
  /** Cards of items that are not among the most popular. */
  novel: number;
  clicks: number;
  orders: number;
  /** Of whole orders, in minor units of the site's currency. */
  revenue: number;
  /** Of these, what the clicked products themselves cost. */
  clickedRevenue: number;
}

export function noFigures(): PlacementFigures {
  return {
    lists: 0,
    fallbacks: 0,
    cards: 0,
    items: 0,
    seen: "",
    novel: 0,
    clicks: 0,
    orders: 0,
    revenue: 0,
    clickedRevenue: 0,
  };
}

export interface Deed {
  /** Whose it is, in all their browsers. */
  person: string;
  at: number;
  /** Of a click the placement; of a purchase null. */
  placement: string | null;
  /** Of a click the item, of a purchase what was bought; each with what it cost in all, in minor units. */
  items: { id: string; value: number }[];
  /** Of a purchase, the whole order, in minor units. */
  value: number;
}

const CREDITED_MS = DAY;

type Credits = Pick<PlacementFigures, "clicks" | "orders" | "revenue" | "clickedRevenue">;

/** Clicks of a day `[from, to)` by placement, and what was bought after them. @param deeds of the day and the day after */
export function creditDeeds(deeds: Deed[], { from, to }: { from: number; to: number }): Map<string, Credits> {
  const found = new Map<string, Credits>();
  const sumsOf = (placement: string) => {
    const sums = found.get(placement) ?? { clicks: 0, orders: 0, revenue: 0, clickedRevenue: 0 };
    found.set(placement, sums);
    return sums;
  };
  const latest = new Map<string, { placement: string; at: number }>();
  /** Person, placement and item → when it was clicked last. */
  const clicked = new Map<string, number>();
  const nameOf = (person: string, placement: string, id: string) => `${person}\n${placement}\n${id}`;
  for (const { person, at, placement, items, value } of deeds.toSorted((one, other) => one.at - other.at)) {
    if (placement !== null) {
      latest.set(person, { placement, at });
      for (const { id } of items) clicked.set(nameOf(person, placement, id), at);
      if (at >= from && at < to) sumsOf(placement).clicks++;
      continue;
    }
    const click = latest.get(person);
    if (!click || at - click.at >= CREDITED_MS || click.at < from || click.at >= to) continue;
    const sums = sumsOf(click.placement);
    sums.orders++;
    sums.revenue += value;
    const own = items.filter(
      ({ id }) => at - (clicked.get(nameOf(person, click.placement, id)) ?? Number.NEGATIVE_INFINITY) < CREDITED_MS,
    );
    // A discount on the whole order makes its products cheaper than they say.
    sums.clickedRevenue += Math.min(
      value,
      own.reduce((sum, item) => sum + item.value, 0),
    );
  }
  return found;
}
