import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normal, seeded } from "../../worker/lib/seeded.ts";
import { type CaseChunk, CaseCollector, FeatureSums, readCases } from "../../worker/recommend/engine/cases.ts";
import { FEATURE_WIDTH } from "../../worker/recommend/engine/feature-list.ts";
import { type Descent, type Learner, simdDescent } from "../../worker/recommend/engine/kernel/descent.ts";
import { ROOM } from "../../worker/recommend/engine/kernel/scoring.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import { startNet, trainNet } from "../../worker/recommend/engine/net-training.ts";
import { applyNet } from "../support/plain-net.ts";

const committed = new URL("../../worker/recommend/engine/kernel/descent.wasm", import.meta.url).pathname;
const module = new WebAssembly.Module(readFileSync(committed));

/** Cases of so many candidates each, of which so many features differ; what is wanted stands out by the first of them. */
function chunkOf(counts: readonly number[], varying: number, seed = 3): CaseChunk {
  const random = seeded(seed);
  const sums = new FeatureSums();
  const made = counts.map((count, index) => {
    const values = new Float32Array(count * FEATURE_WIDTH);
    for (let c = 0; c < count; c++) {
      for (let k = 0; k < varying; k++) values[c * FEATURE_WIDTH + ((k * 7) % FEATURE_WIDTH)] = normal(random);
    }
    const wanted = Math.floor(count * random());
    values[wanted * FEATURE_WIDTH] = 2 + random();
    sums.add(values);
    const seen = Uint8Array.from({ length: count }, () => (random() < 0.3 ? 1 : 0));
    seen[wanted] = index % 3 === 0 ? 1 : 0;
    return { values, seen, wanted, weight: 1 + (index % 2) };
  });
  const collector = new CaseCollector(sums.scaling());
  for (const { values, seen, wanted, weight } of made) collector.add(values, seen, wanted, weight);
  return readCases(collector.take());
}

const startOf = (chunk: CaseChunk, hidden: number) =>
  startNet(5, chunk.wanted.length, chunk.varying, { hidden, rate: 0.01, batch: 4, epochs: 3 });

/** What one step is told of a case: Adam's first mean is a tenth of the gradient. */
function gradientOf(descent: Descent, learner: Learner, chunk: CaseChunk, index: number) {
  const copy = {
    net: { ...learner.net, weights: learner.net.weights.slice() },
    first: new Float32Array(learner.first.length),
    second: new Float32Array(learner.second.length),
  };
  descent.begin(copy);
  const scores = descent.score(chunk, index).slice();
  const loss = descent.learn(chunk, index);
  descent.descend({ scale: 10, rate: 0.01, unbiasFirst: 1, unbiasSecond: 1 });
  descent.end();
  return { scores, loss, gradient: copy.first, second: copy.second, weights: copy.net.weights };
}

const largest = (numbers: Float32Array) => numbers.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

/** Equal but for the rounding of sums. */
function expectClose(ours: Float32Array, theirs: Float32Array, error: number): void {
  expect(ours).toHaveLength(theirs.length);
  ours.forEach((value, at) => {
    expect(Math.abs(value - theirs[at]!)).toBeLessThan(error);
  });
}

describe("the kernel of the net's training", () => {
  const counts = [1, 2, 3, 4, 5, 7, 8, 66, ROOM];

  it.each([
    [6, 5],
    [8, 64],
    [24, 61],
    [40, FEATURE_WIDTH],
  ])("computes in SIMD what TypeScript computes: %i units over %i features", (hidden, features) => {
    const chunk = chunkOf(counts, features);
    expect(chunk.varying).toHaveLength(features);
    const [fast, plain] = [simdDescent(module), scriptDescent()];
    const state = startOf(chunk, hidden);
    for (let pass = 0; pass < 2; pass++) {
      for (const index of counts.keys()) {
        const [ours, theirs] = [fast, plain].map((descent) => gradientOf(descent, state, chunk, index)) as [
          ReturnType<typeof gradientOf>,
          ReturnType<typeof gradientOf>,
        ];
        expect(ours.scores).toHaveLength(counts[index]!);
        expectClose(ours.scores, theirs.scores, 1e-5 * (1 + largest(theirs.scores)));
        expect(Math.abs(ours.loss - theirs.loss)).toBeLessThan(1e-5 * (1 + theirs.loss));
        expectClose(ours.gradient, theirs.gradient, 1e-4 * (0.01 + largest(theirs.gradient)));
        expectClose(ours.second, theirs.second, 1e-4 * (0.01 + largest(theirs.second)));
        if (counts[index]! > 1) expect(largest(theirs.gradient)).toBeGreaterThan(0.01);
      }
      // Once with what a net starts from, once with what it has learned.
      for (let epoch = 0; epoch < 3; epoch++) trainNet(state, chunk, plain);
    }
  });

  it("is downhill: the gradient is what a small change of a weight makes of the loss", () => {
    const chunk = chunkOf([9, 12], 30);
    const state = startOf(chunk, 8);
    for (const [descent, index] of [simdDescent(module), scriptDescent()].flatMap(
      (each) =>
        [
          [each, 0],
          [each, 1],
        ] as const,
    )) {
      const { gradient } = gradientOf(descent, state, chunk, index);
      for (let at = 0; at < gradient.length; at += 5) {
        const loss = (change: number) => {
          const weights = state.net.weights.slice();
          weights[at]! += change;
          return gradientOf(descent, { ...state, net: { ...state.net, weights } }, chunk, index).loss;
        };
        // What it leaves out for being small is less than this.
        expect(Math.abs((loss(0.004) - loss(-0.004)) / 0.008 - gradient[at]!)).toBeLessThan(0.02);
      }
    }
  });

  it("goes the same way as TypeScript over hundreds of steps, and twice the same way", () => {
    const chunk = chunkOf(
      Array.from({ length: 600 }, (_, k) => 5 + (k % 20)),
      40,
    );
    const train = (descent: Descent) => {
      const state = startOf(chunk, 12);
      const losses = Array.from({ length: 3 }, () => trainNet(state, chunk, descent));
      return { losses, state };
    };
    const [one, again, plain] = [simdDescent(module), simdDescent(module), scriptDescent()].map(train) as [
      ReturnType<typeof train>,
      ReturnType<typeof train>,
      ReturnType<typeof train>,
    ];
    expect(again).toEqual(one);
    expect(one.losses[2]!).toBeLessThan(0.7 * one.losses[0]!);
    for (const [epoch, loss] of one.losses.entries()) expect(loss / plain.losses[epoch]!).toBeCloseTo(1, 3);
    const [ours, theirs] = [new Float32Array(8), new Float32Array(8)];
    const values = Float32Array.from({ length: 8 * 40 }, (_, at) => Math.sin(at));
    applyNet(one.state.net, values, 8, ours);
    applyNet(plain.state.net, values, 8, theirs);
    expectClose(ours, theirs, 0.02 * largest(theirs));
  });

  it("knows nothing of the learner before, however large", () => {
    const [large, small] = [chunkOf([40, 50], FEATURE_WIDTH), chunkOf([6, 7], 5)];
    const used = simdDescent(module);
    used.begin(startOf(large, 40));
    for (const index of [0, 1]) used.learn(large, index);
    const state = startOf(small, 6);
    for (const index of [0, 1]) {
      expect(gradientOf(used, state, small, index)).toEqual(gradientOf(simdDescent(module), state, small, index));
    }
  });

  it("refuses a net that it has no room for", () => {
    const chunk = chunkOf([3], 5);
    expect(() => simdDescent(module).begin(startOf(chunk, 65))).toThrow("does not fit");
  });
});
