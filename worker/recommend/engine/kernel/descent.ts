/**
 * The inner loops of the net's training: a case forward and backward, and Adam's step. One interface, two implementations:
 * descent.as (SIMD, about ten times faster) and plain TypeScript (script-descent.ts), which also says what is meant.
 */
import { instantiate, layOut } from "../../../lib/kernel-memory.ts";
import { type CaseChunk, STEP } from "../cases.ts";
import { FEATURE_WIDTH } from "../feature-list.ts";
import { type Net, netSize, netWidth } from "../net.ts";
import { ROOM } from "./scoring.ts";

/** What is first of all candidates, the session's own included, is harder to tell than what is first of the new ones. */
export const ALL_WEIGHT = 2;
export const NEW_WEIGHT = 1;
/** Gradients smaller than this are not worth the products. */
export const LEAST = 2e-4;
/** Units of a net at most; they are computed eight at a time. */
const MOST_UNITS = 64;

/** A net while it is trained. */
export interface Learner {
  net: Net;
  /** Adam's means of gradients and of their squares. */
  first: Float32Array;
  second: Float32Array;
}

export interface AdamStep {
  /** Of the gradients that were added. */
  scale: number;
  rate: number;
  unbiasFirst: number;
  unbiasSecond: number;
}

export interface Descent {
  /** About so many cases of the nets that are averaged are learned in a millisecond: a bound for how much is done at once. */
  readonly casesPerMs: number;
  /** Whom the following is about, until `end`. Its cases must have as many features as its net. Gradients are empty. */
  begin(learner: Learner): void;
  /** Scores of a case's candidates, until the next call. */
  score(chunk: CaseChunk, index: number): Float32Array;
  /**
   * Adds the gradient of a case. Its loss: the cross-entropy over all candidates, and, when the choice was new to the
   * session, the cross-entropy over the new ones.
   */
  learn(chunk: CaseChunk, index: number): number;
  /** Moves the net against the gradients that were added, which are empty afterwards. */
  descend(step: AdamStep): void;
  /** Writes what was learned to the learner's arrays. */
  end(): void;
}

type DescentExports = Record<"score" | "learn" | "descend", (...args: number[]) => number>;

const PARAMETERS = 4 * netSize(MOST_UNITS);
const SIZES = {
  // What is computed side by side may reach behind the last candidate.
  shorts: 2 * (ROOM + 4) * FEATURE_WIDTH,
  inputs: 4 * (ROOM + 4) * FEATURE_WIDTH,
  sums: 4 * (ROOM + 4) * MOST_UNITS,
  seen: ROOM,
  scores: 4 * ROOM,
  pushes: 4 * ROOM,
  row: 4 * ROOM,
  picked: 4 * ROOM,
  net: PARAMETERS,
  gradient: PARAMETERS,
  first: PARAMETERS,
  second: PARAMETERS,
};

/** Where the kernel has each number of a net: the linear part, biases, outgoing weights, and for eight units by feature eight. */
function placesOf({ hidden }: Net, width: number, units: number): Int32Array {
  const places = new Int32Array(width + hidden * (width + 2));
  for (let k = 0; k < width; k++) places[k] = k;
  for (let unit = 0; unit < hidden; unit++) {
    const at = width + unit * (width + 2);
    const inBlock = unit % 8;
    const block = width + 2 * units + (unit - inBlock) * width;
    for (let k = 0; k < width; k++) places[at + k] = block + 8 * k + inBlock;
    places[at + width] = width + unit;
    places[at + width + 1] = width + units + unit;
  }
  return places;
}

/** The SIMD kernel. @param module `descent.wasm`, imported (workerd) or compiled from its bytes (Node) */
export function simdDescent(module: WebAssembly.Module): Descent {
  const { at, end, floats, bytes } = layOut(SIZES);
  const { kernel, buffer } = instantiate<DescentExports>(module, end);
  const shorts = new Int16Array(buffer, at.shorts, ROOM * FEATURE_WIDTH);
  const seen = bytes(buffer, "seen");
  const scores = floats(buffer, "scores");
  let [width, units] = [0, 0];
  let places: Int32Array = new Int32Array(0);
  /** The learner's numbers, and where the kernel has them. */
  let held: { numbers: Float32Array; here: Float32Array }[] = [];
  const score = ({ starts, features }: CaseChunk, index: number): number => {
    const [from, to] = [starts[index] as number, starts[index + 1] as number];
    shorts.set(features.subarray(from * width, to * width));
    kernel.score(to - from, width, units, STEP, at.shorts, at.inputs, at.net, at.sums, at.scores);
    return to - from;
  };
  return {
    casesPerMs: 5,
    begin({ net, first, second }) {
      width = netWidth(net);
      units = (net.hidden + 7) & ~7;
      if (units > MOST_UNITS) throw new RangeError(`a net of ${net.hidden} units does not fit`);
      places = placesOf(net, width, units);
      const room = (offset: number) => new Float32Array(buffer, offset, netSize(units, width)).fill(0);
      room(at.gradient);
      held = [
        { numbers: net.weights, here: room(at.net) },
        { numbers: first, here: room(at.first) },
        { numbers: second, here: room(at.second) },
      ];
      for (const { numbers, here } of held) {
        for (let k = 0; k < places.length; k++) here[places[k] as number] = numbers[k] as number;
      }
    },
    score(chunk, index) {
      return scores.subarray(0, score(chunk, index));
    },
    learn(chunk, index) {
      const count = score(chunk, index);
      const begin = chunk.starts[index] as number;
      const wanted = chunk.wanted[index] as number;
      const weight = chunk.weights[index] as number;
      seen.set(chunk.seen.subarray(begin, begin + count));
      return kernel.learn(
        count,
        width,
        units,
        wanted,
        ALL_WEIGHT * weight,
        seen[wanted] === 0 ? NEW_WEIGHT * weight : 0,
        LEAST,
        at.inputs,
        at.seen,
        at.net,
        at.sums,
        at.scores,
        at.pushes,
        at.row,
        at.picked,
        at.gradient,
      );
    },
    descend({ scale, rate, unbiasFirst, unbiasSecond }) {
      const size = 4 * netSize(units, width);
      kernel.descend(size, at.net, at.gradient, at.first, at.second, scale, rate, unbiasFirst, unbiasSecond);
    },
    end() {
      for (const { numbers, here } of held) {
        for (let k = 0; k < places.length; k++) numbers[k] = here[places[k] as number] as number;
      }
    },
  };
}
