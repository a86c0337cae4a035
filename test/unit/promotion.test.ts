import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { decide, type ModelMetrics, pairedDifference, summarize } from "../../worker/recommend/metrics.ts";

describe("which model serves", () => {
  const judged = (cases: number, more: Partial<ModelMetrics> = {}): ModelMetrics => ({
    model: { cases, precision20: 0.4, mrr20: 0.2 },
    ...more,
  });
  const against = (difference: number, sessions = 400, standardError = 0.01) => ({
    version: "m",
    cases: sessions,
    sessions,
    difference,
    standardError,
    low: difference - 2 * standardError,
    high: difference + 2 * standardError,
  });

  it.each([
    ["the first", judged(0), undefined, true],
    ["a better one", judged(500, { against: against(0.05) }), judged(500), true],
    ["one that is worse within noise", judged(500, { against: against(-0.015) }), judged(500), true],
    ["one that is worse beyond noise", judged(500, { against: against(-0.03) }), judged(500), false],
    [
      "one that is worse beyond the noise of a few",
      judged(400, { against: against(-0.9, 20, 0.2) }),
      judged(500),
      false,
    ],
    [
      "one that is worse within the noise of a few",
      judged(400, { against: against(-0.3, 20, 0.2) }),
      judged(500),
      true,
    ],
    ["one that cannot be compared", judged(400, { against: against(0, 0, 0) }), judged(500), true],
    ["one that has lost its data", judged(10), judged(500), false],
    ["one that never had much", judged(10), judged(50), true],
  ])("%s: %s", (_, candidate, serving, expected) => {
    expect(decide(candidate, serving).promote).toBe(expected);
  });

  it("says by how much it was decided", () => {
    const reasonFor = (...of: Parameters<typeof against>) =>
      decide(judged(500, { against: against(...of) }), judged(500)).reason;
    expect([reasonFor(0.05), reasonFor(-0.01, 20), reasonFor(0, 0), reasonFor(0.001)]).toEqual([
      "better than the serving model on new sessions",
      "few new sessions, and not worse beyond noise on them",
      "no new sessions to compare by",
      "not worse than the serving model on new sessions",
    ]);
  });

  /** Sessions of one to six cases that are alike: each prefers one of the models as a whole, `by` in the mean. */
  const simulated = (sessions: number, by: number, seed: number) => {
    const random = seeded(seed);
    const [ours, theirs, sessionOf]: [number[], number[], number[]] = [[], [], []];
    for (let session = 0; session < sessions; session++) {
      const taste = random() - 0.5;
      for (let more = 1 + Math.floor(random() * 6); more > 0; more--) {
        theirs.push(0.3 + 0.2 * random());
        ours.push(0.3 + 0.2 * random() + 0.5 * taste + by);
        sessionOf.push(session);
      }
    }
    return pairedDifference(ours, theirs, sessionOf);
  };

  it.each([2, 5, 20, 60])("calls nothing worse that is not, with %i new sessions whose cases are alike", (sessions) => {
    const runs = Array.from({ length: 400 }, (_, seed) => simulated(sessions, 0, seed));
    // One in forty by chance alone.
    expect(runs.filter(({ high }) => high < 0).length / runs.length).toBeLessThan(0.04);
    expect(runs.every(({ low, high, difference }) => low <= difference && difference <= high)).toBe(true);
  });

  it("recognizes a broken model by a few dozen sessions, and by two or by none nothing", () => {
    const share = (sessions: number) =>
      Array.from({ length: 100 }, (_, seed) => simulated(sessions, -0.3, seed)).filter(({ high }) => high < 0).length;
    expect([share(40), share(2), share(0)]).toEqual([100, 0, 0]);
    expect(pairedDifference([0, 0], [1, 1])).toMatchObject({
      difference: -1,
      standardError: 0,
      high: expect.any(Number),
    });
    expect(pairedDifference([0, 0], [1, 1]).high).toBeGreaterThan(0);
    expect(pairedDifference([], [])).toMatchObject({ cases: 0, sessions: 0, low: -1, high: 1 });
  });

  it("counts reciprocal ranks and their paired difference", () => {
    expect(summarize([1, 0, 0.5, 0])).toEqual({ cases: 4, precision20: 0.5, mrr20: 0.375 });
    expect(summarize([])).toEqual({ cases: 0, precision20: 0, mrr20: 0 });
    const { difference, standardError } = pairedDifference([1, 0.5, 0.5], [0.5, 0.5, 0]);
    expect([difference, standardError]).toEqual([1 / 3, expect.closeTo(1 / 6, 10)]);
  });
});
