/**
 * What is bought with and after what, by category: where few have bought an item, what goes with it is what goes with its kind.
 * Learned from the same pairs as the items' own lists (habit-counts.ts). Pure.
 */
import type { Packable } from "../lib/arrays.ts";
import type { Dictionary } from "./dictionary.ts";
import type { HabitCounts } from "./habit-counts.ts";

export interface KindListed {
  /** Path of a category. */
  category: string;
  /** In (0, 1], 1 for the best. */
  value: number;
}

export interface CategoryHabits {
  together(item: number): KindListed[];
  after(item: number): KindListed[];
  /** Undefined for items without one, or of one that hardly anybody buys from. */
  categoryOf(item: number): string | undefined;
}

export const NO_CATEGORY_HABITS: CategoryHabits = {
  together: () => [],
  after: () => [],
  categoryOf: () => undefined,
};

type Sums = Map<string, number>;

/** Those that are bought from most: an item's is a number of two bytes. */
const MOST_CATEGORIES = 5000;
const LISTED = 6;
const NONE = -1;
/** Pairs that are added to what was counted and to what chance would make: few of them make no habit. */
const SMOOTHING = 5;
const FEWEST = 2;

/**
 * @param ids of the model
 * @param isRebought what is bought of such a category is bought of it again: it comes after itself
 */
export function packCategories(
  { together, after, orders }: HabitCounts,
  ids: Dictionary,
  categoryOf: (id: string) => string | null,
  isRebought: (category: string) => boolean,
): Record<string, Packable> {
  const bought: Sums = new Map();
  for (const [id, count] of orders) {
    const category = categoryOf(id);
    if (category !== null) add(bought, category, count);
  }
  const names = [...bought]
    .sort(([name, one], [other, two]) => two - one || (name < other ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([name]) => name);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = (id: string) => numbers.get(categoryOf(id) ?? "") ?? NONE;
  return {
    categoryNames: new TextEncoder().encode(JSON.stringify(names)),
    itemCategories: Int16Array.from({ length: ids.length }, (_, item) => numberOf(ids.at(item) as string)),
    ...packLists("togetherKinds", names, pairsOf(together, categoryOf)),
    ...packLists("afterKinds", names, pairsOf(after, categoryOf, isRebought)),
  };
}

function add(sums: Sums, key: string, count: number): void {
  sums.set(key, (sums.get(key) ?? 0) + count);
}

function pairsOf(
  pairs: ReadonlyMap<string, ReadonlyMap<string, number>>,
  categoryOf: (id: string) => string | null,
  goesWithItself: (category: string) => boolean = () => true,
): Map<string, Sums> {
  const found = new Map<string, Sums>();
  for (const [id, sums] of pairs) {
    const category = categoryOf(id);
    if (category === null) continue;
    let own = found.get(category);
    if (!own) {
      own = new Map();
      found.set(category, own);
    }
    for (const [other, count] of sums) {
      const target = categoryOf(other);
      if (target !== null && (target !== category || goesWithItself(category))) add(own, target, count);
    }
  }
  return found;
}

/** By what a category adds to telling these buyers from others: how often, times the logarithm of how much oftener than by chance. */
function packLists(name: string, names: readonly string[], pairs: ReadonlyMap<string, Sums>): Record<string, Packable> {
  const incoming: Sums = new Map();
  let total = 0;
  for (const sums of pairs.values()) {
    for (const [other, count] of sums) {
      add(incoming, other, count);
      total += count;
    }
  }
  const numbers = new Map(names.map((category, number) => [category, number]));
  const [starts, targets, values]: [number[], number[], number[]] = [[0], [], []];
  for (const one of names) {
    const sums = pairs.get(one) ?? new Map<string, number>();
    let outgoing = 0;
    for (const count of sums.values()) outgoing += count;
    const list = [...sums]
      .flatMap(([other, count]) => {
        const target = numbers.get(other);
        if (target === undefined || count < FEWEST) return [];
        const byChance = (outgoing * (incoming.get(other) ?? 0)) / total;
        const lift = Math.log((count + SMOOTHING) / (byChance + SMOOTHING));
        return lift > 0 ? [{ target, says: (count / outgoing) * lift }] : [];
      })
      .sort((first, second) => second.says - first.says || first.target - second.target)
      .slice(0, LISTED);
    for (const { target, says } of list) {
      targets.push(target);
      values.push(says / (list[0]?.says ?? 1));
    }
    starts.push(targets.length);
  }
  return {
    [`${name}Starts`]: Int32Array.from(starts),
    [`${name}Targets`]: Int16Array.from(targets),
    [`${name}Values`]: Float32Array.from(values),
  };
}

/** Out of the arrays that lie with a shop's habits; those of older models have none. */
export function readCategories(arrays: Readonly<Record<string, Packable>>): CategoryHabits {
  const { categoryNames, itemCategories } = arrays;
  if (!categoryNames || !itemCategories) return NO_CATEGORY_HABITS;
  const names = JSON.parse(new TextDecoder().decode(categoryNames as Uint8Array)) as string[];
  const lists = (name: string) => {
    const [starts, targets, values] = ["Starts", "Targets", "Values"].map(
      (part) => arrays[`${name}${part}`] as Packable,
    );
    return (item: number): KindListed[] => {
      const number = itemCategories[item] ?? NONE;
      if (!starts || !targets || !values || number === NONE) return [];
      return Array.from(targets.subarray(starts[number], starts[number + 1]), (target, entry) => ({
        category: names[target] as string,
        value: values[(starts[number] as number) + entry] as number,
      }));
    };
  };
  return {
    together: lists("togetherKinds"),
    after: lists("afterKinds"),
    categoryOf: (item) => names[itemCategories[item] ?? NONE],
  };
}
