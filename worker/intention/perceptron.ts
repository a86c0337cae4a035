/**
 * Perceptrons with two rectified layers for yes-or-no questions, several of them averaged: trained in seconds on tens of
 * thousands of rows, asked in microseconds.
 */
import { normal, type Random, seeded, shuffle } from "../lib/seeded.ts";

export interface Perceptron {
  width: number;
  /** Units of the two layers: multiples of 4. */
  first: number;
  second: number;
  /** Layer by layer: weights and bias of each unit. */
  weights: Float32Array;
}

export interface PerceptronOptions {
  /** Multiples of 4. */
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

/** The inputs of a layer, and where they are not zero: most are, of each number all bins that it does not reach. */
interface Told {
  values: Float32Array;
  base: number;
  places: Int32Array;
  count: number;
}

const toldOf = (width: number): Told => ({
  values: new Float32Array(0),
  base: 0,
  places: new Int32Array(width),
  count: 0,
});

function tell(told: Told, values: Float32Array, base: number, width: number): void {
  let count = 0;
  for (let k = 0; k < width; k++) if (values[base + k] !== 0) told.places[count++] = k;
  told.values = values;
  told.base = base;
  told.count = count;
}

/**
 * A layer's rectified units, written to `into` from `to` on; four at once: what is told is read once for them, and no sum waits for
 * itself. @param at of the layer's weights, `width` and a bias for each unit
 */
function layer(
  weights: Float32Array,
  at: number,
  width: number,
  units: number,
  { values, base, places, count }: Told,
  into: Float32Array,
  to: number,
): void {
  for (let unit = 0; unit < units; unit += 4) {
    const a = at + unit * (width + 1);
    const [b, c, d] = [a + width + 1, a + 2 * width + 2, a + 3 * width + 3];
    let one = weights[a + width] as number;
    let two = weights[b + width] as number;
    let three = weights[c + width] as number;
    let four = weights[d + width] as number;
    for (let t = 0; t < count; t++) {
      const k = places[t] as number;
      const value = values[base + k] as number;
      one += (weights[a + k] as number) * value;
      two += (weights[b + k] as number) * value;
      three += (weights[c + k] as number) * value;
      four += (weights[d + k] as number) * value;
    }
    into[to + unit] = Math.max(0, one);
    into[to + unit + 1] = Math.max(0, two);
    into[to + unit + 2] = Math.max(0, three);
    into[to + unit + 3] = Math.max(0, four);
  }
}

/** What is computed on the way, in arrays for nets of one shape. */
class Passage {
  readonly inputs: Told;
  /** The units of both layers, and of the first which are not zero. */
  readonly hidden: Float32Array;
  readonly #lit: Told;

  constructor(width: number, first: number, second: number) {
    this.inputs = toldOf(width);
    this.hidden = new Float32Array(first + second);
    this.#lit = toldOf(first);
  }

  /** Log-odds of the inputs. @param kept factors of the first layer's units, for training */
  forward({ width, first, second, weights }: Perceptron, kept?: Float32Array): number {
    const { hidden } = this;
    layer(weights, 0, width, first, this.inputs, hidden, 0);
    for (let unit = 0; kept && unit < first; unit++) hidden[unit] = (hidden[unit] as number) * (kept[unit] as number);
    const secondAt = first * (width + 1);
    tell(this.#lit, hidden, 0, first);
    layer(weights, secondAt, first, second, this.#lit, hidden, first);
    const outAt = secondAt + second * (first + 1);
    let logit = weights[outAt + second] as number;
    for (let k = 0; k < second; k++) logit += (weights[outAt + k] as number) * (hidden[first + k] as number);
    return logit;
  }
}

function backward(
  net: Perceptron,
  { inputs: { values, base, places, count }, hidden }: Passage,
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
    for (let t = 0; t < count; t++) {
      const k = places[t] as number;
      gradient[at + k] = (gradient[at + k] as number) + inner * (values[base + k] as number);
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
  const passage = new Passage(width, options.first, options.second);
  const pulls = new Float32Array(options.first);
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
        tell(passage.inputs, inputs, row * width, width);
        const push = 1 / (1 + Math.exp(-passage.forward(net, kept))) - (answers[row] as number);
        backward(net, passage, kept, push, gradient, pulls);
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

/** Several nets of one shape that are asked the same, in arrays of their own: nothing yields while one is asked. */
export interface Panel {
  /** A row to ask about. */
  readonly row: Float32Array;
  /** Mean log-odds of the row. */
  ask(): number;
}

/** In TypeScript; panel.ts has one that is faster. */
export function scriptPanel(nets: readonly Perceptron[]): Panel {
  const { width = 0, first = 0, second = 0 } = nets[0] ?? {};
  const passage = new Passage(width, first, second);
  const row = new Float32Array(width);
  return {
    row,
    ask() {
      tell(passage.inputs, row, 0, width);
      let sum = 0;
      for (const net of nets) sum += passage.forward(net);
      return sum / Math.max(1, nets.length);
    },
  };
}
