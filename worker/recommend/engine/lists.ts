/**
 * For each item, the items most alike in use: the nearest by embedding among its row and the rows of its row. A walk of
 * a few hundred cosines instead of a scan of the catalog.
 */

import { cosineOf, type Embedding } from "./embedding.ts";
import { PartReader, packParts } from "./parts.ts";
import { selectTop } from "./top.ts";

const FIRST = 20;
const SECOND = 40;

/** Lists of the items `[from, to)`: `length` per item, nearest first, −1 where there are fewer. */
export interface Lists {
  from: number;
  length: number;
  items: Int32Array;
}

/** @param targetsOf the items of a row, best first, of any item and not only of the partition */
export function buildLists(
  embedding: Embedding,
  targetsOf: (item: number) => Int32Array | undefined,
  from: number,
  to: number,
  length = 30,
): Lists {
  const items = new Int32Array((to - from) * length).fill(-1);
  const marks = new Int32Array(embedding.scales.length).fill(-1);
  const found = new Int32Array(FIRST * (SECOND + 1));
  const order = new Int32Array(found.length);
  const cosines = new Float32Array(found.length);
  for (let item = from; item < to; item++) {
    const own = targetsOf(item);
    // Without a vector nothing is known to be alike.
    if (!own || item >= marks.length) continue;
    let n = 0;
    const visit = (other: number) => {
      if (other === item || other >= marks.length || marks[other] === item) return;
      marks[other] = item;
      order[n] = n;
      cosines[n] = cosineOf(embedding, item, other);
      found[n++] = other;
    };
    const hops = Math.min(FIRST, own.length);
    for (let e = 0; e < hops; e++) {
      const between = own[e] as number;
      visit(between);
      const row = targetsOf(between);
      if (!row) continue;
      for (let k = 0; k < Math.min(SECOND, row.length); k++) visit(row[k] as number);
    }
    const kept = Math.min(length, n);
    selectTop(order, cosines, n, kept);
    const nearest = order.subarray(0, kept).sort((one, other) => (cosines[other] as number) - (cosines[one] as number));
    for (let k = 0; k < kept; k++) items[(item - from) * length + k] = found[nearest[k] as number] as number;
  }
  return { from, length, items };
}

/** One item's list, nearest first; undefined outside the partition. */
export function listOf(lists: Lists, item: number): Int32Array | undefined {
  const begin = (item - lists.from) * lists.length;
  if (begin < 0 || begin >= lists.items.length) return undefined;
  const row = lists.items.subarray(begin, begin + lists.length);
  const end = row.indexOf(-1);
  return end < 0 ? row : row.subarray(0, end);
}

/** A list as bytes for storage: three bytes an item. */
export function packList(list: Int32Array): Uint8Array {
  const bytes = new Uint8Array(list.length * 3);
  list.forEach((item, index) => {
    bytes[3 * index] = item & 255;
    bytes[3 * index + 1] = (item >> 8) & 255;
    bytes[3 * index + 2] = (item >> 16) & 255;
  });
  return bytes;
}

/** The opposite of `packList`. */
export function unpackList(bytes: Uint8Array): Int32Array {
  return Int32Array.from({ length: Math.floor(bytes.length / 3) }, (_, index) => {
    const at = 3 * index;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  });
}

/** A partition of lists as bytes. */
export function listsBytes({ from, length, items }: Lists): Uint8Array {
  return packParts([Int32Array.of(from, length), items]);
}

/** The opposite of `listsBytes`. */
export function readLists(bytes: Uint8Array): Lists {
  const reader = new PartReader(bytes);
  const [from = 0, length = 0] = reader.integers();
  return { from, length, items: reader.integers() };
}
