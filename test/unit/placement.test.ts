import { describe, expect, it } from "vitest";
import { type Candidate, rankCandidates, type Supply } from "../../worker/recommend/candidates.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { Mix } from "../../worker/recommend/schema.ts";
import type { TasteInput } from "../../worker/recommend/taste.ts";
import { event, NOON, taste } from "../support/history.ts";

describe("a marketer's own mix", () => {
  const rows = {
    indexOf: (id: string) => ["a", "b", "c", "d"].indexOf(id) + 1 || undefined,
    idOf: (index: number) => ["a", "b", "c", "d"][index - 1],
    rowOf: () => undefined,
    listOf: () => undefined,
  };
  const supply: Supply = {
    rows,
    neighbors: {
      similar: new Map([
        [
          "a",
          [
            { id: "s1", score: 0.9 },
            { id: "t1", score: 0.5 },
            { id: "s2", score: 0.4 },
          ],
        ],
      ]),
    },
    popular: { ...NO_POPULAR, trending: ["t1", "t2", "t3", "t4", "a"] },
    contexts: [],
    arrivals: ["n1", "n2"],
  };
  const list = (mix: unknown, more: Partial<TasteInput> = { itemId: "a" }, skip = new Set(["a"])) =>
    rankCandidates(taste(more), supply, Mix.parse(mix), skip).map(({ id }) => id);

  it("takes turns, each item once, and goes on with what is left", () => {
    expect(
      list({
        order: [
          { way: "trending", count: 2 },
          { way: "similar", count: 1 },
          { way: "new", count: 1 },
        ],
      }),
    ).toEqual(["t1", "t2", "s1", "n1", "t3", "t4", "s2", "n2"]);
  });

  it("weighs each way's scores, and says which spoke loudest", () => {
    const weighed = rankCandidates(
      taste({ itemId: "a" }),
      supply,
      { weights: { similar: 1, trending: 1 } },
      new Set(["a"]),
    );
    expect(weighed[0]?.id).toBe("t1");
    expect(weighed[0]?.parts).toEqual({ similar: 0.5, trending: 1 });
    expect(weighed.find(({ id }) => id === "s1")?.way).toBe("similar");
  });

  it("keeps of a reason nothing that a quieter way has said", () => {
    const ranked = (weights: object, more: Partial<Supply> = {}) =>
      rankCandidates(taste({ itemId: "a" }), { ...supply, ...more }, Mix.parse({ weights }), new Set(["a"]));
    const one = (list: Candidate[]) => list.find(({ id }) => id === "t1");
    const quiet = { similar: 0.1, trending: 1 };
    expect(one(ranked({ similar: 1 }))?.seed?.itemId).toBe("a");
    expect(one(ranked(quiet))).toMatchObject({ way: "trending" });
    expect(one(ranked(quiet))?.seed).toBeUndefined();
    // And the other way around.
    const neighbors = { similar_titles: supply.neighbors.similar ?? new Map() };
    expect(one(ranked({ trending: 0.1, similar_titles: 1 }, { neighbors }))).toMatchObject({
      way: "similar_titles",
      seed: { itemId: "a" },
    });
  });

  it("nor does the blend of names alone", () => {
    const history = [event("product_viewed", "a"), event("product_viewed", "t1", NOON - 1)];
    const ranked = rankCandidates(taste({ history }), supply, ["similar", "recently_viewed"], new Set());
    const one = ranked.find(({ id }) => id === "t1");
    expect([one?.way, one?.seed?.itemId, one?.seen]).toEqual(["similar", "a", undefined]);
    expect(one?.parts.recently_viewed).toBeGreaterThan(0);
  });

  it("lists what was looked at where that is what is asked for", () => {
    const history = [event("product_viewed", "d"), event("product_viewed", "b", NOON - 1)];
    const known = taste({ history });
    const mix = Mix.parse(["recently_viewed"]);
    const ranked = rankCandidates(known, supply, mix, new Set(["b", "d", "x"]), { never: new Set(["x"]) });
    expect(ranked.map(({ id, seen }) => [id, seen])).toEqual([
      ["d", true],
      ["b", true],
    ]);
  });

  it.each<[unknown, string]>([
    [[], "ways"],
    [["popular"], "an unknown way"],
    [{ order: [] }, "no steps"],
    [{ order: [{ way: "new", count: 0 }] }, "no items"],
    [{ weights: { new: 0 } }, "no weight"],
    [{ weights: { sorted: 1 } }, "an unknown way"],
    [{ order: [{ way: "new", count: 1 }], weights: { new: 1 } }, "both"],
  ])("refuses %j: %s", (mix) => {
    expect(Mix.safeParse(mix).success).toBe(false);
  });
});

describe("what somebody left alone", () => {
  it("is counted until they do something with it", () => {
    const shown = (at: number, ...ids: string[]) => event("recommendation_shown", null, at, { item_ids: ids });
    const history = [shown(NOON, "a", "b"), event("product_viewed", "b", NOON - 1), shown(NOON - 2, "a", "b", "b")];
    expect([...taste({ history }).ignored]).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect(taste({ history }).seeds.map(({ itemId }) => itemId)).toEqual(["b"]);
  });
});
