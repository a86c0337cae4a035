/**
 * A shop's habits as they are served: short lists per item and per context, in memory with the model. Pure. What is counted
 * is in habit-counts.ts.
 */
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { type CategoryHabits, packCategories, readCategories } from "./category-habits.ts";
import { EVERYBODY } from "./context-counts.ts";
import type { Dictionary } from "./dictionary.ts";
import type { HabitCounts } from "./habit-counts.ts";

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
  /** What goes with an item's category, where few have bought the item. */
  categories: CategoryHabits;
  contexts: ReadonlyMap<string, ContextList>;
  /** Logarithm of the item's share of all interest, for the items that lists name; undefined for others. */
  share(item: number): number | undefined;
}

const LISTED = 12;
const LISTED_PER_CONTEXT = 60;
const LISTED_OF_ALL = 200;
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

/** @param ids of the model */
export function habitsBytes(
  counts: HabitCounts,
  ids: Dictionary,
  categoryOf: (id: string) => string | null,
): Uint8Array {
  const { items: everybody, interest: total } = counts.contexts.get(EVERYBODY) ?? { items: new Map(), interest: 0 };
  counts.contexts.prune();
  const contexts = [...counts.contexts.entries()]
    .filter(([name, { interest }]) => name !== EVERYBODY && interest >= ENOUGH_INTEREST)
    .sort(([name, one], [otherName, other]) => other.interest - one.interest || (name < otherName ? -1 : 1))
    .map(([name, { items, interest }]) => ({ name, list: liftsOf(items, interest, everybody, total, ids) }));
  const listed = new Set(contexts.flatMap(({ list }) => list.map(({ item }) => item)));
  const popular = [...everybody].sort((one, other) => other[1] - one[1]).slice(0, LISTED_OF_ALL);
  for (const [id] of popular) {
    const item = ids.indexOf(id);
    if (item !== undefined) listed.add(item);
  }
  const shareItems = [...listed];
  const fewest = sumOf(counts.orders) < FEW_ORDERS ? 1 : 2;
  const rebuyers = rebuyersOf(counts, categoryOf);
  const rebuy = rebuyOf(counts, ids, categoryOf, rebuyers);
  const isRebought = (category: string) => categoryCycle(rebuyers.get(category)) !== undefined;
  return packArrays(
    contexts.map(({ name, list }) => [name, list.length]),
    {
      contextItems: Int32Array.from(contexts.flatMap(({ list }) => list.map(({ item }) => item))),
      contextLifts: Float32Array.from(contexts.flatMap(({ list }) => list.map(({ lift }) => lift))),
      shareItems: Int32Array.from(shareItems),
      shares: Float32Array.from(shareItems, (item) => Math.log((everybody.get(ids.at(item) as string) ?? 0) / total)),
      ...packLists("together", counts.together, counts.orders, ids, fewest),
      ...packLists("after", counts.after, counts.orders, ids, fewest),
      ...packCategories(counts, ids, categoryOf, isRebought),
      rebuyItems: Int32Array.from(rebuy.keys()),
      rebuyDays: Float32Array.from(rebuy.values()),
    },
  );
}

const sumOf = (sums: ReadonlyMap<string, number>) => [...sums.values()].reduce((sum, each) => sum + each, 0);

function liftsOf(
  sums: ReadonlyMap<string, number>,
  interest: number,
  everybody: ReadonlyMap<string, number>,
  total: number,
  ids: Dictionary,
): { item: number; lift: number }[] {
  return [...sums]
    .flatMap(([id, sum]) => {
      const item = ids.indexOf(id);
      if (item === undefined) return [];
      const usual = (everybody.get(id) ?? sum) / total;
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
  pairs: ReadonlyMap<string, ReadonlyMap<string, number>>,
  orders: ReadonlyMap<string, number>,
  ids: Dictionary,
  fewest: number,
) {
  const items: number[] = [];
  const starts = [0];
  const targets: number[] = [];
  const values: number[] = [];
  for (const [id, sums] of pairs) {
    const item = ids.indexOf(id);
    if (item === undefined) continue;
    const list = [...sums]
      .flatMap(([other, count]) => {
        const target = ids.indexOf(other);
        if (target === undefined || count < fewest) return [];
        return [{ target, value: count / Math.sqrt((orders.get(other) ?? 0) + POPULARITY_SHRINKAGE) }];
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

interface Rebuyers {
  buyers: number;
  days: number[];
}

function rebuyersOf(
  { buyers, again }: HabitCounts,
  categoryOf: (id: string) => string | null,
): ReadonlyMap<string, Rebuyers> {
  const categories = new Map<string, Rebuyers>();
  for (const [id, count] of buyers) {
    const category = categoryOf(id);
    if (category === null) continue;
    const sums = categories.get(category) ?? { buyers: 0, days: [] };
    sums.buyers += count;
    sums.days.push(...(again.get(id) ?? []));
    categories.set(category, sums);
  }
  return categories;
}

const categoryCycle = (sums: Rebuyers | undefined) => sums && cycleOf(sums.buyers, sums.days, REBUYERS_OF_CATEGORY);

/** By item, or by its category where the item itself was bought by few. */
function rebuyOf(
  { buyers, again }: HabitCounts,
  ids: Dictionary,
  categoryOf: (id: string) => string | null,
  categories: ReadonlyMap<string, Rebuyers>,
): Map<number, number> {
  const found = new Map<number, number>();
  for (let item = 0; item < ids.length; item++) {
    const id = ids.at(item) as string;
    const own = cycleOf(buyers.get(id) ?? 0, again.get(id) ?? [], REBUYERS);
    const isRare = (buyers.get(id) ?? 0) < FEW_BUYERS;
    const days = own ?? (isRare ? categoryCycle(categories.get(categoryOf(id) ?? "")) : undefined);
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
    categories: readCategories(arrays),
    rebuyDays: valuesOf("rebuyItems", "rebuyDays"),
    contexts,
    share: valuesOf("shareItems", "shares"),
  };
}

function placesOf(items: Int32Array): Map<number, number> {
  return new Map(Array.from(items, (item, place) => [item, place]));
}
