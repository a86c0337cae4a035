/** A training's material as bytes, column by column. Pure. */
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { Dictionary } from "./dictionary.ts";
import type { Material } from "./material.ts";

export type MaterialColumn = "ids" | "visits" | "items" | "weights" | "deeds" | "judgments";

/** Column by column, so that a reader takes what it needs, and a writer holds one copy at a time. */
export function* packMaterial({ ids, sessions, startedAt }: Material): Generator<[MaterialColumn, Uint8Array]> {
  const { items, starts, weights, deeds = new Int16Array(0), previous = new Int32Array(0) } = sessions;
  yield ["ids", ids.bytes()];
  yield ["visits", packArrays(ids.length, { starts, startedAt, previous })];
  yield ["items", packArrays(null, { items })];
  yield ["weights", packArrays(null, { weights })];
  yield ["deeds", packArrays(null, { deeds })];
  yield ["judgments", packArrays(null, { judgments: sessions.judgments ?? new Uint8Array(0) })];
}

export type LearnedFrom = Omit<Material, "ids"> & { itemCount: number };

/** What `packMaterial` packed, without the ids. */
export function unpackSessions(columns: Record<Exclude<MaterialColumn, "ids">, Uint8Array>): LearnedFrom {
  const { header, arrays } = unpackArrays(columns.visits);
  return {
    itemCount: header as number,
    sessions: {
      items: unpackArrays(columns.items).arrays.items as Int32Array,
      starts: arrays.starts as Int32Array,
      weights: unpackArrays(columns.weights).arrays.weights as Float32Array,
      deeds: unpackArrays(columns.deeds).arrays.deeds as Int16Array,
      judgments: unpackArrays(columns.judgments).arrays.judgments as Uint8Array,
      previous: arrays.previous as Int32Array,
    },
    startedAt: arrays.startedAt as Float64Array,
  };
}

export function unpackIds(bytes: Uint8Array): Dictionary {
  return Dictionary.read(bytes);
}
