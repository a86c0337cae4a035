/**
 * Training of item vectors on the site's own sessions, in bounded steps whose state is bytes in between.
 *
 * One table serves as input and output. A case is the start of a session and what came next, if that was new; all
 * cases of a batch share their candidates: the batch's targets and items drawn by popularity^¾ (sampled softmax with
 * log q correction). Row-wise Adagrad with a step that falls linearly to zero over the run.
 */
import { type Embedding, LAGS, quantize } from "./embedding.ts";
import { type Contrast, DIMENSIONS, type Room } from "./kernel/contrast.ts";
import { normal, type Random, seeded, shuffle } from "./random.ts";
import type { Sessions } from "./sessions.ts";

const BATCH = 256;
const NEGATIVES = 1024;
const INVERSE_TEMPERATURE = 10;
const STEP = 0.09;
const DROP = 0.3;
const FLOOR = 1 / 200;
const EPSILON = 1e-10;

/** Room that `trainEmbedding` needs of its kernel. */
export const EMBEDDING_ROOM: Room = {
  sessions: BATCH,
  candidates: BATCH + NEGATIVES + 4 + BATCH * LAGS,
  masks: BATCH * 64,
};

export interface EmbeddingPlan {
  /** Which embedding: 1 learns what comes next, 2 also what comes next but one. */
  reach: 1 | 2;
  epochs: number;
  seed: number;
}

export interface EmbeddingState {
  plan: EmbeddingPlan;
  /** Epochs and batches done. */
  epoch: number;
  batch: number;
  vectors: Float32Array;
  gates: Float32Array;
  lags: Float32Array;
  /** Adagrad's sums of squares. */
  vectorSums: Float32Array;
  gateSums: Float32Array;
  lagSums: Float32Array;
  /** Mean cross-entropy of the last full epoch, for the log. */
  loss: number;
  lossSum: number;
  lossCases: number;
}

/** Vectors N(0, 0.1), gates 0, lags 0.8^k. */
export function startEmbedding(itemCount: number, plan: EmbeddingPlan): EmbeddingState {
  const random = seeded(plan.seed, plan.reach);
  return withFreshSums(plan, {
    vectors: Float32Array.from({ length: itemCount * DIMENSIONS }, () => 0.1 * normal(random)),
    gates: new Float32Array(itemCount),
    lags: Float32Array.from({ length: LAGS }, (_, lag) => 0.8 ** lag),
  });
}

/** A further run over newer sessions: what was learned stays, Adagrad starts anew. New items get random vectors. */
export function continueEmbedding(old: EmbeddingState, itemCount: number, plan: EmbeddingPlan): EmbeddingState {
  const fresh = startEmbedding(itemCount, plan);
  fresh.vectors.set(old.vectors.subarray(0, fresh.vectors.length));
  fresh.gates.set(old.gates.subarray(0, itemCount));
  fresh.lags.set(old.lags);
  return fresh;
}

function withFreshSums(
  plan: EmbeddingPlan,
  learned: Pick<EmbeddingState, "vectors" | "gates" | "lags">,
): EmbeddingState {
  return {
    plan,
    epoch: 0,
    batch: 0,
    ...learned,
    vectorSums: new Float32Array(learned.gates.length),
    gateSums: new Float32Array(learned.gates.length),
    lagSums: new Float32Array(LAGS),
    loss: 0,
    lossSum: 0,
    lossCases: 0,
  };
}

export function isTrained(state: EmbeddingState): boolean {
  return state.epoch >= state.plan.epochs;
}

/** What is served. */
export function embeddingOf(state: EmbeddingState): Embedding {
  return quantize(state.vectors, state.gates, state.lags);
}

interface Cases {
  /** Click that is the target, and the first click of its session. */
  targets: Int32Array;
  begins: Int32Array;
}

/** Every click that is new to its session, but the first. */
function casesOf(sessions: Sessions): Cases {
  const { items, starts } = sessions;
  const targets = new Int32Array(items.length);
  const begins = new Int32Array(items.length);
  let used = 0;
  for (let session = 0; session < starts.length - 1; session++) {
    const begin = starts[session] as number;
    for (let at = begin + 1; at < (starts[session + 1] as number); at++) {
      if (items.indexOf(items[at] as number, Math.max(begin, at - 64)) < at) continue;
      targets[used] = at;
      begins[used++] = begin;
    }
  }
  return { targets: targets.slice(0, used), begins: begins.slice(0, used) };
}

/** Chances of an item to be among a batch's candidates, and how to draw by popularity^¾. */
function drawingOf(sessions: Sessions, cases: Cases, itemCount: number) {
  const counts = new Float64Array(itemCount);
  for (const at of cases.targets) {
    const item = sessions.items[at] as number;
    counts[item] = (counts[item] as number) + 1;
  }
  const cumulative = new Float64Array(itemCount);
  let sum = 0;
  for (let item = 0; item < itemCount; item++) cumulative[item] = sum += (counts[item] as number) ** 0.75;
  const bias = Float32Array.from(counts, (count) =>
    count === 0
      ? 0
      : -Math.log(Math.min(1, (BATCH * count) / cases.targets.length + (NEGATIVES * count ** 0.75) / sum)),
  );
  const draw = (random: Random) => {
    const wanted = random() * sum;
    let low = 0;
    let high = itemCount - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return { bias, draw };
}

/**
 * Trains for at most `batches` batches; call again with the same sessions until `isTrained`. Changes `state`.
 * @param contrast of `simdContrast` or `scriptContrast` with `EMBEDDING_ROOM`
 */
export function trainEmbedding(state: EmbeddingState, sessions: Sessions, contrast: Contrast, batches: number): void {
  const { items } = sessions;
  const { plan, vectors, gates, lags } = state;
  const itemCount = gates.length;
  const work = contrast.workspace;
  const cases = casesOf(sessions);
  const perEpoch = Math.ceil(cases.targets.length / BATCH);
  if (perEpoch === 0) state.epoch = plan.epochs;
  const { bias, draw } = drawingOf(sessions, cases, itemCount);
  const slots = new Int32Array(itemCount).fill(-1);
  const slotItems = new Int32Array(work.candidateRoom);
  const lengths = new Float32Array(work.candidateRoom);
  const dGates = new Float32Array(work.candidateRoom);
  const dLags = new Float32Array(LAGS);
  const inputs = new Int32Array(BATCH * LAGS);
  const inputLags = new Uint8Array(BATCH * LAGS);
  const inputStarts = new Int32Array(BATCH + 1);
  const sessionLengths = new Float32Array(BATCH);
  const order = Int32Array.from(cases.targets.keys());
  let shuffled = -1;

  for (let done = 0; done < batches && !isTrained(state); done++) {
    if (shuffled !== state.epoch) {
      order.forEach((_, index) => {
        order[index] = index;
      });
      shuffle(order, seeded(plan.seed, plan.reach, 7, state.epoch));
      shuffled = state.epoch;
    }
    const random = seeded(plan.seed, plan.reach, state.epoch, state.batch);
    let used = 0;
    /** The item's place in the batch, with its unit vector and empty gradients. */
    const claim = (item: number) => {
      const known = slots[item] as number;
      if (known >= 0) return known;
      const slot = used++;
      slots[item] = slot;
      slotItems[slot] = item;
      const from = item * DIMENSIONS;
      let squares = 1e-20;
      for (let d = 0; d < DIMENSIONS; d++) squares += (vectors[from + d] as number) ** 2;
      const length = Math.sqrt(squares);
      lengths[slot] = length;
      dGates[slot] = 0;
      const to = slot * DIMENSIONS;
      for (let d = 0; d < DIMENSIONS; d++) work.candidates[to + d] = (vectors[from + d] as number) / length;
      work.dCandidates.fill(0, to, to + DIMENSIONS);
      return slot;
    };

    const first = state.batch * BATCH;
    const n = Math.min(BATCH, order.length - first);
    for (let i = 0; i < n; i++) {
      const at = cases.targets[order[first + i] as number] as number;
      work.wanted[i] = claim(items[at] as number);
    }
    for (let drawn = 0; drawn < NEGATIVES; drawn++) claim(draw(random));
    for (let slot = 0; slot < used; slot++) work.bias[slot] = bias[slotItems[slot] as number] as number;
    const m = (used + 3) & ~3;
    for (; used < m; used++) {
      slotItems[used] = -1;
      work.bias[used] = -100;
      work.candidates.fill(0, used * DIMENSIONS, (used + 1) * DIMENSIONS);
      work.dCandidates.fill(0, used * DIMENSIONS, (used + 1) * DIMENSIONS);
    }

    let inputCount = 0;
    let maskCount = 0;
    for (let i = 0; i < n; i++) {
      const which = order[first + i] as number;
      const begin = cases.begins[which] as number;
      let last = (cases.targets[which] as number) - 1;
      // Next but one: the same target, seen from a click earlier.
      if (plan.reach === 2 && last > begin && random() < 0.5) last--;
      inputStarts[i] = inputCount;
      work.maskStarts[i] = maskCount;
      for (let at = last; at >= Math.max(begin, last - 63); at--) {
        const slot = slots[items[at] as number] as number;
        if (slot >= 0 && slot < m && slot !== work.wanted[i] && maskCount < work.maskRoom)
          work.maskSlots[maskCount++] = slot;
      }
      for (let lag = 0; lag < LAGS && last - lag >= begin; lag++) {
        if (lag > 0 && random() < DROP) continue;
        inputs[inputCount] = claim(items[last - lag] as number);
        inputLags[inputCount++] = lag;
      }
    }
    inputStarts[n] = inputCount;
    work.maskStarts[n] = maskCount;

    work.dSessions.fill(0, 0, n * DIMENSIONS);
    for (let i = 0; i < n; i++) {
      const to = i * DIMENSIONS;
      work.sessions.fill(0, to, to + DIMENSIONS);
      for (let k = inputStarts[i] as number; k < (inputStarts[i + 1] as number); k++) {
        const from = (inputs[k] as number) * DIMENSIONS;
        const factor =
          (lags[inputLags[k] as number] as number) *
          Math.exp(gates[slotItems[inputs[k] as number] as number] as number);
        for (let d = 0; d < DIMENSIONS; d++) {
          work.sessions[to + d] = (work.sessions[to + d] as number) + factor * (work.candidates[from + d] as number);
        }
      }
      let squares = 1e-20;
      for (let d = 0; d < DIMENSIONS; d++) squares += (work.sessions[to + d] as number) ** 2;
      const length = Math.sqrt(squares);
      sessionLengths[i] = length;
      for (let d = 0; d < DIMENSIONS; d++) work.sessions[to + d] = (work.sessions[to + d] as number) / length;
    }

    state.lossSum += contrast.run(n, m, INVERSE_TEMPERATURE, FLOOR, Math.floor(random() * 2_147_483_647) | 1);
    state.lossCases += n;

    dLags.fill(0);
    for (let i = 0; i < n; i++) {
      const own = i * DIMENSIONS;
      let along = 0;
      for (let d = 0; d < DIMENSIONS; d++)
        along += (work.dSessions[own + d] as number) * (work.sessions[own + d] as number);
      const scale = 1 / (sessionLengths[i] as number);
      for (let d = 0; d < DIMENSIONS; d++) {
        work.dSessions[own + d] =
          scale * ((work.dSessions[own + d] as number) - along * (work.sessions[own + d] as number));
      }
      for (let k = inputStarts[i] as number; k < (inputStarts[i + 1] as number); k++) {
        const slot = inputs[k] as number;
        const lag = inputLags[k] as number;
        const at = slot * DIMENSIONS;
        const gate = Math.exp(gates[slotItems[slot] as number] as number);
        const factor = (lags[lag] as number) * gate;
        let pull = 0;
        for (let d = 0; d < DIMENSIONS; d++) {
          const gradient = work.dSessions[own + d] as number;
          pull += gradient * (work.candidates[at + d] as number);
          work.dCandidates[at + d] = (work.dCandidates[at + d] as number) + factor * gradient;
        }
        dGates[slot] = (dGates[slot] as number) + pull * factor;
        dLags[lag] = (dLags[lag] as number) + pull * gate;
      }
    }

    const step = STEP * (1 - (state.epoch * perEpoch + state.batch) / (plan.epochs * perEpoch));
    for (let slot = 0; slot < used; slot++) {
      const item = slotItems[slot] as number;
      if (item < 0) continue;
      slots[item] = -1;
      const from = slot * DIMENSIONS;
      const to = item * DIMENSIONS;
      let along = 0;
      let squares = 0;
      for (let d = 0; d < DIMENSIONS; d++) {
        const gradient = work.dCandidates[from + d] as number;
        along += gradient * (work.candidates[from + d] as number);
        squares += gradient * gradient;
      }
      const scale = INVERSE_TEMPERATURE / (lengths[slot] as number);
      vectorSums(state, item, (scale * scale * Math.max(0, squares - along * along)) / DIMENSIONS);
      const rate = (step * scale) / Math.sqrt((state.vectorSums[item] as number) + EPSILON);
      for (let d = 0; d < DIMENSIONS; d++) {
        const gradient = (work.dCandidates[from + d] as number) - along * (work.candidates[from + d] as number);
        vectors[to + d] = (vectors[to + d] as number) - rate * gradient;
      }
      const dGate = INVERSE_TEMPERATURE * (dGates[slot] as number);
      if (dGate !== 0) {
        state.gateSums[item] = (state.gateSums[item] as number) + dGate * dGate;
        gates[item] = (gates[item] as number) - (step * dGate) / Math.sqrt((state.gateSums[item] as number) + EPSILON);
      }
    }
    for (let lag = 1; lag < LAGS; lag++) {
      const gradient = INVERSE_TEMPERATURE * (dLags[lag] as number);
      if (gradient === 0) continue;
      state.lagSums[lag] = (state.lagSums[lag] as number) + gradient * gradient;
      lags[lag] = (lags[lag] as number) - (step * gradient) / Math.sqrt((state.lagSums[lag] as number) + EPSILON);
    }

    state.batch++;
    if (state.batch < perEpoch) continue;
    state.loss = state.lossSum / state.lossCases;
    state.lossSum = state.lossCases = 0;
    state.batch = 0;
    state.epoch++;
  }
}

function vectorSums(state: EmbeddingState, item: number, square: number): void {
  state.vectorSums[item] = (state.vectorSums[item] as number) + square;
}
