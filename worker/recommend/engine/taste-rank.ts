/**
 * Recommending from the whole of a long history: rows nominate a few hundred items, their score is the ridge's sum plus
 * the low-pass term computed exactly from vectors, so that it need not have survived in a row.
 */
import type { Scoring } from "./kernel/scoring.ts";
import type { Tasting } from "./kernel/tasting.ts";
import type { LowPass } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";
import type { TasteRow } from "./taste.ts";
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
  readonly #tasting: Tasting;
  #reached = 0;

  constructor(taste: TasteVectors, scoring: Pick<Scoring, "tasting">) {
    this.taste = taste;
    this.#tasting = scoring.tasting(taste);
  }

  /** Takes in a history of distinct items. @param most of the first ones' rows are read; of the others the vector speaks alone */
  read(items: ArrayLike<number>, rowOf: (item: number) => TasteRow | undefined, most = Number.POSITIVE_INFINITY): void {
    this.#tasting.forget(this.#reached);
    this.#reached = 0;
    for (let k = 0; k < items.length; k++) {
      const item = items[k] as number;
      const scale = this.taste.history[item] ?? 0;
      if (scale > 0) this.#tasting.hear(item, scale);
      const row = k < most ? rowOf(item) : undefined;
      if (row) this.#reach(row);
    }
  }

  #reach(row: TasteRow): void {
    const { targets, codes } = this.#tasting;
    const length = Math.min(row.targets.length, targets.length);
    targets.set(length < row.targets.length ? row.targets.subarray(0, length) : row.targets);
    codes.set(length < row.targets.length ? row.codes.subarray(0, codes.length) : row.codes);
    this.#reached = this.#tasting.reach(length, this.#reached);
  }

  /** The best of what the rows reach without `own`, best first. */
  best(limit: number, own: ArrayLike<number> = []): Int32Array {
    const { whole, touched, order } = this.#tasting;
    for (let k = 0; k < own.length; k++) if ((whole[own[k] as number] ?? 0) > 0) whole[own[k] as number] = -1;
    order.set(touched.subarray(0, this.#reached));
    selectTop(order, whole, this.#reached, NOMINATED);
    const count = this.#tasting.tastes(Math.min(NOMINATED, this.#reached));
    selectTop(order, whole, count, limit);
    const best = order.subarray(0, Math.min(limit, count));
    sortDown(best, whole, best.length);
    return best;
  }

  /** What the history says of items, whichever they are: the sum of the ridge's weights and the exact low-pass term. */
  scores(items: Int32Array, count: number, into: Float32Array): void {
    const tasting = this.#tasting;
    const { whole, exact } = tasting;
    for (let k = 0; k < count; k++) {
      const item = items[k] as number;
      if (item >= whole.length) into[k] = 0;
      else into[k] = exact[item] === 1 ? (whole[item] as number) : tasting.taste(item);
    }
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
