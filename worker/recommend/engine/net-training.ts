/**
 * Learning the re-ranker from what visitors chose among the candidates. Loss of a case: the cross-entropy over all
 * candidates, and, when the choice was new to the session, the cross-entropy over the new ones; so one net ranks lists
 * with and without the session's own items. Adam with a step that falls linearly.
 */

import { normal, seeded, shuffle } from "../../lib/seeded.ts";
import { type CaseChunk, unpackFeatures } from "./cases.ts";
import { DESCRIBED, FEATURE_WIDTH, FEATURES, LEARNED, PLACED, SURROUNDED, TASTED } from "./feature-list.ts";
import { type Net, narrowed, netSize, netWidth } from "./net.ts";
import { jsonPart, PartReader, packParts } from "./parts.ts";

/** What is usual; tuning.ts tries others. */
export const NET_OPTIONS: NetOptions = { hidden: 24, rate: 0.006, batch: 16, epochs: 6 };
/** Numbers drawn for a unit's weights. */
const DRAWN = (LEARNED + 3) & ~3;
/** What is first of all candidates, the session's own included, is harder to tell than what is first of the new ones. */
const ALL_WEIGHT = 2;
const NEW_WEIGHT = 1;
/** Gradients smaller than this are not worth the products. */
const LEAST = 2e-4;

export interface NetOptions {
  /** Rectified units. */
  hidden: number;
  /** Adam's step at the start. */
  rate: number;
  /** Cases per update. */
  batch: number;
  /** Passes over the cases. */
  epochs: number;
}

export interface NetState {
  options: NetOptions;
  net: Net;
  /** Adam's means of gradients and of their squares. */
  first: Float32Array;
  second: Float32Array;
  updates: number;
  /** Updates of the whole run, for the falling step. */
  planned: number;
  seed: number;
}

/**
 * @param cases of the whole run's chunks together
 * @param varying features of the cases
 */
export function startNet(
  seed: number,
  cases: number,
  varying: Int32Array,
  options: NetOptions = NET_OPTIONS,
): NetState {
  const { hidden, batch, epochs } = options;
  const random = seeded(seed, 99);
  // What the catalog says has numbers of its own: where it says nothing, the net is the same as if it could not be asked. So
  // have the moment, a long history, what surrounds the session, and the intention.
  const others = [LEARNED, DESCRIBED, TASTED, PLACED, SURROUNDED].map((from, part, all) => ({
    from,
    to: all[part + 1] ?? FEATURES.length,
    random: seeded(seed, 98 - part),
  }));
  const weights = new Float32Array(netSize(hidden));
  for (let unit = 0; unit < hidden; unit++) {
    const at = FEATURE_WIDTH + unit * (FEATURE_WIDTH + 2);
    for (let k = 0; k < DRAWN; k++) {
      const weight = normal(random) / Math.sqrt(DRAWN);
      if (k < LEARNED) weights[at + k] = weight;
    }
    for (const { from, to, random: own } of others) {
      for (let k = from; k < to; k++) weights[at + k] = normal(own) / Math.sqrt(DRAWN);
    }
    weights[at + FEATURE_WIDTH + 1] = (0.5 * normal(random)) / Math.sqrt(hidden);
  }
  const net = narrowed({ hidden, weights }, varying);
  return {
    options,
    net,
    first: new Float32Array(net.weights.length),
    second: new Float32Array(net.weights.length),
    updates: 0,
    planned: Math.max(1, Math.ceil(cases / batch) * epochs),
    seed,
  };
}

/** One pass over a chunk. Returns the mean loss. */
export function trainNet(state: NetState, chunk: CaseChunk): number {
  const cases = chunk.wanted.length;
  const { batch } = state.options;
  const order = Int32Array.from({ length: cases }, (_, index) => index);
  shuffle(order, seeded(state.seed, state.updates));
  const gradient = new Float32Array(state.net.weights.length);
  const step = new CaseStep(state.net, gradient);
  let loss = 0;
  for (let at = 0; at < cases; at += batch) {
    gradient.fill(0);
    const end = Math.min(cases, at + batch);
    for (let k = at; k < end; k++) loss += step.run(chunk, order[k] as number);
    descend(state, gradient, 1 / (end - at));
  }
  return cases === 0 ? 0 : loss / cases;
}

function descend(state: NetState, gradient: Float32Array, scale: number): void {
  const { first, second, net } = state;
  const rate = state.options.rate * Math.max(0.02, 1 - state.updates / state.planned);
  state.updates++;
  const unbiasFirst = 1 / (1 - 0.9 ** state.updates);
  const unbiasSecond = 1 / (1 - 0.999 ** state.updates);
  for (let k = 0; k < gradient.length; k++) {
    const g = (gradient[k] as number) * scale;
    const mean = 0.9 * (first[k] as number) + 0.1 * g;
    const square = 0.999 * (second[k] as number) + 0.001 * g * g;
    first[k] = mean;
    second[k] = square;
    net.weights[k] =
      (net.weights[k] as number) - (rate * mean * unbiasFirst) / (Math.sqrt(square * unbiasSecond) + 1e-8);
  }
}

/** Forward and backward of one case; holds its arrays. */
class CaseStep {
  readonly #net: Net;
  readonly #width: number;
  readonly #gradient: Float32Array;
  readonly #inputs: Float32Array;
  readonly #scores = new Float32Array(512);
  readonly #pushes = new Float32Array(512);
  readonly #active: Float32Array;

  constructor(net: Net, gradient: Float32Array) {
    this.#net = net;
    this.#width = netWidth(net);
    this.#gradient = gradient;
    this.#inputs = new Float32Array(512 * this.#width);
    this.#active = new Float32Array(512 * net.hidden);
  }

  run(chunk: CaseChunk, index: number): number {
    const begin = chunk.starts[index] as number;
    const count = (chunk.starts[index + 1] as number) - begin;
    const wanted = chunk.wanted[index] as number;
    const weight = chunk.weights[index] as number;
    unpackFeatures(chunk, index, this.#inputs);
    this.#forward(count);
    const pushes = this.#pushes.fill(0, 0, count);
    let loss = weight * ALL_WEIGHT * this.#entropy(chunk.seen, begin, count, wanted, false, weight * ALL_WEIGHT);
    if (chunk.seen[begin + wanted] === 0) {
      loss += weight * NEW_WEIGHT * this.#entropy(chunk.seen, begin, count, wanted, true, weight * NEW_WEIGHT);
    }
    for (let c = 0; c < count; c++) if (Math.abs(pushes[c] as number) > LEAST) this.#backward(c, pushes[c] as number);
    return loss;
  }

  #forward(count: number): void {
    const { weights, hidden } = this.#net;
    const inputs = this.#inputs;
    const width = this.#width;
    for (let c = 0; c < count; c++) {
      const base = c * width;
      let score = 0;
      for (let k = 0; k < width; k++) score += (weights[k] as number) * (inputs[base + k] as number);
      for (let unit = 0; unit < hidden; unit++) {
        const at = width + unit * (width + 2);
        let one = weights[at + width] as number;
        let two = 0;
        let three = 0;
        let four = 0;
        for (let k = 0; k < width; k += 4) {
          one += (weights[at + k] as number) * (inputs[base + k] as number);
          two += (weights[at + k + 1] as number) * (inputs[base + k + 1] as number);
          three += (weights[at + k + 2] as number) * (inputs[base + k + 2] as number);
          four += (weights[at + k + 3] as number) * (inputs[base + k + 3] as number);
        }
        const sum = one + two + (three + four);
        this.#active[c * hidden + unit] = sum;
        if (sum > 0) score += sum * (weights[at + width + 1] as number);
      }
      this.#scores[c] = score;
    }
  }

  /** Adds the gradient by the scores to `pushes`; returns the cross-entropy over all or only the new candidates. */
  #entropy(seen: Uint8Array, begin: number, count: number, wanted: number, onlyNew: boolean, weight: number): number {
    const scores = this.#scores;
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < count; c++) {
      if (onlyNew && seen[begin + c] === 1) continue;
      most = Math.max(most, scores[c] as number);
    }
    let total = 0;
    for (let c = 0; c < count; c++) {
      if (onlyNew && seen[begin + c] === 1) continue;
      total += Math.exp((scores[c] as number) - most);
    }
    for (let c = 0; c < count; c++) {
      if (onlyNew && seen[begin + c] === 1) continue;
      const share = Math.exp((scores[c] as number) - most) / total - (c === wanted ? 1 : 0);
      this.#pushes[c] = (this.#pushes[c] as number) + weight * share;
    }
    return Math.log(total) - ((scores[wanted] as number) - most);
  }

  #backward(c: number, push: number): void {
    const { weights, hidden } = this.#net;
    const gradient = this.#gradient;
    const inputs = this.#inputs;
    const width = this.#width;
    const base = c * width;
    for (let k = 0; k < width; k++) {
      gradient[k] = (gradient[k] as number) + push * (inputs[base + k] as number);
    }
    for (let unit = 0; unit < hidden; unit++) {
      const sum = this.#active[c * hidden + unit] as number;
      if (sum <= 0) continue;
      const at = width + unit * (width + 2);
      const out = at + width + 1;
      gradient[out] = (gradient[out] as number) + push * sum;
      const inner = push * (weights[out] as number);
      gradient[out - 1] = (gradient[out - 1] as number) + inner;
      for (let k = 0; k < width; k++) {
        gradient[at + k] = (gradient[at + k] as number) + inner * (inputs[base + k] as number);
      }
    }
  }
}

/** The state as bytes, to go on in another step. */
export function netStateBytes({ net, first, second, ...rest }: NetState): Uint8Array {
  return packParts([jsonPart({ ...rest, hidden: net.hidden }), net.weights, first, second]);
}

/** The opposite of `netStateBytes`. */
export function readNetState(bytes: Uint8Array): NetState {
  const reader = new PartReader(bytes);
  const { hidden, ...rest } = reader.json<Omit<NetState, "net" | "first" | "second"> & { hidden: number }>();
  return { ...rest, net: { hidden, weights: reader.floats() }, first: reader.floats(), second: reader.floats() };
}
