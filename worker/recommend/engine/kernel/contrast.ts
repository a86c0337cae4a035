/**
 * The inner loop of embedding training: sampled softmax of session vectors against shared candidates. One interface,
 * two implementations: contrast.as (SIMD, about ten times faster) and plain TypeScript, which also says what is meant.
 */
import { instantiate, layOut } from "../../../lib/kernel-memory.ts";

/** Length of every vector. */
export const DIMENSIONS = 64;

/** Arrays that a batch is written to and its gradients are read from; with SIMD they lie in the module's memory. */
export interface Workspace {
  /** Room for this many sessions, candidates and masked pairs. */
  sessionRoom: number;
  candidateRoom: number;
  maskRoom: number;
  /** Unit vectors, 64 floats each. */
  sessions: Float32Array;
  candidates: Float32Array;
  /** Added to each candidate's logit: minus the log of the chance of having been drawn. */
  bias: Float32Array;
  /** Each session's right candidate. */
  wanted: Int32Array;
  /** Candidates that a session is not compared with: `maskSlots[maskStarts[i] … maskStarts[i + 1])`. */
  maskStarts: Int32Array;
  maskSlots: Int32Array;
  /** Gradients of the summed cross-entropy by sessions and candidates, not yet multiplied by the inverse temperature. */
  dSessions: Float32Array;
  dCandidates: Float32Array;
}

export interface Contrast {
  workspace: Workspace;
  /**
   * Adds the gradients of a batch to `dSessions` and `dCandidates`.
   * @param n sessions of the batch
   * @param m candidates, a multiple of 4 (fill with bias −100)
   * @param floor probabilities below it are sampled instead of added; 0 adds all
   * @returns the summed cross-entropy
   */
  run(n: number, m: number, inverseTemperature: number, floor: number, seed: number): number;
}

export interface Room {
  sessions: number;
  candidates: number;
  masks: number;
}

function layOutFor(room: Room, begin?: number) {
  const [sessions, candidates] = [4 * room.sessions * DIMENSIONS, 4 * room.candidates * DIMENSIONS];
  const sizes = {
    sessions,
    candidates,
    bias: 4 * room.candidates,
    wanted: 4 * room.sessions,
    maskStarts: 4 * (room.sessions + 1),
    maskSlots: 4 * room.masks,
    dSessions: sessions,
    dCandidates: candidates,
    shortSessions: sessions / 2,
    shortCandidates: candidates / 2,
    row: 4 * room.candidates,
  };
  const { at, end, floats, integers } = layOut(sizes, begin);
  const workspace = (buffer: ArrayBuffer): Workspace => ({
    sessionRoom: room.sessions,
    candidateRoom: room.candidates,
    maskRoom: room.masks,
    sessions: floats(buffer, "sessions"),
    candidates: floats(buffer, "candidates"),
    bias: floats(buffer, "bias"),
    wanted: integers(buffer, "wanted"),
    maskStarts: integers(buffer, "maskStarts"),
    maskSlots: integers(buffer, "maskSlots"),
    dSessions: floats(buffer, "dSessions"),
    dCandidates: floats(buffer, "dCandidates"),
  });
  return { at, end, workspace };
}

/** The SIMD kernel. @param module `contrast.wasm`, imported (workerd) or compiled from its bytes (Node) */
export function simdContrast(module: WebAssembly.Module, room: Room): Contrast {
  const { at, end, workspace } = layOutFor(room);
  const { kernel, buffer } = instantiate<{ contrast(...args: number[]): number }>(module, end);
  return {
    workspace: workspace(buffer),
    run: (n, m, inverseTemperature, floor, seed) =>
      kernel.contrast(
        n,
        m,
        at.sessions,
        at.candidates,
        at.bias,
        at.wanted,
        at.maskStarts,
        at.maskSlots,
        at.dSessions,
        at.dCandidates,
        at.shortSessions,
        at.shortCandidates,
        at.row,
        inverseTemperature,
        floor,
        seed,
      ),
  };
}

/** The same in TypeScript, for runtimes without SIMD. */
export function scriptContrast(room: Room): Contrast {
  const { end, workspace } = layOutFor(room, 0);
  const work = workspace(new ArrayBuffer(end));
  const row = new Float32Array(room.candidates);
  const addScaled = (into: Float32Array, at: number, from: Float32Array, begin: number, factor: number) => {
    for (let d = 0; d < DIMENSIONS; d++) into[at + d] = (into[at + d] as number) + factor * (from[begin + d] as number);
  };
  return {
    workspace: work,
    run(n, m, inverseTemperature, floor, seed) {
      let random = seed | 1;
      let loss = 0;
      for (let i = 0; i < n; i++) {
        const own = i * DIMENSIONS;
        for (let j = 0; j < m; j++) {
          let sum = 0;
          for (let d = 0; d < DIMENSIONS; d++) {
            sum += (work.sessions[own + d] as number) * (work.candidates[j * DIMENSIONS + d] as number);
          }
          row[j] = sum * inverseTemperature + (work.bias[j] as number);
        }
        for (let k = work.maskStarts[i] as number; k < (work.maskStarts[i + 1] as number); k++) {
          row[work.maskSlots[k] as number] = -100;
        }
        const slot = work.wanted[i] as number;
        const logit = row[slot] as number;
        let total = 0;
        for (let j = 0; j < m; j++) {
          row[j] = Math.exp(Math.max(-80, Math.min(80, row[j] as number)));
          total += row[j] as number;
        }
        loss += Math.log(total) - logit;
        for (let j = 0; j < m; j++) {
          let push = (row[j] as number) / total;
          if (j === slot) push -= 1;
          else if (push < floor) {
            random ^= random << 13;
            random ^= random >>> 17;
            random ^= random << 5;
            if (push <= (floor * (random >>> 8)) / 16_777_216) continue;
            push = floor;
          }
          addScaled(work.dSessions, own, work.candidates, j * DIMENSIONS, push);
          addScaled(work.dCandidates, j * DIMENSIONS, work.sessions, own, push);
        }
      }
      return loss;
    },
  };
}
