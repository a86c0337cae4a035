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
import { DenseSums, type Sums } from "./dense-sums.ts";
import { GAP_MS } from "./visits.ts";

/** Counts of a part name items by their ids; where parts are added up, each has a number, which takes a third of the memory. */
export interface HabitCounts<Item = string> {
  /** Name of a context → item → summed weight; "" is everybody. */
  contexts: Pairs<string, Item>;
  /** Orders that hold both. */
  together: Pairs<Item, Item>;
  /** Orders of the one, then of the other. */
  after: Pairs<Item, Item>;
  /** Orders that hold it. */
  orders: Map<Item, number>;
  /** People who bought it. */
  buyers: Map<Item, number>;
  /** Days between two orders of it by the same person. */
  again: Map<Item, number[]>;
}

type Pairs<One, Other> = Map<One, Sums<Other>>;

export const EVERYBODY = "";

export function emptyHabits<Item = string>(): HabitCounts<Item> {
  return {
    contexts: new Map(),
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
const MOST_CONTEXTS = 400;
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
      if (!this.counts.contexts.has(name) && this.counts.contexts.size >= MOST_CONTEXTS) continue;
      for (const { itemId, weight } of actions) addTo(this.counts.contexts, name, itemId, weight * fading);
    }
  }

  #addOrder(event: HistoryEvent): void {
    const basket = [...new Set(actionsOf(event).map(({ itemId }) => itemId))].slice(0, BASKET_LIMIT);
    const { orders, buyers, together, after, again } = this.counts;
    for (const id of basket) {
      orders.set(id, (orders.get(id) ?? 0) + 1);
      for (const other of basket) if (other !== id) addTo(together, id, other, 1);
      for (const before of this.#owned) {
        if (before.id !== id && event.at - before.at <= NEXT_WITHIN_MS && !this.#bought.has(id))
          addTo(after, before.id, id, 1);
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
}

function addTo<One, Other>(pairs: Pairs<One, Other>, one: One, other: Other, weight: number): void {
  let sums = pairs.get(one);
  if (!sums) {
    sums = new Map();
    pairs.set(one, sums);
  }
  sums.set(other, (sums.get(other) ?? 0) + weight);
}

/** Adds the counts to `into`, which is changed. */
export function addHabits<Item>(into: HabitCounts<Item>, counts: HabitCounts<Item>): void {
  addPairs(into.contexts, counts.contexts);
  addPairs(into.together, counts.together);
  addPairs(into.after, counts.after);
  for (const kind of ["orders", "buyers"] as const) {
    for (const [item, count] of counts[kind]) into[kind].set(item, (into[kind].get(item) ?? 0) + count);
  }
  for (const [item, days] of counts.again) {
    into.again.set(item, [...(into.again.get(item) ?? []), ...days].slice(0, INTERVALS_KEPT));
  }
}

function addPairs<One, Other>(into: Pairs<One, Other>, pairs: Pairs<One, Other>): void {
  for (const [one, sums] of pairs) for (const [other, sum] of sums) addTo(into, one, other, sum);
}

/** Entries that a step which adds parts up has room for; a table of its own counts as a few. */
const MOST_KEPT = 300_000;
const TABLE = 3;

/**
 * Leaves out the rarest where there is more than a step has room for: in a large catalog what few people of a context look at,
 * and what was bought together once. Only the most frequent is served anyway. What everybody looks at stays.
 */
export function forgetRare<Item>({ contexts, together, after }: HabitCounts<Item>, most = MOST_KEPT): void {
  for (const pairs of [contexts, together, after] as Pairs<unknown, Item>[]) {
    for (let least = 0.25; sizeOf(pairs) > most; least *= 2) {
      for (const [one, sums] of pairs) {
        if (one === EVERYBODY) continue;
        for (const [other, sum] of sums) if (sum <= least) sums.delete(other);
        if (sums.size === 0) pairs.delete(one);
      }
    }
  }
}

/** Entries from which on a context is an array over all items. */
const MANY = 50_000;

/** Contexts in which much of a large catalog is looked at, in a tenth of the memory. */
export function condense({ contexts }: HabitCounts<number>): void {
  for (const [name, sums] of contexts) {
    if (sums.size < MANY || sums instanceof DenseSums) continue;
    let room = 0;
    for (const [item] of sums) room = Math.max(room, item + 1);
    const dense = new DenseSums(room);
    for (const [item, sum] of sums) dense.set(item, sum);
    contexts.set(name, dense);
  }
}

function sizeOf(pairs: Pairs<unknown, unknown>): number {
  let size = 0;
  for (const [one, sums] of pairs) if (one !== EVERYBODY) size += sums.size + TABLE;
  return size;
}

type PackedSums = [items: number[], sums: number[]];
type PackedPairs<One> = [one: One, items: number[], sums: number[]][];

interface Packed {
  /** Each id once: an item is its place here. */
  ids: string[];
  contexts: PackedPairs<string>;
  together: PackedPairs<number>;
  after: PackedPairs<number>;
  orders: PackedSums;
  buyers: PackedSums;
  again: [item: number, days: number[]][];
}

/** Counts as JSON bytes, for the step that adds them up. */
export function packHabits({ contexts, together, after, orders, buyers, again }: HabitCounts): Uint8Array {
  const places = numbering([]);
  const sumsOf = (sums: Sums<string>): PackedSums => [Array.from(sums, ([id]) => places(id)), [...sums.values()]];
  const pairs = (map: Pairs<string, string>) =>
    Array.from(map, ([one, sums]): PackedPairs<number>[number] => [places(one), ...sumsOf(sums)]);
  const packed: Omit<Packed, "ids"> = {
    contexts: Array.from(contexts, ([name, sums]): PackedPairs<string>[number] => [name, ...sumsOf(sums)]),
    together: pairs(together),
    after: pairs(after),
    orders: sumsOf(orders),
    buyers: sumsOf(buyers),
    again: Array.from(again, ([id, days]) => [places(id), days]),
  };
  return new TextEncoder().encode(JSON.stringify({ ...packed, ids: places.ids() }));
}

/** @param numberOf an item's number by its id */
export function unpackHabits(bytes: Uint8Array, numberOf: (id: string) => number): HabitCounts<number> {
  const packed: Packed = JSON.parse(new TextDecoder().decode(bytes));
  const numbers = packed.ids.map(numberOf);
  const itemAt = (place: number) => numbers[place] as number;
  const sumsOf = ([items, sums]: PackedSums) => {
    const map = new Map<number, number>();
    for (const [at, place] of items.entries()) map.set(itemAt(place), sums[at] as number);
    return map;
  };
  const pairs = (list: PackedPairs<number>) => new Map(list.map(([one, ...sums]) => [itemAt(one), sumsOf(sums)]));
  return {
    contexts: new Map(packed.contexts.map(([name, ...sums]) => [name, sumsOf(sums)])),
    together: pairs(packed.together),
    after: pairs(packed.after),
    orders: sumsOf(packed.orders),
    buyers: sumsOf(packed.buyers),
    again: new Map(packed.again.map(([place, days]) => [itemAt(place), days])),
  };
}

/**
 * Numbers for items: of those in `ids` their place, of others the numbers behind. Others are no part of the model, and count
 * where sums are compared.
 */
export function numbering(ids: readonly string[]): Numbering {
  const numbers = new Map<string, number>();
  for (const [place, id] of ids.entries()) numbers.set(id, place);
  const numberOf = (id: string) => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  return Object.assign(numberOf, { ids: () => [...numbers.keys()] });
}

interface Numbering {
  (id: string): number;
  /** In the order of their numbers. */
  ids(): string[];
}
