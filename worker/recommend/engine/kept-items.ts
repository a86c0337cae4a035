/**
 * What the kernel is told of items once: their vectors, and what the statistics say. It stays in the kernel's memory for as long
 * as the same model answers and there is room, so that a request has to bring only what none before it has asked for.
 */
import type { Vectors } from "./embedding.ts";
import { FACTS, KEPT, KINDS, ROOM, type Scoring, WORDS } from "./kernel/scoring.ts";
import type { Model } from "./model.ts";
import type { ItemStatistics } from "./statistics.ts";
import { trendOf } from "./trend.ts";

/** Kinds of vectors: of the two embeddings, and of titles. */
export const TITLES = 2;
/** A request's candidates, what the lists name beside them, and what is compared with them. */
const MOST_ASKED = 3 * ROOM;
const NONE = new Float32Array();
/** What is nothing has no vector and no facts. */
const NOTHING = 0;

/** What a model is recognized by and read from, not held: of two large ones there is no room, the old one is let go first (model.ts). */
const weak = <T extends object>(part: T | undefined) => part && new WeakRef(part);

/** What items are brought in from, while that lasts. */
interface Source {
  vectors: readonly (Vectors | undefined)[];
  statistics: ItemStatistics | undefined;
  told: Float32Array | undefined;
}

const keepers = new WeakMap<Scoring, KeptItems>();

/** One for each kernel, whoever uses it. */
export function keptBy(scoring: Scoring): KeptItems {
  const known = keepers.get(scoring) ?? new KeptItems(scoring);
  keepers.set(scoring, known);
  return known;
}

/** `WORDS` words, one by one: faster than a loop, and than `set` with a view made for it. */
function copyVector(from: Int32Array, at: number, into: Int32Array, to: number): void {
  into[to] = from[at] as number;
  into[to + 1] = from[at + 1] as number;
  into[to + 2] = from[at + 2] as number;
  into[to + 3] = from[at + 3] as number;
  into[to + 4] = from[at + 4] as number;
  into[to + 5] = from[at + 5] as number;
  into[to + 6] = from[at + 6] as number;
  into[to + 7] = from[at + 7] as number;
  into[to + 8] = from[at + 8] as number;
  into[to + 9] = from[at + 9] as number;
  into[to + 10] = from[at + 10] as number;
  into[to + 11] = from[at + 11] as number;
  into[to + 12] = from[at + 12] as number;
  into[to + 13] = from[at + 13] as number;
  into[to + 14] = from[at + 14] as number;
  into[to + 15] = from[at + 15] as number;
}

/** The same by item, with room for one that is beyond, and for more. */
export function reaching(byItem: Int16Array, item: number): Int16Array<ArrayBuffer> {
  const larger = new Int16Array(item + (item >> 1));
  larger.set(byItem);
  return larger;
}

export class KeptItems {
  readonly #scoring: Scoring;
  readonly #items = new Int32Array(KEPT);
  #kept = 1;
  /** Slots by item; 0 where it is not kept. */
  #slots = new Int16Array(1 << 12);
  #vectors: readonly (WeakRef<Vectors> | undefined)[] = [];
  #statistics: WeakRef<ItemStatistics> | undefined;
  /** Of the net that asks; undefined: as the statistics say. */
  #ranges: Float32Array | undefined;

  constructor(scoring: Scoring) {
    this.#scoring = scoring;
  }

  /** Before a request asks for slots: those of another model are forgotten, and all when they become too many. */
  open({ embeddings, aspects, statistics, net }: Model): void {
    const [first, second, titles] = this.#vectors;
    const isSame =
      first?.deref() === embeddings[0] &&
      second?.deref() === embeddings[1] &&
      titles?.deref() === aspects?.titles &&
      this.#statistics?.deref() === statistics &&
      this.#ranges === net?.ranges;
    if (isSame && this.#kept + MOST_ASKED <= KEPT) return;
    this.#forgetAll();
    this.#vectors = [weak(embeddings[0]), weak(embeddings[1]), weak(aspects?.titles)];
    this.#statistics = weak(statistics);
    this.#ranges = net?.ranges;
  }

  /** When something else is said of an item. */
  forget(item: number): void {
    if (item < this.#slots.length) this.#slots[item] = NOTHING;
  }

  #forgetAll(): void {
    for (let slot = 1; slot < this.#kept; slot++) this.#slots[this.#items[slot] as number] = NOTHING;
    this.#kept = 1;
  }

  /** The slots of the first `count` items, as those of the candidates. */
  layOut(items: Int32Array, count: number): void {
    const { slots } = this.#scoring;
    let source: Source | undefined;
    for (let c = 0; c < count; c++) {
      const item = items[c] as number;
      const slot = this.#slots[item];
      if (slot) {
        slots[c] = slot;
        continue;
      }
      source ??= this.#source();
      slots[c] = this.#keep(item, source);
    }
  }

  /** @param item −1 for none */
  slotOf(item: number): number {
    return item < 0 ? NOTHING : this.#slots[item] || this.#keep(item, this.#source());
  }

  #source(): Source {
    const statistics = this.#statistics?.deref();
    const vectors = this.#vectors.map((held) => held?.deref());
    return { vectors, statistics, told: statistics && trendOf(statistics).told };
  }

  #keep(item: number, { vectors, statistics, told }: Source): number {
    const slot = this.#kept++;
    if (item >= this.#slots.length) this.#slots = reaching(this.#slots, item);
    this.#slots[item] = slot;
    this.#items[slot] = item;
    for (let kind = 0; kind < KINDS; kind++) this.#keepVector(vectors[kind], item, kind, slot);
    if (statistics) this.#noteFacts(statistics, item, slot, told?.[item] ?? 0);
    return slot;
  }

  #keepVector(vectors: Vectors | undefined, item: number, kind: number, slot: number): void {
    const { words, scales } = this.#scoring;
    const at = kind * KEPT + slot;
    const isKnown = vectors !== undefined && item < vectors.scales.length;
    scales[at] = isKnown ? (vectors.scales[item] as number) : 0;
    if (isKnown) copyVector(vectors.words, item * WORDS, words, at * WORDS);
  }

  /** What an item is in general, in the order of the features from "popularity" on, and how it trends. */
  #noteFacts(statistics: ItemStatistics, item: number, slot: number, trend: number): void {
    const all = statistics.all[item] ?? 0;
    const recent = statistics.recent[item] ?? 0;
    const latest = statistics.latest[item] ?? 0;
    const { facts } = this.#scoring;
    const at = slot * FACTS;
    facts[at] = all + 1;
    facts[at + 1] = recent + 1;
    facts[at + 2] = latest + 1;
    facts[at + 3] = (recent + 0.5) / (0.05 * all + 0.5);
    facts[at + 4] = (latest + 0.5) / (0.2 * recent + 0.5);
    facts[at + 5] = (statistics.age[item] ?? 1) + 0.001;
    facts[at + 6] = (statistics.unseen[item] ?? 1) + 0.0001;
    facts[at + 7] = 1;
    this.#scoring.factLogs(slot);
    this.#bound(facts, at);
    facts[at + 7] = trend;
  }

  /** Within what the net has learned of. */
  #bound(facts: Float32Array, at: number): void {
    const ranges = this.#ranges ?? NONE;
    const count = ranges.length / 2;
    for (let fact = 0; fact < count; fact++) {
      const [low, high] = [ranges[fact] as number, ranges[count + fact] as number];
      facts[at + fact] = Math.min(Math.max(facts[at + fact] as number, low), high);
    }
  }
}
