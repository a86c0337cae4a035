/** What the demo shop adds to `widget/dist`: its script and stylesheet, and a picture of every product. */
import { join } from "node:path";
import { build } from "esbuild";
import { demoCatalog } from "./catalog.ts";
import { pictureOf } from "./picture.ts";

/** Lets browsers keep the pictures; see Cloudflare's `_headers`. */
export const DEMO_HEADERS = `/demo/img/*
  Cache-Control: public, max-age=86400
`;

/** File name below `dist` → text. */
export async function demoFiles(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "shop.ts"), join(import.meta.dirname, "shop.css")],
    outdir: "demo",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    legalComments: "none",
  });
  const files = new Map(outputFiles.map((file) => [`demo/${file.path.split(/[\\/]/).at(-1)}`, file.text]));
  for (const item of demoCatalog()) files.set(`demo/img/${item.id}.svg`, pictureOf(item));
  return files;
}
