/**
 * What the catalog says of items, for the net: price, category, and what they are called. A measuring set says none of it, a
 * shop's own net learns how far each matters there.
 */
import { PartReader, packParts } from "./parts.ts";

/** Numbers that a title's signature has. */
export const SIGNATURE = 64;

export interface Aspects {
  /** Natural log of the price; 0 where there is none. */
  prices: Float32Array;
  /** Number of the whole category path and of its first part, from 1; 0 where there is none. */
  categories: Int32Array;
  tops: Int32Array;
  /** `SIGNATURE` signed bytes an item, zeros where there is no title; of the first items only in a large catalog. */
  signatures: Int8Array;
}

/** What a catalog says of one item. */
export interface Described {
  price: number | null;
  category: string | null;
  /** Of any length that `SIGNATURE` is; only its direction means anything. */
  signature: Float32Array;
}

export class AspectsBuilder {
  readonly #aspects: Aspects;
  readonly #names = new Map<string, number>();

  /** @param signed items that have a signature: the first so many */
  constructor(itemCount: number, signed: number) {
    this.#aspects = {
      prices: new Float32Array(itemCount),
      categories: new Int32Array(itemCount),
      tops: new Int32Array(itemCount),
      signatures: new Int8Array(Math.min(itemCount, signed) * SIGNATURE),
    };
  }

  #number(name: string): number {
    const known = this.#names.get(name) ?? this.#names.size + 1;
    this.#names.set(name, known);
    return known;
  }

  describe(item: number, { price, category, signature }: Described): void {
    const { prices, categories, tops, signatures } = this.#aspects;
    prices[item] = price !== null && price > 0 ? Math.log(price) : 0;
    if (category !== null) {
      categories[item] = this.#number(category);
      tops[item] = this.#number(category.split(" > ")[0] ?? category);
    }
    const at = item * SIGNATURE;
    if (at >= signatures.length) return;
    const largest = signature.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let d = 0; largest > 0 && d < SIGNATURE; d++) {
      signatures[at + d] = Math.round((127 * (signature[d] ?? 0)) / largest);
    }
  }

  take(): Aspects {
    return this.#aspects;
  }
}

/** Cosine of two items' titles; 0 where one has none. */
export function titleCosine({ signatures }: Aspects, one: number, other: number): number {
  const [left, right] = [one * SIGNATURE, other * SIGNATURE];
  if (left + SIGNATURE > signatures.length || right + SIGNATURE > signatures.length || left < 0 || right < 0) return 0;
  let [dot, ours, theirs] = [0, 0, 0];
  for (let d = 0; d < SIGNATURE; d++) {
    const [a, b] = [signatures[left + d] as number, signatures[right + d] as number];
    dot += a * b;
    ours += a * a;
    theirs += b * b;
  }
  return ours === 0 || theirs === 0 ? 0 : dot / Math.sqrt(ours * theirs);
}

/** Aspects as bytes. */
export function aspectsBytes({ prices, categories, tops, signatures }: Aspects): Uint8Array {
  return packParts([prices, categories, tops, signatures]);
}

/** The opposite of `aspectsBytes`. */
export function readAspects(bytes: Uint8Array): Aspects {
  const reader = new PartReader(bytes);
  return {
    prices: reader.floats(),
    categories: reader.integers(),
    tops: reader.integers(),
    signatures: reader.signedBytes(),
  };
}
