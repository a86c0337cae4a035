/**
 * The re-ranker: a linear part and a few rectified units over the features of a candidate, one score each. Serving only;
 * net-training.ts learns it.
 */
import { type Scaling, widthOf } from "./cases.ts";
import { AGAINST, FEATURE_WIDTH, GENERAL } from "./feature-list.ts";
import { BLOCK, MOST_UNITS, type ServingNet } from "./kernel/scoring.ts";
import { PartReader, packParts } from "./parts.ts";

export interface Net {
  hidden: number;
  /**
   * Weights of the linear part, FEATURE_WIDTH of them, then per unit as many weights, bias and outgoing weight. While it is
   * trained, of the features that vary only (cases.ts).
   */
  weights: Float32Array;
  /**
   * Between which values the `GENERAL` features were while it was learned, the lows and then the highs: beyond them it has not
   * learned anything, and of an item that is a day old among others of a year it would say whatever its weights come to.
   */
  ranges?: Float32Array | undefined;
}

/** Numbers in a net. */
export const netSize = (hidden: number, width = FEATURE_WIDTH) => width + hidden * (width + 2);

/** Features of a net, with the zeros behind them. */
export const netWidth = ({ hidden, weights }: Net) => (weights.length - 2 * hidden) / (hidden + 1);

/** Where the linear part begins, which is the first block, and then a unit's weights. */
const blockAt = (block: number, width = FEATURE_WIDTH) => (block === 0 ? 0 : width + (block - 1) * (width + 2));

/** Of a net over all features the one over some of them. */
export function narrowed(net: Net, features: Int32Array): Net {
  return moved(net, FEATURE_WIDTH, widthOf(features), features, features.keys());
}

/** The opposite: a net over all features, which hears none but these. */
export function widened(net: Net, features: Int32Array): Net {
  return moved(net, widthOf(features), FEATURE_WIDTH, features.keys(), features);
}

function moved(
  { hidden, weights }: Net,
  width: number,
  newWidth: number,
  places: Iterable<number>,
  newPlaces: Iterable<number>,
): Net {
  const [from, to] = [[...places], [...newPlaces]];
  const into = new Float32Array(netSize(hidden, newWidth));
  for (let block = 0; block <= hidden; block++) {
    const [at, newAt] = [blockAt(block, width), blockAt(block, newWidth)];
    for (const [k, place] of from.entries()) into[newAt + (to[k] as number)] = weights[at + place] as number;
    if (block > 0) into.set(weights.subarray(at + width, at + width + 2), newAt + newWidth);
  }
  return { hidden, weights: into };
}

/**
 * The mean of several nets as one: their linear parts averaged, their units side by side with their share of the vote.
 * What a single training owes to chance averages out, at the cost of no more than the units.
 */
export function mergeNets(nets: readonly Net[]): Net {
  const share = 1 / nets.length;
  const hidden = nets.reduce((sum, net) => sum + net.hidden, 0);
  const width = nets[0] ? netWidth(nets[0]) : FEATURE_WIDTH;
  const weights = new Float32Array(netSize(hidden, width));
  let unitAt = width;
  for (const net of nets) {
    for (let k = 0; k < width; k++) weights[k] = (weights[k] as number) + share * (net.weights[k] as number);
    weights.set(net.weights.subarray(width), unitAt);
    for (let unit = 0; unit < net.hidden; unit++) {
      unitAt += width + 2;
      weights[unitAt - 1] = (weights[unitAt - 1] as number) * share;
    }
  }
  return { hidden, weights };
}

/** The same net over features that are not standardized, and their ranges: nothing is left to do per candidate but products. */
export function foldScaling(net: Net, { means, inverses, lows, highs }: Scaling): Net {
  const weights = net.weights.slice();
  for (let block = 0; block <= net.hidden; block++) {
    const at = blockAt(block);
    let shift = 0;
    for (let feature = 0; feature < FEATURE_WIDTH; feature++) {
      const weight = (weights[at + feature] as number) * (inverses[feature] as number);
      weights[at + feature] = weight;
      shift += weight * (means[feature] as number);
    }
    // The linear part's shift is the same for every candidate.
    if (block > 0) weights[at + FEATURE_WIDTH] = (weights[at + FEATURE_WIDTH] as number) - shift;
  }
  const general = [lows, highs].map((bounds) => bounds.subarray(GENERAL.from, GENERAL.until));
  return { hidden: net.hidden, weights, ranges: Float32Array.from(general.flatMap((bounds) => [...bounds])) };
}

/** Whether anything of a feature reaches the score; what never varied while the net was learned does not. */
export function hears({ hidden, weights }: Net, feature: number): boolean {
  for (let block = 0; block <= hidden; block++) {
    if (weights[blockAt(block) + feature] !== 0) return true;
  }
  return false;
}

/**
 * A net as it serves. A feature that is another one against the best adds its weights to that other's, so that no candidate
 * has to be multiplied by them; its own stay for what is the same of all.
 */
export function servingNet({ hidden, weights }: Net): ServingNet {
  const rooms = Math.ceil(hidden / BLOCK) * BLOCK;
  if (rooms > MOST_UNITS) throw new RangeError(`a net of ${hidden} units does not fit`);
  const net: ServingNet = {
    linear: new Float32Array(BLOCK * FEATURE_WIDTH),
    units: new Float32Array(rooms * FEATURE_WIDTH),
    biases: new Float32Array(rooms),
    outgoing: new Float32Array(rooms),
    heard: new Uint8Array(FEATURE_WIDTH),
  };
  const sums = new Float64Array(FEATURE_WIDTH);
  for (let block = 0; block <= hidden; block++) {
    const from = blockAt(block);
    sums.set(weights.subarray(from, from + FEATURE_WIDTH));
    for (const [feature, source] of AGAINST) sums[source] = (sums[source] as number) + (sums[feature] as number);
    const unit = block - 1;
    const inBlock = unit % BLOCK;
    const [into, at] = block === 0 ? [net.linear, 0] : [net.units, (unit - inBlock) * FEATURE_WIDTH + inBlock];
    for (let feature = 0; feature < FEATURE_WIDTH; feature++) {
      into[at + BLOCK * feature] = sums[feature] as number;
      if (sums[feature] !== 0) net.heard[feature] = 1;
    }
    if (block === 0) continue;
    net.biases[unit] = weights[from + FEATURE_WIDTH] as number;
    net.outgoing[unit] = weights[from + FEATURE_WIDTH + 1] as number;
  }
  return net;
}

/** A net as bytes. */
export function netBytes({ hidden, weights, ranges = new Float32Array() }: Net): Uint8Array {
  return packParts([Int32Array.of(hidden), weights, ranges]);
}

/** The opposite of `netBytes`; undefined when the features have changed since, so that it cannot be used. */
export function readNet(bytes: Uint8Array): Net | undefined {
  const reader = new PartReader(bytes);
  const hidden = reader.integers()[0] ?? 0;
  const weights = reader.floats();
  const ranges = reader.floats();
  if (weights.length !== netSize(hidden)) return undefined;
  // A copy: whoever keeps the ranges must not keep the model's bytes.
  return { hidden, weights, ranges: ranges.length > 0 ? ranges.slice() : undefined };
}
