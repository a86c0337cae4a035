import { expect, it } from "vitest";
import { CaseCollector, FeatureSums, readCases } from "../../worker/recommend/engine/cases.ts";
import { cosineOf } from "../../worker/recommend/engine/embedding.ts";
import {
  EMBEDDING_ROOM,
  embeddingOf,
  isTrained,
  startEmbedding,
  trainEmbedding,
} from "../../worker/recommend/engine/embedding-training.ts";
import { FEATURE_WIDTH } from "../../worker/recommend/engine/feature-list.ts";
import { simdContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import module from "../../worker/recommend/engine/kernel/contrast.wasm";
import { startNet, trainNet } from "../../worker/recommend/engine/net-training.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { openDescent } from "../../worker/recommend/kernel.ts";

it("the SIMD kernel is loaded as a module and trains in the Worker's runtime", () => {
  const sessions = sessionsOf(Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? [0, 1, 2] : [3, 4, 5])));
  const state = startEmbedding(6, { reach: 1, epochs: 5, seed: 1 });
  const contrast = simdContrast(module, EMBEDDING_ROOM);
  while (!isTrained(state)) trainEmbedding(state, sessions, contrast, 4);
  const embedding = embeddingOf(state);
  expect(cosineOf(embedding, 0, 1)).toBeGreaterThan(cosineOf(embedding, 0, 4) + 0.3);
});

it("the kernel of the net's training is loaded as a module, and learns", () => {
  const sums = new FeatureSums();
  const lists = Array.from({ length: 200 }, (_, index) => {
    const values = Float32Array.from({ length: 6 * FEATURE_WIDTH }, (_, at) => Math.sin(at * (index + 1)));
    const wanted = index % 6;
    values[wanted * FEATURE_WIDTH + 3] = 3;
    sums.add(values);
    return { values, wanted };
  });
  const collector = new CaseCollector(sums.scaling());
  for (const { values, wanted } of lists) collector.add(values, new Uint8Array(6), wanted);
  const chunk = readCases(collector.take());
  const state = startNet(1, 200, chunk.varying, { hidden: 12, rate: 0.01, batch: 8, epochs: 4 });
  const losses = Array.from({ length: 4 }, () => trainNet(state, chunk, openDescent()));
  expect(losses[3]).toBeLessThan(0.2 * losses[0]!);
  expect(openDescent()).toBe(openDescent());
});
