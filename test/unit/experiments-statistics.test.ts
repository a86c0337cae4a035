import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { chiSquareTail, normalQuantile, studentQuantile } from "../../worker/experiments/distributions.ts";
import {
  checkRatio,
  type Interval,
  meanInterval,
  newcombe,
  relativeMean,
  relativeRate,
  welch,
  wilson,
} from "../../worker/experiments/statistics.ts";

const rate = (successes: number, people: number) => ({ successes, people });
const ends = (interval: Interval | undefined) => [interval?.low, interval?.high].map((end) => Number(end?.toFixed(4)));

describe("quantiles and tails, as printed in tables", () => {
  it.each([
    [0.975, 1.959964],
    [0.995, 2.575829],
    [0.9, 1.281552],
  ])("normal %f", (p, value) => expect(normalQuantile(p)).toBeCloseTo(value, 6));

  it.each([
    [0.975, 1, 12.706205],
    [0.975, 10, 2.228139],
    [0.995, 30, 2.749996],
    [0.95, 5, 2.015048],
    [0.975, 2.5, 3.574655],
    [0.975, 1e6, 1.959966],
  ])("Student %f with %f degrees of freedom", (p, degrees, value) =>
    expect(studentQuantile(p, degrees)).toBeCloseTo(value, 5),
  );

  it.each([
    [3.841459, 1, 0.05],
    [5.991465, 2, 0.05],
    [18.307038, 10, 0.05],
    [10.827566, 1, 0.001],
    [99.607247, 61, 0.001321],
  ])("chi-square %f with %f degrees of freedom", (x, degrees, p) =>
    expect(chiSquareTail(x, degrees)).toBeCloseTo(p, 4),
  );
});

describe("one rate", () => {
  // Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%i of %i", (successes, people, low, high) => expect(ends(wilson(rate(successes, people)))).toEqual([low, high]));

  it("is unknown without people", () => expect(wilson(rate(0, 0))).toBeUndefined());
});

describe("the difference of two rates", () => {
  // Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("%i of %i and %i of %i", (a, m, b, n, low, high) => {
    expect(ends(newcombe(rate(a, m), rate(b, n)))).toEqual([low, high]);
  });

  it("is its own opposite the other way round, holds the difference, and widens with the level", () => {
    const counts = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 500 })).map(([a, b]) => rate(Math.min(a, b), b));
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        // To nine places: what is one in theory is rounded.
        const there = newcombe(a, b) as Interval;
        const back = newcombe(b, a) as Interval;
        const wider = newcombe(a, b, 0.99) as Interval;
        expect(back.low).toBeCloseTo(-there.high, 10);
        expect(there.low).toBeLessThanOrEqual(there.value + 1e-9);
        expect(there.high).toBeGreaterThanOrEqual(there.value - 1e-9);
        expect(wider.low).toBeLessThanOrEqual(there.low + 1e-9);
        expect(wider.high).toBeGreaterThanOrEqual(there.high - 1e-9);
      }),
      { numRuns: 300 },
    );
  });
});

const mean = (values: number[]) => ({
  people: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  squares: values.reduce((sum, value) => sum + value * value, 0),
});

describe("the difference of two means", () => {
  // Expected values from SciPy 1: scipy.stats.ttest_ind(A, B, equal_var=False).
  const A = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
  const B = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 31.3];

  it("has Satterthwaite's degrees of freedom and the interval that they give", () => {
    const found = welch(mean(A), mean(B));
    expect(found?.value).toBeCloseTo(A.reduce((x, y) => x + y) / 15 - B.reduce((x, y) => x + y) / 15, 10);
    expect(found?.degrees).toBeCloseTo(27.31161, 4);
    expect(found?.low).toBeCloseTo(-5.58333, 4);
    expect(found?.high).toBeCloseTo(-1.00333, 4);
  });

  it("with equal numbers and spreads is Student's", () => {
    const found = welch(mean([1, 2, 3, 4, 5]), mean([2, 3, 4, 5, 6]));
    expect(found?.degrees).toBeCloseTo(8, 10);
    expect(found?.low).toBeCloseTo(-1 - 2.306004, 5);
  });

  it("is unknown of one person, and certain where nobody differs", () => {
    expect(welch(mean([1]), mean([1, 2]))).toBeUndefined();
    expect(welch(mean([0, 0, 0]), mean([0, 0]))).toMatchObject({ value: 0, low: 0, high: 0 });
    expect(meanInterval(mean([4, 4]))).toEqual({ value: 4, low: 4, high: 4 });
  });
});

describe("the sample-ratio check", () => {
  const halves = (a: number, b: number) => [
    { people: a, share: 1 },
    { people: b, share: 1 },
  ];

  it("is quiet about a sound split and loud about a broken one", () => {
    expect(checkRatio(halves(10_050, 9_950))).toMatchObject({ chiSquare: 0.5, isAlarming: false });
    // 821,588 and 815,482 people of a test meant as 50 : 50: p = 1.8e-6 (Kohavi, Tang & Xu, Trustworthy Online
    // Controlled Experiments, chapter 21).
    const broken = checkRatio(halves(821_588, 815_482));
    expect(broken?.isAlarming).toBe(true);
    expect(broken?.p).toBeCloseTo(1.8e-6, 7);
  });

  it("minds the shares that were meant, and says nothing of a handful", () => {
    const uneven = [
      { people: 900, share: 9 },
      { people: 100, share: 1 },
    ];
    expect(checkRatio(uneven)).toMatchObject({ chiSquare: 0, p: 1, isAlarming: false });
    expect(checkRatio(halves(9, 0))).toBeUndefined();
    expect(checkRatio(halves(10, 0))).toMatchObject({ isAlarming: false });
    expect(checkRatio(halves(20, 0))?.isAlarming).toBe(true);
    expect(checkRatio([{ people: 900, share: 1 }])).toBeUndefined();
  });
});

const DATA =
  process.env.NUNCHI_HILLSTROM ??
  fileURLToPath(new URL("../../../shared/data/hillstrom/hillstrom_data.csv", import.meta.url));

describe("64,000 customers of the MineThatData e-mail challenge (Hillstrom, 2008)", () => {
  it.skipIf(!existsSync(DATA))(`say what is published of them (skipped when ${DATA} is not there)`, () => {
    interface Row {
      segment: string;
      visit: string;
      spend: string;
    }
    const { data } = Papa.parse<Row>(readFileSync(DATA, "utf8"), { header: true, skipEmptyLines: true });
    expect(data).toHaveLength(64_000);
    const of = (segment: string) => {
      const rows = data.filter((row) => row.segment === segment);
      const visits = rate(rows.filter(({ visit }) => visit === "1").length, rows.length);
      return { visits, spending: mean(rows.map(({ spend }) => Number(spend))) };
    };
    const [none, mens, womens] = [of("No E-Mail"), of("Mens E-Mail"), of("Womens E-Mail")];
    const percent = [none, mens, womens].map(({ visits }) => Number(((wilson(visits)?.value ?? 0) * 100).toFixed(2)));
    expect(percent).toEqual([10.62, 18.28, 15.14]);
    const dollars = [none, mens, womens].map(({ spending }) => Number(meanInterval(spending)?.value.toFixed(2)));
    expect(dollars).toEqual([0.65, 1.42, 1.08]);
    // Each e-mail brought visits and money; men's more visits than women's.
    for (const each of [mens, womens]) {
      expect(newcombe(each.visits, none.visits)?.low).toBeGreaterThan(0);
      expect(welch(each.spending, none.spending)?.low).toBeGreaterThan(0);
    }
    const lift = newcombe(mens.visits, none.visits);
    expect([lift?.value, lift?.low, lift?.high].map((each) => Number(((each ?? 0) * 100).toFixed(2)))).toEqual([
      7.66, 7.0, 8.32,
    ]);
    expect(newcombe(mens.visits, womens.visits)?.low).toBeGreaterThan(0);
    // The same in proportion: 72 % more visits, and 118 % more money.
    expect(relativeRate(mens.visits, none.visits)?.value).toBeCloseTo(0.7217, 3);
    const money = relativeMean(mens.spending, none.spending);
    expect(money?.value).toBeCloseTo(1.1797, 3);
    expect(money?.low).toBeGreaterThan(0.5);
    const groups = [none, mens, womens].map(({ visits }) => ({ people: visits.people, share: 1 }));
    expect(checkRatio(groups)?.isAlarming).toBe(false);
  });
});

describe("relative uplift", () => {
  it("is a ratio with its interval on the logarithm, as textbooks have it", () => {
    const found = relativeRate(rate(15, 100), rate(5, 100));
    expect([found?.value, found?.low, found?.high].map((each) => each?.toFixed(2))).toEqual(["2.00", "0.13", "6.94"]);
  });

  it("says nothing while one side has nothing", () => {
    expect(relativeRate(rate(3, 10), rate(0, 10))).toBeUndefined();
    expect(relativeRate(rate(0, 10), rate(3, 10))).toBeUndefined();
    expect(relativeMean(mean([0, 0]), mean([1, 2]))).toBeUndefined();
    expect(relativeMean(mean([1]), mean([1, 2]))).toBeUndefined();
  });

  it("agrees with the means of ones and zeros, and turns round with the groups", () => {
    const ones = (successes: number, people: number) =>
      mean(Array.from({ length: people }, (_, place) => (place < successes ? 1 : 0)));
    const [byRate, byMean] = [relativeRate(rate(30, 400), rate(20, 500)), relativeMean(ones(30, 400), ones(20, 500))];
    expect(byMean?.value).toBeCloseTo(byRate?.value ?? 0, 9);
    expect(byMean?.low).toBeCloseTo(byRate?.low ?? 0, 1);
    const back = relativeRate(rate(20, 500), rate(30, 400));
    expect((1 + (back?.value ?? 0)) * (1 + (byRate?.value ?? 0))).toBeCloseTo(1, 9);
  });
});
