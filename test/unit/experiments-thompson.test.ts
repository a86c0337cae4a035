import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Arm,
  nextShares,
  probabilitiesBest,
  regretOf,
  sampleBeta,
  sampleGamma,
  startingShares,
} from "../../worker/experiments/thompson.ts";

/** mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const moments = (draw: () => number, count = 40_000) => {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
};

const arm = (variant: string, successes: number, trials: number): Arm => ({ variant, trials, successes });
const DEFAULT = { warmUp: 100, floor: 0.05 };

describe("drawing", () => {
  it.each([0.3, 1, 2.5, 40])("gamma of shape %f has its mean and variance", (shape) => {
    const random = seeded(shape * 10);
    const { mean, variance } = moments(() => sampleGamma(shape, random));
    // Four standard errors of each.
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / 40_000));
    expect(Math.abs(variance / shape - 1)).toBeLessThan(4 * Math.sqrt((2 + 6 / shape) / 40_000));
  });

  it.each([
    [1, 1],
    [3, 9],
    [120, 880],
  ])("beta(%i, %i) has its mean and variance", (a, b) => {
    const random = seeded(a + b);
    const { mean, variance } = moments(() => sampleBeta(a, b, random));
    const expected = (a * b) / ((a + b) ** 2 * (a + b + 1));
    expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * Math.sqrt(expected / 40_000));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
  });

  it("says how probable it is that one is better", () => {
    // P(beta(2, 1) > beta(1, 1)) = 2/3.
    const [first] = probabilitiesBest([arm("a", 1, 1), arm("b", 0, 0)], seeded(1), 40_000);
    expect(Math.abs((first ?? 0) - 2 / 3)).toBeLessThan(0.01);
    const [, second] = probabilitiesBest([arm("a", 100, 1000), arm("b", 180, 1000)], seeded(2));
    expect(second).toBeGreaterThan(0.999);
  });
});

describe("the next shares", () => {
  it("leave most to what ran before until each variant was tried often enough", () => {
    const [kept, tried] = nextShares([arm("a", 0, 5000), arm("b", 99, 99)], DEFAULT, seeded(1));
    expect([kept, tried]).toEqual([0.7, expect.closeTo(0.3, 9)]);
    expect(startingShares(4)).toEqual([0.7, expect.closeTo(0.1), expect.closeTo(0.1), expect.closeTo(0.1)]);
    expect(startingShares(1)).toEqual([1]);
    const [first, second] = nextShares([arm("a", 0, 5000), arm("b", 99, 100)], DEFAULT, seeded(1));
    expect(second).toBeGreaterThan(0.95);
    expect(first).toBeGreaterThan(0);
  });

  it("never leave one out, and leave less and less to what is worse", () => {
    const worse = (trials: number) =>
      nextShares([arm("a", trials * 0.2, trials), arm("b", trials * 0.1, trials)], DEFAULT, seeded(1))[1] ?? 0;
    expect(worse(200)).toBeCloseTo(0.05, 2);
    expect(worse(20_000)).toBeCloseTo(1 / Math.sqrt(40_000), 5);
  });

  it("sum to one and keep the floor, whatever happened", () => {
    const arms = fc.array(
      fc.tuple(fc.nat(3000), fc.nat(3000)).map(([a, b]) => ({ trials: a + b, successes: a })),
      { minLength: 2, maxLength: 6 },
    );
    fc.assert(
      fc.property(arms, fc.double({ min: 0, max: 0.16, noNaN: true }), (counts, floor) => {
        const given = counts.map((each, place) => ({ variant: `v${place}`, ...each }));
        const shares = nextShares(given, { warmUp: 10, floor }, seeded(3));
        const trials = counts.reduce((sum, each) => sum + each.trials, 0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const least = Math.min(floor, 1 / Math.sqrt(Math.max(1, trials)));
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(least - 1e-9);
      }),
      { numRuns: 50 },
    );
  });
});

/** A shop with these true rates: batches of people are divided by the shares, then the shares follow. */
function simulate(rates: number[], people: number, seed: number, isLearning = true) {
  const random = seeded(seed);
  const arms = rates.map((_, place) => arm(`v${place}`, 0, 0));
  let shares = isLearning ? startingShares(rates.length) : rates.map(() => 1 / rates.length);
  let regret = 0;
  let half = 0;
  const best = Math.max(...rates);
  for (let count = 0; count < people; ) {
    for (let batch = Math.max(100, count / 12); batch > 0 && count < people; batch--, count++) {
      let place = 0;
      for (let left = random() - (shares[0] ?? 0); left >= 0 && place < rates.length - 1; left -= shares[place] ?? 0)
        place++;
      const chosen = arms[place] as Arm;
      chosen.trials++;
      if (random() < (rates[place] ?? 0)) chosen.successes++;
      regret += best - (rates[place] ?? 0);
      if (count === people / 2) half = regret;
    }
    if (isLearning) shares = nextShares(arms, DEFAULT, random);
  }
  return { arms, shares, regret, half };
}

describe("a simulated shop", () => {
  const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
  const runs = SEEDS.map((seed) => simulate([0.1, 0.13, 0.16], 20_000, seed));
  const sum = (of: (run: (typeof runs)[number]) => number) => runs.reduce((total, run) => total + of(run), 0);

  it("finds the better way", () => {
    for (const { shares } of runs) expect(shares[2]).toBeGreaterThan(0.85);
  });

  it("loses little, and less and less: the second half costs a fraction of the first", () => {
    const equal = SEEDS.reduce((total, seed) => total + simulate([0.1, 0.13, 0.16], 20_000, seed, false).regret, 0);
    expect(sum(({ regret }) => regret)).toBeLessThan(equal * 0.25);
    // Growing in proportion to the people, both halves would be alike.
    expect(sum(({ regret, half }) => regret - half)).toBeLessThan(sum(({ half }) => half) * 0.5);
  });

  it("grows slower than the people: four times the people, less than twice and a half the regret", () => {
    const large = SEEDS.slice(0, 6).map((seed) => simulate([0.1, 0.13, 0.16], 80_000, seed).regret);
    const small = runs.slice(0, 6).map(({ regret }) => regret);
    const total = (values: number[]) => values.reduce((left, right) => left + right, 0);
    expect(total(large)).toBeLessThan(total(small) * 2.5);
  });

  it("reports a regret that holds the true one", () => {
    const held = runs.filter(({ arms, regret }) => {
      const reported = regretOf([arms], seeded(5));
      expect(reported?.best).toBe("v2");
      return reported !== undefined && reported.low <= regret * 1.2 && reported.high >= regret * 0.8;
    });
    expect(held.length).toBeGreaterThanOrEqual(10);
  });

  it("stays even between ways that are alike", () => {
    const { arms } = simulate([0.12, 0.12], 20_000, 7);
    for (const { trials } of arms) expect(trials).toBeGreaterThan(1000);
  });
});

describe("regret", () => {
  it("is none where there was one way, and unknown before the first try", () => {
    expect(regretOf([], seeded(1))).toBeUndefined();
    expect(regretOf([[arm("a", 0, 0)]], seeded(1))).toBeUndefined();
    expect(regretOf([[arm("a", 10, 100)]], seeded(1))).toMatchObject({
      best: "a",
      trials: 100,
      value: 0,
      low: 0,
      high: 0,
    });
  });

  it("is half of the difference where both were shown alike", () => {
    const found = regretOf([[arm("a", 2000, 10_000), arm("b", 1000, 10_000)]], seeded(1));
    expect(found?.best).toBe("a");
    expect(Math.abs((found?.value ?? 0) - 1000)).toBeLessThan(20);
  });

  it("is negative where each context has its own best way and was given it", () => {
    const phone = [arm("a", 1800, 9000), arm("b", 100, 1000)];
    const desktop = [arm("a", 100, 1000), arm("b", 1800, 9000)];
    expect(regretOf([phone, desktop], seeded(1))?.high).toBeLessThan(0);
  });
});
