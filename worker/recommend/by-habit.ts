/** What goes with some items by what people buy: each item's own habits, and behind them those of its category. Pure. */
import type { CategoryHabits } from "./category-habits.ts";
import type { Listed } from "./habits.ts";
import { type Popular, popularIn, prefixesOf } from "./popularity.ts";
import { DECAY, momentOf, type Seed, type Taste } from "./taste.ts";
import type { Asked, Proposal } from "./ways.ts";

/** What counts of a purchase for what follows it. */
const LATEST_BOUGHT = 5;
/** What an item's own purchases say is worth more than what its category's say. */
const CATEGORY_SAYS = 0.4;
/** Of each category that goes with an item. */
const POPULAR_EACH = 6;

type Kind = "together" | "after";

/** In the same orders as the page's item, the cart's, or else the latest few. */
export function boughtTogether(asked: Asked): Proposal[] {
  return byHabit(asked, wantedOf(asked.taste.seeds), "together");
}

/** After the page's item, as long as anything is known of that, or else after what the person bought. */
export function complementary(asked: Asked): Proposal[] {
  const { seeds, bought } = asked.taste;
  const current = seeds.find(({ from, itemId }) => from === "current" && !bought.includes(itemId));
  const ofPage = current ? byHabit(asked, [current], "after") : [];
  return ofPage.length > 0 ? ofPage : byHabit(asked, boughtOf(asked.taste), "after");
}

/** The item of the page with what lies in the cart; without either, the latest few. */
function wantedOf(seeds: Seed[]): Seed[] {
  const wanted = seeds.filter(({ from, kind }) => from === "current" || kind === "wanted");
  return wanted.length > 0 ? wanted : momentOf(seeds);
}

function boughtOf({ bought, seeds }: Taste): Seed[] {
  const known = new Map(seeds.map((seed) => [seed.itemId, seed]));
  return bought.slice(0, LATEST_BOUGHT).map((itemId, lag) => {
    const weight = known.get(itemId)?.weight ?? 1;
    return { itemId, lag, weight, from: "history", kind: "bought" };
  });
}

interface Said {
  value: number;
  seed: Seed;
  most: number;
  isOfCategory: boolean;
}

function byHabit({ supply: { rows, habits, popular }, skip }: Asked, seeds: Seed[], kind: Kind): Proposal[] {
  if (!rows || !habits) return [];
  const indexOf = (id: string) => rows.indexOf(id);
  const sums = new Map<string, Said>();
  const own = new Set(seeds.map(({ itemId }) => itemId));
  const add = (item: number, value: number, seed: Seed, isOfCategory: boolean) => {
    const id = rows.idOf(item);
    if (id === undefined || skip.has(id) || own.has(id)) return;
    const known = sums.get(id);
    if (!known) sums.set(id, { value, seed, most: value, isOfCategory });
    else {
      known.value += value;
      if (value > known.most) Object.assign(known, { seed, most: value, isOfCategory });
    }
  };
  for (const [lag, seed] of seeds.entries()) {
    const item = rows.indexOf(seed.itemId);
    if (item === undefined) continue;
    const fading = DECAY ** lag;
    for (const { item: target, value } of habits[kind](item)) add(target, value * fading, seed, false);
    for (const { item: target, value } of ofCategory(item, kind, habits.categories, popular, indexOf))
      add(target, CATEGORY_SAYS * value * fading, seed, true);
  }
  return scaled(sums);
}

/** What is popular of the categories that go with an item's. */
function ofCategory(
  item: number,
  kind: Kind,
  categories: CategoryHabits,
  popular: Popular,
  indexOf: (id: string) => number | undefined,
): Listed[] {
  return categories[kind](item).flatMap(({ category, value }) => {
    // A rare category has no list of its own: of a broader one what is of it.
    const path = prefixesOf(category).findLast((prefix) => Object.hasOwn(popular.categories, prefix));
    const items = popularIn(popular, path === undefined ? [] : [path]).flatMap((id) => indexOf(id) ?? []);
    return items
      .filter((target) => categories.categoryOf(target) === category)
      .slice(0, POPULAR_EACH)
      .map((target, place) => ({ item: target, value: value * DECAY ** place }));
  });
}

function scaled(sums: ReadonlyMap<string, Said>): Proposal[] {
  const sorted = [...sums].sort(([id, one], [other, two]) => two.value - one.value || (id < other ? -1 : 1));
  // Of a category alone it is worth less beside other ways.
  const best = Math.max(1, sorted[0]?.[1].value ?? 1);
  return sorted.map(([id, { value, seed, isOfCategory }]) => ({
    id,
    value: value / best,
    seed,
    ...(isOfCategory ? { because: "category" } : {}),
  }));
}
