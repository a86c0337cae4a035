/** On an item's page: what is like the item, and what goes with it, whatever else its visitor has done. */
import { describe, expect, it } from "vitest";
import type { Candidate, RowSource, Supply } from "../../worker/recommend/candidates.ts";
import { CODES_PER_ENTRY } from "../../worker/recommend/engine/codec.ts";
import { seedNamer } from "../../worker/recommend/loudest.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { readTaste } from "../../worker/recommend/taste.ts";
import { settledRules } from "../support/placement.ts";

const NOON = Date.parse("2026-03-10T12:00:00+09:00");
const ITEMS = ["coat", "mug", "scarf"];
/** Both lead to the scarf, the mug far more often. */
const rows: RowSource = {
  indexOf: (id) => (ITEMS.includes(id) ? ITEMS.indexOf(id) : undefined),
  idOf: (index) => ITEMS[index],
  rowOf: (index) =>
    index === 2
      ? undefined
      : { targets: Int32Array.of(2), codes: new Uint8Array(CODES_PER_ENTRY).fill(index === 1 ? 230 : 150) },
  listOf: () => undefined,
};
const neighbors = new Map([
  ["coat", [{ id: "cape", score: 0.5 }]],
  ["mug", [{ id: "cup", score: 0.9 }]],
]);
const supply: Supply = {
  rows: undefined,
  neighbors: { similar: neighbors, similar_titles: neighbors, similar_design: neighbors },
  popular: NO_POPULAR,
  contexts: [],
  arrivals: [],
};

/** Of somebody who has looked at a mug. */
const tasteOn = (itemId: string | undefined) =>
  readTaste({
    history: [],
    landmarks: [],
    itemId,
    recentItemIds: ["mug"],
    purchasedWithinDays: 90,
    now: NOON,
    timeZone: "Asia/Seoul",
  });

/** What they see. */
function shown(ways: object, itemId: string | undefined, having = supply) {
  const plan = planFor(settledRules({ ways }), tasteOn(itemId), having, { itemId }, "p", NOON);
  plan.ranked.forEach(plan.name);
  return plan.ranked;
}
const ids = (ways: object, itemId?: string) => shown(ways, itemId).map(({ id }) => id);

describe("on an item's page", () => {
  it.each([
    [["similar"]],
    [["similar_titles"]],
    [["similar_design", "also_viewed"]],
    [{ weights: { similar: 1 } }],
    [{ order: [{ way: "similar_titles", count: 3 }] }],
  ])("what is like it is not what is like something else: %j", (ways) => {
    expect(ids(ways, "coat")).toEqual(["cape"]);
    expect(ids(ways)).toEqual(["cup"]);
    // Of an item that nothing is like, the visit says more than nothing.
    expect(ids(ways, "unknown")).toEqual(["cup"]);
  });

  it("what is for the person goes by all that they did", () => {
    expect(ids(["personalized", "similar"], "coat").sort()).toEqual(["cape", "cup"]);
  });

  it("what others looked at beside it is said to be so of it, whatever speaks louder", () => {
    const [scarf] = shown(["also_viewed"], "coat", { ...supply, rows });
    expect(scarf).toMatchObject({ id: "scarf", way: "also_viewed", seed: { itemId: "coat" } });
    expect(shown(["personalized"], "coat", { ...supply, rows })[0]).toMatchObject({ seed: { itemId: "mug" } });
  });

  it("what the net has found to be like something is said to be like what it is most like", () => {
    const similar = new Map(neighbors).set("coat", [
      { id: "cape", score: 0.5 },
      { id: "cup", score: 0.1 },
    ]);
    const cup: Candidate = { id: "cup", score: 1, way: "similar", parts: {} };
    seedNamer(tasteOn("coat"), { ...supply, rows, neighbors: { similar } })(cup);
    expect(cup.seed?.itemId).toBe("mug");
  });
});
