/** Builds the package for bundlers: one module and its types. `npm run build:npm`, then `npm publish widget/npm`. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const TSC = join(root, "../../node_modules/typescript/bin/tsc");

export async function buildPackage(out = join(root, "dist")): Promise<void> {
  const entry = join(root, "index.ts");
  await build({ entryPoints: [entry], outdir: out, format: "esm", target: "es2020" });
  const how = ["--declaration", "--emitDeclarationOnly", "--strict", "--lib", "es2022,dom", "--ignoreConfig"];
  execFileSync(process.execPath, [TSC, entry, "--outDir", out, ...how], { stdio: "inherit" });
}

if (import.meta.main) await buildPackage();
