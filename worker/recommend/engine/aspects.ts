/**
 * What the catalog says of items, for the net: price, category, and what they are called. A measuring set says none of it, a
 * shop's own net learns how far each matters there.
 */
import { type Vectors, vectorsOf } from "./embedding.ts";
import { DIMENSIONS } from "./kernel/contrast.ts";
import { PartReader, packParts } from "./parts.ts";

/** Numbers that a title's signature has. */
export const SIGNATURE = DIMENSIONS;

export interface Aspects {
  /** Natural log of the price; 0 where there is none. */
  prices: Float32Array;
  /** Number of the whole category path and of its first part, from 1; 0 where there is none. */
  categories: Int32Array;
  tops: Int32Array;
  /** A title's signature, zeros where there is none; of the first items only in a large catalog. */
  titles: Vectors;
}

/** What a catalog says of one item. */
export interface Described {
  price: number | null;
  category: string | null;
  /** Of any length that `SIGNATURE` is; only its direction means anything. */
  signature: Float32Array;
}

export class AspectsBuilder {
  readonly #aspects: Omit<Aspects, "titles">;
  readonly #signatures: Int8Array;
  readonly #names = new Map<string, number>();

  /** @param signed items that have a signature: the first so many */
  constructor(itemCount: number, signed: number) {
    this.#aspects = {
      prices: new Float32Array(itemCount),
      categories: new Int32Array(itemCount),
      tops: new Int32Array(itemCount),
    };
    this.#signatures = new Int8Array(Math.min(itemCount, signed) * SIGNATURE);
  }

  #number(name: string): number {
    const known = this.#names.get(name) ?? this.#names.size + 1;
    this.#names.set(name, known);
    return known;
  }

  describe(item: number, { price, category, signature }: Described): void {
    const { prices, categories, tops } = this.#aspects;
    prices[item] = price !== null && price > 0 ? Math.log(price) : 0;
    if (category !== null) {
      categories[item] = this.#number(category);
      tops[item] = this.#number(category.split(" > ")[0] ?? category);
    }
    const signatures = this.#signatures;
    const at = item * SIGNATURE;
    if (at >= signatures.length) return;
    const largest = signature.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let d = 0; largest > 0 && d < SIGNATURE; d++) {
      signatures[at + d] = Math.round((127 * (signature[d] ?? 0)) / largest);
    }
  }

  take(): Aspects {
    return { ...this.#aspects, titles: vectorsOf(this.#signatures) };
  }
}

/** Aspects as bytes. */
export function aspectsBytes({ prices, categories, tops, titles }: Aspects): Uint8Array {
  return packParts([prices, categories, tops, titles.vectors]);
}

/** The opposite of `aspectsBytes`. */
export function readAspects(bytes: Uint8Array): Aspects {
  const reader = new PartReader(bytes);
  return {
    prices: reader.floats(),
    categories: reader.integers(),
    tops: reader.integers(),
    titles: vectorsOf(reader.signedBytes()),
  };
}
