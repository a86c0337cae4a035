/** Compiles contrast.as to contrast.wasm (committed: workerd loads modules, it does not compile them): `npm run kernel`. */
import { readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const here = new URL(".", import.meta.url).pathname;

/** The compiled kernel; the same bytes for the same source and compiler. */
export async function compileKernel(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "contrast.ts",
      "--outFile",
      "contrast.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--noAssert",
      "--enable",
      "simd",
      "--importMemory",
    ],
    {
      readFile: (name) => (name === "contrast.ts" ? readFileSync(`${here}contrast.as`, "utf8") : null),
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
  writeFileSync(`${here}contrast.wasm`, await compileKernel());
}
