import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { lowPassOf } from "../../worker/recommend/engine/low-pass.ts";
import { readRows } from "../../worker/recommend/engine/rows.ts";
import { type Sessions, sessionBytes, sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { type TasteRow, tasteRowOf } from "../../worker/recommend/engine/taste.ts";
import { readTaste, TasteRanker } from "../../worker/recommend/engine/taste-rank.ts";
import { planTraining, runStep, type Shelf } from "../../worker/recommend/engine/training.ts";
import { tasteSteps } from "../../worker/recommend/engine/training-taste.ts";

/** Two tastes: people like ten of the items 0–19 or ten of 20–39. */
function people(count: number): Sessions {
  const random = seeded(11);
  return sessionsOf(
    Array.from({ length: count }, (_, person) => {
      const offset = person % 2 === 0 ? 0 : 20;
      const items = Array.from({ length: 20 }, (_, item) => offset + item);
      return items.toSorted(() => random() - 0.5).slice(0, 10);
    }),
  );
}

describe("taste", () => {
  const kept = new Map<string, Uint8Array>();
  const shelf: Shelf = { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
  let ranker: TasteRanker;
  let rowOf: (item: number) => TasteRow | undefined;

  beforeAll(async () => {
    await shelf.put("histories", sessionBytes(people(300)));
    const contrast = () => {
      throw new Error("taste needs no kernel");
    };
    for (const step of tasteSteps(40)) await runStep(step, { shelf, plan: planTraining(40), contrast });
    const rows = readRows(kept.get("taste/rows/0")!);
    rowOf = (item) => tasteRowOf(rows, item);
    ranker = new TasteRanker(readTaste(kept.get("taste/vectors")!));
  });

  it("recommends the rest of what people of that taste like, best first", () => {
    const { items, scores } = ranker.rank([0, 1, 2, 3, 4], rowOf, { limit: 15 });
    expect([...items].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, index) => index + 5));
    expect([...scores]).toEqual([...scores].toSorted((a, b) => b - a));
  });

  it("leaves out the history and what is excluded, and forgets the request before", () => {
    const first = ranker.rank([20, 21], rowOf, { exclude: new Set([22]), limit: 50 });
    expect(first.items).not.toContain(20);
    expect(first.items).not.toContain(22);
    expect(ranker.rank([20, 21], rowOf, { limit: 50 }).items).toContain(22);
    expect(ranker.rank([], rowOf).items).toHaveLength(0);
    expect(ranker.rank([999], rowOf).items).toHaveLength(0);
  });

  it("never lets an item speak for itself", () => {
    for (let item = 0; item < 40; item++) expect(rowOf(item)?.targets).not.toContain(item);
  });
});

describe("the low-pass basis", () => {
  it("is orthonormal and spans the two tastes", () => {
    const { basis } = lowPassOf(people(300), 40, 4, 1);
    const column = (k: number) => Array.from({ length: 40 }, (_, item) => basis[item * 4 + k]!);
    const dot = (one: number[], other: number[]) => one.reduce((sum, value, index) => sum + value * other[index]!, 0);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b <= a; b++) expect(dot(column(a), column(b))).toBeCloseTo(a === b ? 1 : 0, 3);
    }
    // "Likes the first twenty", normalized, lies in the subspace: its projection keeps its length.
    const taste = Array.from({ length: 40 }, (_, item) => (item < 20 ? 1 / Math.sqrt(20) : 0));
    const kept = [0, 1, 2, 3].map((k) => dot(column(k), taste) ** 2).reduce((sum, value) => sum + value, 0);
    expect(kept).toBeGreaterThan(0.95);
  });
});
