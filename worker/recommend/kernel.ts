/** The kernels in this runtime, of training and of serving: SIMD where it hands over the compiled module, else the same in TypeScript. */
/// <reference path="./engine/kernel/wasm.d.ts" />
import { EMBEDDING_ROOM } from "./engine/embedding-training.ts";
import { type Contrast, scriptContrast, simdContrast } from "./engine/kernel/contrast.ts";
import module from "./engine/kernel/contrast.wasm";
import { simdDescent } from "./engine/kernel/descent.ts";
import descentModule from "./engine/kernel/descent.wasm";
import { simdScoring } from "./engine/kernel/scoring.ts";
import scoringModule from "./engine/kernel/scoring.wasm";
import { scriptScoring } from "./engine/kernel/script.ts";
import { scriptDescent } from "./engine/kernel/script-descent.ts";

/** How many batches fit into a step of about ten seconds. */
export interface Kernel {
  contrast(): Contrast;
  batches: number;
}

/** Of a compiled module SIMD; of anything else, or in a runtime without SIMD, the same in TypeScript: slower, and no worse. */
function simdOr<T>(simd: (module: WebAssembly.Module) => T, script: () => T): (compiled: unknown) => T {
  return (compiled) => {
    try {
      return simd(compiled as WebAssembly.Module);
    } catch {
      return script();
    }
  };
}

/** One per isolate: neither a step nor a request yields while it uses it. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const kernelOf = (contrast: Contrast, batches: number): Kernel => ({ contrast: () => contrast, batches });

export const makeKernel = simdOr(
  (compiled) => kernelOf(simdContrast(compiled, EMBEDDING_ROOM), 2500),
  () => kernelOf(scriptContrast(EMBEDDING_ROOM), 250),
);
export const makeDescent = simdOr(simdDescent, scriptDescent);
export const makeScoring = simdOr(simdScoring, () => scriptScoring());

export const openKernel = once(() => makeKernel(module));
export const openDescent = once(() => makeDescent(descentModule));
export const openScoring = once(() => makeScoring(scoringModule));
