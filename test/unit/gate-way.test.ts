import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const ROOT = new URL("../../worker/", import.meta.url);
const sources = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, ROOT), "utf8") }));
const filesWith = (pattern: RegExp) =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ name }) => name)
    .sort();

it("only one file hands messages to a provider", () => {
  expect(filesWith(/\.deliver\(/)).toEqual(["messages/deliver.ts"]);
});

it("and only the two that ask the gate call it", () => {
  expect(filesWith(/from ".*\/deliver\.ts"/)).toEqual(["messages/redeliver.ts", "messages/send.ts"]);
  for (const name of ["messages/send.ts", "messages/redeliver.ts"]) {
    expect(filesWith(/\b(allow|mayReach)\(/)).toContain(name);
  }
});
