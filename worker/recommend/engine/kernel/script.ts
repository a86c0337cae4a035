/** The kernel of scoring.ts in TypeScript, for runtimes without SIMD, and for training. */
import { CODES_PER_ENTRY } from "../codec.ts";
import { COLUMNS, FEATURE_WIDTH } from "../feature-list.ts";
import { DIMENSIONS } from "./contrast.ts";
import {
  BLOCK,
  FACTS,
  KEPT,
  layOutScoring,
  listFeatures,
  listShared,
  MOST_UNITS,
  ROOM,
  SCORES,
  type Scoring,
  type ServingNet,
  SUMS,
  VALUES,
} from "./scoring.ts";
import { scriptTasting } from "./tasting.ts";

const LAST = COLUMNS.indexOf("lastBA");
const SECOND = COLUMNS.indexOf("secondBA");
const ROWS = COLUMNS.indexOf("rows");

let script: Scoring | undefined;

/** One per isolate. */
export function scriptScoring(): Scoring {
  script ??= makeScript();
  return script;
}

function makeScript(): Scoring {
  const { end, arrays } = layOutScoring(0);
  const work = arrays(new ArrayBuffer(end));
  const { columns, sums, numbers, slots, entries, codes, words, scales, facts, unit } = work;
  const bytes = new Int8Array(words.buffer, words.byteOffset, words.byteLength);
  const shifted = new Float32Array(MOST_UNITS);
  const list = new Int32Array(FEATURE_WIDTH);
  const order = Array.from({ length: ROOM }, (_, index) => index);
  const vectorAt = (kind: number, slot: number) => (kind * KEPT + slot) * DIMENSIONS;
  const cosineAt = (query: Float32Array | Int8Array, from: number, kind: number, slot: number): number => {
    const at = vectorAt(kind, slot);
    let sum = 0;
    for (let d = 0; d < DIMENSIONS; d++) sum += (query[from + d] as number) * (bytes[at + d] as number);
    return sum * (scales[kind * KEPT + slot] as number);
  };
  const values = new Float64Array(FEATURE_WIDTH);
  const side = new Float64Array(BLOCK);
  /** Adds the features listed to the sums of a block's units. */
  const addTo = (units: Float32Array, from: number, listed: number) => {
    for (let k = 0; k < listed; k++) {
      const at = from + BLOCK * (list[k] as number);
      const value = values[k] as number;
      for (let unit = 0; unit < BLOCK; unit++)
        side[unit] = (side[unit] as number) + value * (units[at + unit] as number);
    }
  };
  /** What all candidates share, added to the units' biases. */
  const share = ({ units, biases }: ServingNet, listed: number) => {
    for (let unit = 0; unit < biases.length; unit += BLOCK) {
      side.set(biases.subarray(unit, unit + BLOCK));
      addTo(units, unit * FEATURE_WIDTH, listed);
      shifted.set(side, unit);
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
      side.set(shifted.subarray(unit, unit + BLOCK));
      addTo(units, unit * FEATURE_WIDTH, listed);
      for (let k = 0; k < BLOCK; k++) {
        const sum = side[k] as number;
        if (sum > 0) score += sum * (outgoing[unit + k] as number);
      }
    }
    return score;
  };
  return {
    ...work,
    summed: 0,
    add(length, fast, slow, place) {
      for (let entry = 0; entry < length; entry++) {
        const number = entries[entry] as number;
        if (number < 0) continue;
        const at = number * SUMS;
        const codesAt = (code: number) => codes[entry * CODES_PER_ENTRY + code] as number;
        const said = [0, 1, 2, 3, 4, 5].map((code) => VALUES[codesAt(code)] as number);
        const rootBA = VALUES[256 + codesAt(0)] as number;
        const [ba, f, , t, c] = said as [number, number, number, number, number];
        for (let k = 0; k < said.length; k++) sums[at + k] = (sums[at + k] as number) + fast * (said[k] as number);
        sums[at + 6] = (sums[at + 6] as number) + slow * rootBA;
        sums[at + 7] = (sums[at + 7] as number) + slow * c;
        sums[at + ROWS] = (sums[at + ROWS] as number) + 1;
        if (place === 0) sums.set(said, at + LAST);
        else if (place === 1) sums.set([ba, f, t], at + SECOND);
      }
    },
    spread(table, first, count, ...into) {
      const [from, places, width] = table === "sums" ? [sums, numbers, SUMS] : [facts, slots, FACTS];
      for (let c = 0; c < count; c++) {
        const at = (places[c] as number) * width + first;
        for (let k = 0; k < into.length; k++) columns[(into[k] as number) * ROOM + c] = from[at + k] as number;
      }
    },
    largest(column, from, count, least) {
      let most = least;
      for (let c = from; c < count; c++) most = Math.max(most, columns[column * ROOM + c] as number);
      return most;
    },
    logs(first, number, count, plus = 0) {
      for (let column = first; column < first + number; column++) {
        for (let at = column * ROOM; at < column * ROOM + count; at++) {
          columns[at] = Math.log(Math.fround((columns[at] as number) + plus));
        }
      }
    },
    factLogs(slot) {
      const own = facts.subarray(slot * FACTS, (slot + 1) * FACTS);
      own.set(own.map(Math.log));
    },
    dot(kind, slot, other) {
      const [one, two] = [vectorAt(kind, slot), vectorAt(kind, other)];
      let sum = 0;
      for (let d = 0; d < DIMENSIONS; d++) sum += (bytes[one + d] as number) * (bytes[two + d] as number);
      return sum;
    },
    blend(kind, slot, factor) {
      const at = vectorAt(kind, slot);
      for (let d = 0; d < DIMENSIONS; d++) unit[d] = (unit[d] as number) + factor * (bytes[at + d] as number);
    },
    along(kind, count, to) {
      for (let c = 0; c < count; c++) columns[to * ROOM + c] = cosineAt(unit, 0, kind, slots[c] as number);
    },
    between(kind, slot, count, to) {
      const scale = scales[kind * KEPT + slot] as number;
      const from = vectorAt(kind, slot);
      for (let c = 0; c < count; c++) {
        columns[to * ROOM + c] = cosineAt(bytes, from, kind, slots[c] as number) * scale;
      }
    },
    closest(kind, slot, count, to) {
      const scale = scales[kind * KEPT + slot] as number;
      const from = vectorAt(kind, slot);
      for (let c = 0; c < count; c++) {
        if (slots[c] === slot) continue;
        const cosine = cosineAt(bytes, from, kind, slots[c] as number) * scale;
        columns[to * ROOM + c] = Math.max(columns[to * ROOM + c] as number, cosine);
      }
    },
    tasting: scriptTasting,
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
