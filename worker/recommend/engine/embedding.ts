/**
 * Item vectors as they are served: 64 signed bytes each, with a gate per item and a weight per lag. A session is the
 * normalized sum of its last clicks' vectors, so that it can be compared with any item by cosine.
 */
import { DIMENSIONS } from "./kernel/contrast.ts";
import { PartReader, packParts } from "./parts.ts";

/** Clicks that make a session's vector. */
export const LAGS = 15;

/** A vector an item; only the directions mean anything. */
export interface Vectors {
  /** 64 signed bytes an item, and the same memory four bytes a number: what is copied fast. */
  vectors: Int8Array;
  words: Int32Array;
  /** 1 / length of each item's bytes; 0 where they are zeros. */
  scales: Float32Array;
}

export interface Embedding extends Vectors {
  /** How much an item says about what its visitor wants: e^g. */
  gates: Float32Array;
  /** What a click k actions ago counts against the latest. */
  lags: Float32Array;
  /** How much more a click counts that is like the latest one: e^(focus · cosine). */
  focus: number;
}

/** The direction of each row of floats, in bytes. */
export function quantize(rows: Float32Array, logGates: Float32Array, lags: Float32Array, focus: number): Embedding {
  const vectors = new Int8Array(rows.length);
  for (let base = 0; base < rows.length; base += DIMENSIONS) {
    let largest = 1e-12;
    for (let d = 0; d < DIMENSIONS; d++) largest = Math.max(largest, Math.abs(rows[base + d] as number));
    for (let d = 0; d < DIMENSIONS; d++) vectors[base + d] = Math.round((127 * (rows[base + d] as number)) / largest);
  }
  return {
    ...vectorsOf(vectors),
    gates: logGates.map(Math.exp),
    lags: lags.slice(),
    focus: Math.fround(focus),
  };
}

export function vectorsOf(vectors: Int8Array): Vectors {
  const scales = new Float32Array(vectors.length / DIMENSIONS);
  for (let item = 0; item < scales.length; item++) {
    let squares = 0;
    for (let d = 0; d < DIMENSIONS; d++) squares += (vectors[item * DIMENSIONS + d] as number) ** 2;
    scales[item] = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  }
  return { vectors, words: new Int32Array(vectors.buffer, vectors.byteOffset, vectors.length / 4), scales };
}

/** Cosine of a unit vector with an item; 0 for an unknown item. */
export function cosineWith(embedding: Embedding, unit: Float32Array, item: number): number {
  if (item >= embedding.scales.length) return 0;
  const { vectors } = embedding;
  const base = item * DIMENSIONS;
  let sum = 0;
  for (let d = 0; d < DIMENSIONS; d++) sum += (unit[d] as number) * (vectors[base + d] as number);
  return sum * (embedding.scales[item] as number);
}

/** Cosine of two items; 0 when one is unknown. */
export function cosineOf(embedding: Embedding, one: number, other: number): number {
  const { vectors, scales } = embedding;
  if (one >= scales.length || other >= scales.length) return 0;
  const left = one * DIMENSIONS;
  const right = other * DIMENSIONS;
  // Four sums, so that an addition need not wait for the one before.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let k = 0; k < DIMENSIONS; k += 4) {
    a += (vectors[left + k] as number) * (vectors[right + k] as number);
    b += (vectors[left + k + 1] as number) * (vectors[right + k + 1] as number);
    c += (vectors[left + k + 2] as number) * (vectors[right + k + 2] as number);
    d += (vectors[left + k + 3] as number) * (vectors[right + k + 3] as number);
  }
  return (a + b + c + d) * (scales[one] as number) * (scales[other] as number);
}

/** One embedding as bytes. */
export function embeddingBytes({ lags, focus, gates, vectors }: Embedding): Uint8Array {
  return packParts([Float32Array.of(...lags, focus), gates, vectors]);
}

/** The opposite of `embeddingBytes`. */
export function readEmbedding(bytes: Uint8Array): Embedding {
  const reader = new PartReader(bytes);
  const head = reader.floats();
  const gates = reader.floats();
  return { ...vectorsOf(reader.signedBytes()), gates, lags: head.subarray(0, LAGS), focus: head[LAGS] ?? 0 };
}
