/**
 * Recommending from the whole of a long history: rows nominate a few hundred items, their score is the ridge's sum plus
 * the low-pass term computed exactly from vectors, so that it need not have survived in a row.
 */
import { DECODE } from "./codec.ts";
import type { LowPass } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";
import { SMOOTH, type TasteRow } from "./taste.ts";
import { selectTop } from "./top.ts";

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

export interface TasteOptions {
  /** Never listed, besides the history itself. */
  exclude?: ReadonlySet<number>;
  limit?: number;
}

/** Ranks by taste; holds its arrays, so read an answer before asking again. */
export class TasteRanker {
  readonly #taste: TasteVectors;
  readonly #whole: Float32Array;
  readonly #ridge: Float32Array;
  readonly #touched: Int32Array;
  readonly #person: Float32Array;

  constructor(taste: TasteVectors) {
    const itemCount = taste.history.length;
    this.#taste = taste;
    this.#whole = new Float32Array(itemCount);
    this.#ridge = new Float32Array(itemCount);
    this.#touched = new Int32Array(itemCount);
    this.#person = new Float32Array(taste.rank);
  }

  /** Items best first, without those of the history. @param history item indexes in any order */
  rank(
    history: ArrayLike<number>,
    rowOf: (item: number) => TasteRow | undefined,
    { exclude, limit = 100 }: TasteOptions = {},
  ): { items: Int32Array; scores: Float32Array } {
    const own = new Set<number>();
    for (let k = 0; k < history.length; k++) own.add(history[k] as number);
    const touched = this.#gather(own, rowOf);
    const whole = this.#whole;
    for (const item of own) if (item < whole.length) whole[item] = 0;
    if (exclude) for (const item of exclude) if (item < whole.length) whole[item] = 0;
    selectTop(this.#touched, whole, touched, NOMINATED);
    const nominated = this.#touched
      .slice(0, Math.min(NOMINATED, touched))
      .filter((item) => (whole[item] as number) > 0);
    for (const item of nominated) whole[item] = this.#exact(item);
    selectTop(nominated, whole, nominated.length, limit);
    const items = nominated.slice(0, limit);
    items.sort((one, other) => (whole[other] as number) - (whole[one] as number) || one - other);
    const scores = Float32Array.from(items, (item) => whole[item] as number);
    for (let k = 0; k < touched; k++) {
      whole[this.#touched[k] as number] = 0;
      this.#ridge[this.#touched[k] as number] = 0;
    }
    return { items, scores };
  }

  /** Sums the history's rows and vectors; returns how many items were touched. */
  #gather(own: ReadonlySet<number>, rowOf: (item: number) => TasteRow | undefined): number {
    const { rank, history, vectors } = this.#taste;
    const person = this.#person.fill(0);
    let touched = 0;
    for (const item of own) {
      const scale = history[item] ?? 0;
      for (let k = 0; k < rank && scale > 0; k++) {
        person[k] = (person[k] as number) + scale * (vectors[item * rank + k] as number);
      }
      const row = rowOf(item);
      if (!row) continue;
      for (let entry = 0; entry < row.targets.length; entry++) {
        const target = row.targets[entry] as number;
        if ((this.#whole[target] as number) === 0) this.#touched[touched++] = target;
        this.#whole[target] = (this.#whole[target] as number) + (DECODE[row.codes[2 * entry] as number] as number);
        this.#ridge[target] = (this.#ridge[target] as number) + (DECODE[row.codes[2 * entry + 1] as number] as number);
      }
    }
    return touched;
  }

  #exact(item: number): number {
    const { rank, candidate, vectors } = this.#taste;
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (this.#person[k] as number) * (vectors[item * rank + k] as number);
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
