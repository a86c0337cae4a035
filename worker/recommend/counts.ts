/**
 * What new sessions add to a model that is already built. Counts are sums over sessions, so a refresh needs no old session:
 * a stored row says what was counted (its shares times the item's sums, within the 3.5 % of its log codes), the new pairs
 * are added, and the row is made anew. Pure.
 */
import { CODES_PER_ENTRY, DECODE, encode, packEntries, type Row } from "./engine/codec.ts";
import { CODE, countTotals, ROW_CONSTANTS, type RowConstants } from "./engine/rows.ts";
import { type Sessions, sessionCount } from "./engine/sessions.ts";
import type { ItemStatistics } from "./engine/statistics.ts";

const WINDOW = 10;
const ENTRIES = 25;

/** Per item, summed over all sessions: as in `Totals`, and interest as in `Interest`. */
export type Sums = Record<
  "forward" | "backward" | "next" | "recent" | "incoming" | "allTime" | "trending",
  Float32Array
>;

const NAMES = ["forward", "backward", "next", "recent", "incoming", "allTime", "trending"] as const;

interface Pair {
  f: number;
  b: number;
  t: number;
  r: number;
}

export type Pairs = Map<number, Map<number, Pair>>;

/** Items that are in a pair of these sessions. */
export function pairedItems({ items, starts }: Sessions): number[] {
  const paired = new Set<number>();
  for (let session = 0; session < starts.length - 1; session++) {
    const [begin, end] = [starts[session] as number, starts[session + 1] as number];
    if (end - begin > 1) for (const item of items.subarray(begin, end)) paired.add(item);
  }
  return [...paired];
}

/** Every pair of new sessions, in both directions, of some items or of all; new sessions count in full. */
export function countPairs(
  { items, starts, weights }: Sessions,
  { distance } = ROW_CONSTANTS,
  of?: ReadonlySet<number>,
): Pairs {
  const pairs: Pairs = new Map();
  const nowhere: Pair = { f: 0, b: 0, t: 0, r: 0 };
  const pairOf = (from: number, to: number): Pair => {
    if (of && !of.has(from)) return nowhere;
    const row = pairs.get(from) ?? new Map<number, Pair>();
    pairs.set(from, row);
    const pair = row.get(to) ?? { f: 0, b: 0, t: 0, r: 0 };
    row.set(to, pair);
    return pair;
  };
  for (let session = 0; session < starts.length - 1; session++) {
    const end = starts[session + 1] as number;
    for (let left = starts[session] as number; left < end; left++) {
      for (let right = left + 1; right <= Math.min(end - 1, left + WINDOW); right++) {
        const [i, j] = [items[left] as number, items[right] as number];
        const decay = distance ** (right - left - 1);
        const after = decay * (weights?.[right] ?? 1);
        const pair = pairOf(i, j);
        pair.f += after;
        pair.r += after;
        if (right === left + 1) pair.t += after;
        if (i !== j) pairOf(j, i).b += decay * (weights?.[left] ?? 1);
      }
    }
  }
  return pairs;
}

/** What is left of counts that forget, when new sessions come: of the trend by time, of `recent` by sessions as in rows.ts. */
export interface Fading {
  trending: number;
  recent: number;
}

/** The sums with new sessions and new items in them. */
export function addSums(
  old: Sums,
  sessions: Sessions,
  interest: { allTime: ArrayLike<number>; trending: ArrayLike<number> },
  itemCount: number,
  fading: Fading,
  constants: RowConstants = ROW_CONSTANTS,
): Sums {
  const added: Record<(typeof NAMES)[number], ArrayLike<number>> = {
    ...countTotals(sessions, itemCount, constants),
    ...interest,
  };
  const sums = {} as Sums;
  for (const name of NAMES) {
    const kept = name === "trending" || name === "recent" ? fading[name] : 1;
    sums[name] = Float32Array.from(
      { length: itemCount },
      (_, item) => kept * (old[name][item] ?? 0) + (added[name][item] ?? 0),
    );
  }
  return sums;
}

/** An item's row with its new pairs, packed. @param old the stored row, of the sums `before` */
export function addToRow(
  item: number,
  old: Row | undefined,
  pairs: ReadonlyMap<number, Pair>,
  before: Sums,
  after: Sums,
  fading: Fading,
  { incoming: power } = ROW_CONSTANTS,
): Uint8Array {
  const counts = new Map<number, Pair>();
  const of = (sums: Sums, name: (typeof NAMES)[number]) => sums[name][item] ?? 0;
  for (let entry = 0; entry < (old?.targets.length ?? 0); entry++) {
    const share = (code: number) => DECODE[old?.codes[entry * CODES_PER_ENTRY + code] ?? 0] ?? 0;
    counts.set(old?.targets[entry] as number, {
      f: share(CODE.F) * (of(before, "forward") + 3),
      b: share(CODE.B) * (of(before, "backward") + 3),
      t: share(CODE.T) * (of(before, "next") + 2),
      r: fading.recent * share(CODE.R) * (of(before, "recent") + 1),
    });
  }
  for (const [target, { f, b, t, r }] of pairs) {
    const known = counts.get(target);
    counts.set(target, known ? { f: known.f + f, b: known.b + b, t: known.t + t, r: known.r + r } : { f, b, t, r });
  }
  const [sumF, sumB] = [of(after, "forward"), of(after, "backward")];
  const scale = 1 / Math.sqrt(sumF + 0.5 * sumB + 5);
  const ranked = [...counts]
    .map(([target, count]) => {
      const incoming = (after.incoming[target] ?? 0) + 5;
      return { target, ...count, incoming, rank: (scale * (count.f + 0.5 * count.b)) / incoming ** power };
    })
    .sort((one, other) => other.rank - one.rank || one.target - other.target)
    .slice(0, ENTRIES);
  const codes = new Uint8Array(ranked.length * CODES_PER_ENTRY);
  for (const [entry, { rank, f, b, t, r, incoming }] of ranked.entries()) {
    const at = entry * CODES_PER_ENTRY;
    codes[at + CODE.BA] = encode(rank);
    codes[at + CODE.F] = encode(f / (sumF + 3));
    codes[at + CODE.B] = encode(b / (sumB + 3));
    codes[at + CODE.T] = encode(t / (of(after, "next") + 2));
    codes[at + CODE.C] = encode((f + b) / Math.sqrt((sumF + sumB + 5) * incoming));
    codes[at + CODE.R] = encode(r / (of(after, "recent") + 1));
  }
  return packEntries({ targets: Int32Array.from(ranked, ({ target }) => target), codes });
}

/** Statistics with new sessions behind the old ones; shares of the time move back accordingly. */
export function addStatistics(old: ItemStatistics, sessions: Sessions, itemCount: number): ItemStatistics {
  const added = sessionCount(sessions);
  const total = old.sessions + added;
  const [stays, mean] = [old.sessions / Math.max(1, total), meanOf(old.returns)];
  const extend = (values: Float32Array, fallback: number, change: (value: number) => number) =>
    Float32Array.from({ length: itemCount }, (_, item) => change(values[item] ?? fallback));
  // Of the newest part of the sessions, what the new ones push out.
  const left = (share: number) => Math.max(0, 1 - added / Math.max(1, share * total));
  const all = extend(old.all, 0, (value) => value);
  const recent = extend(old.recent, 0, (value) => value * left(0.05));
  const latest = extend(old.latest, 0, (value) => value * left(0.01));
  const age = extend(old.age, 1, (value) => Math.min(1, value * stays + added / total));
  const unseen = extend(old.unseen, 1, (value) => Math.min(1, value * stays + added / total));
  const returns = extend(old.returns, mean, (value) => value);
  for (let session = 0; session < added; session++) {
    const share = (added - session) / total;
    for (let at = sessions.starts[session] as number; at < (sessions.starts[session + 1] as number); at++) {
      const item = sessions.items[at] as number;
      if (all[item] === 0) age[item] = share;
      all[item] = (all[item] as number) + 1;
      if (share <= 0.05) recent[item] = (recent[item] as number) + 1;
      if (share <= 0.01) latest[item] = (latest[item] as number) + 1;
      unseen[item] = share;
    }
  }
  return { sessions: total, all, recent, latest, age, unseen, returns };
}

function meanOf(values: Float32Array): number {
  return values.length === 0 ? 0.1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
