/**
 * Training of item vectors on the site's own sessions, in bounded steps whose state is bytes in between.
 *
 * One table serves as input and output. All cases of a batch share their candidates: the batch's targets and items drawn
 * by popularity^¾ (sampled softmax with log q correction). Row-wise Adagrad with a step that falls linearly to zero.
 */

import { normal, seeded, shuffle } from "../../lib/seeded.ts";
import { type Embedding, LAGS, quantize } from "./embedding.ts";
import { BATCH, EmbeddingBatch } from "./embedding-batch.ts";
import { embeddingCases } from "./embedding-cases.ts";
import { type Contrast, DIMENSIONS } from "./kernel/contrast.ts";
import { jsonPart, PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";

export { EMBEDDING_ROOM } from "./embedding-batch.ts";

/** Adagrad's step at the start: a tenth of it learns hardly anything. */
const STEP = 0.09;

export interface EmbeddingPlan {
  /** Which embedding: 1 learns what comes next, 2 also what comes next but one. */
  reach: 1 | 2;
  epochs: number;
  seed: number;
}

export interface EmbeddingState {
  plan: EmbeddingPlan;
  /** Epochs done, and batches of the current one. */
  epoch: number;
  batch: number;
  vectors: Float32Array;
  gates: Float32Array;
  lags: Float32Array;
  /** How much more a click counts that is like the latest one. */
  focus: number;
  /** Adagrad's sums of squares. */
  vectorSums: Float32Array;
  gateSums: Float32Array;
  lagSums: Float32Array;
  focusSum: number;
  /** Mean cross-entropy of the last full epoch, for the log. */
  loss: number;
  lossSum: number;
}

/** Vectors N(0, 0.1), gates 0, lags 0.8^k. */
export function startEmbedding(itemCount: number, plan: EmbeddingPlan): EmbeddingState {
  const random = seeded(plan.seed, plan.reach);
  return {
    plan,
    epoch: 0,
    batch: 0,
    vectors: Float32Array.from({ length: itemCount * DIMENSIONS }, () => 0.1 * normal(random)),
    gates: new Float32Array(itemCount),
    lags: Float32Array.from({ length: LAGS }, (_, lag) => 0.8 ** lag),
    focus: 0,
    vectorSums: new Float32Array(itemCount),
    gateSums: new Float32Array(itemCount),
    lagSums: new Float32Array(LAGS),
    focusSum: 0,
    loss: 0,
    lossSum: 0,
  };
}

/** A further run over newer sessions: what was learned stays, Adagrad starts anew. New items get random vectors. */
export function continueEmbedding(old: EmbeddingState, itemCount: number, plan: EmbeddingPlan): EmbeddingState {
  // The same memory where it has the right size: at 100,000 items it is 25 MB.
  if (old.gates.length === itemCount) {
    for (const sums of [old.vectorSums, old.gateSums, old.lagSums]) sums.fill(0);
    return { ...old, plan, epoch: 0, batch: 0, focusSum: 0, loss: 0, lossSum: 0 };
  }
  const fresh = startEmbedding(itemCount, plan);
  fresh.vectors.set(old.vectors.subarray(0, fresh.vectors.length));
  fresh.gates.set(old.gates.subarray(0, itemCount));
  fresh.lags.set(old.lags);
  fresh.focus = old.focus;
  return fresh;
}

export function isTrained(state: EmbeddingState): boolean {
  return state.epoch >= state.plan.epochs;
}

/** What is served. */
export function embeddingOf({ vectors, gates, lags, focus }: EmbeddingState): Embedding {
  return quantize(vectors, gates, lags, focus);
}

/**
 * Trains for at most `batches` batches; call again with the same sessions until `isTrained`. Changes `state`.
 * @param contrast of `simdContrast` or `scriptContrast` with `EMBEDDING_ROOM`
 */
export function trainEmbedding(state: EmbeddingState, sessions: Sessions, contrast: Contrast, batches: number): void {
  const { plan } = state;
  const cases = embeddingCases(sessions, state.gates.length);
  const count = cases.targets.length;
  const perEpoch = Math.ceil(count / BATCH);
  if (perEpoch === 0) state.epoch = plan.epochs;
  const batch = new EmbeddingBatch(state, cases, contrast);
  const order = new Int32Array(count);
  let shuffled = -1;
  for (let done = 0; done < batches && !isTrained(state); done++) {
    if (shuffled !== state.epoch) {
      for (let index = 0; index < count; index++) order[index] = index;
      shuffle(order, seeded(plan.seed, plan.reach, 7, state.epoch));
      shuffled = state.epoch;
    }
    const first = state.batch * BATCH;
    const step = STEP * (1 - (state.epoch * perEpoch + state.batch) / (plan.epochs * perEpoch));
    state.lossSum += batch.run(order, first, Math.min(BATCH, count - first), step);
    state.batch++;
    if (state.batch < perEpoch) continue;
    state.loss = state.lossSum / count;
    state.lossSum = 0;
    state.batch = 0;
    state.epoch++;
  }
}

/** The state as bytes, to go on in another step. */
export function embeddingStateBytes(state: EmbeddingState): Uint8Array {
  const { vectors, gates, lags, vectorSums, gateSums, lagSums, ...rest } = state;
  return packParts([jsonPart(rest), vectors, gates, lags, vectorSums, gateSums, lagSums]);
}

/** The opposite of `embeddingStateBytes`. */
export function readEmbeddingState(bytes: Uint8Array): EmbeddingState {
  const reader = new PartReader(bytes);
  return {
    ...reader.json<Pick<EmbeddingState, "plan" | "epoch" | "batch" | "focus" | "focusSum" | "loss" | "lossSum">>(),
    vectors: reader.floats(),
    gates: reader.floats(),
    lags: reader.floats(),
    vectorSums: reader.floats(),
    gateSums: reader.floats(),
    lagSums: reader.floats(),
  };
}
