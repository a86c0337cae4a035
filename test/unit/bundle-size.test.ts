import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundleTag } from "../../widget/build.ts";

const files = await bundleTag();
const sizeOf = (text: string) => gzipSync(text, { level: 9 }).length;

it("costs a page that only collects at most 3,500 bytes", () => {
  expect(sizeOf(files.get("nunchi.js") ?? "")).toBeLessThanOrEqual(3500);
});

it("costs a page that uses everything at most 16 KB", () => {
  const sizes = [...files.values()].map(sizeOf);
  expect(files.size).toBeGreaterThanOrEqual(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(16 * 1024);
});

it("needs neither eval nor modules, and keeps its names to itself", () => {
  for (const [name, text] of files) {
    expect(text, name).not.toMatch(/\beval\(|new Function|\bimport\(|\bexport\b/);
    expect(text.trim(), name).toMatch(/^("use strict";)?\(\(\)=>\{[\s\S]*\}\)\(\);$/);
  }
});
