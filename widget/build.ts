/**
 * Bundles the tag, the parts that it loads and the admin into `widget/dist`, which the worker serves as static assets, and
 * writes the API's description there.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Plugin, transform } from "esbuild";
import { minify } from "terser";
import { openApiDocument } from "../worker/http/openapi.ts";
import { DEMO_HEADERS, demoFiles } from "./demo/files.ts";

const root = import.meta.dirname;
const PARTS = { signals: "signals/index.ts", visible: "visible.ts" };

/** `import css from "./x.css?inline"`: a stylesheet as text, for shadow roots. Vite's spelling, so that tests read it too. */
const inlineCss: Plugin = {
  name: "inline-css",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("?inline", "")),
      namespace: "inline-css",
    }));
    onLoad({ filter: /./, namespace: "inline-css" }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: "chrome87" });
      return { contents: code.trim(), loader: "text", watchFiles: [path] };
    });
  },
};

async function bundle(entry: string, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    plugins: [inlineCss],
    define,
  });
  // Esbuild is fast, terser thorough: 3 % fewer bytes over the wire.
  const { code = "" } = await minify(outputFiles[0]?.text ?? "", { ecma: 2020, compress: { passes: 3 } });
  return code;
}

/** File name → text of the tag and its parts, as they are served. */
export async function bundleTag(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [part, entry] of Object.entries(PARTS)) files.set(`nunchi-${part}.js`, await bundle(entry));
  const hash = createHash("sha256").update([...files.values()].join("\n"));
  files.set("nunchi.js", await bundle("index.ts", { BUILD: JSON.stringify(hash.digest("hex").slice(0, 8)) }));
  return files;
}

/** What a browser loads only after it agreed to push. */
export async function bundlePushWorker(): Promise<Map<string, string>> {
  return new Map([["nunchi-sw.js", await bundle("push/worker.ts")]]);
}

/** How long browsers may keep them: the core is asked for by a name that never changes, the parts by their build. */
const HEADERS = `/nunchi.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/nunchi-*.js
  Cache-Control: public, max-age=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/openapi.json
  Cache-Control: public, max-age=300
  Access-Control-Allow-Origin: *
`;

/** The admin, and the style of the API's reference page. */
async function bundlePages(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [
      "admin/admin.css",
      "admin/admin.ts",
      "admin/onsite-frame.css",
      "admin/onsite-message.css",
      "reference/reference.css",
    ].map((path) => join(root, path)),
    plugins: [inlineCss],
    outbase: root,
    outdir: root,
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    legalComments: "none",
  });
  return new Map(outputFiles.map((file) => [relative(root, file.path), file.text]));
}

/** Writes only what changed: `wrangler dev` watches the folder and reloads for every file that is written. */
async function buildAll(): Promise<void> {
  const out = join(root, "dist");
  const parts = await Promise.all([bundleTag(), bundlePushWorker(), demoFiles(), bundlePages()]);
  const files = new Map(parts.flatMap((part) => [...part]));
  files.set("_headers", HEADERS + DEMO_HEADERS);
  files.set("openapi.json", JSON.stringify(openApiDocument()));
  // What an earlier build has left there would be served as well.
  for (const entry of existsSync(out) ? readdirSync(out, { recursive: true, withFileTypes: true }) : []) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(out, path))) rmSync(path);
  }
  for (const [name, text] of files) {
    const path = join(out, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

if (import.meta.main) await buildAll();
