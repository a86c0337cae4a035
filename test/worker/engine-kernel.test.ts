import { expect, it } from "vitest";
import { cosineOf } from "../../worker/recommend/engine/embedding.ts";
import {
  EMBEDDING_ROOM,
  embeddingOf,
  isTrained,
  startEmbedding,
  trainEmbedding,
} from "../../worker/recommend/engine/embedding-training.ts";
import { simdContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import module from "../../worker/recommend/engine/kernel/contrast.wasm";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";

it("the SIMD kernel is loaded as a module and trains in the Worker's runtime", () => {
  const sessions = sessionsOf(Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? [0, 1, 2] : [3, 4, 5])));
  const state = startEmbedding(6, { reach: 1, epochs: 5, seed: 1 });
  const contrast = simdContrast(module, EMBEDDING_ROOM);
  while (!isTrained(state)) trainEmbedding(state, sessions, contrast, 4);
  const embedding = embeddingOf(state);
  expect(cosineOf(embedding, 0, 1)).toBeGreaterThan(cosineOf(embedding, 0, 4) + 0.3);
});
