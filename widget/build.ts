/** Bundles the tag and what it loads into `widget/dist`, which the worker serves as static assets. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
mkdirSync(join(root, "dist"), { recursive: true });

// The admin's stylesheet and script
await build({
  entryPoints: [join(root, "admin/admin.css"), join(root, "admin/admin.ts")],
  outdir: join(root, "dist/admin"),
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
});
