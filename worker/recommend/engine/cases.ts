/**
 * Training cases of the net: what was asked, what was offered, what was chosen; packed two bytes a feature, so that
 * thousands fit a step and the rest waits in storage. A feature that is the same everywhere (a shop without prices, people
 * without long histories) is left out: it would teach nothing, and cost as much as another.
 */
import { FEATURE_WIDTH } from "./feature-list.ts";
import { emptyParts, PartReader } from "./parts.ts";

/** Mean and 1 / standard deviation of each feature, and between which values it was. */
export interface Scaling {
  means: Float32Array;
  inverses: Float32Array;
  lows: Float32Array;
  highs: Float32Array;
}

/** The features that differ at all, in their order. */
export function varyingOf({ inverses }: Scaling): Int32Array {
  return Int32Array.from(inverses.keys()).filter((feature) => (inverses[feature] as number) > 0);
}

/** Numbers that so many features take, a multiple of four for the net's loops; the rest is zero. */
export const widthOf = ({ length }: ArrayLike<number>) => (length + 3) & ~3;

/** A part of the cases. */
export interface CaseChunk {
  /** Features that the cases have. */
  varying: Int32Array;
  /** Start of each case in `seen` (and, × the width of `varying`, in `features`); cases + 1 entries. */
  starts: Int32Array;
  /** Place of the right candidate within its case. */
  wanted: Int32Array;
  /** What the case counts: what was chosen is worth more in the cart than on the screen. */
  weights: Float32Array;
  /** 1 for candidates that were in the session. */
  seen: Uint8Array;
  /** Standardized × `RESOLUTION`. */
  features: Int16Array;
}

const RESOLUTION = 2048;
/** Standardized value of a stored one. */
export const STEP = 1 / RESOLUTION;

interface Collected {
  /** As in a chunk: as floats a chunk would be thirty megabytes. */
  features: Int16Array;
  seen: Uint8Array;
  wanted: number;
  weight: number;
}

function packed(values: Float32Array, { means, inverses }: Scaling, varying: Int32Array): Int16Array {
  const [rows, width] = [values.length / FEATURE_WIDTH, widthOf(varying)];
  const features = new Int16Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < varying.length; place++) {
      const feature = varying[place] as number;
      const difference = (values[row * FEATURE_WIDTH + feature] as number) - (means[feature] as number);
      const scaled = difference * (inverses[feature] as number) * RESOLUTION;
      features[row * width + place] = Math.max(-32_768, Math.min(32_767, Math.round(scaled)));
    }
  }
  return features;
}

/** Adds the features of cases up, to find their scaling. */
export class FeatureSums {
  readonly #sums = new Float64Array(FEATURE_WIDTH);
  readonly #squares = new Float64Array(FEATURE_WIDTH);
  readonly #lows = new Float32Array(FEATURE_WIDTH).fill(Number.POSITIVE_INFINITY);
  readonly #highs = new Float32Array(FEATURE_WIDTH).fill(Number.NEGATIVE_INFINITY);
  #rows = 0;

  /** @param values FEATURE_WIDTH each of the candidates */
  add(values: Float32Array): void {
    const [sums, squares, lows, highs] = [this.#sums, this.#squares, this.#lows, this.#highs];
    this.#rows += values.length / FEATURE_WIDTH;
    for (let at = 0; at < values.length; at++) {
      const feature = at % FEATURE_WIDTH;
      const value = values[at] as number;
      sums[feature] = (sums[feature] as number) + value;
      squares[feature] = (squares[feature] as number) + value * value;
      if (value < (lows[feature] as number)) lows[feature] = value;
      if (value > (highs[feature] as number)) highs[feature] = value;
    }
  }

  scaling(): Scaling {
    const rows = Math.max(1, this.#rows);
    const means = Float32Array.from(this.#sums, (sum) => sum / rows);
    const inverses = Float32Array.from(this.#squares, (square, feature) => {
      const variance = square / rows - (means[feature] as number) ** 2;
      return variance > 1e-8 ? 1 / Math.sqrt(variance) : 0;
    });
    const none = new Float32Array(FEATURE_WIDTH);
    const [lows, highs] = this.#rows > 0 ? [this.#lows, this.#highs] : [none, none];
    return { means, inverses, lows, highs };
  }
}

export class CaseCollector {
  readonly #lists: Collected[] = [];
  readonly #scaling: Scaling;
  readonly #varying: Int32Array;

  constructor(scaling: Scaling) {
    this.#scaling = scaling;
    this.#varying = varyingOf(scaling);
  }

  /** @param values FEATURE_WIDTH each of the candidates. @param seen of at least as many; copied */
  add(values: Float32Array, seen: Uint8Array, wanted: number, weight = 1): void {
    this.#lists.push({
      features: packed(values, this.#scaling, this.#varying),
      seen: seen.slice(0, values.length / FEATURE_WIDTH),
      wanted,
      weight,
    });
  }

  /** Everything collected as bytes of a chunk (`readCases`); the collector is empty afterwards. */
  take(): Uint8Array {
    const cases = this.#lists.length;
    const rows = this.#lists.reduce((sum, { seen }) => sum + seen.length, 0);
    const varying = this.#varying;
    const width = widthOf(varying);
    const bytes = emptyParts([varying.byteLength, 4 * (cases + 1), 4 * cases, 4 * cases, 2 * rows * width, rows]);
    const chunk = readCases(bytes);
    chunk.varying.set(varying);
    chunk.starts[cases] = rows;
    for (let index = cases - 1; index >= 0; index--) {
      // Let go of one by one: a chunk and what it is made of would be too much.
      const { features, seen, wanted, weight } = this.#lists.pop() as Collected;
      const begin = (chunk.starts[index + 1] as number) - seen.length;
      chunk.starts[index] = begin;
      chunk.wanted[index] = wanted;
      chunk.weights[index] = weight;
      chunk.seen.set(seen, begin);
      chunk.features.set(features, begin * width);
    }
    return bytes;
  }
}

/** A case's standardized features, so many floats a candidate as `varying` is wide, written to `into`. */
export function unpackFeatures({ varying, starts, features }: CaseChunk, index: number, into: Float32Array): void {
  const width = widthOf(varying);
  const first = (starts[index] as number) * width;
  const end = (starts[index + 1] as number) * width;
  for (let at = first; at < end; at++) into[at - first] = (features[at] as number) * STEP;
}

/** A chunk out of its bytes. */
export function readCases(bytes: Uint8Array): CaseChunk {
  const reader = new PartReader(bytes);
  return {
    varying: reader.integers(),
    starts: reader.integers(),
    wanted: reader.integers(),
    weights: reader.floats(),
    features: reader.shorts(),
    seen: reader.bytes(),
  };
}
