/**
 * What a ranking computes for all its candidates at once: sums over rows, logarithms, cosines, places, and the net over them. One
 * interface, two implementations: scoring.as (SIMD) and plain TypeScript (script.ts), which also says what is meant. The arrays
 * are reused from request to request; a request does not yield while it uses them.
 */
import { instantiate, layOut } from "../../../lib/kernel-memory.ts";
import { CODES_PER_ENTRY, DECODE } from "../codec.ts";
import { COLUMNS, FEATURE_WIDTH, VISITED } from "../feature-list.ts";
import type { TasteVectors } from "../taste-rank.ts";
import { DIMENSIONS } from "./contrast.ts";
import { simdTasting, type Tasting } from "./tasting.ts";

/** No request has more candidates; a multiple of 8. */
export const ROOM = 320;
/** Columns beside the features: one for what is not one itself, and the net's scores. */
export const SPARE = FEATURE_WIDTH;
export const SCORES = FEATURE_WIDTH + 1;
/** A vector of signed bytes is copied as so many words. */
export const WORDS = DIMENSIONS / 4;
/** Items that a request may number, and entries of a row. */
export const NUMBERS = 1 << 12;
export const ENTRIES = 1 << 8;
/** What the rows say of an item: so many sums. */
export const SUMS = COLUMNS.length;
/** Items of which vectors of three kinds and some facts are kept from request to request; in the first slot is nothing. */
export const KINDS = 3;
export const KEPT = 1 << 12;
export const FACTS = 8;
/** Values of the codes of a row, and behind them their roots. */
export const VALUES = Float32Array.of(...DECODE, ...DECODE.map(Math.sqrt));
/** Units that a net is served with at most, and how many are computed side by side. */
export const MOST_UNITS = 192;
export const BLOCK = 6;

/** A net as it is served: in blocks of units, per feature the weights of each of them. */
export interface ServingNet {
  /** `BLOCK` numbers a feature, of which the first counts. */
  linear: Float32Array;
  units: Float32Array;
  biases: Float32Array;
  outgoing: Float32Array;
  /** 1 for features that reach the score at all: what the net has never seen vary is not multiplied. */
  heard: Uint8Array;
}

/** Of the features of a request: which columns are filled, and what is the same for all. */
export interface Told {
  /** Value that a feature has for all candidates, or, of AGAINST, what is added to its source; 0 for sources themselves. */
  shared: Float32Array;
  /** Features that each candidate has its own of: the first `owned` numbers. */
  own: Int32Array;
  owned: number;
  /** The first so many candidates are the session's: only they have the features of VISITED. */
  visited: number;
}

export interface Scoring {
  /** Feature `k` of candidate `c` is at `k * ROOM + c`. */
  readonly columns: Float32Array;
  /** What the rows of a session say, by the item's number: `SUMS` each, in the order of COLUMNS. */
  readonly sums: Float32Array;
  /** Behind so many numbers all sums are zero. */
  summed: number;
  /** Of each candidate: its number, and the slot in which it is kept. */
  readonly numbers: Int32Array;
  readonly slots: Int32Array;
  /** A row that is to be added: the numbers of its items, −1 for none, and their codes. */
  readonly entries: Int32Array;
  readonly codes: Uint8Array;
  /** By slot: vectors of `WORDS` words, 1 / length of each, one kind behind the other, and `FACTS` numbers. */
  readonly words: Int32Array;
  readonly scales: Float32Array;
  readonly facts: Float32Array;
  /** A unit vector that candidates are compared with. */
  readonly unit: Float32Array;
  /** Adds a row to the sums. @param place of its item in the session: of the first two it is noted what they say by themselves */
  add(entries: number, fast: number, slow: number, place: number): void;
  /** Four of each candidate's sums or facts, from `first` on, to a column each. */
  spread(table: "sums" | "facts", first: number, count: number, ...columns: [number, number, number, number]): void;
  /** The largest value of a column, from candidate `from` on, and `least` where all are less. */
  largest(column: number, from: number, count: number, least: number): number;
  /** Natural logarithms of `columns` columns from `column` on, in place, of what is positive with `plus` added. */
  logs(column: number, columns: number, count: number, plus?: number): void;
  /** The same of a slot's facts. */
  factLogs(slot: number): void;
  /** The product of the vectors of two slots. @param kind of vectors */
  dot(kind: number, slot: number, other: number): number;
  /** Adds a slot's vector times `factor` to `unit`. */
  blend(kind: number, slot: number, factor: number): void;
  /** Cosine of each candidate's vector with `unit`. */
  along(kind: number, count: number, column: number): void;
  /** Cosine of each candidate's vector with the one in a slot. */
  between(kind: number, slot: number, count: number, column: number): void;
  /** The same where it is larger than what the column holds, and the candidate is another one. */
  closest(kind: number, slot: number, count: number, column: number): void;
  /** 1 for the largest of a column, 2 for the next …; of equal ones the earlier comes first. */
  ranks(source: number, count: number, column: number): void;
  /** What is needed to ask a model of taste. */
  tasting(model: TasteVectors): Tasting;
  /** The net's scores, to the column `SCORES`. Writes zeros behind the visited candidates' columns. */
  forward(net: ServingNet, told: Told, count: number): void;
}

const SIZES = {
  columns: 4 * (FEATURE_WIDTH + 2) * ROOM,
  sums: 4 * NUMBERS * SUMS,
  numbers: 4 * ROOM,
  slots: 4 * ROOM,
  entries: 4 * ENTRIES,
  codes: ENTRIES * CODES_PER_ENTRY,
  words: 4 * KINDS * KEPT * WORDS,
  scales: 4 * KINDS * KEPT,
  facts: 4 * KEPT * FACTS,
  values: 4 * VALUES.length,
  unit: 4 * DIMENSIONS,
  list: 8 * FEATURE_WIDTH,
  linear: 4 * BLOCK * FEATURE_WIDTH,
  units: 4 * MOST_UNITS * FEATURE_WIDTH,
  biases: 4 * MOST_UNITS,
  shifted: 4 * MOST_UNITS,
  outgoing: 4 * MOST_UNITS,
};

/** The memory of a kernel. @param begin 0 where there is no module */
export function layOutScoring(begin?: number) {
  const { at, end, floats, integers, bytes } = layOut(SIZES, begin);
  const arrays = (buffer: ArrayBuffer) => ({
    columns: floats(buffer, "columns"),
    sums: floats(buffer, "sums"),
    numbers: integers(buffer, "numbers"),
    slots: integers(buffer, "slots"),
    entries: integers(buffer, "entries"),
    codes: bytes(buffer, "codes"),
    words: integers(buffer, "words"),
    scales: floats(buffer, "scales"),
    facts: floats(buffer, "facts"),
    unit: floats(buffer, "unit"),
  });
  return { at, end, arrays, floats, integers };
}

const rounded = (count: number, to: number) => Math.ceil(count / to) * to;

/** Lists the features that a net is asked with, those of the visited ones behind the others, and returns how many all have, and they. */
export function listFeatures(
  { heard }: ServingNet,
  { own, owned, visited }: Told,
  columns: Float32Array,
  list: Int32Array,
): [ofAll: number, ofVisited: number] {
  let listed = 0;
  for (let k = 0; k < owned; k++) {
    const feature = own[k] as number;
    if (heard[feature] === 1) list[listed++] = feature;
  }
  const ofAll = listed;
  const end = rounded(visited, 8);
  for (const feature of VISITED) {
    if (heard[feature] === 0) continue;
    list[listed++] = feature;
    for (let at = feature * ROOM + visited; at < feature * ROOM + end; at++) columns[at] = 0;
  }
  return [ofAll, listed];
}

/** Lists the features that all candidates share, and returns how many, and their part in the linear score. */
export function listShared(
  { linear }: ServingNet,
  { shared }: Told,
  list: Int32Array,
): [listed: number, constant: number] {
  let listed = 0;
  let constant = 0;
  for (let feature = 0; feature < FEATURE_WIDTH; feature++) {
    const value = shared[feature] as number;
    if (value === 0) continue;
    list[listed++] = feature;
    constant += value * (linear[BLOCK * feature] as number);
  }
  return [listed, constant];
}

type Verb =
  | "add"
  | "spread"
  | "largest"
  | "logs"
  | "dot"
  | "blend"
  | "along"
  | "between"
  | "ranks"
  | "share"
  | "forward";
type ScoringExports = Record<Verb, (...args: number[]) => number>;

/**
 * The SIMD kernel.
 * @param module `scoring.wasm`, imported (workerd) or compiled from its bytes (Node)
 * @param tasting opens what a model of taste is asked by; by default SIMD, which throws where there is no memory for it
 */
export function simdScoring(
  module: WebAssembly.Module,
  tasting: Scoring["tasting"] = (taste) => simdTasting(module, taste),
): Scoring {
  const { at, end, arrays, floats, integers } = layOutScoring();
  const { kernel, buffer } = instantiate<ScoringExports>(module, end);
  const work = arrays(buffer);
  const [list, values] = [integers(buffer, "list"), floats(buffer, "list")];
  const features = new Int32Array(FEATURE_WIDTH);
  const column = (index: number) => at.columns + 4 * ROOM * index;
  const vectorAt = (kind: number, slot: number) => at.words + 4 * WORDS * (KEPT * kind + slot);
  const scalesAt = (kind: number) => at.scales + 4 * KEPT * kind;
  floats(buffer, "values").set(VALUES);
  let loaded: ServingNet | undefined;
  const load = (net: ServingNet) => {
    for (const name of ["linear", "units", "biases", "outgoing"] as const) floats(buffer, name).set(net[name]);
    loaded = net;
  };
  return {
    ...work,
    summed: 0,
    add: (length, fast, slow, place) => kernel.add(at.entries, at.codes, length, at.values, at.sums, fast, slow, place),
    spread(table, first, count, a, b, c, d) {
      const isSums = table === "sums";
      kernel.spread(
        at[table] + 4 * first,
        4 * (isSums ? SUMS : FACTS),
        isSums ? at.numbers : at.slots,
        count,
        column(a),
        column(b),
        column(c),
        column(d),
      );
    },
    largest: (index, from, count, least) => kernel.largest(column(index), from, count, least),
    logs: (first, columns, count, plus = 0) => kernel.logs(column(first), columns, 4 * ROOM, count, plus),
    factLogs: (slot) => kernel.logs(at.facts + 4 * FACTS * slot, 1, 0, FACTS, 0),
    dot: (kind, slot, other) => kernel.dot(vectorAt(kind, slot), vectorAt(kind, other)),
    blend: (kind, slot, factor) => kernel.blend(vectorAt(kind, slot), factor, at.unit),
    along: (kind, count, to) => kernel.along(vectorAt(kind, 0), scalesAt(kind), at.slots, count, at.unit, column(to)),
    between: (kind, slot, count, to) =>
      kernel.between(vectorAt(kind, 0), scalesAt(kind), at.slots, count, slot, 0, column(to)),
    closest: (kind, slot, count, to) =>
      kernel.between(vectorAt(kind, 0), scalesAt(kind), at.slots, count, slot, 1, column(to)),
    tasting,
    ranks: (source, count, to) => kernel.ranks(column(source), count, column(to)),
    forward(net, told, count) {
      if (net !== loaded) load(net);
      const blocks = net.biases.length / BLOCK;
      const [sharedBy, constant] = listShared(net, told, features);
      for (let k = 0; k < sharedBy; k++) {
        values[2 * k] = told.shared[features[k] as number] as number;
        list[2 * k + 1] = 4 * BLOCK * (features[k] as number);
      }
      kernel.share(at.list, sharedBy, at.units, blocks, 4 * BLOCK * FEATURE_WIDTH, at.biases, at.shifted);
      const [ofAll, listed] = listFeatures(net, told, work.columns, features);
      for (let k = 0; k < listed; k++) {
        list[2 * k] = 4 * ROOM * (features[k] as number);
        list[2 * k + 1] = 4 * BLOCK * (features[k] as number);
      }
      const run = (from: number, to: number, length: number) =>
        kernel.forward(
          at.columns,
          from,
          to,
          at.list,
          length,
          constant,
          at.linear,
          at.units,
          blocks,
          4 * BLOCK * FEATURE_WIDTH,
          at.shifted,
          at.outgoing,
          column(SCORES),
        );
      const between = rounded(told.visited, 8);
      run(0, between, listed);
      run(between, count, ofAll);
    },
  };
}
