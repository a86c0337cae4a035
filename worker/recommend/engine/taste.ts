/**
 * Rows for long histories: what the whole of what a person liked says, rather than the last clicks.
 *
 * Per target item a small ridge regression on the hundred items it co-occurs with most (people weighted by
 * history length^−½, no self weight; as good as the full closed form of EASE, Steck 2019, at a fraction of its size),
 * plus the low-pass term D^−½ V Vᵀ D^½. On short sessions this does worse than rows.ts: it is for about ten items and more.
 */
import { encode } from "./codec.ts";
import { LocalRidge, NEIGHBORS } from "./local-ridge.ts";
import type { LowPass } from "./low-pass.ts";
import type { Sessions } from "./sessions.ts";
import { selectTop } from "./top.ts";

const CONSIDERED = 1000;
/** What the low-pass term counts against the ridge. */
export const SMOOTH = 1;
/** Items of a row. */
const LENGTH = 60;
/** Weaker weights are not kept. */
const LEAST = 0.002;

/** Weights that lead to the items `[from, to)`: by target, at most `CONSIDERED` sources each. */
export interface TasteColumns {
  from: number;
  starts: Int32Array;
  sources: Int32Array;
  /** Ridge and low-pass term together, and the ridge alone. */
  weights: Float32Array;
  ridges: Float32Array;
}

/** People by item. */
function peopleOf({ items, starts }: Sessions, itemCount: number) {
  const begins = new Int32Array(itemCount + 1);
  for (const item of items) begins[item + 1] = (begins[item + 1] as number) + 1;
  for (let item = 0; item < itemCount; item++) {
    begins[item + 1] = (begins[item + 1] as number) + (begins[item] as number);
  }
  const people = new Int32Array(items.length);
  const fill = begins.slice();
  for (let person = 0; person < starts.length - 1; person++) {
    for (let at = starts[person] as number; at < (starts[person + 1] as number); at++) {
      const item = items[at] as number;
      people[fill[item] as number] = person;
      fill[item] = (fill[item] as number) + 1;
    }
  }
  return { begins, people };
}

/** @param histories one list of distinct items per person */
export function buildTaste(
  histories: Sessions,
  itemCount: number,
  lowPass: LowPass,
  from = 0,
  to = itemCount,
): TasteColumns {
  const { items, starts } = histories;
  const { begins, people } = peopleOf(histories, itemCount);
  const personWeight = Float64Array.from({ length: starts.length - 1 }, (_, person) => {
    return ((starts[person + 1] as number) - (starts[person] as number)) ** -0.5;
  });
  const system = new LocalRidge(begins, people, personWeight);
  const together = new Float32Array(itemCount);
  const columnStarts = new Int32Array(to - from + 1);
  let sources = new Int32Array((to - from) * NEIGHBORS);
  let weights = new Float32Array(sources.length);
  let ridges = new Float32Array(sources.length);
  let used = 0;
  for (let target = from; target < to; target++) {
    const touched: number[] = [];
    for (let k = begins[target] as number; k < (begins[target + 1] as number); k++) {
      const person = people[k] as number;
      const weight = personWeight[person] as number;
      for (let at = starts[person] as number; at < (starts[person + 1] as number); at++) {
        const item = items[at] as number;
        if (item === target) continue;
        if (together[item] === 0) touched.push(item);
        together[item] = (together[item] as number) + weight;
      }
    }
    const order = Int32Array.from(touched);
    selectTop(order, together, order.length, CONSIDERED);
    const considered = order.subarray(0, CONSIDERED);
    selectTop(considered, together, considered.length, NEIGHBORS);
    const neighbors = considered.subarray(0, NEIGHBORS);
    const solution = system.solve(neighbors, together);
    if (used + considered.length > sources.length) {
      sources = grown(sources, new Int32Array(sources.length * 2 + CONSIDERED));
      weights = grown(weights, new Float32Array(sources.length));
      ridges = grown(ridges, new Float32Array(sources.length));
    }
    considered.forEach((source, place) => {
      const ridge = place < neighbors.length ? (solution[place] as number) : 0;
      const weight = ridge + SMOOTH * smooth(lowPass, source, target, begins);
      if (weight < LEAST) return;
      sources[used] = source;
      ridges[used] = ridge;
      weights[used++] = weight;
    });
    columnStarts[target - from + 1] = used;
    for (const item of touched) together[item] = 0;
  }
  return {
    from,
    starts: columnStarts,
    sources: sources.slice(0, used),
    weights: weights.slice(0, used),
    ridges: ridges.slice(0, used),
  };
}

function grown<A extends Int32Array | Float32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

function smooth({ rank, basis }: LowPass, source: number, target: number, begins: Int32Array): number {
  let sum = 0;
  for (let k = 0; k < rank; k++) sum += (basis[source * rank + k] as number) * (basis[target * rank + k] as number);
  const own = (begins[source + 1] as number) - (begins[source] as number);
  const other = (begins[target + 1] as number) - (begins[target] as number);
  return sum * Math.sqrt(other / own);
}

/** One item's row: the items it speaks for, strongest first; two log codes each (codec.ts): whole weight, ridge alone. */
export interface TasteRow {
  targets: Int32Array;
  codes: Uint8Array;
}

/** Rows of the items `[from, from + starts.length − 1)`, one behind the other; two codes an entry. Kept as `rowsBytes` (rows.ts). */
export interface TasteRows {
  from: number;
  starts: Int32Array;
  targets: Int32Array;
  codes: Uint8Array;
}

/**
 * Columns turned into rows of the `length` strongest targets each, for the sources `[from, to)`.
 * @param columns all partitions of columns; called twice
 */
export async function tasteRows(
  columns: () => AsyncIterable<TasteColumns>,
  from: number,
  to: number,
  length = LENGTH,
): Promise<TasteRows> {
  const begins = new Int32Array(to - from + 1);
  for await (const { sources } of columns()) {
    for (const source of sources) {
      if (source >= from && source < to) begins[source - from + 1] = (begins[source - from + 1] as number) + 1;
    }
  }
  for (let row = 0; row < to - from; row++) begins[row + 1] = (begins[row + 1] as number) + (begins[row] as number);
  const targets = new Int32Array(begins[to - from] as number);
  const weights = new Float32Array(targets.length);
  const ridges = new Float32Array(targets.length);
  const fill = begins.slice();
  for await (const column of columns()) {
    for (let index = 0; index < column.starts.length - 1; index++) {
      for (let k = column.starts[index] as number; k < (column.starts[index + 1] as number); k++) {
        const row = (column.sources[k] as number) - from;
        if (row < 0 || row >= to - from) continue;
        const at = fill[row] as number;
        targets[at] = column.from + index;
        weights[at] = column.weights[k] as number;
        ridges[at] = column.ridges[k] as number;
        fill[row] = at + 1;
      }
    }
  }
  const starts = new Int32Array(to - from + 1);
  const kept: number[] = [];
  for (let row = 0; row < to - from; row++) {
    const begin = begins[row] as number;
    const order = Int32Array.from({ length: (begins[row + 1] as number) - begin }, (_, k) => begin + k);
    selectTop(order, weights, order.length, length);
    const best = order.subarray(0, length).sort((one, other) => (weights[other] as number) - (weights[one] as number));
    for (const k of best) kept.push(k);
    starts[row + 1] = kept.length;
  }
  const codes = new Uint8Array(2 * kept.length);
  kept.forEach((k, entry) => {
    codes[2 * entry] = encode(weights[k] as number);
    codes[2 * entry + 1] = encode(ridges[k] as number);
  });
  return { from, starts, targets: Int32Array.from(kept, (k) => targets[k] as number), codes };
}

const ENTRY_BYTES = 5;

/** A row as bytes for storage: three bytes for the item and its two codes. */
export function packTaste({ targets, codes }: TasteRow): Uint8Array {
  const bytes = new Uint8Array(targets.length * ENTRY_BYTES);
  for (const [entry, target] of targets.entries()) {
    const at = entry * ENTRY_BYTES;
    bytes[at] = target & 255;
    bytes[at + 1] = (target >> 8) & 255;
    bytes[at + 2] = (target >> 16) & 255;
    bytes[at + 3] = codes[2 * entry] as number;
    bytes[at + 4] = codes[2 * entry + 1] as number;
  }
  return bytes;
}

/** The opposite of `packTaste`. */
export function unpackTaste(bytes: Uint8Array): TasteRow {
  const entries = Math.floor(bytes.length / ENTRY_BYTES);
  const row: TasteRow = { targets: new Int32Array(entries), codes: new Uint8Array(2 * entries) };
  for (let entry = 0; entry < entries; entry++) {
    const at = entry * ENTRY_BYTES;
    row.targets[entry] = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    row.codes[2 * entry] = bytes[at + 3] as number;
    row.codes[2 * entry + 1] = bytes[at + 4] as number;
  }
  return row;
}

/** One item's row; undefined outside the partition. */
export function tasteRowOf(rows: TasteRows, item: number): TasteRow | undefined {
  const begin = rows.starts[item - rows.from];
  const end = rows.starts[item - rows.from + 1];
  if (begin === undefined || end === undefined) return undefined;
  return { targets: rows.targets.subarray(begin, end), codes: rows.codes.subarray(2 * begin, 2 * end) };
}
