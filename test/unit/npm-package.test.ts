/** The package for bundlers as it would be published: one module without imports, and types that a shop's compiler believes. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPackage } from "../../widget/npm/build.ts";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nunchi-npm-"));
const installed = join(folder, "node_modules/nunchi-tag");

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  writeFileSync(
    join(installed, "package.json"),
    readFileSync(new URL("../../widget/npm/package.json", import.meta.url)),
  );
  await buildPackage(join(installed, "dist"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the shop's compiler says. */
function compile(code: string): string {
  writeFileSync(join(folder, "shop.ts"), code);
  const how = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--ignoreConfig"];
  try {
    execFileSync(process.execPath, [TSC, "shop.ts", ...how], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

it("has types for every call", () => {
  const said = compile(`
    import { type Identity, load, type SurveyResult } from "nunchi-tag";
    const nunchi = load({ key: "pk_1", edge: "https://edge.example", survey: "taste", consent: true });
    const stored: Promise<boolean | undefined> = nunchi.track("Product Viewed", { product_id: "coat" });
    const who: Promise<Identity | undefined> = nunchi.ready();
    const asked: Promise<SurveyResult | undefined> = nunchi.survey("taste");
    nunchi.page("Home"); nunchi.page({ section: "top" }); nunchi.page();
    nunchi.identify(7, { plan: "gold" }, "hash"); nunchi.reset(); nunchi.recommendations();
    nunchi.consent({ analytics: true, ads: false }); nunchi.consent({ channel: "email", granted: true });
    export { asked, stored, who };`);
  expect(said).toBe("");
});

it("tells a shop of a call, a channel and an event that are none", () => {
  const said = compile(`import { load } from "nunchi-tag";
    const nunchi = load({ key: "pk_1", edge: "/n/" });
    nunchi.trakc("x");
    nunchi.consent({ channel: "fax", granted: true });
    nunchi.track({ product_id: "coat" });`);
  expect([...said.matchAll(/shop\.ts\((\d+),/g)].map(([, line]) => line)).toEqual(["3", "4", "5"]);
});

it("is one small module that a server may import as well", async () => {
  const code = readFileSync(join(installed, "dist/index.js"), "utf8");
  expect(code).not.toMatch(/\bimport\b[^.(]|require\(/);
  expect(code.length).toBeLessThan(2500);
  const { load } = (await import(join(installed, "dist/index.js"))) as typeof import("../../widget/npm/index.ts");
  expect(await load({ key: "pk_1", edge: "/" }).track("x")).toBeUndefined();
});
