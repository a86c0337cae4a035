/** What a site's visitors look at most lately, by the statistics of a model. */
import type { ItemStatistics } from "./statistics.ts";
import { selectTop } from "./top.ts";

export interface Trend {
  /** Best first. */
  items: Int32Array;
  /** By item, what its place says: 0 behind the last that says anything. */
  told: Float32Array;
}

/** Items whose place in the trend says anything. */
export const TRENDING = 100;
/** What a click in the last 5 % of the sessions counts against one in the last 1 %, which is among them. */
const RECENT_SHARE = 0.25;

const kept = new WeakMap<ItemStatistics, Trend>();

/** Made once for each statistics. */
export function trendOf(statistics: ItemStatistics): Trend {
  const known = kept.get(statistics);
  if (known) return known;
  const { recent, latest } = statistics;
  const interest = recent.map((clicks, item) => RECENT_SHARE * clicks + (latest[item] as number));
  const order = Int32Array.from(interest.keys()).filter((item) => (interest[item] as number) > 0);
  selectTop(order, interest, order.length, TRENDING);
  const items = order
    .slice(0, TRENDING)
    .sort((one, other) => (interest[other] as number) - (interest[one] as number) || one - other);
  const told = new Float32Array(interest.length);
  for (const [place, item] of items.entries()) told[item] = Math.log((TRENDING + 1) / (place + 1));
  const trend = { items, told };
  kept.set(statistics, trend);
  return trend;
}
