/**
 * What a shop's people are used to, counted from events in the order of people and time: what they buy together, what they
 * buy next, how soon they buy the same again, and what is looked at by people who come like this. Counts of different parts
 * add up. A person's browsers are counted apart: who buys is signed in, as a rule. Pure.
 */
import type { HistoryEvent } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { actionsOf } from "./actions.ts";
import { contextNames, contextOfPage, segmentName, type VisitContext } from "./context.ts";
import { ContextCounts, EVERYBODY, type StoredContext } from "./context-counts.ts";
import { GAP_MS } from "./visits.ts";

type Sums = Map<string, number>;
type Pairs = Map<string, Sums>;

export interface HabitCounts {
  contexts: ContextCounts;
  /** Orders that hold both. */
  together: Pairs;
  /** Orders of the one, then of the other. */
  after: Pairs;
  /** Orders that hold it. */
  orders: Sums;
  /** People who bought it. */
  buyers: Sums;
  /** Days between two orders of it by the same person. */
  again: Map<string, number[]>;
}

export function emptyHabits(): HabitCounts {
  return {
    contexts: new ContextCounts(),
    together: new Map(),
    after: new Map(),
    orders: new Map(),
    buyers: new Map(),
    again: new Map(),
  };
}

/** Interest in a context halves in four weeks: long enough for rare contexts to say something. */
const HALF_LIFE_DAYS = 28;
const NEXT_WITHIN_MS = 60 * DAY;
/** Of items that are bought with or after each other a part counts so many: beyond, only those that are known. */
const MOST_PAIRS = 500_000;
/** Of an order, and of orders before it: a wholesaler's order says little of what goes together. */
const BASKET_LIMIT = 20;
const OWNED_LIMIT = 40;
const INTERVALS_KEPT = 60;
/** The same thing twice within a day is one purchase in two orders. */
const AGAIN_AFTER_MS = DAY;

interface Owned {
  id: string;
  at: number;
}

export class HabitCounter {
  readonly counts = emptyHabits();
  readonly #now: number;
  readonly #timeZone: string;
  #profileId: ProfileId | undefined;
  #lastAt = 0;
  #names: string[] = [];
  #visit: VisitContext = {};
  #owned: Owned[] = [];
  #bought = new Map<string, number>();
  #pairs = 0;

  constructor(now: number, timeZone: string) {
    this.#now = now;
    this.#timeZone = timeZone;
  }

  /** Events in key order (profile, time); a later call goes on where the one before ended. */
  add(events: Iterable<HistoryEvent>, segmentsOf: ReadonlyMap<ProfileId, readonly string[]>): void {
    for (const event of events) {
      if (event.profileId !== this.#profileId) this.#begin(event.profileId);
      else if (event.at - this.#lastAt > GAP_MS) this.#visit = {};
      this.#lastAt = event.at;
      if (event.name === "page_viewed") this.#noteContext(event);
      if (event.name === "product_purchased") this.#addOrder(event);
      this.#addInterest(event, segmentsOf.get(event.profileId) ?? []);
    }
  }

  #begin(profileId: ProfileId): void {
    this.#profileId = profileId;
    this.#visit = {};
    this.#owned = [];
    this.#bought = new Map();
  }

  /** A visit is what its first page says it is. */
  #noteContext(event: HistoryEvent): void {
    const said = contextOfPage(event);
    for (const key of Object.keys(said) as (keyof VisitContext)[]) this.#visit[key] ??= said[key];
  }

  #addInterest(event: HistoryEvent, segments: readonly string[]): void {
    const actions = actionsOf(event);
    if (actions.length === 0) return;
    const fading = 0.5 ** ((this.#now - event.at) / DAY / HALF_LIFE_DAYS);
    this.#names = [EVERYBODY, ...contextNames(this.#visit, event.at, this.#timeZone), ...segments.map(segmentName)];
    for (const name of this.#names) {
      for (const { itemId, weight } of actions) this.counts.contexts.add(name, itemId, weight * fading);
    }
  }

  #addOrder(event: HistoryEvent): void {
    const basket = [...new Set(actionsOf(event).map(({ itemId }) => itemId))].slice(0, BASKET_LIMIT);
    const { orders, buyers, together, after, again } = this.counts;
    for (const id of basket) {
      orders.set(id, (orders.get(id) ?? 0) + 1);
      for (const other of basket) if (other !== id) this.#addPair(together, id, other);
      for (const before of this.#owned) {
        if (before.id !== id && event.at - before.at <= NEXT_WITHIN_MS && !this.#bought.has(id))
          this.#addPair(after, before.id, id);
      }
      const lastAt = this.#bought.get(id);
      if (lastAt === undefined) buyers.set(id, (buyers.get(id) ?? 0) + 1);
      else if (event.at - lastAt >= AGAIN_AFTER_MS) {
        const intervals = again.get(id) ?? [];
        if (intervals.length < INTERVALS_KEPT) intervals.push((event.at - lastAt) / DAY);
        again.set(id, intervals);
      }
    }
    for (const id of basket) this.#bought.set(id, event.at);
    this.#owned = [...basket.map((id) => ({ id, at: event.at })), ...this.#owned].slice(0, OWNED_LIMIT);
  }

  #addPair(pairs: Pairs, one: string, other: string): void {
    const isNew = pairs.get(one)?.has(other) !== true;
    if (isNew && this.#pairs >= MOST_PAIRS) return;
    if (isNew) this.#pairs++;
    addTo(pairs, one, other, 1);
  }
}

function addTo(pairs: Pairs, one: string, other: string, weight: number): void {
  let sums = pairs.get(one);
  if (!sums) {
    sums = new Map();
    pairs.set(one, sums);
  }
  sums.set(other, (sums.get(other) ?? 0) + weight);
}

/** Counts to be read once: those of a counter, or as they were stored. Maps of a part that is only added would take longer than adding it. */
export interface StoredCounts {
  contexts: { entries(): Iterable<readonly [string, StoredContext]> };
  together: StoredPairs;
  after: StoredPairs;
  orders: Iterable<[string, number]>;
  buyers: Iterable<[string, number]>;
  again: Iterable<[string, number[]]>;
}

type StoredPairs = Iterable<[string, Iterable<[string, number]>]>;

/** Adds the counts to `into`, which is changed; of items that `isKept` says no to, nothing. */
export function addHabits(
  into: HabitCounts,
  counts: StoredCounts,
  isKept: (itemId: string) => boolean = () => true,
): void {
  for (const [name, sums] of counts.contexts.entries()) into.contexts.join(name, sums, isKept);
  for (const kind of ["together", "after"] as const) {
    for (const [one, sums] of counts[kind]) {
      if (!isKept(one)) continue;
      for (const [other, sum] of sums) if (isKept(other)) addTo(into[kind], one, other, sum);
    }
  }
  for (const kind of ["orders", "buyers"] as const) {
    for (const [id, count] of counts[kind]) {
      if (isKept(id)) into[kind].set(id, (into[kind].get(id) ?? 0) + count);
    }
  }
  for (const [id, days] of counts.again) {
    if (!isKept(id)) continue;
    into.again.set(id, [...(into.again.get(id) ?? []), ...days].slice(0, INTERVALS_KEPT));
  }
}

/** Counts as JSON bytes, for the step that adds them up. */
export function packHabits({ contexts, together, after, orders, buyers, again }: HabitCounts): Uint8Array {
  const pairs = (map: Pairs) => [...map].map(([one, sums]) => [one, [...sums]]);
  contexts.prune();
  const named = [...contexts.entries()].map(([name, { interest, items }]) => [name, interest, [...items]]);
  const parts = [named, pairs(together), pairs(after), [...orders], [...buyers], [...again]];
  return new TextEncoder().encode(JSON.stringify(parts));
}

type PackedSums = [string, number][];
type PackedPairs = [string, PackedSums][];
type PackedContexts = [string, number, PackedSums][];
type PackedHabits = [PackedContexts, PackedPairs, PackedPairs, PackedSums, PackedSums, [string, number[]][]];

export function unpackHabits(bytes: Uint8Array): StoredCounts {
  const [named, together, after, orders, buyers, again] = JSON.parse(new TextDecoder().decode(bytes)) as PackedHabits;
  const contexts = { entries: () => named.map(([name, interest, items]) => [name, { interest, items }] as const) };
  return { contexts, together, after, orders, buyers, again };
}
