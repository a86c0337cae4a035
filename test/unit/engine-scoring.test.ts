import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { AGAINST, FEATURE_WIDTH, FEATURES, place, VISITED } from "../../worker/recommend/engine/feature-list.ts";
import { DIMENSIONS } from "../../worker/recommend/engine/kernel/contrast.ts";
import {
  FACTS,
  KEPT,
  MOST_UNITS,
  ROOM,
  SCORES,
  type Scoring,
  SUMS,
  simdScoring,
  type Told,
  WORDS,
} from "../../worker/recommend/engine/kernel/scoring.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { netSize, servingNet } from "../../worker/recommend/engine/net.ts";
import { applyNet } from "../support/plain-net.ts";

const wasm = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;
const simd = simdScoring(new WebAssembly.Module(readFileSync(wasm)));
const both: [string, Scoring][] = [
  ["SIMD", simd],
  ["TypeScript", scriptScoring()],
];

const KIND = 1;

/** Logarithms, cosines with a unit vector and with a vector, places by the first of these, and the nearest of two. */
function computeColumns(scoring: Scoring, count: number): number[][] {
  const random = seeded(9, count);
  const vectors = Int8Array.from({ length: count * DIMENSIONS }, () => Math.round(254 * random()) - 127);
  // Two that are equal to the bit.
  if (count > 4) vectors.copyWithin(3 * DIMENSIONS, 0, DIMENSIONS);
  // Candidate c is kept in the slot 1 + 3c.
  const words = new Int32Array(vectors.buffer);
  for (let c = 0; c < count; c++) {
    scoring.slots[c] = 1 + 3 * c;
    scoring.words.set(words.subarray(c * WORDS, (c + 1) * WORDS), (KIND * KEPT + 1 + 3 * c) * WORDS);
  }
  scoring.scales.fill(0.0015, KIND * KEPT, (KIND + 1) * KEPT);
  scoring.unit.set(Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5));
  for (let c = 0; c < count; c++) scoring.columns[2 * ROOM + c] = 10 ** (12 * random() - 6);
  const numbers = columnOf(scoring, 2, count);
  scoring.logs(2, 1, count, 1e-4);
  scoring.along(KIND, count, 3);
  scoring.between(KIND, 1, count, 4);
  scoring.ranks(3, count, 5);
  scoring.columns.fill(-1, 6 * ROOM, 7 * ROOM);
  scoring.closest(KIND, 1, count, 6);
  scoring.closest(KIND, 4, count, 6);
  return [numbers, ...[2, 3, 4, 5, 6].map((column) => columnOf(scoring, column, count))];
}

const columnOf = ({ columns }: Scoring, column: number, count: number) => [
  ...columns.subarray(column * ROOM, column * ROOM + count),
];

describe("the arithmetic of a request", () => {
  it.each([1, 4, 7, 90, 320])("is the same with SIMD and without, for %i candidates", (count) => {
    const [fast, plain] = both.map(([, scoring]) => computeColumns(scoring, count));
    for (const [column, values] of fast!.entries()) {
      for (let c = 0; c < count; c++) expect(values[c]).toBeCloseTo(plain![column]![c]!, 5);
    }
  });

  it.each(both)("is right: %s", (_, scoring) => {
    const [numbers, logs, along, between, ranks, closest] = computeColumns(scoring, 90);
    for (let c = 0; c < 90; c++) expect(logs![c]).toBeCloseTo(Math.log(numbers![c]! + 1e-4), 5);
    // The first is compared with itself, and the fourth is its equal, which comes after it.
    const from = (KIND * KEPT + 1) * WORDS;
    const first = scoring.words.subarray(from, from + WORDS);
    const bytes = new Int8Array(first.buffer, first.byteOffset, DIMENSIONS);
    expect(between![0]).toBeCloseTo(0.0015 ** 2 * bytes.reduce((sum, value) => sum + value * value, 0), 4);
    expect(along![3]).toBe(along![0]);
    expect(ranks![3]).toBe(ranks![0]! + 1);
    const best = [...ranks!.keys()].sort((one, other) => ranks![one]! - ranks![other]!);
    expect(best.map((c) => along![c]!)).toEqual(along!.toSorted((a, b) => b - a));
    expect(ranks!.toSorted((a, b) => a - b)).toEqual([...ranks!.keys()].map((rank) => rank + 1));
    // Nothing is the closest to itself, but its equal is.
    expect(closest![0]).toBe(between![1]);
    expect(closest![3]).toBe(between![3]);
    for (let c = 2; c < 90; c++) expect(closest![c]).toBeGreaterThanOrEqual(between![c]!);
    expect(scoring.largest(3, 1, 90, -1)).toBe(Math.max(...along!.slice(1)));
    expect(scoring.largest(3, 1, 90, 2)).toBe(2);
  });

  it.each(both)("adds rows, and spreads what is known of the candidates: %s", (_, scoring) => {
    scoring.sums.fill(0);
    // The item of the number −1 has found no room.
    for (const [place, numbers] of [[7, -1, 3], [3], [7, 3]].entries()) {
      scoring.entries.set(numbers);
      scoring.codes.set(numbers.flatMap((_, entry) => [0, 1, 2, 3, 4, 5].map((code) => 200 + 10 * entry + code)));
      scoring.add(numbers.length, 0.5 ** place, 0.9 ** place, place);
    }
    const value = (code: number) => 2 ** ((code - 235) / 10);
    scoring.numbers.set([3, 7, 5]);
    for (let first = 0; first < SUMS; first += 4) {
      scoring.spread("sums", first, 3, first, first + 1, first + 2, first + 3);
    }
    const [three, seven, five] = [0, 1, 2].map((c) =>
      Array.from({ length: SUMS }, (_, column) => scoring.columns[column * ROOM + c]!),
    );
    const near = (row: readonly number[], wanted: readonly number[]) =>
      expect(row.map((sum) => sum.toFixed(5))).toEqual(wanted.map((sum) => sum.toFixed(5)));
    const own = (entry: number) => [0, 1, 2, 3, 4, 5].map((code) => value(200 + 10 * entry + code));
    const of = (entries: readonly (readonly [entry: number, place: number])[]) => {
      const sum = (decay: number, values: (entry: number) => number) =>
        entries.reduce((total, [entry, place]) => total + decay ** place * values(entry), 0);
      return [
        ...own(0).map((_, code) => sum(0.5, (entry) => own(entry)[code]!)),
        sum(0.9, (entry) => Math.sqrt(own(entry)[0]!)),
        sum(0.9, (entry) => own(entry)[4]!),
      ];
    };
    const nothing = [0, 0, 0];
    near(seven!, [
      ...of([
        [0, 0],
        [0, 2],
      ]),
      ...own(0),
      ...nothing,
      2,
      0,
      0,
    ]);
    const [ba, f, , t] = own(0);
    near(three!, [
      ...of([
        [2, 0],
        [0, 1],
        [1, 2],
      ]),
      ...own(2),
      ba!,
      f!,
      t!,
      3,
      0,
      0,
    ]);
    near(five!, new Array(SUMS).fill(0));

    scoring.slots.set([9, 2]);
    for (const slot of [2, 9]) {
      scoring.facts.set(
        [1, 2, 3, 4, 5, 6, 7, 8].map((fact) => slot * fact),
        slot * FACTS,
      );
      scoring.factLogs(slot);
    }
    scoring.spread("facts", 4, 2, 3, 1, 0, 2);
    for (const [column, fact] of [
      [3, 5],
      [1, 6],
      [0, 7],
      [2, 8],
    ] as const) {
      expect(columnOf(scoring, column, 2)[0]).toBeCloseTo(Math.log(9 * fact), 5);
      expect(columnOf(scoring, column, 2)[1]).toBeCloseTo(Math.log(2 * fact), 5);
    }
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
