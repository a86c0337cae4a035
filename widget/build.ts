/** Writes `widget/dist`, which the worker serves as static files. Only what changed, so that a watcher comes to rest. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allFiles } from "./bundles.ts";

const dist = join(import.meta.dirname, "dist");
const files = allFiles();
mkdirSync(dist, { recursive: true });
for (const [name, bytes] of files) {
  const path = join(dist, name);
  if (existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(path.slice(dist.length + 1))) rmSync(path);
}
