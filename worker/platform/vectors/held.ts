/**
 * The tables of vectors that an isolate holds, within a bound. Those that a request asks for together stay together: one that does
 * not fit beside what is in use is refused, for some minutes without being read again. Were it held instead of another, each
 * request would read both of them anew.
 */
import { MINUTE } from "../../lib/time.ts";
import type { Table } from "./scan.ts";

export interface Index {
  ids: string[];
  places: Map<string, number>;
  dimensions: number;
  /** A component of a unit vector is `scales[row] * table.values[row * dimensions + i]`. */
  table: Table;
  scales: Float32Array;
  stamp: string;
  checkedAt: number;
  usedAt: number;
}

/**
 * What all of them may take of an isolate's 128 MB: 100,000 items' contents and titles in 256 dimensions (62 MB) with room for
 * some pictures, and for everything else that a Worker does.
 */
export const HELD_BYTES = 80 * 1024 * 1024;
/** A table that was asked for this lately is in use. */
const IN_USE_MS = MINUTE;
const REFUSED_MS = 10 * MINUTE;
/** Besides a row's components: its scale, its product as an integer and as a float; and its id in a list and a map. */
const ROW_BYTES = 12;
const ID_BYTES = 80;

/** Of so many rows. Ids are counted with every table, though those of a site are shared where they are the same. */
export function bytesOf(rows: number, dimensions: number): number {
  return rows * (dimensions + ROW_BYTES + ID_BYTES);
}

export class HeldIndexes {
  /** The one asked for last is last. */
  readonly #indexes = new Map<string, Index>();
  readonly #refused = new Map<string, number>();

  get(namespace: string, now: number): Index | undefined {
    const index = this.#indexes.get(namespace);
    if (index) {
      index.usedAt = now;
      this.#indexes.delete(namespace);
      this.#indexes.set(namespace, index);
    }
    return index;
  }

  /** Lets go of what is not in use until so many bytes fit. Throws where they do not, and says so again without being asked twice. */
  makeRoom(namespace: string, bytes: number, most: number, now: number): void {
    const refusedAt = this.#refused.get(namespace);
    const isRefused = refusedAt !== undefined && Math.abs(now - refusedAt) < REFUSED_MS;
    if (!isRefused) {
      for (;;) {
        let held = bytes;
        for (const [name, each] of this.#indexes) {
          if (name !== namespace) held += bytesOf(each.ids.length, each.dimensions);
        }
        if (held <= most) return;
        const idle = [...this.#indexes].find(
          ([name, { usedAt }]) => name !== namespace && Math.abs(now - usedAt) >= IN_USE_MS,
        );
        if (!idle) break;
        this.#indexes.delete(idle[0]);
      }
      this.#refused.set(namespace, now);
    }
    throw new RangeError(`the vectors of ${namespace} do not fit into this isolate's memory: VECTORS = "vectorize"`);
  }

  hold(namespace: string, index: Index): void {
    this.#refused.delete(namespace);
    for (const other of this.#indexes.values()) {
      const isSame = other.ids.length === index.ids.length && index.ids.every((id, place) => other.ids[place] === id);
      if (!isSame) continue;
      index.ids = other.ids;
      index.places = other.places;
    }
    this.#indexes.set(namespace, index);
  }

  drop(namespace: string): void {
    this.#indexes.delete(namespace);
  }
}
