/**
 * Recommending from the whole of a long history: rows nominate a few hundred items, their score is the ridge's sum plus
 * the low-pass term computed exactly from vectors, so that it need not have survived in a row.
 */
import { DECODE } from "./codec.ts";
import type { LowPass } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";
import { SMOOTH, type TasteRow } from "./taste.ts";

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

/** Items by taste, best first, without those of the history. @param history distinct items in any order */
export function rankByTaste(
  history: ArrayLike<number>,
  rowOf: (item: number) => TasteRow | undefined,
  taste: TasteVectors,
  { exclude, limit = 100 }: TasteOptions = {},
): { items: Int32Array; scores: Float32Array } {
  const own = new Set<number>();
  for (let k = 0; k < history.length; k++) own.add(history[k] as number);
  const whole = new Map<number, number>();
  const ridge = new Map<number, number>();
  const person = new Float32Array(taste.rank);
  for (const item of own) {
    const scale = taste.history[item] ?? 0;
    const base = item * taste.rank;
    for (let k = 0; k < taste.rank && scale > 0; k++) {
      person[k] = (person[k] as number) + scale * (taste.vectors[base + k] as number);
    }
    const row = rowOf(item);
    if (!row) continue;
    for (let entry = 0; entry < row.targets.length; entry++) {
      const target = row.targets[entry] as number;
      if (own.has(target) || exclude?.has(target)) continue;
      whole.set(target, (whole.get(target) ?? 0) + (DECODE[row.codes[2 * entry] as number] as number));
      ridge.set(target, (ridge.get(target) ?? 0) + (DECODE[row.codes[2 * entry + 1] as number] as number));
    }
  }
  const nominated = [...whole].sort((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, NOMINATED);
  const ranked = nominated
    .map(([item]) => {
      let sum = 0;
      const base = item * taste.rank;
      for (let k = 0; k < taste.rank; k++) sum += (person[k] as number) * (taste.vectors[base + k] as number);
      return { item, score: (ridge.get(item) ?? 0) + SMOOTH * sum * (taste.candidate[item] ?? 0) };
    })
    .sort((one, other) => other.score - one.score || one.item - other.item)
    .slice(0, limit);
  return {
    items: Int32Array.from(ranked, ({ item }) => item),
    scores: Float32Array.from(ranked, ({ score }) => score),
  };
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
