import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bySubject, featureWords, subjectOf } from "../../worker/http/admin/words/features.ts";
import { contributionsOf } from "../../worker/recommend/engine/contribution.ts";
import { FEATURE_WIDTH, FEATURES } from "../../worker/recommend/engine/feature-list.ts";
import { type Net, netSize } from "../../worker/recommend/engine/net.ts";
import { applyNet } from "../support/plain-net.ts";

const named = (values: readonly number[]) => Object.fromEntries(FEATURES.map((name, at) => [name, values[at] ?? 0]));

function scoreOf(net: Net, values: readonly number[]): number {
  const row = new Float32Array(FEATURE_WIDTH);
  row.set(values.slice(0, FEATURES.length));
  const scores = new Float32Array(1);
  applyNet(net, row, 1, scores);
  return scores[0] as number;
}

const number = fc.double({ min: -2, max: 2, noNaN: true });
const nets = fc
  .integer({ min: 0, max: 4 })
  .chain((hidden) =>
    fc
      .array(number, { minLength: netSize(hidden), maxLength: netSize(hidden) })
      .map((weights): Net => ({ hidden, weights: Float32Array.from(weights) })),
  );
const rows = fc.array(fc.array(number, { minLength: FEATURES.length, maxLength: FEATURES.length }), {
  minLength: 1,
  maxLength: 4,
});

describe("what each feature adds to a score", () => {
  it("comes to the score less that of the mean of the candidates", () => {
    fc.assert(
      fc.property(nets, rows, (net, candidates) => {
        const means = FEATURES.map(
          (_, at) => candidates.reduce((sum, row) => sum + (row[at] ?? 0), 0) / candidates.length,
        );
        const told = contributionsOf(net, candidates.map(named));
        for (const [place, row] of candidates.entries()) {
          const added = Object.values(told[place] ?? {}).reduce((sum, each) => sum + each, 0);
          expect(Math.abs(added - (scoreOf(net, row) - scoreOf(net, means)))).toBeLessThan(0.05);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is nothing for what is the same of all, however large, and its weight times its difference in a linear net", () => {
    const weights = new Float32Array(netSize(0));
    const [same, different] = [FEATURES.indexOf("secondT"), FEATURES.indexOf("popularity")];
    weights[same] = 3;
    weights[different] = 0.5;
    const row = (popularity: number) => ({ ...named([]), secondT: -9.21, popularity });
    const [one] = contributionsOf({ hidden: 0, weights }, [row(4), row(2)]);
    expect(one?.secondT).toBe(0);
    expect(one?.popularity).toBeCloseTo(0.5, 6);
  });

  it("is none of none", () => {
    expect(contributionsOf({ hidden: 0, weights: new Float32Array(netSize(0)) }, [])).toEqual([]);
  });
});

describe("features in words", () => {
  it.each(FEATURES)("“%s” is told in both languages", (feature) => {
    const subject = subjectOf(feature);
    expect(subject).toBeDefined();
    const [korean, english] = featureWords[subject!];
    expect(korean).toMatch(/[가-힣]/);
    expect(english).toMatch(/^[A-Z][^가-힣]+$/);
  });

  it("every subject has a feature, and they are added up under it", () => {
    expect(bySubject({ BA: 1, F: 0.5, "T against best": -0.2, popularity: 0.9, "price against last": 0.01 })).toEqual([
      { subject: "feature.together", value: expect.closeTo(1.3, 9) },
      { subject: "feature.popular", value: 0.9 },
    ]);
    expect(bySubject({ lastT: -2, secondT: 1, toString: 5 })).toEqual([
      { subject: "feature.next", value: -2 },
      { subject: "feature.before", value: 1 },
    ]);
  });
});
