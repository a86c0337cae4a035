/** Compiles the .as files to the .wasm beside them (committed: workerd loads modules, it does not compile them): `npm run kernel`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import asc from "assemblyscript/asc";

/** Sources, without their ending. */
export const KERNELS = [
  "contrast",
  "descent",
  "scoring",
  "../../../platform/vectors/scan",
  "../../../intention/panel",
].map((name) => new URL(name, import.meta.url).pathname);

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
      // The part of another file is asked for by its name with the compiler's own ending.
      readFile: (name) => {
        const file = name === "kernel.ts" ? `${path}.as` : `${dirname(path)}/${name.replace(/ts$/, "as")}`;
        return existsSync(file) ? readFileSync(file, "utf8") : null;
      },
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
