/**
 * A shop's habits as they are served: short lists per item and per context, in memory with the model. Pure. What is counted
 * is in habit-counts.ts.
 */
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import type { Sums } from "./dense-sums.ts";
import { EVERYBODY, type HabitCounts } from "./habit-counts.ts";

export interface Listed {
  /** Dense index of the model. */
  item: number;
  /** In (0, 1], 1 for the best. */
  value: number;
}

/** What people of one context look at more than others do. */
export interface ContextList {
  items: Int32Array;
  /** Logarithm of how much more, at least. */
  lifts: Float32Array;
}

export interface Habits {
  together(item: number): Listed[];
  after(item: number): Listed[];
  /** Days until people buy it again; undefined when they do not. */
  rebuyDays(item: number): number | undefined;
  contexts: ReadonlyMap<string, ContextList>;
  /** Logarithm of the item's share of all interest, for the items that lists name; undefined for others. */
  share(item: number): number | undefined;
}

const LISTED = 12;
const LISTED_PER_CONTEXT = 60;
const LISTED_OF_ALL = 200;
const CONTEXTS_KEPT = 150;
/** Interest that a context needs to be heard, and how much of everybody's is mixed into its own. */
const ENOUGH_INTEREST = 50;
const SHRINKAGE = 40;
const CERTAIN = 1.64;
/** One order with both is chance, except where there are few orders at all. */
const FEW_ORDERS = 500;
/** Against what is bought with everything. */
const POPULARITY_SHRINKAGE = 5;
/** Bought again by so many, who are this share of its buyers; of a category's for items with few buyers of their own. */
const REBUYERS = 3;
const REBUYERS_OF_CATEGORY = 10;
const REBUY_SHARE = 0.15;
const FEW_BUYERS = 20;

/**
 * @param counts by dense index of the model; items from `itemCount` on are not in it
 * @param categoryOf any number that an item shares with those of its category; undefined where it has none
 */
export function habitsBytes(
  counts: HabitCounts<number>,
  itemCount: number,
  categoryOf: (item: number) => number | undefined,
): Uint8Array {
  const everybody = counts.contexts.get(EVERYBODY) ?? new Map<number, number>();
  const total = sumOf(everybody);
  const contexts = [...counts.contexts]
    .filter(([name]) => name !== EVERYBODY)
    .map(([name, sums]) => ({ name, sums, interest: sumOf(sums) }))
    .filter(({ interest }) => interest >= ENOUGH_INTEREST)
    .sort((one, other) => other.interest - one.interest || (one.name < other.name ? -1 : 1))
    .slice(0, CONTEXTS_KEPT)
    .map(({ name, sums, interest }) => ({ name, list: liftsOf(sums, interest, everybody, total, itemCount) }));
  const listed = new Set(contexts.flatMap(({ list }) => list.map(({ item }) => item)));
  const popular = [...everybody].sort((one, other) => other[1] - one[1]).slice(0, LISTED_OF_ALL);
  for (const [item] of popular) if (item < itemCount) listed.add(item);
  const shareItems = [...listed];
  const fewest = sumOf(counts.orders) < FEW_ORDERS ? 1 : 2;
  const rebuy = rebuyOf(counts, itemCount, categoryOf);
  return packArrays(
    contexts.map(({ name, list }) => [name, list.length]),
    {
      contextItems: Int32Array.from(contexts.flatMap(({ list }) => list.map(({ item }) => item))),
      contextLifts: Float32Array.from(contexts.flatMap(({ list }) => list.map(({ lift }) => lift))),
      shareItems: Int32Array.from(shareItems),
      shares: Float32Array.from(shareItems, (item) => Math.log((everybody.get(item) ?? 0) / total)),
      ...packLists("together", counts.together, counts.orders, itemCount, fewest),
      ...packLists("after", counts.after, counts.orders, itemCount, fewest),
      rebuyItems: Int32Array.from(rebuy.keys()),
      rebuyDays: Float32Array.from(rebuy.values()),
    },
  );
}

const sumOf = (sums: Pick<Sums<number>, "values">) => [...sums.values()].reduce((sum, each) => sum + each, 0);

function liftsOf(
  sums: Sums<number>,
  interest: number,
  everybody: Sums<number>,
  total: number,
  itemCount: number,
): { item: number; lift: number }[] {
  return [...sums]
    .flatMap(([item, sum]) => {
      if (item >= itemCount) return [];
      const usual = (everybody.get(item) ?? sum) / total;
      const share = (sum + SHRINKAGE * usual) / (interest + SHRINKAGE);
      // As far as it is no chance: one-sided 95 % of a count.
      const lift = Math.log(share / usual) - CERTAIN / Math.sqrt(sum);
      // By what the item adds to telling these people from others.
      return lift > 0 ? [{ item, lift, says: share * lift }] : [];
    })
    .sort((one, other) => other.says - one.says || one.item - other.item)
    .slice(0, LISTED_PER_CONTEXT);
}

function packLists(
  name: string,
  pairs: ReadonlyMap<number, Sums<number>>,
  orders: ReadonlyMap<number, number>,
  itemCount: number,
  fewest: number,
) {
  const items: number[] = [];
  const starts = [0];
  const targets: number[] = [];
  const values: number[] = [];
  for (const [item, sums] of pairs) {
    if (item >= itemCount) continue;
    const list = [...sums]
      .flatMap(([target, count]) => {
        if (target >= itemCount || count < fewest) return [];
        return [{ target, value: count / Math.sqrt((orders.get(target) ?? 0) + POPULARITY_SHRINKAGE) }];
      })
      .sort((one, other) => other.value - one.value || one.target - other.target)
      .slice(0, LISTED);
    const best = list[0]?.value;
    if (best === undefined) continue;
    items.push(item);
    for (const { target, value } of list) {
      targets.push(target);
      values.push(value / best);
    }
    starts.push(targets.length);
  }
  return {
    [`${name}Items`]: Int32Array.from(items),
    [`${name}Starts`]: Int32Array.from(starts),
    [`${name}Targets`]: Int32Array.from(targets),
    [`${name}Values`]: Float32Array.from(values),
  };
}

/** By item, or by its category where the item itself was bought by few. */
function rebuyOf(
  { buyers, again }: HabitCounts<number>,
  itemCount: number,
  categoryOf: (item: number) => number | undefined,
): Map<number, number> {
  const categories = new Map<number, { buyers: number; days: number[] }>();
  for (const [item, count] of buyers) {
    const category = categoryOf(item);
    if (category === undefined) continue;
    const sums = categories.get(category) ?? { buyers: 0, days: [] };
    sums.buyers += count;
    sums.days.push(...(again.get(item) ?? []));
    categories.set(category, sums);
  }
  const found = new Map<number, number>();
  for (let item = 0; item < itemCount; item++) {
    const bought = buyers.get(item) ?? 0;
    const own = cycleOf(bought, again.get(item) ?? [], REBUYERS);
    const sums = categories.get(categoryOf(item) ?? -1);
    const days =
      own ?? (sums && bought < FEW_BUYERS ? cycleOf(sums.buyers, sums.days, REBUYERS_OF_CATEGORY) : undefined);
    if (days !== undefined) found.set(item, days);
  }
  return found;
}

function cycleOf(buyers: number, days: number[], fewest: number): number | undefined {
  if (days.length < fewest || days.length < buyers * REBUY_SHARE) return undefined;
  const sorted = days.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Habits as they are asked, out of their stored bytes. */
export function readHabits(bytes: Uint8Array): Habits {
  const { header, arrays } = unpackArrays(bytes);
  const ints = (name: string) => arrays[name] as Int32Array;
  const floats = (name: string) => arrays[name] as Float32Array;
  const contexts = new Map<string, ContextList>();
  let at = 0;
  for (const [name, length] of header as [string, number][]) {
    const to = at + length;
    contexts.set(name, {
      items: ints("contextItems").subarray(at, to),
      lifts: floats("contextLifts").subarray(at, to),
    });
    at = to;
  }
  const lists = (name: string) => {
    const places = placesOf(ints(`${name}Items`));
    const [starts, targets, values] = [ints(`${name}Starts`), ints(`${name}Targets`), floats(`${name}Values`)];
    return (item: number): Listed[] => {
      const place = places.get(item);
      if (place === undefined) return [];
      const [from, to] = [starts[place] as number, starts[place + 1] as number];
      return Array.from(targets.subarray(from, to), (target, entry) => ({
        item: target,
        value: values[from + entry] as number,
      }));
    };
  };
  const valuesOf = (items: string, values: string) => {
    const places = placesOf(ints(items));
    return (item: number): number | undefined => {
      const place = places.get(item);
      return place === undefined ? undefined : floats(values)[place];
    };
  };
  return {
    together: lists("together"),
    after: lists("after"),
    rebuyDays: valuesOf("rebuyItems", "rebuyDays"),
    contexts,
    share: valuesOf("shareItems", "shares"),
  };
}

function placesOf(items: Int32Array): Map<number, number> {
  return new Map(Array.from(items, (item, place) => [item, place]));
}
