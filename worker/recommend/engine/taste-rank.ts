/**
 * Recommending from the whole of a long history: rows nominate a few hundred items, their score is the ridge's sum plus
 * the low-pass term computed exactly from vectors, so that it need not have survived in a row.
 */
import { DECODE } from "./codec.ts";
import type { LowPass } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";
import { SMOOTH, type TasteRow } from "./taste.ts";
import { selectTop, sortDown } from "./top.ts";

/** How many items of the rows are scored exactly. */
const NOMINATED = 400;

/** The low-pass basis as served: one byte a number. */
export interface TasteVectors {
  rank: number;
  vectors: Int8Array;
  /** Per item, what its bytes are multiplied by as part of a history (÷ √popularity) and as a candidate (× √popularity). */
  history: Float32Array;
  candidate: Float32Array;
}

/** The basis in int8, each item by its own largest value, with the factors for an item of a history and for a candidate. */
export function tasteVectors({ rank, basis }: LowPass, histories: Sessions): TasteVectors {
  const itemCount = basis.length / rank;
  const counts = new Float32Array(itemCount);
  for (const item of histories.items) counts[item] = (counts[item] as number) + 1;
  const vectors = new Int8Array(basis.length);
  const history = new Float32Array(itemCount);
  const candidate = new Float32Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    let largest = 1e-12;
    for (let k = 0; k < rank; k++) largest = Math.max(largest, Math.abs(basis[item * rank + k] as number));
    for (let k = 0; k < rank; k++) {
      vectors[item * rank + k] = Math.round((127 * (basis[item * rank + k] as number)) / largest);
    }
    const root = Math.sqrt(counts[item] as number);
    history[item] = root === 0 ? 0 : largest / 127 / root;
    candidate[item] = (largest / 127) * root;
  }
  return { rank, vectors, history, candidate };
}

/** What the whole of a history says; holds its arrays, so read what it says of one before it is told another. */
export class TasteRanker {
  readonly taste: TasteVectors;
  readonly #whole: Float32Array;
  readonly #ridge: Float32Array;
  /** 1 where `whole` is the exact score by now. */
  readonly #exact: Uint8Array;
  readonly #touched: Int32Array;
  readonly #person: Float32Array;
  #reached = 0;

  constructor(taste: TasteVectors) {
    const itemCount = taste.history.length;
    this.taste = taste;
    this.#whole = new Float32Array(itemCount);
    this.#ridge = new Float32Array(itemCount);
    this.#exact = new Uint8Array(itemCount);
    this.#touched = new Int32Array(itemCount);
    this.#person = new Float32Array(taste.rank);
  }

  /** Takes in a history of distinct items. @param most of the first ones' rows are read; of the others the vector speaks alone */
  read(items: ArrayLike<number>, rowOf: (item: number) => TasteRow | undefined, most = Number.POSITIVE_INFINITY): void {
    const [whole, ridge, touched] = [this.#whole, this.#ridge, this.#touched];
    for (let k = 0; k < this.#reached; k++) {
      whole[touched[k] as number] = 0;
      ridge[touched[k] as number] = 0;
      this.#exact[touched[k] as number] = 0;
    }
    this.#reached = 0;
    this.#person.fill(0);
    for (let k = 0; k < items.length; k++) {
      const item = items[k] as number;
      this.#add(item, k < most ? rowOf(item) : undefined);
    }
  }

  #add(item: number, row: TasteRow | undefined): void {
    const { rank, history, vectors } = this.taste;
    const person = this.#person;
    const scale = history[item] ?? 0;
    const from = item * rank;
    for (let k = 0; k < rank && scale > 0; k++) {
      person[k] = (person[k] as number) + scale * (vectors[from + k] as number);
    }
    if (!row) return;
    const [whole, ridge] = [this.#whole, this.#ridge];
    for (let entry = 0; entry < row.targets.length; entry++) {
      const target = row.targets[entry] as number;
      if (target >= whole.length) continue;
      if ((whole[target] as number) === 0) this.#touched[this.#reached++] = target;
      whole[target] = (whole[target] as number) + (DECODE[row.codes[2 * entry] as number] as number);
      ridge[target] = (ridge[target] as number) + (DECODE[row.codes[2 * entry + 1] as number] as number);
    }
  }

  /** The best of what the rows reach without `own`, best first. */
  best(limit: number, own: ArrayLike<number> = []): Int32Array {
    const whole = this.#whole;
    for (let k = 0; k < own.length; k++) if ((whole[own[k] as number] ?? 0) > 0) whole[own[k] as number] = -1;
    const order = this.#touched.slice(0, this.#reached);
    selectTop(order, whole, order.length, NOMINATED);
    let count = 0;
    for (let k = 0; k < Math.min(NOMINATED, order.length); k++) {
      const item = order[k] as number;
      if ((whole[item] as number) <= 0) continue;
      order[count++] = item;
      whole[item] = this.score(item);
      this.#exact[item] = 1;
    }
    const nominated = order.subarray(0, count);
    selectTop(nominated, whole, count, limit);
    const best = nominated.subarray(0, limit);
    sortDown(best, whole, best.length);
    return best;
  }

  /** What the history says of any item: the sum of the ridge's weights and the exact low-pass term. */
  score(item: number): number {
    const { rank, candidate, vectors } = this.taste;
    if (item >= candidate.length) return 0;
    if (this.#exact[item] === 1) return this.#whole[item] as number;
    const person = this.#person;
    const from = item * rank;
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (person[k] as number) * (vectors[from + k] as number);
    return (this.#ridge[item] as number) + SMOOTH * sum * (candidate[item] as number);
  }
}

/** Vectors as bytes. */
export function tasteBytes({ rank, vectors, history, candidate }: TasteVectors): Uint8Array {
  return packParts([Int32Array.of(rank), vectors, history, candidate]);
}

/** The opposite of `tasteBytes`. */
export function readTaste(bytes: Uint8Array): TasteVectors {
  const reader = new PartReader(bytes);
  return {
    rank: reader.integers()[0] ?? 0,
    vectors: reader.signedBytes(),
    history: reader.floats(),
    candidate: reader.floats(),
  };
}
