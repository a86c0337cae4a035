/** `npm run bench:size`: bytes of the tag and of what it loads, one JSON line each. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundlePushWorker, bundleTag } from "../../widget/build.ts";

const files = [...(await bundleTag())];

function report(bundle: string, texts: string[]): void {
  const sum = (size: (text: string) => number) => texts.reduce((total, text) => total + size(text), 0);
  const bytes = sum((text) => Buffer.byteLength(text));
  const gzipBytes = sum((text) => gzipSync(text, { level: 9 }).length);
  const brotliBytes = sum((text) => brotliCompressSync(text).length);
  console.log(JSON.stringify({ bench: "size", bundle, bytes, gzipBytes, brotliBytes }));
}

for (const [name, text] of files) report(name, [text]);
for (const [name, text] of await bundlePushWorker()) report(name, [text]);
report(
  "everything",
  files.map(([, text]) => text),
);
