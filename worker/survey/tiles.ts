/**
 * Which tiles are worth showing, from items in the order of their popularity. Pure. Popular things are recognised at a
 * glance; a spread over categories and brands makes a pick say something.
 */
import type { Item } from "../catalog/price.ts";

type Candidate = Pick<Item, "id" | "category" | "brand" | "imageUrl">;

/** How much another tile of the same narrow category, broad category or brand loses. */
const SAME_CATEGORY = 0.25;
const SAME_BROAD_CATEGORY = 0.5;
const SAME_BRAND = 0.75;

/** At most `count` of the items, greedily: popularity, discounted by what is already there. Needs a picture. */
export function chooseItems<T extends Candidate>(popularFirst: T[], count: number): T[] {
  const open = popularFirst.flatMap((item, rank) => (item.imageUrl ? [{ item, appeal: 1 / Math.sqrt(rank + 4) }] : []));
  const seen = new Map<string, number>();
  const times = (key: string) => seen.get(key) ?? 0;
  const keysOf = ({ category, brand }: T) => [`c:${category}`, `b:${broad(category)}`, `m:${brand}`] as const;
  const chosen: T[] = [];
  while (chosen.length < count && open.length > 0) {
    let best = 0;
    let bestWorth = -1;
    for (const [index, { item, appeal }] of open.entries()) {
      const [category, broadCategory, brand] = keysOf(item);
      const worth =
        appeal *
        SAME_CATEGORY ** times(category) *
        SAME_BROAD_CATEGORY ** times(broadCategory) *
        (item.brand ? SAME_BRAND ** times(brand) : 1);
      if (worth > bestWorth) {
        best = index;
        bestWorth = worth;
      }
    }
    const [taken] = open.splice(best, 1);
    if (!taken) break;
    chosen.push(taken.item);
    for (const key of keysOf(taken.item)) seen.set(key, times(key) + 1);
  }
  return chosen;
}

/** Fewer broad categories than this tell too little: the next level is asked for. */
const FEW = 4;

/** At most `count` categories, most popular first, each with its most popular item that has a picture. */
export function chooseCategories<T extends Candidate>(popularFirst: T[], count: number): { path: string; item: T }[] {
  const broadOnes = group(popularFirst, 1);
  const groups = broadOnes.size >= FEW ? broadOnes : group(popularFirst, 2);
  return [...groups.entries()]
    .sort((a, b) => b[1].worth - a[1].worth)
    .slice(0, count)
    .map(([path, { item }]) => ({ path, item }));
}

function group<T extends Candidate>(popularFirst: T[], depth: number): Map<string, { worth: number; item: T }> {
  const groups = new Map<string, { worth: number; item: T }>();
  for (const [rank, item] of popularFirst.entries()) {
    if (!item.category || !item.imageUrl) continue;
    const path = item.category.split(" > ").slice(0, depth).join(" > ");
    const known = groups.get(path);
    if (known) known.worth += 1 / (rank + 10);
    else groups.set(path, { worth: 1 / (rank + 10), item });
  }
  return groups;
}

function broad(category: string | null): string {
  return category?.split(" > ")[0] ?? "";
}
