/**
 * One batch of embedding training: claims a slot for each item it touches, turns sessions into vectors, spreads the
 * gradients back and takes the step. The contrast of sessions and candidates itself is the kernel's.
 */

import { type Random, seeded } from "../../lib/seeded.ts";
import { LAGS } from "./embedding.ts";
import type { EmbeddingCases } from "./embedding-cases.ts";
import type { EmbeddingState } from "./embedding-training.ts";
import { type Contrast, DIMENSIONS, type Room } from "./kernel/contrast.ts";

/** Cases of a batch, and items drawn to be told apart from the right ones. */
export const BATCH = 256;
export const NEGATIVES = 1024;

const INVERSE_TEMPERATURE = 10;
const DROP = 0.3;
/** Clicks of a session that its case must not count as wrong answers. */
const MASKED = 64;
const FLOOR = 1 / 200;
const EPSILON = 1e-10;

/** Room that a batch needs of its kernel. */
export const EMBEDDING_ROOM: Room = {
  sessions: BATCH,
  candidates: BATCH + NEGATIVES + 4 + BATCH * LAGS,
  masks: BATCH * MASKED,
};

export class EmbeddingBatch {
  readonly #state: EmbeddingState;
  readonly #cases: EmbeddingCases;
  readonly #contrast: Contrast;
  /** Item → slot of this batch, or −1; and back. */
  readonly #slots: Int32Array;
  readonly #items: Int32Array;
  readonly #lengths: Float32Array;
  readonly #dGates: Float32Array;
  readonly #dLags = new Float32Array(LAGS);
  #dFocus = 0;
  /** Clicks that make the sessions' vectors: slot, lag, likeness to the latest click, and factor in the sum. */
  readonly #inputs = new Int32Array(BATCH * LAGS);
  readonly #inputLags = new Uint8Array(BATCH * LAGS);
  readonly #likeness = new Float32Array(BATCH * LAGS);
  readonly #factors = new Float32Array(BATCH * LAGS);
  readonly #inputStarts = new Int32Array(BATCH + 1);
  readonly #sessionLengths = new Float32Array(BATCH);
  #used = 0;

  constructor(state: EmbeddingState, cases: EmbeddingCases, contrast: Contrast) {
    const room = contrast.workspace.candidateRoom;
    this.#state = state;
    this.#cases = cases;
    this.#contrast = contrast;
    this.#slots = new Int32Array(state.gates.length).fill(-1);
    this.#items = new Int32Array(room);
    this.#lengths = new Float32Array(room);
    this.#dGates = new Float32Array(room);
  }

  /** Learns from the cases `order[first … first + n)`; returns their summed cross-entropy. */
  run(order: Int32Array, first: number, n: number, step: number): number {
    const { seed, reach } = this.#state.plan;
    const random = seeded(seed, reach, this.#state.epoch, this.#state.batch);
    this.#used = 0;
    const candidates = this.#claimCandidates(order, first, n, random);
    this.#claimInputs(order, first, n, candidates, random);
    this.#encode(n);
    const noise = Math.floor(random() * 2_147_483_647) | 1;
    const loss = this.#contrast.run(n, candidates, INVERSE_TEMPERATURE, FLOOR, noise);
    this.#spread(n);
    this.#learnVectors(step);
    this.#learnSessions(step);
    return loss;
  }

  /** The item's slot, with its unit vector and empty gradients. */
  #claim(item: number): number {
    const known = this.#slots[item] as number;
    if (known >= 0) return known;
    const { candidates, dCandidates } = this.#contrast.workspace;
    const { vectors } = this.#state;
    const slot = this.#used++;
    this.#slots[item] = slot;
    this.#items[slot] = item;
    const from = item * DIMENSIONS;
    let squares = 1e-20;
    for (let d = 0; d < DIMENSIONS; d++) squares += (vectors[from + d] as number) ** 2;
    const length = Math.sqrt(squares);
    this.#lengths[slot] = length;
    this.#dGates[slot] = 0;
    const to = slot * DIMENSIONS;
    for (let d = 0; d < DIMENSIONS; d++) candidates[to + d] = (vectors[from + d] as number) / length;
    dCandidates.fill(0, to, to + DIMENSIONS);
    return slot;
  }

  #claimCandidates(order: Int32Array, first: number, n: number, random: Random): number {
    const { sessions, targets, bias, draw } = this.#cases;
    const work = this.#contrast.workspace;
    for (let i = 0; i < n; i++) {
      work.wanted[i] = this.#claim(sessions.items[targets[order[first + i] as number] as number] as number);
    }
    for (let drawn = 0; drawn < NEGATIVES; drawn++) this.#claim(draw(random));
    for (let slot = 0; slot < this.#used; slot++) work.bias[slot] = bias[this.#items[slot] as number] as number;
    const candidates = (this.#used + 3) & ~3;
    for (; this.#used < candidates; this.#used++) {
      const at = this.#used * DIMENSIONS;
      this.#items[this.#used] = -1;
      work.bias[this.#used] = -100;
      work.candidates.fill(0, at, at + DIMENSIONS);
      work.dCandidates.fill(0, at, at + DIMENSIONS);
    }
    return candidates;
  }

  #claimInputs(order: Int32Array, first: number, n: number, candidates: number, random: Random): void {
    const { sessions, targets, begins } = this.#cases;
    const { items } = sessions;
    const work = this.#contrast.workspace;
    let inputs = 0;
    let masks = 0;
    for (let i = 0; i < n; i++) {
      const which = order[first + i] as number;
      const begin = begins[which] as number;
      let last = (targets[which] as number) - 1;
      // Next but one: the same target, seen from a click earlier.
      if (this.#state.plan.reach === 2 && last > begin && random() < 0.5) last--;
      this.#inputStarts[i] = inputs;
      work.maskStarts[i] = masks;
      for (let at = last; at >= Math.max(begin, last - MASKED + 1); at--) {
        const slot = this.#slots[items[at] as number] as number;
        if (slot >= 0 && slot < candidates && slot !== work.wanted[i]) work.maskSlots[masks++] = slot;
      }
      for (let lag = 0; lag < LAGS && last - lag >= begin; lag++) {
        if (lag > 0 && random() < DROP) continue;
        this.#inputs[inputs] = this.#claim(items[last - lag] as number);
        this.#inputLags[inputs++] = lag;
      }
    }
    this.#inputStarts[n] = inputs;
    work.maskStarts[n] = masks;
  }

  #encode(n: number): void {
    const { sessions, candidates, dSessions } = this.#contrast.workspace;
    const { lags, gates, focus } = this.#state;
    dSessions.fill(0, 0, n * DIMENSIONS);
    sessions.fill(0, 0, n * DIMENSIONS);
    for (let i = 0; i < n; i++) {
      const to = i * DIMENSIONS;
      const begin = this.#inputStarts[i] as number;
      const latest = (this.#inputs[begin] as number) * DIMENSIONS;
      for (let k = begin; k < (this.#inputStarts[i + 1] as number); k++) {
        const from = (this.#inputs[k] as number) * DIMENSIONS;
        let likeness = 0;
        for (let d = 0; d < DIMENSIONS; d++) {
          likeness += (candidates[latest + d] as number) * (candidates[from + d] as number);
        }
        const gate = gates[this.#items[this.#inputs[k] as number] as number] as number;
        const factor = (lags[this.#inputLags[k] as number] as number) * Math.exp(gate + focus * likeness);
        this.#likeness[k] = likeness;
        this.#factors[k] = factor;
        for (let d = 0; d < DIMENSIONS; d++) {
          sessions[to + d] = (sessions[to + d] as number) + factor * (candidates[from + d] as number);
        }
      }
      let squares = 1e-20;
      for (let d = 0; d < DIMENSIONS; d++) squares += (sessions[to + d] as number) ** 2;
      const length = Math.sqrt(squares);
      this.#sessionLengths[i] = length;
      for (let d = 0; d < DIMENSIONS; d++) sessions[to + d] = (sessions[to + d] as number) / length;
    }
  }

  /** From the sessions' vectors back to the items, gates, lags and focus that made them. */
  #spread(n: number): void {
    const { sessions, candidates, dSessions, dCandidates } = this.#contrast.workspace;
    const { lags } = this.#state;
    this.#dLags.fill(0);
    this.#dFocus = 0;
    for (let i = 0; i < n; i++) {
      const own = i * DIMENSIONS;
      let along = 0;
      for (let d = 0; d < DIMENSIONS; d++) along += (dSessions[own + d] as number) * (sessions[own + d] as number);
      const scale = 1 / (this.#sessionLengths[i] as number);
      for (let d = 0; d < DIMENSIONS; d++) {
        dSessions[own + d] = scale * ((dSessions[own + d] as number) - along * (sessions[own + d] as number));
      }
      for (let k = this.#inputStarts[i] as number; k < (this.#inputStarts[i + 1] as number); k++) {
        const slot = this.#inputs[k] as number;
        const lag = this.#inputLags[k] as number;
        const at = slot * DIMENSIONS;
        const factor = this.#factors[k] as number;
        let pull = 0;
        for (let d = 0; d < DIMENSIONS; d++) {
          const gradient = dSessions[own + d] as number;
          pull += gradient * (candidates[at + d] as number);
          dCandidates[at + d] = (dCandidates[at + d] as number) + factor * gradient;
        }
        this.#dGates[slot] = (this.#dGates[slot] as number) + pull * factor;
        this.#dLags[lag] = (this.#dLags[lag] as number) + (pull * factor) / (lags[lag] as number);
        // The likeness itself is taken as given; what is learned is how much it counts.
        this.#dFocus += pull * factor * (this.#likeness[k] as number);
      }
    }
  }

  #learnVectors(step: number): void {
    const { candidates, dCandidates } = this.#contrast.workspace;
    const { vectors, vectorSums, gates, gateSums } = this.#state;
    for (let slot = 0; slot < this.#used; slot++) {
      const item = this.#items[slot] as number;
      if (item < 0) continue;
      this.#slots[item] = -1;
      const from = slot * DIMENSIONS;
      const to = item * DIMENSIONS;
      let along = 0;
      let squares = 0;
      for (let d = 0; d < DIMENSIONS; d++) {
        const gradient = dCandidates[from + d] as number;
        along += gradient * (candidates[from + d] as number);
        squares += gradient * gradient;
      }
      // Only the direction of a vector matters, so only what is across it is learned.
      const scale = INVERSE_TEMPERATURE / (this.#lengths[slot] as number);
      const sum = (vectorSums[item] as number) + (scale * scale * Math.max(0, squares - along * along)) / DIMENSIONS;
      vectorSums[item] = sum;
      const rate = (step * scale) / Math.sqrt(sum + EPSILON);
      for (let d = 0; d < DIMENSIONS; d++) {
        const gradient = (dCandidates[from + d] as number) - along * (candidates[from + d] as number);
        vectors[to + d] = (vectors[to + d] as number) - rate * gradient;
      }
      const dGate = INVERSE_TEMPERATURE * (this.#dGates[slot] as number);
      if (dGate === 0) continue;
      const gateSum = (gateSums[item] as number) + dGate * dGate;
      gateSums[item] = gateSum;
      gates[item] = (gates[item] as number) - (step * dGate) / Math.sqrt(gateSum + EPSILON);
    }
  }

  #learnSessions(step: number): void {
    const state = this.#state;
    for (let lag = 1; lag < LAGS; lag++) {
      const gradient = INVERSE_TEMPERATURE * (this.#dLags[lag] as number);
      if (gradient === 0) continue;
      const sum = (state.lagSums[lag] as number) + gradient * gradient;
      state.lagSums[lag] = sum;
      const lower = (step * gradient) / Math.sqrt(sum + EPSILON);
      state.lags[lag] = Math.max(1e-3, (state.lags[lag] as number) - lower);
    }
    const gradient = INVERSE_TEMPERATURE * this.#dFocus;
    if (gradient === 0) return;
    state.focusSum += gradient * gradient;
    state.focus -= (step * gradient) / Math.sqrt(state.focusSum + EPSILON);
  }
}
