/** The inner loops of the net's training in TypeScript, for runtimes without SIMD: slower, and no worse. */
import { type CaseChunk, unpackFeatures } from "../cases.ts";
import { FEATURE_WIDTH } from "../feature-list.ts";
import { netWidth } from "../net.ts";
import { type AdamStep, ALL_WEIGHT, type Descent, LEAST, type Learner, NEW_WEIGHT } from "./descent.ts";
import { ROOM } from "./scoring.ts";

export const scriptDescent = (): Descent => new ScriptDescent();

const NOBODY: Learner = {
  net: { hidden: 0, weights: new Float32Array(0) },
  first: new Float32Array(0),
  second: new Float32Array(0),
};

class ScriptDescent implements Descent {
  readonly casesPerMs = 1;
  #learner = NOBODY;
  #width = 0;
  #gradient = new Float32Array(0);
  readonly #inputs = new Float32Array(ROOM * FEATURE_WIDTH);
  readonly #scores = new Float32Array(ROOM);
  readonly #pushes = new Float32Array(ROOM);
  /** Each unit's sum before it is rectified, by candidate. */
  #sums = new Float32Array(0);

  begin(learner: Learner): void {
    const { net } = learner;
    this.#learner = learner;
    this.#width = netWidth(net);
    this.#gradient = new Float32Array(net.weights.length);
    this.#sums = new Float32Array(ROOM * net.hidden);
  }

  score(chunk: CaseChunk, index: number): Float32Array {
    const count = (chunk.starts[index + 1] as number) - (chunk.starts[index] as number);
    unpackFeatures(chunk, index, this.#inputs);
    this.#forward(count);
    return this.#scores.subarray(0, count);
  }

  learn(chunk: CaseChunk, index: number): number {
    const count = this.score(chunk, index).length;
    const begin = chunk.starts[index] as number;
    const wanted = chunk.wanted[index] as number;
    const weight = chunk.weights[index] as number;
    const pushes = this.#pushes.fill(0, 0, count);
    let loss = weight * ALL_WEIGHT * this.#entropy(chunk.seen, begin, count, wanted, false, weight * ALL_WEIGHT);
    if (chunk.seen[begin + wanted] === 0) {
      loss += weight * NEW_WEIGHT * this.#entropy(chunk.seen, begin, count, wanted, true, weight * NEW_WEIGHT);
    }
    for (let c = 0; c < count; c++) if (Math.abs(pushes[c] as number) > LEAST) this.#backward(c, pushes[c] as number);
    return loss;
  }

  descend({ scale, rate, unbiasFirst, unbiasSecond }: AdamStep): void {
    const { first, second, net } = this.#learner;
    const gradient = this.#gradient;
    for (let k = 0; k < gradient.length; k++) {
      const g = (gradient[k] as number) * scale;
      const mean = 0.9 * (first[k] as number) + 0.1 * g;
      const square = 0.999 * (second[k] as number) + 0.001 * g * g;
      first[k] = mean;
      second[k] = square;
      net.weights[k] =
        (net.weights[k] as number) - (rate * mean * unbiasFirst) / (Math.sqrt(square * unbiasSecond) + 1e-8);
    }
    gradient.fill(0);
  }

  end(): void {
    this.#learner = NOBODY;
  }

  #forward(count: number): void {
    const { weights, hidden } = this.#learner.net;
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
        this.#sums[c * hidden + unit] = sum;
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
    const { weights, hidden } = this.#learner.net;
    const gradient = this.#gradient;
    const inputs = this.#inputs;
    const width = this.#width;
    const base = c * width;
    for (let k = 0; k < width; k++) {
      gradient[k] = (gradient[k] as number) + push * (inputs[base + k] as number);
    }
    for (let unit = 0; unit < hidden; unit++) {
      const sum = this.#sums[c * hidden + unit] as number;
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
