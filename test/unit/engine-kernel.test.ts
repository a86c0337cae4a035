import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { openTable, scriptTable, simdTable } from "../../worker/platform/vectors/scan.ts";
import { compileKernel, KERNELS } from "../../worker/recommend/engine/kernel/build.ts";
import {
  type Contrast,
  DIMENSIONS,
  scriptContrast,
  simdContrast,
} from "../../worker/recommend/engine/kernel/contrast.ts";

const committed = new URL("../../worker/recommend/engine/kernel/contrast.wasm", import.meta.url).pathname;
const room = { sessions: 8, candidates: 40, masks: 16 };

function fill({ workspace }: Contrast): void {
  const random = seeded(7);
  for (const vectors of [workspace.sessions, workspace.candidates]) {
    for (let at = 0; at < vectors.length; at += DIMENSIONS) {
      const vector = vectors.subarray(at, at + DIMENSIONS).map(() => random() - 0.5);
      const length = Math.hypot(...vector);
      vectors.set(
        vector.map((value) => value / length),
        at,
      );
    }
  }
  workspace.bias.forEach((_, slot) => {
    workspace.bias[slot] = 4 * random();
  });
  for (let i = 0; i < room.sessions; i++) {
    workspace.wanted[i] = i;
    workspace.maskSlots[i] = i + 10;
    workspace.maskStarts[i + 1] = i + 1;
  }
}

describe("the contrast kernel", () => {
  const simd = simdContrast(new WebAssembly.Module(readFileSync(committed)), room);
  const script = scriptContrast(room);

  it("computes in SIMD what TypeScript computes", () => {
    for (const contrast of [simd, script]) fill(contrast);
    const losses = [simd, script].map((contrast) => contrast.run(8, 40, 10, 0, 1));
    expect(losses[0]).toBeCloseTo(losses[1]!, 2);
    for (const name of ["dSessions", "dCandidates"] as const) {
      simd.workspace[name].forEach((value, index) => {
        expect(Math.abs(value - script.workspace[name][index]!)).toBeLessThan(2e-4);
      });
    }
  });

  it("leaves masked candidates alone and pulls the right one", () => {
    const own = scriptContrast(room);
    fill(own);
    own.run(1, 40, 10, 0, 1);
    const gradient = (slot: number) => own.workspace.dCandidates.subarray(slot * DIMENSIONS, (slot + 1) * DIMENSIONS);
    const along = (slot: number) =>
      gradient(slot).reduce((sum, value, d) => sum + value * own.workspace.sessions[d]!, 0);
    expect(Math.abs(along(10))).toBeLessThan(1e-12);
    expect(along(0)).toBeLessThan(0);
    expect(along(5)).toBeGreaterThan(0);
  });

  it("samples small gradients without changing what they add up to", () => {
    for (const make of [() => simd, () => script]) {
      const contrast = make();
      const sum = (floor: number, runs: number) => {
        const total = new Float64Array(DIMENSIONS);
        for (let seed = 1; seed <= runs; seed++) {
          fill(contrast);
          contrast.workspace.dSessions.fill(0);
          contrast.run(8, 40, 10, floor, Math.imul(seed, 2_654_435) | 1);
          for (let d = 0; d < DIMENSIONS; d++) total[d]! += contrast.workspace.dSessions[d]! / runs;
        }
        return total;
      };
      const exact = sum(0, 1);
      const sampled = sum(0.05, 600);
      const error = Math.hypot(...exact.map((value, d) => value - sampled[d]!));
      expect(error).toBeLessThan(0.06 * Math.hypot(...exact));
    }
  });
});

describe("the kernels", () => {
  it.each(KERNELS)(
    "are committed as their sources compile: %s",
    async (path) => {
      expect(Buffer.from(await compileKernel(path)).equals(readFileSync(`${path}.wasm`))).toBe(true);
    },
    30_000,
  );
});

describe("a scan of int8 vectors", () => {
  const module = new WebAssembly.Module(readFileSync(`${KERNELS.find((path) => path.endsWith("scan"))}.wasm`));
  const rows = 203;

  it.each([16, 256, 1024])("is the same with SIMD and without, in %i dimensions", (dimensions) => {
    const random = seeded(11, dimensions);
    const [simd, script] = [simdTable(module, rows, dimensions), scriptTable(rows, dimensions)];
    for (let at = 0; at < rows * dimensions; at++) {
      simd.values[at] = script.values[at] = Math.round(254 * random()) - 127;
    }
    for (let query = 0; query < 3; query++) {
      const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);
      const unit = vector.map((value) => value / Math.hypot(...vector));
      const [fast, slow] = [simd.products(unit), script.products(unit)];
      // Rounding the query to shorts, at most half of one for each component.
      fast.forEach((product, row) => {
        expect(Math.abs(product - (slow[row] ?? 0))).toBeLessThan((127 * dimensions) / 32_768);
      });
      expect(Math.max(...slow)).toBeGreaterThan(100);
    }
  });

  it("falls back where SIMD cannot be had", () => {
    expect(() => simdTable(module, 1, 10)).toThrow("multiple of 16");
    for (const [compiled, dimensions] of [
      [module, 10],
      ["not a module", 16],
    ] as const) {
      const table = openTable(compiled, 2, dimensions);
      table.values.fill(3, dimensions);
      expect([...table.products(new Float32Array(dimensions).fill(1))]).toEqual([0, 3 * dimensions]);
    }
  });
});
