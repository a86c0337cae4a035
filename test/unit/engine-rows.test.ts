import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DECODE, encode } from "../../worker/recommend/engine/codec.ts";
import { buildRows, CODE, countTotals, packRow, rowOf, unpackRow } from "../../worker/recommend/engine/rows.ts";
import { scoreByRows, sessionItems } from "../../worker/recommend/engine/score.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";

const near = (code: number | undefined, value: number) => {
  expect(DECODE[code ?? 0]).toBeGreaterThan(value * 0.96);
  expect(DECODE[code ?? 0]).toBeLessThan(value * 1.04);
};

describe("rows", () => {
  // One session, so its age weight is exp(0) = 1: bag (0), belt (1), shoes (2).
  const rows = buildRows(sessionsOf([[0, 1, 2]]), 3);

  it("count what came after, before and right after, less with distance", () => {
    const belt = rowOf(rows, 1);
    expect([...(belt?.targets ?? [])]).toEqual([2, 0]);
    near(belt?.codes[CODE.F], 1 / (1 + 3));
    near(belt?.codes[CODE.T], 1 / (1 + 2));
    near(belt?.codes[CODE.R], 1 / (1 + 1));
    expect(belt?.codes[CODE.B]).toBe(0);
    expect(belt?.codes[6 + CODE.F]).toBe(0);
    near(belt?.codes[6 + CODE.B], 1 / (1 + 3));
    // Shoes receive 1 + 0.7 forward; belt's degree is 1 + ½.
    near(belt?.codes[CODE.BA], 1 / (Math.sqrt(1.5 + 5) * (1.7 + 5) ** 0.25));
    near(belt?.codes[CODE.C], 1 / Math.sqrt((1 + 1 + 5) * (1.7 + 5)));
    near(rowOf(rows, 0)?.codes[6 + CODE.F], 0.7 / (1.7 + 3));
    expect(rowOf(rows, 0)?.codes[6 + CODE.T]).toBe(0);
  });

  it("let an item follow itself, but not precede itself", () => {
    const again = rowOf(buildRows(sessionsOf([[4, 4]]), 5), 4);
    expect([...(again?.targets ?? [])]).toEqual([4]);
    near(again?.codes[CODE.F], 1 / (1 + 3));
    expect(again?.codes[CODE.B]).toBe(0);
  });

  it("look no further than ten actions", () => {
    const far = Array.from({ length: 12 }, (_, item) => item);
    expect(rowOf(buildRows(sessionsOf([far]), 12), 0)?.targets).not.toContain(11);
    expect(rowOf(buildRows(sessionsOf([far]), 12), 0)?.targets).toContain(10);
  });

  it("prefer what followed lately", () => {
    const older = Array.from({ length: 5 }, () => [0, 1]);
    const newer = Array.from({ length: 5 }, () => [0, 2]);
    expect(rowOf(buildRows(sessionsOf([...older, ...newer]), 3), 0)?.targets[0]).toBe(2);
  });

  it("weigh the action that is counted: a purchase after a view counts more than a view", () => {
    const sessions = {
      ...sessionsOf([
        [0, 1],
        [0, 2],
      ]),
      weights: Float32Array.of(1, 5, 1, 1),
    };
    expect(rowOf(buildRows(sessions, 3), 0)?.targets[0]).toBe(1);
  });

  it("keep the best entries only", () => {
    const fan = Array.from({ length: 40 }, (_, item) => [0, item + 1]);
    expect(rowOf(buildRows(sessionsOf(fan), 41), 0)?.targets).toHaveLength(25);
    expect(rowOf(buildRows(sessionsOf(fan), 41, { entries: 7 }), 0)?.targets).toHaveLength(7);
  });

  it("are the same built whole or by partition, and after packing", () => {
    const session = fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 15 });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 20 }), fc.integer({ min: 0, max: 20 }), (lists, cut) => {
        const sessions = sessionsOf(lists);
        const whole = buildRows(sessions, 20);
        const totals = countTotals(sessions, 20);
        const parts = [buildRows(sessions, 20, { to: cut, totals }), buildRows(sessions, 20, { from: cut, totals })];
        for (let item = 0; item < 20; item++) {
          const expected = rowOf(whole, item);
          const part = parts[item < cut ? 0 : 1];
          expect(part && rowOf(part, item)).toEqual(expected);
          expect(unpackRow(packRow(whole, item))).toEqual(expected);
          expect(packRow(whole, item)).toHaveLength(9 * (expected?.targets.length ?? 0));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of some items are those of all", () => {
    const sessions = sessionsOf([
      [0, 1, 2],
      [2, 1, 3, 0],
      [3, 1],
    ]);
    const [all, some] = [buildRows(sessions, 4), buildRows(sessions, 4, { only: new Set([1, 3]) })];
    for (const item of [1, 3]) expect(rowOf(some, item)).toEqual(rowOf(all, item));
    for (const item of [0, 2]) expect(rowOf(some, item)?.targets.length).toBe(0);
  });

  it("pack item indexes up to three bytes", () => {
    const wide = buildRows(sessionsOf([[0, 399_999]]), 400_000);
    expect([...unpackRow(packRow(wide, 0)).targets]).toEqual([399_999]);
  });
});

describe("codes", () => {
  it("keep a value within four percent", () => {
    fc.assert(fc.property(fc.double({ min: 1e-7, max: 3.9, noNaN: true }), (value) => near(encode(value), value)));
    expect([encode(0), encode(-1), encode(Number.NaN), encode(1e-30), encode(1e9)]).toEqual([0, 0, 0, 1, 255]);
  });
});

describe("scoring by rows", () => {
  const rows = buildRows(
    sessionsOf([
      [0, 1],
      [0, 1],
      [2, 3],
      [2, 3],
      [2, 3],
    ]),
    5,
  );
  const of = (item: number) => rowOf(rows, item);

  it("adds up the rows of the session, the latest counting most", () => {
    expect([...scoreByRows(sessionItems([0, 2]), of).items]).toEqual([3, 1]);
    expect([...scoreByRows(sessionItems([2, 0, 0, 0, 0]), of).items]).toEqual([1, 3]);
  });

  it("leaves out what is excluded, stops at the limit, and knows nothing of unknown items", () => {
    expect([...scoreByRows(sessionItems([0, 2]), of, { exclude: new Set([3]) }).items]).toEqual([1]);
    expect([...scoreByRows(sessionItems([0, 2]), of, { limit: 1 }).items]).toEqual([3]);
    expect(scoreByRows(sessionItems([77]), of).items).toHaveLength(0);
  });

  it("counts each item of a session once, at its latest place", () => {
    expect(sessionItems([7, 8, 7])).toEqual([
      { item: 7, lag: 0 },
      { item: 8, lag: 1 },
    ]);
  });
});
