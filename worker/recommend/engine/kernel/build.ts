/** Compiles the .as files to the .wasm beside them (committed: workerd loads modules, it does not compile them): `npm run kernel`. */
import { readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Sources, without their ending. */
export const KERNELS = ["contrast", "scoring", "../../../platform/vectors/scan"].map(
  (name) => new URL(name, import.meta.url).pathname,
);

/** A compiled kernel; the same bytes for the same source and compiler. */
export async function compileKernel(path: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "kernel.ts",
      "--outFile",
      "kernel.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--noAssert",
      "--enable",
      "simd",
      "--enable",
      "relaxed-simd",
      "--importMemory",
    ],
    {
      readFile: (name) => (name === "kernel.ts" ? readFileSync(`${path}.as`, "utf8") : null),
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`the kernel does not compile: ${error?.message}\n${stderr}`);
  return binary;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const path of KERNELS) writeFileSync(`${path}.wasm`, await compileKernel(path));
}
