import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDistinct, mergeSketches, sketchOf } from "../../worker/reports/distinct.ts";

const names = (count: number, from = 0) => Array.from({ length: count }, (_, number) => `item-${from + number}`);

describe("counting different things over days", () => {
  it.each([0, 1, 7, 20])("%i are counted exactly", (count) => {
    expect(countDistinct(sketchOf(names(count)))).toBe(count);
  });

  it.each([40, 300, 2000, 3000, 20_000, 400_000])("%i within a tenth", (count) => {
    expect(Math.abs(countDistinct(sketchOf(names(count))) / count - 1)).toBeLessThan(0.1);
  });

  it("takes a thousand characters at most", () => {
    expect(sketchOf(names(100_000)).length).toBeLessThanOrEqual(1024);
    expect(sketchOf([])).toBe("");
  });

  it("says the same of parts as of the whole, whatever they share", () => {
    const some = fc.array(fc.string());
    fc.assert(
      fc.property(some, some, (one, other) => {
        expect(mergeSketches([sketchOf(one), sketchOf(other)])).toBe(sketchOf([...one, ...other]));
      }),
    );
    expect(mergeSketches([])).toBe("");
  });
});
