import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { AGAINST, FEATURE_WIDTH, FEATURES, place, VISITED } from "../../worker/recommend/engine/feature-list.ts";
import { DIMENSIONS } from "../../worker/recommend/engine/kernel/contrast.ts";
import {
  MOST_UNITS,
  ROOM,
  SCORES,
  type Scoring,
  scriptScoring,
  simdScoring,
  type Told,
} from "../../worker/recommend/engine/kernel/scoring.ts";
import { applyNet, netSize, servingNet } from "../../worker/recommend/engine/net.ts";

const wasm = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;
const simd = simdScoring(new WebAssembly.Module(readFileSync(wasm)));
const both: [string, Scoring][] = [
  ["SIMD", simd],
  ["TypeScript", scriptScoring()],
];

/** Logarithms, cosines with a unit vector and with a vector, and places by the first of these. */
function computeColumns(scoring: Scoring, count: number): number[][] {
  const random = seeded(9, count);
  const vectors = Int8Array.from({ length: count * DIMENSIONS }, () => Math.round(254 * random()) - 127);
  // Two that are equal to the bit.
  if (count > 4) vectors.copyWithin(3 * DIMENSIONS, 0, DIMENSIONS);
  scoring.words.set(new Int32Array(vectors.buffer));
  scoring.scales.fill(0.0015);
  scoring.unit.set(Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5));
  scoring.queryWords.set(scoring.words.subarray(0, 16));
  for (let c = 0; c < count; c++) scoring.columns[2 * ROOM + c] = 10 ** (12 * random() - 6);
  const numbers = [...scoring.columns.subarray(2 * ROOM, 2 * ROOM + count)];
  scoring.logs(2, 1, count);
  scoring.along(count, 3);
  scoring.between(count, 0.0015, 4);
  scoring.ranks(3, count, 5);
  return [numbers, ...[2, 3, 4, 5].map((k) => [...scoring.columns.subarray(k * ROOM, k * ROOM + count)])];
}

describe("the arithmetic of a request", () => {
  it.each([1, 4, 7, 90, 320])("is the same with SIMD and without, for %i candidates", (count) => {
    const [fast, plain] = both.map(([, scoring]) => computeColumns(scoring, count));
    for (const [column, values] of fast!.entries()) {
      for (let c = 0; c < count; c++) expect(values[c]).toBeCloseTo(plain![column]![c]!, 5);
    }
  });

  it.each(both)("is right: %s", (_, scoring) => {
    const [numbers, logs, along, between, ranks] = computeColumns(scoring, 90);
    for (let c = 0; c < 90; c++) expect(logs![c]).toBeCloseTo(Math.log(numbers![c]!), 5);
    // The first is compared with itself, and the fourth is its equal, which comes after it.
    const first = scoring.words.subarray(0, 16);
    const bytes = new Int8Array(first.buffer, first.byteOffset, DIMENSIONS);
    expect(between![0]).toBeCloseTo(0.0015 ** 2 * bytes.reduce((sum, value) => sum + value * value, 0), 4);
    expect(along![3]).toBe(along![0]);
    expect(ranks![3]).toBe(ranks![0]! + 1);
    const best = [...ranks!.keys()].sort((one, other) => ranks![one]! - ranks![other]!);
    expect(best.map((c) => along![c]!)).toEqual(along!.toSorted((a, b) => b - a));
    expect(ranks!.toSorted((a, b) => a - b)).toEqual([...ranks!.keys()].map((rank) => rank + 1));
  });
});

describe("a net over columns", () => {
  const sources = AGAINST.map(([, source]) => source);
  const against = AGAINST.map(([feature]) => feature);
  const plain = [...FEATURES.keys()].filter((k) => !VISITED.includes(k) && !against.includes(k));

  const asked = fc.record({
    seed: fc.nat(),
    hidden: fc.integer({ min: 1, max: 50 }),
    count: fc.integer({ min: 1, max: 40 }),
    visited: fc.integer({ min: 0, max: 12 }),
    owned: fc.subarray(plain),
  });

  it.each(both)("scores as it does over rows, whatever of it is shared: %s", (_, scoring) => {
    fc.assert(
      fc.property(asked, ({ seed, hidden, count, visited, owned }) => {
        const random = seeded(seed);
        const net = { hidden, weights: new Float32Array(netSize(hidden)).map(() => random() - 0.5) };
        const own = new Int32Array(FEATURE_WIDTH);
        own.set(owned);
        const told: Told = {
          shared: new Float32Array(FEATURE_WIDTH),
          own,
          owned: owned.length,
          visited: Math.min(visited, count),
        };
        const others = plain.filter((feature) => !owned.includes(feature) && !sources.includes(feature));
        for (const k of [...others, ...against]) told.shared[k] = random();
        scoring.columns.forEach((_, at) => {
          scoring.columns[at] = random() - 0.5;
        });
        const rows = new Float32Array(count * FEATURE_WIDTH);
        for (let c = 0; c < count; c++) {
          const row = rows.subarray(c * FEATURE_WIDTH, (c + 1) * FEATURE_WIDTH);
          row.set(told.shared);
          const filled = [...owned, ...(c < told.visited ? VISITED : [])];
          for (const k of filled) row[k] = scoring.columns[k * ROOM + c]!;
          for (const [feature, source] of AGAINST) {
            if (owned.includes(source)) row[feature]! += scoring.columns[source * ROOM + c]!;
          }
        }
        const scores = new Float32Array(count);
        applyNet(net, rows, count, scores);
        scoring.forward(servingNet(net), told, count);
        for (let c = 0; c < count; c++)
          expect(Math.abs(scoring.columns[SCORES * ROOM + c]! - scores[c]!)).toBeLessThan(2e-4);
      }),
    );
  });

  it("knows what each feature is against, and who has it", () => {
    expect(AGAINST).toHaveLength(11);
    expect(sources).toContain(place("cosine 2"));
    expect(VISITED).toContain(place("was bought"));
    expect(() => place("shoe size")).toThrow("no feature is called shoe size");
  });

  it("is not served with more units than there is room for", () => {
    const hidden = MOST_UNITS + 1;
    expect(() => servingNet({ hidden, weights: new Float32Array(netSize(hidden)) })).toThrow("does not fit");
  });
});
