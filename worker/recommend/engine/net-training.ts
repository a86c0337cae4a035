/**
 * Learning the re-ranker from what visitors chose among the candidates. Loss of a case: the cross-entropy over all
 * candidates, and, when the choice was new to the session, the cross-entropy over the new ones; so one net ranks lists
 * with and without the session's own items. Adam with a step that falls linearly. The loops over candidates and units are a
 * kernel's.
 */

import { normal, seeded, shuffle } from "../../lib/seeded.ts";
import type { CaseChunk } from "./cases.ts";
import { DESCRIBED, FEATURE_WIDTH, FEATURES, LEARNED, PLACED, SURROUNDED, TASTED } from "./feature-list.ts";
import type { Descent, Learner } from "./kernel/descent.ts";
import { narrowed, netSize } from "./net.ts";
import { jsonPart, PartReader, packParts } from "./parts.ts";

/** What is usual; tuning.ts tries others. */
export const NET_OPTIONS: NetOptions = { hidden: 24, rate: 0.006, batch: 16, epochs: 6 };
/** Numbers drawn for a unit's weights. */
const DRAWN = (LEARNED + 3) & ~3;

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

export interface NetState extends Learner {
  options: NetOptions;
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
export function trainNet(state: NetState, chunk: CaseChunk, descent: Descent): number {
  const cases = chunk.wanted.length;
  const { batch } = state.options;
  const order = Int32Array.from({ length: cases }, (_, index) => index);
  shuffle(order, seeded(state.seed, state.updates));
  descent.begin(state);
  let loss = 0;
  for (let at = 0; at < cases; at += batch) {
    const end = Math.min(cases, at + batch);
    for (let k = at; k < end; k++) loss += descent.learn(chunk, order[k] as number);
    const rate = state.options.rate * Math.max(0.02, 1 - state.updates / state.planned);
    state.updates++;
    const unbiasFirst = 1 / (1 - 0.9 ** state.updates);
    const unbiasSecond = 1 / (1 - 0.999 ** state.updates);
    descent.descend({ scale: 1 / (end - at), rate, unbiasFirst, unbiasSecond });
  }
  descent.end();
  return cases === 0 ? 0 : loss / cases;
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
