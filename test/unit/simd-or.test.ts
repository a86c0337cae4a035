import { readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { openPanel } from "../../worker/intention/panel.ts";
import { simdOr } from "../../worker/platform/simd-or.ts";
import { openTable } from "../../worker/platform/vectors/scan.ts";
import { makeDescent, makeKernel, makeScoring } from "../../worker/recommend/kernel.ts";

afterEach(() => vi.restoreAllMocks());

const scoring = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;

/** The warnings that are logged from now on, in order. */
function logged(): { kernel: string; error: string }[] {
  const lines: { kernel: string; error: string }[] = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void lines.push(JSON.parse(line)));
  return lines;
}

it("a kernel that can be had is asked, and nothing is logged", () => {
  const lines = logged();
  const open = simdOr(
    "sum",
    (_, one: number, other: number) => one + other,
    (_one: number, _other: number) => -1,
  );
  expect([open(undefined, 1, 2), lines]).toEqual([3, []]);
});

it("a kernel that cannot be had is the same in TypeScript, and named in the log, once", () => {
  const lines = logged();
  const open = simdOr(
    "sum",
    (_, _one: number, _other: number): number => {
      throw new RangeError("no memory");
    },
    (one: number, other: number) => one + other,
  );
  expect([open(undefined, 1, 2), open(undefined, 3, 4)]).toEqual([3, 7]);
  expect(lines).toMatchObject([{ level: "warn", kernel: "sum", error: "RangeError: no memory" }]);
});

it("each of the kernels says so, and taste is asked in TypeScript where only its own memory cannot be had", () => {
  const lines = logged();
  const taste = {
    rank: 1,
    vectors: Int8Array.of(3, 2),
    history: Float32Array.of(1, 1),
    candidate: Float32Array.of(1, 1),
  };
  const said = (model: ReturnType<typeof makeScoring>) => {
    const tasting = model.tasting(taste);
    tasting.hear(0, 1);
    return tasting.taste(1);
  };
  const simd = makeScoring(new WebAssembly.Module(readFileSync(scoring)));
  const usual = said(simd);
  expect([usual > 0, lines]).toEqual([true, []]);
  vi.spyOn(WebAssembly, "Memory").mockImplementation(function noMemory() {
    throw new RangeError("no memory");
  });
  expect([said(simd), said(simd)]).toEqual([usual, usual]);
  for (let time = 0; time < 2; time++) {
    makeKernel(undefined);
    makeDescent(undefined);
    makeScoring(undefined);
    openPanel(undefined, []);
    openTable(undefined, 1, 16);
  }
  expect(lines.map(({ kernel }) => kernel)).toEqual(["tasting", "contrast", "descent", "scoring", "panel", "scan"]);
});
