/**
 * What the kernel is told of items once: their vectors, and what the statistics say. It stays in the kernel's memory for as long
 * as the same model answers and there is room, so that a request has to bring only what none before it has asked for.
 */
import type { Vectors } from "./embedding.ts";
import { FACTS, KEPT, ROOM, type Scoring, WORDS } from "./kernel/scoring.ts";
import type { Model } from "./model.ts";
import type { ItemStatistics } from "./statistics.ts";
import { trendOf } from "./trend.ts";

/** Kinds of vectors: of the two embeddings, and of titles. */
export const TITLES = 2;
/** A request's candidates, what the lists name beside them, and what is compared with them. */
const MOST_ASKED = 3 * ROOM;
/** What is nothing has no vector and no facts. */
const NOTHING = 0;

/** What a model is recognized by and read from, not held: of two large ones there is no room, the old one is let go first (model.ts). */
const weak = <T extends object>(part: T | undefined) => part && new WeakRef(part);

const keepers = new WeakMap<Scoring, KeptItems>();

/** One for each kernel, whoever uses it. */
export function keptBy(scoring: Scoring): KeptItems {
  const known = keepers.get(scoring) ?? new KeptItems(scoring);
  keepers.set(scoring, known);
  return known;
}

export class KeptItems {
  readonly #scoring: Scoring;
  readonly #items = new Int32Array(KEPT);
  #kept = 1;
  /** Slots by item; 0 where it is not kept. */
  #slots = new Int16Array(1 << 12);
  #vectors: readonly (WeakRef<Vectors> | undefined)[] = [];
  #statistics: WeakRef<ItemStatistics> | undefined;

  constructor(scoring: Scoring) {
    this.#scoring = scoring;
  }

  /** Before a request asks for slots: those of another model are forgotten, and all when they become too many. */
  open({ embeddings, aspects, statistics }: Model): void {
    const [first, second, titles] = this.#vectors;
    const isSame =
      first?.deref() === embeddings[0] &&
      second?.deref() === embeddings[1] &&
      titles?.deref() === aspects?.titles &&
      this.#statistics?.deref() === statistics;
    if (isSame && this.#kept + MOST_ASKED <= KEPT) return;
    this.forget();
    this.#vectors = [weak(embeddings[0]), weak(embeddings[1]), weak(aspects?.titles)];
    this.#statistics = weak(statistics);
  }

  /** When something else is said of an item. */
  forget(): void {
    for (let slot = 1; slot < this.#kept; slot++) this.#slots[this.#items[slot] as number] = NOTHING;
    this.#kept = 1;
    this.#vectors = [];
    this.#statistics = undefined;
  }

  /** The slots of the first `count` items, as those of the candidates. */
  layOut(items: Int32Array, count: number): void {
    const { slots } = this.#scoring;
    for (let c = 0; c < count; c++) slots[c] = this.slotOf(items[c] as number);
  }

  /** @param item −1 for none */
  slotOf(item: number): number {
    return item < 0 ? NOTHING : this.#slots[item] || this.#keep(item);
  }

  #keep(item: number): number {
    const slot = this.#kept++;
    if (item >= this.#slots.length) {
      const larger = new Int16Array(item + (item >> 1));
      larger.set(this.#slots);
      this.#slots = larger;
    }
    this.#slots[item] = slot;
    this.#items[slot] = item;
    const { words, scales } = this.#scoring;
    for (const [kind, held] of this.#vectors.entries()) {
      const vectors = held?.deref();
      const at = kind * KEPT + slot;
      scales[at] = vectors?.scales[item] ?? 0;
      if (!vectors || item >= vectors.scales.length) continue;
      for (let k = 0; k < WORDS; k++) words[at * WORDS + k] = vectors.words[item * WORDS + k] as number;
    }
    this.#noteFacts(item, slot);
    return slot;
  }

  /** What an item is in general, in the order of the features from "popularity" on, and how it trends. */
  #noteFacts(item: number, slot: number): void {
    const statistics = this.#statistics?.deref();
    if (!statistics) return;
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
    facts[at + 7] = trendOf(statistics).told[item] ?? 0;
  }
}
