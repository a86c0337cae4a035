import { describe, expect, it } from "vitest";
import { DAY } from "../../worker/lib/time.ts";
import type { Candidate } from "../../worker/recommend/candidates.ts";
import type { ResolvedRule } from "../../worker/recommend/item-rule.ts";
import type { Wishes } from "../../worker/recommend/plan.ts";
import { reasonFor } from "../../worker/recommend/reason.ts";
import { readTaste } from "../../worker/recommend/taste.ts";
import { event, NOON } from "../support/history.ts";
import { is, shop } from "../support/placed-shop.ts";

describe("what is given up where nothing would be left", () => {
  const mugs = ["mug-1", "mug-2", "mug-3"].map((id, place) => ({
    id,
    category: "주방 > 머그",
    price: 10_000 + place * 1000,
  }));
  const kettles = ["kettle-1", "kettle-2"].map((id) => ({ id, category: "주방 > 주전자", price: 5000 }));
  const kitchen = shop([...kettles, ...mugs]);
  const onlyMugs = { filter: [is("category", "eq", "머그")], count: 5 };

  it("is what the caller asks on top before the placement's filter, and never what is excluded", async () => {
    const all = await kitchen(onlyMugs, { excludeItemIds: mugs.map(({ id }) => id) });
    expect([all.ids.sort(), all.relaxed]).toEqual([["kettle-1", "kettle-2"], ["filter.0"]]);
    const some = await kitchen(onlyMugs, { excludeItemIds: ["mug-1", "mug-3"] });
    expect([some.ids, some.relaxed]).toEqual([["mug-2"], []]);
    const filter = [is("category", "eq", "주전자")] as Wishes["filter"];
    const asked = await kitchen(onlyMugs, { filter, excludeItemIds: ["mug-1"] });
    expect([asked.ids.sort(), asked.relaxed]).toEqual([["mug-2", "mug-3"], ["caller_filter"]]);
    const nothing = await kitchen(onlyMugs, { filter, excludeItemIds: [...mugs, ...kettles].map(({ id }) => id) });
    expect([nothing.ids, nothing.relaxed]).toEqual([[], []]);
  });

  it.each<[string, object[], string[], string[]]>([
    [
      "as rules of a filter",
      [is("category", "eq", { current: "category" }), is("price", "lt", { current: "price" })],
      ["mug-2", "mug-3"],
      ["filter.1"],
    ],
    [
      "inside one rule that says all",
      [{ all: [is("category", "eq", { current: "category" }), is("price", "lt", { current: "price" })] }],
      ["mug-2", "mug-3"],
      ["filter.0.all.1"],
    ],
    [
      "and the first only when there is no other way",
      [is("brand", "eq", "없는 브랜드"), is("price", "lt", { current: "price" })],
      ["kettle-1", "kettle-2"],
      ["filter.0"],
    ],
  ])("is a placement's condition, the last before the first: %s", async (_, filter, ids, relaxed) => {
    const cheapest = await kitchen({ filter, count: 5 }, { itemId: "mug-1" });
    expect([cheapest.ids.sort(), cheapest.relaxed]).toEqual([ids, relaxed]);
  });

  it("is looked for deep in the catalog, rule by rule, and no further than needed", async () => {
    const searches: ResolvedRule[][] = [];
    const deep = shop(
      [...Array.from({ length: 60 }, (_, place) => ({ id: `other-${place}`, category: "기타", price: 1000 })), ...mugs],
      { searches },
    );
    const filter = [is("category", "eq", "머그"), is("price", "lt", 20_000), is("price", "gt", 15_000)];
    const cheapest = await deep({ filter, count: 5 });
    expect([cheapest.ids.sort(), cheapest.relaxed]).toEqual([["mug-1", "mug-2", "mug-3"], ["filter.2"]]);
    expect(searches.map((rules) => rules.length)).toEqual([3, 2]);
    searches.length = 0;
    const asked = { filter: [is("brand", "eq", "A")] as Wishes["filter"] };
    const widened = await deep({ filter: [is("category", "eq", "머그")], count: 5 }, asked);
    expect([widened.ids.sort(), widened.relaxed]).toEqual([["mug-1", "mug-2", "mug-3"], ["caller_filter"]]);
    expect(searches.map((rules) => rules.length)).toEqual([2, 1]);
  });

  it("is never that somebody has bought it, is not interested or that it is left out by name", async () => {
    const one = shop([{ id: "only" }]);
    const bought = [event("product_purchased", "only", NOON - DAY)];
    const answer = await one({}, {}, bought);
    expect([answer.ids, answer.relaxed]).toEqual([[], []]);
    expect((await one({ pins: [{ itemId: "only", position: 1 }] }, {}, bought)).ids).toEqual([]);
    expect((await one({ excludePurchasedDays: 0 }, {}, bought)).ids).toEqual(["only"]);
    const filtered = await kitchen(
      onlyMugs,
      {},
      mugs.map(({ id }) => event("product_purchased", id, NOON - DAY)),
    );
    expect([filtered.ids.sort(), filtered.relaxed]).toEqual([["kettle-1", "kettle-2"], ["filter.0"]]);
    expect((await one({}, {}, [event("recommendation_dismissed", "only")])).ids).toEqual([]);
    expect((await one({ excludeItemIds: ["only"] })).ids).toEqual([]);
    expect((await one({}, { excludeItemIds: ["only"] })).ids).toEqual([]);
  });
});

describe("a caller's diversity", () => {
  const alike = shop(
    ["a1", "a2", "a3", "b1", "c1"].map((id) => ({ id, brand: id[0]!, category: id[0]! })),
    { popular: ["a1", "a2", "a3", "b1", "c1"] },
  );
  it.each([
    [0.6, 0, "a1 b1 c1"],
    [0, 0.6, "a1 b1 c1"],
    [0, 0, "a1 a2 a3"],
  ])("of %d and the placement's: the larger counts (%d)", async (own, asked, expected) => {
    const { ids } = await alike({ diversity: own, count: 3 }, { diversity: asked });
    expect(ids.slice(0, 3).join(" ")).toBe(expected);
  });
});

describe("variants", () => {
  const sizes = shop(
    [
      { id: "shirt-s", groupId: "shirt" },
      { id: "shirt-m", groupId: "shirt" },
      { id: "coat-s", groupId: "coat" },
      { id: "coat-m", groupId: "coat" },
      { id: "hat" },
    ],
    { popular: ["shirt-m", "coat-m", "shirt-s", "coat-s", "hat"] },
  );

  it("of what was bought or is of no interest are left out with it", async () => {
    const history = [event("recommendation_dismissed", "coat-s"), event("product_purchased", "shirt-s", NOON - DAY)];
    expect((await sizes({ count: 5 }, {}, history)).ids).toEqual(["hat"]);
    expect((await sizes({ count: 5, pins: [{ itemId: "shirt-m", position: 1 }] }, {}, history)).ids).toEqual([
      "shirt-m",
      "hat",
    ]);
  });

  it("come back when it is time to buy again, and in need", async () => {
    const history = [event("product_purchased", "shirt-s", NOON - 100 * DAY)];
    expect((await sizes({ count: 5 }, {}, history)).ids).toContain("shirt-m");
    const shirts = shop([
      { id: "shirt-s", groupId: "shirt" },
      { id: "shirt-m", groupId: "shirt" },
    ]);
    const answer = await shirts({ count: 2 }, {}, [event("product_purchased", "shirt-s", NOON - DAY)]);
    expect([answer.ids, answer.relaxed]).toEqual([["shirt-m"], ["purchased_variant"]]);
  });
});

describe("rotation", () => {
  it("counts every place of a list of fifty", () => {
    const shown = event("recommendation_shown", null, NOON, {
      item_ids: Array.from({ length: 50 }, (_, place) => `i${place}`),
    });
    const { ignored } = readTaste({
      timeZone: "Asia/Seoul",
      history: [shown],
      landmarks: [],
      itemId: undefined,
      recentItemIds: [],
      purchasedWithinDays: 90,
      now: NOON,
    });
    expect([ignored.size, ignored.get("i49")]).toEqual([50, 1]);
  });
});

describe("whoever nothing is known of", () => {
  const items = Array.from({ length: 20 }, (_, place) => ({ id: `i${place}`, brand: place % 2 === 0 ? "A" : "B" }));
  const stocked = shop(items, { popular: ["i15", "i14", "i13"], arrivals: ["i0", "i1"] });

  it.each([
    [["personalized", "similar"]],
    [["also_viewed"]],
    [{ order: [{ way: "bought_together", count: 3 }] }],
    [{ weights: { similar: 1, complementary: 2 } }],
  ])("is met by what is popular, then by the catalog, whatever the mix: %j", async (ways) => {
    const { ids, candidates } = await stocked({ ways, count: 5 });
    expect([ids, candidates.map(({ way, filler }) => filler ?? way)]).toEqual([
      ["i15", "i14", "i13", "i0", "i1"],
      ["trending", "trending", "trending", true, true],
    ]);
  });

  it("is met by it behind what the ways have, and by the placement's boosts", async () => {
    expect((await stocked({ ways: ["new"], count: 4, explore: 0 })).ids).toEqual(["i0", "i1", "i15", "i14"]);
    const boosted = await stocked({ ways: ["similar"], count: 3, booster: [{ when: is("brand", "eq", "A"), by: 50 }] });
    expect(boosted.ids[0]).toBe("i14");
  });
});

describe("a reason", () => {
  const reasons = (candidate: Candidate) => [
    reasonFor(candidate, undefined, "ko"),
    reasonFor(candidate, undefined, "en"),
  ];
  const plain = ["추천 상품", "Featured"];
  it("says of a pin and of what fills up a list no more than is known", async () => {
    const few = shop([{ id: "old", createdAt: NOON - 400 * DAY }, { id: "fresh" }, { id: "pinned" }], {
      arrivals: ["fresh", "old"],
    });
    const filled = await few({ ways: ["similar"], count: 3, pins: [{ itemId: "pinned", position: 1 }] });
    expect(filled.candidates.map(reasons)).toEqual([plain, plain, plain]);
    const seed = { itemId: "old", lag: 0, weight: 1, from: "history", kind: "bought" } as Candidate["seed"];
    // Rows and net know what was looked at as well: it is not what buyers chose.
    expect(reasonFor({ id: "x", score: 1, way: "personalized", parts: {}, seed }, "울 코트", "ko")).toBe(
      "구매하신 '울 코트'와 어울리는 상품",
    );
    const arrivals = await few({ ways: ["new"], count: 2 });
    expect([arrivals.ids, arrivals.candidates.map(reasons)]).toEqual([
      ["fresh", "old"],
      [["새로 들어온 상품", "New in"], plain],
    ]);
  });
});
