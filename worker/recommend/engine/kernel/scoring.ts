/**
 * What a ranking computes for all its candidates at once: logarithms, cosines, places, and the net over them. One interface,
 * two implementations: scoring.as (SIMD) and plain TypeScript, which also says what is meant. The arrays are reused from
 * request to request; a request does not yield while it uses them.
 */
import { FEATURE_WIDTH, VISITED } from "../feature-list.ts";
import { DIMENSIONS } from "./contrast.ts";

/** No request has more candidates; a multiple of 8. */
export const ROOM = 320;
/** Columns beside the features: one for what is not one itself, and the net's scores. */
export const SPARE = FEATURE_WIDTH;
export const SCORES = FEATURE_WIDTH + 1;
/** A vector of signed bytes is copied as so many words. */
export const WORDS = DIMENSIONS / 4;
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
  /** Vectors of candidates, `WORDS` each, and 1 / length of each. */
  readonly words: Int32Array;
  readonly scales: Float32Array;
  /** What they are compared with: 64 floats of a unit vector, or a vector as they are. */
  readonly unit: Float32Array;
  readonly queryWords: Int32Array;
  /** Natural logarithms of `columns` columns from `column` on, in place; positive numbers only. */
  logs(column: number, columns: number, count: number): void;
  /** Cosine of each vector with `unit`. */
  along(count: number, column: number): void;
  /** Cosine of each vector with the one in `queryWords`. @param scale 1 / its length */
  between(count: number, scale: number, column: number): void;
  /** 1 for the largest of a column, 2 for the next …; of equal ones the earlier comes first. */
  ranks(source: number, count: number, column: number): void;
  /** The net's scores, to the column `SCORES`. Writes zeros behind the visited candidates' columns. */
  forward(net: ServingNet, told: Told, count: number): void;
}

/** Arrays by name, of so many numbers each, one behind the other from `begin` on, at multiples of 16. */
function layOut(begin: number) {
  const sizes = {
    columns: (FEATURE_WIDTH + 2) * ROOM,
    words: ROOM * WORDS,
    scales: ROOM,
    unit: DIMENSIONS,
    queryWords: WORDS,
    list: 2 * FEATURE_WIDTH,
    linear: BLOCK * FEATURE_WIDTH,
    units: MOST_UNITS * FEATURE_WIDTH,
    biases: MOST_UNITS,
    shifted: MOST_UNITS,
    outgoing: MOST_UNITS,
  };
  let end = begin;
  const at = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => {
      const offset = end;
      end += (4 * size + 15) & ~15;
      return [name, offset];
    }),
  ) as Record<keyof typeof sizes, number>;
  const floats = (buffer: ArrayBuffer, name: keyof typeof sizes) => new Float32Array(buffer, at[name], sizes[name]);
  const integers = (buffer: ArrayBuffer, name: keyof typeof sizes) => new Int32Array(buffer, at[name], sizes[name]);
  const arrays = (buffer: ArrayBuffer) => ({
    columns: floats(buffer, "columns"),
    words: integers(buffer, "words"),
    scales: floats(buffer, "scales"),
    unit: floats(buffer, "unit"),
    queryWords: integers(buffer, "queryWords"),
  });
  return { at, end, arrays, floats, integers };
}

const rounded = (count: number, to: number) => Math.ceil(count / to) * to;

/** Lists the features that a net is asked with, those of the visited ones behind the others, and returns how many all have, and they. */
function listFeatures(
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
function listShared({ linear }: ServingNet, { shared }: Told, list: Int32Array): [listed: number, constant: number] {
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

type ScoringExports = Record<"logs" | "along" | "between" | "ranks" | "share" | "forward", (...args: number[]) => void>;

/** The SIMD kernel. @param module `scoring.wasm`, imported (workerd) or compiled from its bytes (Node) */
export function simdScoring(module: WebAssembly.Module): Scoring {
  // The module needs a page of its own; the arrays come behind it.
  const { at, end, arrays, floats, integers } = layOut(65_536);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65_536) });
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as ScoringExports;
  const buffer = memory.buffer as ArrayBuffer;
  const work = arrays(buffer);
  const [list, values] = [integers(buffer, "list"), floats(buffer, "list")];
  const features = new Int32Array(FEATURE_WIDTH);
  const column = (index: number) => at.columns + 4 * ROOM * index;
  let loaded: ServingNet | undefined;
  const load = (net: ServingNet) => {
    for (const name of ["linear", "units", "biases", "outgoing"] as const) floats(buffer, name).set(net[name]);
    loaded = net;
  };
  return {
    ...work,
    logs: (first, columns, count) => kernel.logs(column(first), columns, 4 * ROOM, count),
    along: (count, to) => kernel.along(at.words, at.scales, count, at.unit, column(to)),
    between: (count, scale, to) => kernel.between(at.words, at.scales, count, at.queryWords, scale, column(to)),
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

let script: Scoring | undefined;

/** The same in TypeScript, for runtimes without SIMD; one per isolate. */
export function scriptScoring(): Scoring {
  script ??= makeScript();
  return script;
}

function makeScript(): Scoring {
  const { end, arrays } = layOut(0);
  const work = arrays(new ArrayBuffer(end));
  const { columns, words, scales, unit, queryWords } = work;
  const bytes = new Int8Array(words.buffer, words.byteOffset, words.byteLength);
  const query = new Int8Array(queryWords.buffer, queryWords.byteOffset, DIMENSIONS);
  const shifted = new Float32Array(MOST_UNITS);
  const list = new Int32Array(FEATURE_WIDTH);
  const order = Array.from({ length: ROOM }, (_, index) => index);
  const cosines = (with_: Float32Array | Int8Array, count: number, scale: number, to: number) => {
    for (let c = 0; c < count; c++) {
      let sum = 0;
      for (let d = 0; d < DIMENSIONS; d++) sum += (with_[d] as number) * (bytes[c * DIMENSIONS + d] as number);
      columns[to * ROOM + c] = sum * (scales[c] as number) * scale;
    }
  };
  const values = new Float64Array(FEATURE_WIDTH);
  const sums = new Float64Array(BLOCK);
  /** Adds the features listed to the sums of a block's units. */
  const addTo = (units: Float32Array, from: number, listed: number) => {
    for (let k = 0; k < listed; k++) {
      const at = from + BLOCK * (list[k] as number);
      const value = values[k] as number;
      for (let unit = 0; unit < BLOCK; unit++)
        sums[unit] = (sums[unit] as number) + value * (units[at + unit] as number);
    }
  };
  /** What all candidates share, added to the units' biases. */
  const share = ({ units, biases }: ServingNet, listed: number) => {
    for (let unit = 0; unit < biases.length; unit += BLOCK) {
      sums.set(biases.subarray(unit, unit + BLOCK));
      addTo(units, unit * FEATURE_WIDTH, listed);
      shifted.set(sums, unit);
    }
  };
  /** Scores a candidate by the first `listed` features. */
  const scoreOf = ({ linear, units, biases, outgoing }: ServingNet, c: number, listed: number, constant: number) => {
    let score = constant;
    for (let k = 0; k < listed; k++) {
      const feature = list[k] as number;
      const value = columns[feature * ROOM + c] as number;
      values[k] = value;
      score += (linear[BLOCK * feature] as number) * value;
    }
    for (let unit = 0; unit < biases.length; unit += BLOCK) {
      sums.set(shifted.subarray(unit, unit + BLOCK));
      addTo(units, unit * FEATURE_WIDTH, listed);
      for (let k = 0; k < BLOCK; k++) {
        const sum = sums[k] as number;
        if (sum > 0) score += sum * (outgoing[unit + k] as number);
      }
    }
    return score;
  };
  return {
    ...work,
    logs(first, number, count) {
      for (let column = first; column < first + number; column++) {
        for (let at = column * ROOM; at < column * ROOM + count; at++) columns[at] = Math.log(columns[at] as number);
      }
    },
    along: (count, to) => cosines(unit, count, 1, to),
    between: (count, scale, to) => cosines(query, count, scale, to),
    ranks(source, count, to) {
      const at = source * ROOM;
      const ranked = order
        .slice(0, count)
        .sort((one, other) => (columns[at + other] as number) - (columns[at + one] as number));
      ranked.forEach((c, rank) => {
        columns[to * ROOM + c] = rank + 1;
      });
    },
    forward(net, told, count) {
      const [sharedBy, constant] = listShared(net, told, list);
      for (let k = 0; k < sharedBy; k++) values[k] = told.shared[list[k] as number] as number;
      share(net, sharedBy);
      const [ofAll, listed] = listFeatures(net, told, columns, list);
      for (let c = 0; c < count; c++) {
        columns[SCORES * ROOM + c] = scoreOf(net, c, c < told.visited ? listed : ofAll, constant);
      }
    },
  };
}
