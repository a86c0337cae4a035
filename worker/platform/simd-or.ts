/** WebAssembly kernels, and the same in TypeScript where one cannot be had. */
import { openLog } from "./log.ts";

/**
 * Of a compiled module SIMD; of anything else, in a runtime without SIMD, or without memory left for it, the same in TypeScript:
 * slower, and no worse. Why is logged once per isolate, and no request's own.
 * @param kernel its name in the log
 */
export function simdOr<T, Rest extends unknown[]>(
  kernel: string,
  simd: (module: WebAssembly.Module, ...rest: Rest) => T,
  script: (...rest: Rest) => T,
): (compiled: unknown, ...rest: Rest) => T {
  let isSaid = false;
  return (compiled, ...rest) => {
    try {
      return simd(compiled as WebAssembly.Module, ...rest);
    } catch (error) {
      if (!isSaid)
        openLog({ kernel }).warn("a kernel cannot be had: TypeScript does its work", { error: String(error) });
      isSaid = true;
      return script(...rest);
    }
  };
}
