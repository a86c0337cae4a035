import { describe, expect, it } from "vitest";
import type { Candidate, RowSource, Supply } from "../../worker/recommend/candidates.ts";
import { CODES_PER_ENTRY } from "../../worker/recommend/engine/codec.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import type { TasteInput } from "../../worker/recommend/taste.ts";
import { NOON, taste as tasteOf } from "../support/history.ts";
import { explainPlainly, settledRules } from "../support/placement.ts";

const ITEMS = ["coat", "scarf", "hat", "lamp"];
/** Whoever looks at the coat looks at the scarf, and less often at the hat. */
const rows: RowSource = {
  indexOf: (id) => (ITEMS.includes(id) ? ITEMS.indexOf(id) : undefined),
  idOf: (index) => ITEMS[index],
  rowOf: (index) =>
    index === 0
      ? {
          targets: Int32Array.of(1, 2),
          codes: Uint8Array.from({ length: 2 * CODES_PER_ENTRY }, (_, at) => (at < CODES_PER_ENTRY ? 200 : 195)),
        }
      : undefined,
  listOf: () => undefined,
};
const NOTHING: Supply = { rows: undefined, neighbors: {}, popular: NO_POPULAR, contexts: [], arrivals: [] };

/** What the list and its explanation say of each candidate. */
function told(ways: object, supply: Supply, known: Partial<TasteInput>) {
  const taste = tasteOf(known);
  const placement = settledRules({ title: { ko: "추천", en: "For you" }, ways });
  const plan = planFor(placement, taste, supply, { explain: true }, "p", NOON);
  plan.ranked.forEach(plan.name);
  const selection = { list: [], relaxed: [], removals: undefined };
  const { candidates } = explainPlainly({ taste, supply, placement, plan, selection });
  const says = ({ id, way, seed, because, parts }: Candidate) => ({ id, way, seed: seed?.itemId, because, parts });
  return { listed: plan.ranked.map(says), explained: candidates.map(says) };
}

describe("an explanation", () => {
  it("calls what stands in for lookalikes as the list calls it, also where another way speaks louder", () => {
    const supply: Supply = {
      ...NOTHING,
      rows,
      neighbors: {
        similar_design: new Map([
          [
            "coat",
            [
              { id: "lamp", score: 0.9 },
              { id: "scarf", score: 0.5 },
              { id: "shawl", score: 0.4 },
            ],
          ],
          ["cape", [{ id: "hat", score: 0.8 }]],
        ]),
      },
      standIns: new Map([["coat", new Set(["scarf", "shawl"])]]),
    };
    const mix = { weights: { also_viewed: 9, similar_design: 1 } };
    const { listed, explained } = told(mix, supply, { recentItemIds: ["coat", "cape"] });
    const partsOf = (all: typeof listed) =>
      Object.fromEntries(all.map(({ id, way, parts }) => [id, [way, Object.keys(parts).sort().join(" ")]]));
    const expected = {
      scarf: ["also_viewed", "also_viewed similar"],
      hat: ["also_viewed", "also_viewed similar_design"],
      lamp: ["similar_design", "similar_design"],
      shawl: ["similar", "similar"],
    };
    expect(partsOf(listed)).toEqual(expected);
    expect(explained).toEqual(listed);
  });

  it("tells what a survey's answer foretells", () => {
    const answer = { picked_item_ids: ["coat"], passed_item_ids: ["lamp"] };
    const supply: Supply = {
      ...NOTHING,
      popular: { ...NO_POPULAR, trending: ["lamp", "hat", "scarf"] },
      insight: {
        people: 100,
        tiles: ["item:coat", "item:lamp"],
        items: ["scarf", "hat", "mug"],
        tileMeans: Float32Array.of(0.3, 0.3),
        itemMeans: Float32Array.of(0.2, 0.2, 0.2),
        among: Float32Array.of(0.2, 0, 0, 0.2),
        across: Float32Array.of(0.15, 0, 0.1, 0, 0.02, 0),
      },
    };
    const answered = { profileId: "p" as never, at: NOON - 1, messageId: "m", name: "survey_answered", itemId: null };
    const { listed, explained } = told(["personalized", "trending"], supply, {
      landmarks: [{ ...answered, properties: answer }],
    });
    expect(listed[0]).toMatchObject({ id: "scarf", way: "personalized", seed: "coat" });
    expect(listed.map(({ id }) => id)).toContain("mug");
    expect(explained).toEqual(listed);
  });
});
