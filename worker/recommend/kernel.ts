/** The kernels in this runtime, of training and of serving: SIMD where it hands over the compiled module, else the same in TypeScript. */
/// <reference path="./engine/kernel/wasm.d.ts" />
import { simdOr } from "../platform/simd-or.ts";
import { EMBEDDING_ROOM } from "./engine/embedding-training.ts";
import { type Contrast, scriptContrast, simdContrast } from "./engine/kernel/contrast.ts";
import module from "./engine/kernel/contrast.wasm";
import { simdDescent } from "./engine/kernel/descent.ts";
import descentModule from "./engine/kernel/descent.wasm";
import { simdScoring } from "./engine/kernel/scoring.ts";
import scoringModule from "./engine/kernel/scoring.wasm";
import { scriptScoring } from "./engine/kernel/script.ts";
import { scriptDescent } from "./engine/kernel/script-descent.ts";
import { scriptTasting, simdTasting } from "./engine/kernel/tasting.ts";

/** How many batches fit into a step of about ten seconds. */
export interface Kernel {
  contrast(): Contrast;
  batches: number;
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
  "contrast",
  (compiled) => kernelOf(simdContrast(compiled, EMBEDDING_ROOM), 2500),
  () => kernelOf(scriptContrast(EMBEDDING_ROOM), 250),
);
export const makeDescent = simdOr("descent", simdDescent, scriptDescent);
const makeTasting = simdOr("tasting", simdTasting, scriptTasting);
export const makeScoring = simdOr(
  "scoring",
  (compiled) => simdScoring(compiled, (taste) => makeTasting(compiled, taste)),
  scriptScoring,
);

export const openKernel = once(() => makeKernel(module));
export const openDescent = once(() => makeDescent(descentModule));
export const openScoring = once(() => makeScoring(scoringModule));
