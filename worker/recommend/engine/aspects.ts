/**
 * What the catalog says of items, for the net: price, category, since when they are there, and what they are called. A measuring set says none of it, a
 * shop's own net learns how far each matters there.
 */
import { hash32 } from "../../lib/hash.ts";
import { type Vectors, vectorsOf } from "./embedding.ts";
import { DIMENSIONS } from "./kernel/contrast.ts";
import { PartReader, packParts } from "./parts.ts";

/** Numbers that a title's signature has. */
export const SIGNATURE = DIMENSIONS;

export interface Aspects {
  /** Natural log of the price; 0 where there is none. */
  prices: Float32Array;
  /** Number of the whole category path and of its first part, by its name; 0 where there is none. */
  categories: Int32Array;
  tops: Int32Array;
  /** Epoch day at which the catalog got the item, with its fraction; 0 where that says nothing. */
  born: Float32Array;
  /** One number: the epoch day of the import that brought in what had been there before, up to which a birth says nothing. */
  importedUntil: Float32Array;
  /** A title's signature, zeros where there is none; of the first items only in a large catalog. */
  titles: Vectors;
}

/** What a catalog says of one item. */
export interface Described {
  price: number | null;
  category: string | null;
  /** Epoch day; 0 where it is not known, or was told too late to say anything. */
  born?: number;
  /** Of any length that `SIGNATURE` is; only its direction means anything. */
  signature: Float32Array;
}

export class AspectsBuilder {
  readonly #aspects: Aspects;

  /** @param signed items that have a signature: the first so many */
  constructor(itemCount: number, signed: number) {
    this.#aspects = {
      prices: new Float32Array(itemCount),
      categories: new Int32Array(itemCount),
      tops: new Int32Array(itemCount),
      born: new Float32Array(itemCount),
      importedUntil: new Float32Array(1),
      titles: vectorsOf(new Int8Array(Math.min(itemCount, signed) * SIGNATURE)),
    };
  }

  describe(item: number, described: Described): void {
    describeAt(this.#aspects, item, described);
  }

  take(): Aspects {
    return this.#aspects;
  }
}

/** Writes down what is said of one item. */
export function describeAt(aspects: Aspects, item: number, { price, category, born = 0, signature }: Described): void {
  const { prices, categories, tops, titles } = aspects;
  prices[item] = price !== null && price > 0 ? Math.log(price) : 0;
  categories[item] = category === null ? 0 : numberOf(category);
  tops[item] = category === null ? 0 : numberOf(category.split(" > ")[0] ?? category);
  aspects.born[item] = Math.fround(born) <= (aspects.importedUntil[0] ?? 0) ? 0 : born;
  if (item >= titles.scales.length) return;
  const own = titles.vectors.subarray(item * SIGNATURE, (item + 1) * SIGNATURE);
  const largest = signature.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let d = 0; d < SIGNATURE; d++) own[d] = largest > 0 ? Math.round((127 * (signature[d] ?? 0)) / largest) : 0;
  const length = Math.hypot(...own);
  titles.scales[item] = length === 0 ? 0 : 1 / length;
}

const numberOf = (name: string) => hash32(name) | 1;

/** The same with place for `itemCount` items, or only the first so many. Titles as far as all items had one. */
export function resized(aspects: Aspects, itemCount: number): Aspects {
  const { prices, categories, tops, born, importedUntil, titles } = aspects;
  const copied = <A extends Float32Array | Int32Array | Int8Array>(from: A, into: A): A => {
    into.set(from.subarray(0, into.length));
    return into;
  };
  const signed = titles.scales.length < prices.length ? Math.min(titles.scales.length, itemCount) : itemCount;
  return {
    prices: copied(prices, new Float32Array(itemCount)),
    categories: copied(categories, new Int32Array(itemCount)),
    tops: copied(tops, new Int32Array(itemCount)),
    born: copied(born, new Float32Array(itemCount)),
    importedUntil: importedUntil.slice(),
    titles: vectorsOf(copied(titles.vectors, new Int8Array(SIGNATURE * signed))),
  };
}

/** Aspects as bytes. */
export function aspectsBytes({ prices, categories, tops, titles, born, importedUntil }: Aspects): Uint8Array {
  return packParts([prices, categories, tops, titles.vectors, born, importedUntil]);
}

/** The opposite of `aspectsBytes`. */
export function readAspects(bytes: Uint8Array): Aspects {
  const reader = new PartReader(bytes);
  return {
    prices: reader.floats(),
    categories: reader.integers(),
    tops: reader.integers(),
    titles: vectorsOf(reader.signedBytes()),
    born: reader.floats(),
    importedUntil: reader.floats(),
  };
}
