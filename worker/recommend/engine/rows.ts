/**
 * What goes with what, and in which direction: one sparse row of neighbors per item, counted from sessions.
 *
 * For each pair i → j at most ten actions apart, weighted by session age and by 0.7 per step of distance, an item's
 * row counts f (j after i), b (j before i), t (j right after i) and r (as f, forgetting fast). From them come the six
 * values of an entry: BA ranks and truncates the row, F, B, T and R are shares of the item's own counts, C is cosine
 * like. All counts are sums over sessions, so a partition of the items can be built on its own (memory is bounded by
 * the partition) and adding sessions only adds to them.
 */
import { CODES_PER_ENTRY, encode, packEntries, type Row } from "./codec.ts";
import { PartReader, packParts } from "./parts.ts";
import { type Sessions, sessionCount } from "./sessions.ts";

export { unpackRow } from "./codec.ts";
export type { Sessions } from "./sessions.ts";

/** Positions of the six codes of an entry. */
export const CODE = { BA: 0, F: 1, B: 2, T: 3, C: 4, R: 5 } as const;

const WINDOW = 10;

/** What a shop's rows are made with; tuning.ts chooses them on the shop's own sessions. */
export interface RowConstants {
  /** An old session weighs exp((k − S) / (age · S)), the k-th of S. */
  age: number;
  /** Weight per step of distance. */
  distance: number;
  /** Entries are divided by their popularity to this power. */
  incoming: number;
}

export const ROW_CONSTANTS: RowConstants = { age: 1, distance: 0.7, incoming: 0.25 };

const distancesOf = ({ distance }: RowConstants) =>
  Float64Array.from({ length: WINDOW + 1 }, (_, steps) => distance ** Math.max(0, steps - 1));

/** Rows of the items `[from, from + starts.length − 1)`, one behind the other. */
export interface Rows {
  /** First item that has a row here; 0 unless built as a partition. */
  from: number;
  /** Start of each item's entries in `targets`; items + 1 entries. */
  starts: Int32Array;
  targets: Int32Array;
  /** Six codes an entry: BA, F, B, T, C, R. */
  codes: Uint8Array;
}

/** Sums over all pairs of a site: what the shares of a row are shares of. */
export interface Totals {
  forward: Float64Array;
  backward: Float64Array;
  next: Float64Array;
  recent: Float64Array;
  /** Incoming weight: forward 1, backward ½. */
  incoming: Float64Array;
}

export interface RowOptions {
  /** Entries kept per item, 25 by default. */
  entries?: number;
  constants?: RowConstants;
  /** Only rows of items in `[from, to)`. */
  from?: number;
  to?: number;
  /** Of these only the ones named, the others' are empty. */
  only?: ReadonlySet<number> | undefined;
  /** Of `countTotals` over the same sessions; counted here when absent. */
  totals?: Totals;
}

interface Ages {
  slow: Float64Array;
  fast: Float64Array;
}

/** exp((k − S)/S) for the k-th of S sessions (at age 1), and the same forgetting 12.5 times faster. */
function agesOf(sessions: Sessions, age: number): Ages {
  const count = sessionCount(sessions);
  const slow = new Float64Array(count);
  const fast = new Float64Array(count);
  for (let session = 0; session < count; session++) {
    slow[session] = Math.exp((session + 1 - count) / (age * count));
    fast[session] = Math.exp((session + 1 - count) / (0.08 * age * count));
  }
  return { slow, fast };
}

/** One pass over all pairs; the partitions of a large catalog share its result. */
export function countTotals(sessions: Sessions, itemCount: number, constants = ROW_CONSTANTS): Totals {
  const { items, starts, weights } = sessions;
  const ages = agesOf(sessions, constants.age);
  const distances = distancesOf(constants);
  const forward = new Float64Array(itemCount);
  const backward = new Float64Array(itemCount);
  const next = new Float64Array(itemCount);
  const recent = new Float64Array(itemCount);
  const incoming = new Float64Array(itemCount);
  for (let session = 0; session < ages.slow.length; session++) {
    const end = starts[session + 1] as number;
    const slow = ages.slow[session] as number;
    const fast = ages.fast[session] as number;
    for (let left = starts[session] as number; left < end; left++) {
      const i = items[left] as number;
      const last = Math.min(end - 1, left + WINDOW);
      for (let right = left + 1; right <= last; right++) {
        const j = items[right] as number;
        const decay = distances[right - left] as number;
        const after = decay * (weights ? (weights[right] as number) : 1);
        forward[i] = (forward[i] as number) + slow * after;
        recent[i] = (recent[i] as number) + fast * after;
        incoming[j] = (incoming[j] as number) + slow * after;
        if (right === left + 1) next[i] = (next[i] as number) + slow * after;
        if (i === j) continue;
        const before = decay * (weights ? (weights[left] as number) : 1);
        backward[j] = (backward[j] as number) + slow * before;
        incoming[i] = (incoming[i] as number) + 0.5 * slow * before;
      }
    }
  }
  return { forward, backward, next, recent, incoming };
}

/** Where in `items` each item of the partition occurs, and in which session. */
function occurrencesOf(sessions: Sessions, from: number, to: number, only?: ReadonlySet<number>) {
  const { items, starts } = sessions;
  const begins = new Int32Array(to - from + 1);
  const isAsked = (item: number) => item >= from && item < to && (only === undefined || only.has(item));
  for (const item of items) if (isAsked(item)) begins[item - from + 1] = (begins[item - from + 1] as number) + 1;
  for (let item = 0; item < to - from; item++)
    begins[item + 1] = (begins[item + 1] as number) + (begins[item] as number);
  const positions = new Int32Array(begins[to - from] as number);
  const owners = new Int32Array(positions.length);
  const fill = begins.slice();
  for (let session = 0; session < starts.length - 1; session++) {
    for (let at = starts[session] as number; at < (starts[session + 1] as number); at++) {
      const item = items[at] as number;
      if (!isAsked(item)) continue;
      const slot = fill[item - from] as number;
      positions[slot] = at;
      owners[slot] = session;
      fill[item - from] = slot + 1;
    }
  }
  return { begins, positions, owners };
}

/**
 * Rows of every item in `[from, to)`, best entries first, at most `entries` each.
 * @param itemCount size of the catalog; every item index is below it
 */
export function buildRows(sessions: Sessions, itemCount: number, options: RowOptions = {}): Rows {
  const { entries = 25, constants = ROW_CONSTANTS, from = 0, to = itemCount, only } = options;
  const { items, starts, weights } = sessions;
  const totals = options.totals ?? countTotals(sessions, itemCount, constants);
  const ages = agesOf(sessions, constants.age);
  const distances = distancesOf(constants);
  const { begins, positions, owners } = occurrencesOf(sessions, from, to, only);
  const f = new Float64Array(itemCount);
  const b = new Float64Array(itemCount);
  const t = new Float64Array(itemCount);
  const r = new Float64Array(itemCount);
  const rank = new Float64Array(itemCount);
  const rowStarts = new Int32Array(to - from + 1);
  let capacity = Math.max(1024, Math.min((to - from) * entries, positions.length * 4));
  let targets = new Int32Array(capacity);
  let codes = new Uint8Array(capacity * CODES_PER_ENTRY);
  let used = 0;
  for (let i = from; i < to; i++) {
    const touched: number[] = [];
    for (let slot = begins[i - from] as number; slot < (begins[i - from + 1] as number); slot++) {
      const at = positions[slot] as number;
      const session = owners[slot] as number;
      const slow = ages.slow[session] as number;
      const fast = ages.fast[session] as number;
      const last = Math.min((starts[session + 1] as number) - 1, at + WINDOW);
      for (let right = at + 1; right <= last; right++) {
        const j = items[right] as number;
        const weight = (distances[right - at] as number) * (weights ? (weights[right] as number) : 1);
        if (f[j] === 0 && b[j] === 0) touched.push(j);
        f[j] = (f[j] as number) + slow * weight;
        r[j] = (r[j] as number) + fast * weight;
        if (right === at + 1) t[j] = (t[j] as number) + slow * weight;
      }
      const first = Math.max(starts[session] as number, at - WINDOW);
      for (let left = at - 1; left >= first; left--) {
        const j = items[left] as number;
        if (j === i) continue;
        const weight = (distances[at - left] as number) * (weights ? (weights[left] as number) : 1);
        if (f[j] === 0 && b[j] === 0) touched.push(j);
        b[j] = (b[j] as number) + slow * weight;
      }
    }
    const sumF = totals.forward[i] as number;
    const sumB = totals.backward[i] as number;
    const scale = 1 / Math.sqrt(sumF + 0.5 * sumB + 5);
    for (const j of touched) {
      rank[j] =
        (scale * ((f[j] as number) + 0.5 * (b[j] as number))) /
        ((totals.incoming[j] as number) + 5) ** constants.incoming;
    }
    touched.sort((one, other) => (rank[other] as number) - (rank[one] as number) || one - other);
    const kept = Math.min(entries, touched.length);
    if (used + kept > capacity) {
      capacity = Math.max(capacity * 2, used + kept);
      targets = grown(targets, new Int32Array(capacity));
      codes = grown(codes, new Uint8Array(capacity * CODES_PER_ENTRY));
    }
    for (let entry = 0; entry < kept; entry++) {
      const j = touched[entry] as number;
      const fj = f[j] as number;
      const bj = b[j] as number;
      const base = used * CODES_PER_ENTRY;
      targets[used] = j;
      codes[base + CODE.BA] = encode(rank[j] as number);
      codes[base + CODE.F] = encode(fj / (sumF + 3));
      codes[base + CODE.B] = encode(bj / (sumB + 3));
      codes[base + CODE.T] = encode((t[j] as number) / ((totals.next[i] as number) + 2));
      codes[base + CODE.C] = encode((fj + bj) / Math.sqrt((sumF + sumB + 5) * ((totals.incoming[j] as number) + 5)));
      codes[base + CODE.R] = encode((r[j] as number) / ((totals.recent[i] as number) + 1));
      used++;
    }
    for (const j of touched) f[j] = b[j] = t[j] = r[j] = 0;
    rowStarts[i - from + 1] = used;
  }
  return { from, starts: rowStarts, targets: targets.slice(0, used), codes: codes.slice(0, used * CODES_PER_ENTRY) };
}

function grown<A extends Int32Array | Uint8Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

/** One item's row, without copying; undefined when the item is outside the partition. */
export function rowOf(rows: Rows, item: number): Row | undefined {
  const begin = rows.starts[item - rows.from];
  const end = rows.starts[item - rows.from + 1];
  if (begin === undefined || end === undefined) return undefined;
  return {
    targets: rows.targets.subarray(begin, end),
    codes: rows.codes.subarray(begin * CODES_PER_ENTRY, end * CODES_PER_ENTRY),
  };
}

/** One item's row as bytes for storage: 9 bytes an entry, none when the item has no neighbors. */
export function packRow(rows: Rows, item: number): Uint8Array {
  const row = rowOf(rows, item);
  return row ? packEntries(row) : new Uint8Array(0);
}

/** A partition of rows as bytes, these or those of long histories (taste.ts). */
export function rowsBytes({ from, starts, targets, codes }: Rows): Uint8Array {
  return packParts([Int32Array.of(from), starts, targets, codes]);
}

/** The opposite of `rowsBytes`. */
export function readRows(bytes: Uint8Array): Rows {
  const reader = new PartReader(bytes);
  return {
    from: reader.integers()[0] ?? 0,
    starts: reader.integers(),
    targets: reader.integers(),
    codes: reader.bytes(),
  };
}
