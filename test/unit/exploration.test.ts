import { describe, expect, it } from "vitest";
import type { RowSource, Supply } from "../../worker/recommend/candidates.ts";
import type { Engine } from "../../worker/recommend/engine/engine.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";

import { readTaste } from "../../worker/recommend/taste.ts";
import { collectGarbage } from "../support/garbage.ts";
import { settledRules } from "../support/placement.ts";

const ids = Array.from({ length: 60 }, (_, index) => `item-${index}`);
/** The model knows the even ones; every fourth has been clicked often. */
const known = ids.filter((_, index) => index % 2 === 0);
const clicks = Float32Array.from(known, (_, index) => (index % 2 === 0 ? 20 : 3));
const rows: RowSource = {
  indexOf: (id) => (known.includes(id) ? known.indexOf(id) : undefined),
  idOf: (index) => known[index],
  rowOf: () => undefined,
  listOf: () => undefined,
};
const engineOf = (all: Float32Array) =>
  ({
    core: { statistics: { all }, embeddings: [] },
    hears: { likeness: false, arrivals: false, judgment: false },
  }) as unknown as Engine;
const supply: Supply = {
  rows,
  engine: engineOf(clicks),
  neighbors: {},
  popular: { ...NO_POPULAR, trending: ids.toReversed(), allTime: [] },
  contexts: [],
  arrivals: ids,
};
const nobody = readTaste({
  history: [],
  landmarks: [],
  itemId: undefined,
  recentItemIds: [],
  purchasedWithinDays: 0,
  now: 0,
  timeZone: "Asia/Seoul",
});

function exploredBy(person: string, ways: object, day = 0, engine = supply.engine) {
  const title = { ko: "추천", en: "For you" };
  const placement = settledRules({ title, ways, count: 10, explore: 0.3 });
  const { rules } = planFor(placement, nobody, { ...supply, engine }, {}, person, day * 86_400_000);
  return rules.arrivals;
}

describe("exploration", () => {
  it("gives places to what came lately and few have looked at, known to the model or not, to everybody others", () => {
    const tried = new Set<string>();
    for (let person = 0; person < 200; person++) {
      const explored = exploredBy(`person ${person}`, ["personalized", "trending", "new"]);
      expect(explored).toHaveLength(3);
      for (const { id, place } of explored) {
        tried.add(id);
        expect(place).toBeGreaterThanOrEqual(2);
      }
    }
    expect([...tried].sort()).toEqual(ids.filter((_, index) => index % 4 !== 0).sort());
    expect(exploredBy("person 1", ["trending", "new"])).toEqual(exploredBy("person 1", ["trending", "new"]));
    expect(exploredBy("person 1", ["trending", "new"], 1)).not.toEqual(exploredBy("person 1", ["trending", "new"]));
  });

  it("goes by the model that serves, and does not hold the one before", async () => {
    const serveOnce = () => {
      const engine = engineOf(clicks.map(() => 20));
      const explored = exploredBy("a", ["trending", "new"], 0, engine);
      for (const { id } of explored) expect(known).not.toContain(id);
      return new WeakRef(engine);
    };
    const engine = serveOnce();
    const people = Array.from({ length: 20 }, (_, person) => exploredBy(`${person}`, ["trending", "new"]));
    expect(people.flat().some(({ id }) => known.includes(id))).toBe(true);
    await collectGarbage();
    expect(engine.deref() === undefined).toBe(true);
    const last = serveOnce();
    await collectGarbage();
    expect(last.deref() === undefined).toBe(true);
  });

  it("does so in a marketer's own mix as well, and where new is not asked for it does not", () => {
    expect(exploredBy("a", { weights: { trending: 0.9, new: 0.1 } })).toHaveLength(3);
    expect(
      exploredBy("a", {
        order: [
          { way: "trending", count: 5 },
          { way: "new", count: 1 },
        ],
      }),
    ).toHaveLength(3);
    expect(exploredBy("a", ["trending"])).toEqual([]);
    expect(exploredBy("a", ["new"])).toEqual([]);
  });
});
