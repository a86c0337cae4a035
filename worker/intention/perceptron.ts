/**
 * Perceptrons with two rectified layers for yes-or-no questions, several of them averaged: trained in seconds on tens of
 * thousands of rows, asked in microseconds.
 */
import { normal, type Random, seeded, shuffle } from "../lib/seeded.ts";

export interface Perceptron {
  width: number;
  /** A multiple of 4. */
  first: number;
  second: number;
  /** Layer by layer: weights and bias of each unit. */
  weights: Float32Array;
}

export interface PerceptronOptions {
  /** A multiple of 4. */
  first: number;
  second: number;
  epochs: number;
  rate: number;
  batch: number;
  /** Chance of a unit of the first layer to be left out while training. */
  dropout: number;
  /** Weight decay per unit of step. */
  decay: number;
}

const DEFAULTS: PerceptronOptions = {
  first: 32,
  second: 16,
  epochs: 16,
  rate: 0.003,
  batch: 64,
  dropout: 0.3,
  decay: 0.02,
};

const sizeOf = (width: number, first: number, second: number) =>
  first * (width + 1) + second * (first + 1) + second + 1;

function startPerceptron(width: number, { first, second }: PerceptronOptions, random: Random): Perceptron {
  const weights = new Float32Array(sizeOf(width, first, second));
  let at = 0;
  const layer = (units: number, inputs: number) => {
    for (let unit = 0; unit < units; unit++) {
      for (let k = 0; k < inputs; k++) weights[at++] = normal(random) * Math.sqrt(2 / inputs);
      at++;
    }
  };
  layer(first, width);
  layer(second, first);
  layer(1, second);
  return { width, first, second, weights };
}

/** Where a row is not zero, written to `places`: most of it is, of each number all bins that it does not reach. */
function toldIn(inputs: Float32Array, base: number, places: Int32Array): Int32Array {
  let told = 0;
  for (let k = 0; k < places.length; k++) if (inputs[base + k] !== 0) places[told++] = k;
  return places.subarray(0, told);
}

/** Log-odds of a row. @param told where it is not zero @param kept factors of the first layer's units, for training */
function forward(
  net: Perceptron,
  inputs: Float32Array,
  base: number,
  told: Int32Array,
  hidden: Float32Array,
  kept?: Float32Array,
): number {
  const { width, first, second, weights } = net;
  const stride = width + 1;
  let at = 0;
  // Four units at once: what is told is read once for them.
  for (let unit = 0; unit < first; unit += 4) {
    const [b, c, d] = [at + stride, at + 2 * stride, at + 3 * stride];
    let one = weights[at + width] as number;
    let two = weights[b + width] as number;
    let three = weights[c + width] as number;
    let four = weights[d + width] as number;
    for (let t = 0; t < told.length; t++) {
      const k = told[t] as number;
      const value = inputs[base + k] as number;
      one += (weights[at + k] as number) * value;
      two += (weights[b + k] as number) * value;
      three += (weights[c + k] as number) * value;
      four += (weights[d + k] as number) * value;
    }
    hidden[unit] = Math.max(0, one);
    hidden[unit + 1] = Math.max(0, two);
    hidden[unit + 2] = Math.max(0, three);
    hidden[unit + 3] = Math.max(0, four);
    at += 4 * stride;
  }
  for (let unit = 0; kept && unit < first; unit++) hidden[unit] = (hidden[unit] as number) * (kept[unit] as number);
  for (let unit = 0; unit < second; unit++) {
    let sum = weights[at + first] as number;
    for (let k = 0; k < first; k++) sum += (weights[at + k] as number) * (hidden[k] as number);
    hidden[first + unit] = Math.max(0, sum);
    at += first + 1;
  }
  let logit = weights[at + second] as number;
  for (let k = 0; k < second; k++) logit += (weights[at + k] as number) * (hidden[first + k] as number);
  return logit;
}

function backward(
  net: Perceptron,
  inputs: Float32Array,
  base: number,
  told: Int32Array,
  hidden: Float32Array,
  kept: Float32Array,
  push: number,
  gradient: Float32Array,
  pulls: Float32Array,
): void {
  const { width, first, second, weights } = net;
  const secondAt = first * (width + 1);
  const outAt = secondAt + second * (first + 1);
  pulls.fill(0);
  gradient[outAt + second] = (gradient[outAt + second] as number) + push;
  for (let unit = 0; unit < second; unit++) {
    const value = hidden[first + unit] as number;
    if (value <= 0) continue;
    gradient[outAt + unit] = (gradient[outAt + unit] as number) + push * value;
    const inner = push * (weights[outAt + unit] as number);
    const at = secondAt + unit * (first + 1);
    gradient[at + first] = (gradient[at + first] as number) + inner;
    for (let k = 0; k < first; k++) {
      gradient[at + k] = (gradient[at + k] as number) + inner * (hidden[k] as number);
      pulls[k] = (pulls[k] as number) + inner * (weights[at + k] as number);
    }
  }
  for (let unit = 0; unit < first; unit++) {
    if ((hidden[unit] as number) <= 0) continue;
    const inner = (pulls[unit] as number) * (kept[unit] as number);
    const at = unit * (width + 1);
    gradient[at + width] = (gradient[at + width] as number) + inner;
    for (let t = 0; t < told.length; t++) {
      const k = told[t] as number;
      gradient[at + k] = (gradient[at + k] as number) + inner * (inputs[base + k] as number);
    }
  }
}

/**
 * Learns to tell the rows with answer 1 from those with 0.
 * @param inputs `answers.length` × `width` floats
 */
export function trainPerceptron(
  inputs: Float32Array,
  answers: Uint8Array,
  width: number,
  seed: number,
  chosen: Partial<PerceptronOptions> = {},
): Perceptron {
  const options = { ...DEFAULTS, ...chosen };
  const random = seeded(seed, 31);
  const net = startPerceptron(width, options, random);
  const { weights } = net;
  const order = Int32Array.from(answers.keys());
  const gradient = new Float32Array(weights.length);
  const means = new Float32Array(weights.length);
  const squares = new Float32Array(weights.length);
  const hidden = new Float32Array(options.first + options.second);
  const pulls = new Float32Array(options.first);
  const places = new Int32Array(width);
  const kept = new Float32Array(options.first);
  const planned = options.epochs * Math.ceil(order.length / options.batch);
  let updates = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    for (let begin = 0; begin < order.length; begin += options.batch) {
      gradient.fill(0);
      const end = Math.min(order.length, begin + options.batch);
      for (let k = begin; k < end; k++) {
        const row = order[k] as number;
        for (let unit = 0; unit < options.first; unit++) {
          kept[unit] = random() < options.dropout ? 0 : 1 / (1 - options.dropout);
        }
        const told = toldIn(inputs, row * width, places);
        const logit = forward(net, inputs, row * width, told, hidden, kept);
        const push = 1 / (1 + Math.exp(-logit)) - (answers[row] as number);
        backward(net, inputs, row * width, told, hidden, kept, push, gradient, pulls);
      }
      const rate = options.rate * (1 - updates / planned);
      updates++;
      const unbiasMean = 1 / (1 - 0.9 ** updates);
      const unbiasSquare = 1 / (1 - 0.999 ** updates);
      for (let k = 0; k < weights.length; k++) {
        const g = (gradient[k] as number) / (end - begin);
        const mean = 0.9 * (means[k] as number) + 0.1 * g;
        const square = 0.999 * (squares[k] as number) + 0.001 * g * g;
        means[k] = mean;
        squares[k] = square;
        const step = (mean * unbiasMean) / (Math.sqrt(square * unbiasSquare) + 1e-8);
        weights[k] = (weights[k] as number) - rate * (step + options.decay * (weights[k] as number));
      }
    }
  }
  return net;
}

/** Mean log-odds of several nets for one encoded row. */
export function askPerceptrons(nets: readonly Perceptron[], inputs: Float32Array, base = 0): number {
  const told = toldIn(inputs, base, new Int32Array(nets[0]?.width ?? 0));
  let sum = 0;
  for (const net of nets) sum += forward(net, inputs, base, told, new Float32Array(net.first + net.second));
  return sum / Math.max(1, nets.length);
}
