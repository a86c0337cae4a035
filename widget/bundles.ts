/**
 * What the worker serves as static files, and from which sources. A new bundle is one line in `BUNDLES`; a file that is
 * copied as it is, one in `COPIES`. Everything goes to `widget/dist` under the name given here.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { demoCatalog } from "./demo/catalog.ts";
import { pictureOf } from "./demo/picture.ts";

const root = import.meta.dirname;

/** Loaded by the tag when a page needs them, from where the tag itself came. */
const PARTS: Record<string, string> = {};

/** Bundles of their own. Styles (.css) are bundled and minified like scripts. */
const BUNDLES: Record<string, string> = {
  "admin/admin.js": "admin/admin.ts",
  "admin/admin.css": "admin/admin.css",
};

/** Copied as they are: file in `dist` → path from the repository's root. */
const COPIES: Record<string, string> = {};

/** Pages of customers are read by browsers of 2020 on; ours by newer ones. */
const TAG_TARGET = "es2020";
const PAGE_TARGET = "es2022";

/** Minified; an IIFE, so that nothing leaks into the page. */
function bundle(entry: string, options: { target: string; constants?: Record<string, string> }): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    format: "iife",
    target: options.target,
    legalComments: "none",
    define: options.constants ?? {},
    write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry} made no bundle`);
  return file.contents;
}

/** The tag and its parts. The tag asks for parts of its own build, so that a cached old one is never mixed with a new one. */
export function bundleTag(): Map<string, Uint8Array> {
  const parts = Object.entries(PARTS).map(([name, entry]) => [name, bundle(entry, { target: TAG_TARGET })] as const);
  const hash = createHash("sha256");
  for (const [, bytes] of parts) hash.update(bytes);
  const build = hash.digest("base64url").slice(0, 8);
  return new Map([
    ["nunchi.js", bundle("index.ts", { target: TAG_TARGET, constants: { BUILD: JSON.stringify(build) } })],
    ...parts,
  ]);
}

/** Every file of `widget/dist`. */
export function allFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [name, entry] of Object.entries(BUNDLES)) files.set(name, bundle(entry, { target: PAGE_TARGET }));
  for (const [name, path] of Object.entries(COPIES)) files.set(name, readFileSync(join(root, "..", path)));
  for (const item of demoCatalog()) files.set(`demo/img/${item.id}.svg`, Buffer.from(pictureOf(item)));
  files.set("_headers", Buffer.from(HEADERS));
  return files;
}

/** Cloudflare's static assets read this file. Other origins embed the tag. */
const HEADERS = `/nunchi*.js
  Access-Control-Allow-Origin: *
  Cache-Control: public, max-age=3600, stale-while-revalidate=86400
/demo/img/*
  Cache-Control: public, max-age=86400
`;
