/** What many look for: the fallback for everyone, and the ruler that a model has to beat. Pure. */
import { DAY } from "../lib/time.ts";
import type { Ids } from "./dictionary.ts";
import type { LearnedFrom } from "./material-columns.ts";

export interface Popular {
  /** Item ids, best first: interest that halves every week, and interest of all time. */
  trending: string[];
  allTime: string[];
  /** The best of each category, under every prefix of its path ("Women", "Women > Coats"). */
  categories: Record<string, string[]>;
}

export const NO_POPULAR: Popular = { trending: [], allTime: [], categories: {} };

const HALF_LIFE_DAYS = 7;
const LISTED = 200;
const LISTED_PER_CATEGORY = 30;
/** Broad categories first; beyond this the list would be larger than it is worth. */
const MOST_CATEGORIES = 300;

/** Summed weights of what was done with each item: of all time, and halved every week since. */
export interface Interest {
  allTime: ArrayLike<number>;
  trending: ArrayLike<number>;
}

/** Age counts from the latest session, so that an import of old history has trends too. */
export function countInterest({ itemCount, sessions, startedAt }: LearnedFrom): {
  allTime: Float64Array;
  trending: Float64Array;
} {
  const latest = startedAt[startedAt.length - 1] ?? 0;
  const allTime = new Float64Array(itemCount);
  const trending = new Float64Array(itemCount);
  for (const [session, at] of startedAt.entries()) {
    const fading = fadingAfter(latest - at);
    const end = sessions.starts[session + 1] as number;
    for (let action = sessions.starts[session] as number; action < end; action++) {
      const item = sessions.items[action] as number;
      const weight = sessions.weights[action] as number;
      allTime[item] = (allTime[item] as number) + weight;
      trending[item] = (trending[item] as number) + weight * fading;
    }
  }
  return { allTime, trending };
}

/** What is left of a trend after so many milliseconds. */
export function fadingAfter(milliseconds: number): number {
  return 0.5 ** (milliseconds / DAY / HALF_LIFE_DAYS);
}

/** Lists by interest, of all items and of each category path; the broad ones first where there are too many. */
export function listPopular(ids: Ids, interest: Interest, categoryOf: (id: string) => string | null): Popular {
  const byTrend = order(interest.trending);
  const categories = new Map<string, string[]>();
  for (const item of byTrend) {
    const id = ids.at(item) as string;
    for (const path of prefixesOf(categoryOf(id))) {
      const listed = categories.get(path) ?? [];
      if (listed.length < LISTED_PER_CATEGORY) listed.push(id);
      categories.set(path, listed);
    }
  }
  const broadFirst = [...categories].sort((a, b) => depth(a[0]) - depth(b[0])).slice(0, MOST_CATEGORIES);
  const named = (items: number[]) => items.slice(0, LISTED).map((item) => ids.at(item) as string);
  return {
    trending: named(byTrend),
    allTime: named(order(interest.allTime)),
    categories: Object.fromEntries(broadFirst),
  };
}

function order(counts: ArrayLike<number>): number[] {
  return Array.from({ length: counts.length }, (_, item) => item)
    .filter((item) => (counts[item] as number) > 0)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
}

/** "A > B > C" → "A", "A > B", "A > B > C". */
export function prefixesOf(category: string | null): string[] {
  const parts = category?.split(" > ") ?? [];
  return parts.map((_, last) => parts.slice(0, last + 1).join(" > "));
}

function depth(path: string): number {
  return path.split(" > ").length;
}

/** One list of what is popular now: the trend first, then what the trend left out. */
export function popularNow(popular: Popular): string[] {
  return [...new Set([...popular.trending, ...popular.allTime])];
}

/** The best of some categories in turn, so that each picked category is heard. Unknown categories are skipped. */
export function popularIn(popular: Popular, categories: string[]): string[] {
  if (categories.length === 0) return [];
  const lists = categories.flatMap((path) => {
    const list = Object.hasOwn(popular.categories, path) ? popular.categories[path] : undefined;
    return list ? [list] : [];
  });
  const found = new Set<string>();
  for (let place = 0; place < LISTED_PER_CATEGORY; place++) {
    for (const list of lists) {
      const id = list[place];
      if (id !== undefined) found.add(id);
    }
  }
  return [...found];
}
