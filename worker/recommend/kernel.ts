/** The kernels in this runtime, of training and of serving: SIMD where it hands over the compiled module, else the same in TypeScript. */
/// <reference path="./engine/kernel/wasm.d.ts" />
import { EMBEDDING_ROOM } from "./engine/embedding-training.ts";
import { type Contrast, scriptContrast, simdContrast } from "./engine/kernel/contrast.ts";
import module from "./engine/kernel/contrast.wasm";
import { type Descent, simdDescent } from "./engine/kernel/descent.ts";
import descentModule from "./engine/kernel/descent.wasm";
import { type Scoring, simdScoring } from "./engine/kernel/scoring.ts";
import scoringModule from "./engine/kernel/scoring.wasm";
import { scriptScoring } from "./engine/kernel/script.ts";
import { scriptDescent } from "./engine/kernel/script-descent.ts";

/** How many batches fit into a step of about ten seconds. */
export interface Kernel {
  contrast(): Contrast;
  batches: number;
}

/** @param compiled the module, except in tests */
export function makeKernel(compiled: unknown): Kernel {
  try {
    const contrast = simdContrast(compiled as WebAssembly.Module, EMBEDDING_ROOM);
    return { contrast: () => contrast, batches: 2500 };
  } catch {
    // Not a module, or a runtime without SIMD: slower, and no worse.
    const contrast = scriptContrast(EMBEDDING_ROOM);
    return { contrast: () => contrast, batches: 250 };
  }
}

let kernel: Kernel | undefined;

/** One per isolate: a step does not yield while it uses it. */
export function openKernel(): Kernel {
  kernel ??= makeKernel(module);
  return kernel;
}

/** @param compiled the module, except in tests */
export function makeDescent(compiled: unknown): Descent {
  try {
    return simdDescent(compiled as WebAssembly.Module);
  } catch {
    return scriptDescent();
  }
}

let descent: Descent | undefined;

/** One per isolate, as above. */
export function openDescent(): Descent {
  descent ??= makeDescent(descentModule);
  return descent;
}

/** @param compiled the module, except in tests */
export function makeScoring(compiled: unknown): Scoring {
  try {
    return simdScoring(compiled as WebAssembly.Module);
  } catch {
    return scriptScoring();
  }
}

let scoring: Scoring | undefined;

/** One per isolate: a request does not yield while it is scored. */
export function openScoring(): Scoring {
  scoring ??= makeScoring(scoringModule);
  return scoring;
}
