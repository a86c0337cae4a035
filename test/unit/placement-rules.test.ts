import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { DAY } from "../../worker/lib/time.ts";
import type { Candidate, Supply } from "../../worker/recommend/candidates.ts";
import { fieldsOf, meetsRule, type ResolvedRule } from "../../worker/recommend/item-rule.ts";
import { planFor, type Wishes } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { reasonFor } from "../../worker/recommend/reason.ts";

import { type Shelf, select } from "../../worker/recommend/select.ts";
import { readTaste } from "../../worker/recommend/taste.ts";
import { bareItem } from "../support/item.ts";
import { explainPlainly, settledRules } from "../support/placement.ts";

const NOON = Date.parse("2026-03-10T12:00:00+09:00");

let sequence = 0;
const event = (name: string, itemId: string | null, at = NOON, properties: object = {}): HistoryEvent => ({
  profileId: "p_abcdefgh_AAAAAAAAAAAAAAAAAAAA",
  at,
  messageId: `m${sequence++}`,
  name,
  itemId,
  properties: { ...(itemId === null ? {} : { product_id: itemId }), ...properties },
});

const is = (property: string, op: string, value: unknown) => ({ property, op, value });

/** A shop whose items stand in the catalog in this order; `popular` says what its ways know. */
function shop(
  items: (Partial<Item> & { id: string })[],
  { popular = [] as string[], arrivals = [] as string[], size = 4, searches = [] as ResolvedRule[][] } = {},
) {
  const all = new Map(items.map((fields) => [fields.id, bareItem(NOON, { title: fields.id, ...fields })]));
  const servable = [...all.values()].filter(({ inStock }) => inStock);
  const shelf: Shelf = {
    read: async (ids) => new Map(ids.map((id) => [id, all.get(id) ?? null])),
    page: async (number) => servable.slice(number * size, number * size + size),
    passing: async (rules, part) => {
      searches.push(rules);
      return servable
        .filter((each) => rules.every((rule) => meetsRule(rule, fieldsOf(each, NOON))))
        .slice(part * size, part * size + size);
    },
  };
  const supply: Supply = {
    rows: undefined,
    neighbors: {},
    popular: { ...NO_POPULAR, trending: popular },
    contexts: [],
    arrivals,
  };
  return async (said: object, wishes: Partial<Wishes> = {}, history: HistoryEvent[] = []) => {
    const placement = settledRules(said);
    const taste = readTaste({
      timeZone: "Asia/Seoul",
      history,
      landmarks: history,
      itemId: wishes.itemId ?? undefined,
      recentItemIds: [],
      purchasedWithinDays: placement.excludePurchasedDays,
      now: NOON,
    });
    const plan = planFor(placement, taste, supply, wishes as Wishes, "p", NOON);
    const selection = await select(plan, shelf);
    const { list, relaxed } = selection;
    return {
      ids: list.map(({ item }) => item.id),
      relaxed,
      candidates: list.map(({ candidate }) => candidate),
      told: () => explainPlainly({ taste, supply, placement, plan, selection }),
    };
  };
}

describe("what is given up where nothing would be left", () => {
  const mugs = ["mug-1", "mug-2", "mug-3"].map((id, place) => ({
    id,
    category: "주방 > 머그",
    price: 10_000 + place * 1000,
  }));
  const kettles = ["kettle-1", "kettle-2"].map((id) => ({ id, category: "주방 > 주전자", price: 5000 }));
  const kitchen = shop([...kettles, ...mugs]);
  const onlyMugs = { filter: [is("category", "eq", "머그")], count: 5 };

  it("is what the caller leaves out, never the placement's filter", async () => {
    const all = await kitchen(onlyMugs, { excludeItemIds: mugs.map(({ id }) => id) });
    expect([all.ids.sort(), all.relaxed]).toEqual([["mug-1", "mug-2", "mug-3"], ["caller_exclude"]]);
    const some = await kitchen(onlyMugs, { excludeItemIds: ["mug-1", "mug-3"] });
    expect([some.ids, some.relaxed]).toEqual([["mug-2"], []]);
    const filter = [is("category", "eq", "주전자")] as Wishes["filter"];
    const asked = await kitchen(onlyMugs, { filter, excludeItemIds: ["mug-1"] });
    expect([asked.ids.sort(), asked.relaxed]).toEqual([["mug-2", "mug-3"], ["caller_filter"]]);
    const both = await kitchen(onlyMugs, { filter, excludeItemIds: mugs.map(({ id }) => id) });
    expect([both.ids.sort(), both.relaxed]).toEqual([
      ["mug-1", "mug-2", "mug-3"],
      ["caller_filter", "caller_exclude"],
    ]);
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

  it("is last that somebody has bought it", async () => {
    const one = shop([{ id: "only" }]);
    const bought = [event("product_purchased", "only", NOON - DAY)];
    const answer = await one({}, {}, bought);
    expect([answer.ids, answer.relaxed]).toEqual([["only"], ["viewed", "purchased"]]);
    const filtered = await kitchen(
      onlyMugs,
      {},
      mugs.map(({ id }) => event("product_purchased", id, NOON - DAY)),
    );
    expect([filtered.ids.sort(), filtered.relaxed]).toEqual([["kettle-1", "kettle-2"], ["filter.0"]]);
    expect((await one({}, {}, [event("recommendation_dismissed", "only")])).ids).toEqual([]);
    expect((await one({ excludeItemIds: ["only"] })).ids).toEqual([]);
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
    expect([answer.ids.length, answer.relaxed.includes("purchased")]).toEqual([2, true]);
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
    const arrivals = await few({ ways: ["new"], count: 2 });
    expect([arrivals.ids, arrivals.candidates.map(reasons)]).toEqual([
      ["fresh", "old"],
      [["새로 들어온 상품", "New in"], plain],
    ]);
  });
});

describe("explain", () => {
  const ids = Array.from({ length: 40 }, (_, place) => `i${place}`);
  const stocked = shop(
    ids.map((id, place) => ({ id, brand: place % 4 === 0 ? "A" : "B", category: "c", price: 1000 * (place + 1) })),
    { popular: ids },
  );
  const rules = {
    count: 4,
    ways: ["trending"],
    filter: [is("price", "lte", 30_000), is("price", "lt", { current: "price" })],
    booster: [{ when: is("brand", "eq", "A"), by: 2 }],
    diversity: 0.5,
    perCategoryCap: 3,
    pins: [
      { itemId: "i9", position: 2 },
      { itemId: "none", position: 3 },
    ],
    excludeItemIds: ["i2"],
    restAfterIgnored: 1,
  };
  const history = [
    event("recommendation_shown", null, NOON, { item_ids: ["i1"] }),
    event("product_purchased", "i3", NOON - DAY),
  ];

  it("tells the rules that held here and now", async () => {
    const wishes = { explain: true, excludeItemIds: ["i5"], booster: [{ when: is("brand", "eq", "B"), by: 1.5 }] };
    const { told } = await stocked(rules, wishes as Parameters<typeof stocked>[1], history);
    expect(told().rules).toEqual({
      ways: ["trending"],
      chosen: null,
      count: 4,
      filter: [
        { path: "filter.0", rule: is("price", "lte", 30_000) },
        { path: "filter.1", rule: null },
      ],
      callerFilter: [],
      boosts: [
        { when: is("brand", "eq", "A"), by: 2, from: "placement" },
        { when: is("brand", "eq", "B"), by: 1.5, from: "caller" },
      ],
      diversity: 0.5,
      perBrandCap: null,
      perCategoryCap: 3,
      explore: 0.1,
      excludeViewed: true,
      pins: [
        { itemId: "i9", position: 2, shown: true },
        { itemId: "none", position: 3, shown: false },
      ],
      excluded: [
        { rule: "placement", count: 1, examples: ["i2"] },
        { rule: "caller_exclude", count: 1, examples: ["i5"] },
      ],
      purchased: {
        withinDays: 90,
        allowRebuy: true,
        items: [{ id: "i3", at: NOON - DAY, rebuyDays: null, excluded: true }],
      },
      ignored: { restAfter: 1, items: [{ id: "i1", times: 1 }] },
    });
    const resolved = await stocked(rules, { ...wishes, itemId: "i20" } as Parameters<typeof stocked>[1]);
    expect(resolved.told().rules.filter[1]).toEqual({ path: "filter.1", rule: is("price", "lt", 21_000) });
  });

  it("counts what each rule removed, with a few examples, and says what boosts and differences did", async () => {
    const uncapped = { ...rules, perCategoryCap: 10 };
    const { told, ids: listed } = await stocked(uncapped, { explain: true, excludeItemIds: ["i5"] }, history);
    const { removed, candidates } = told();
    expect(candidates.find(({ id }) => id === "i4")?.boost).toBe(2);
    expect(candidates.filter(({ boost }) => boost === 2).length).toBeGreaterThan(listed.length);
    expect(candidates.some(({ diversity = 0 }) => diversity < 0)).toBe(true);
    const of = (rule: string) => removed.find((each) => each.rule === rule);
    expect([of("placement")?.count, of("purchased")?.count, of("caller_exclude")?.count]).toEqual([1, 1, 1]);
    expect(of("outranked")?.count).toBeGreaterThan(20);
    expect(of("outranked")?.examples.some(({ boost }) => boost === 2)).toBe(true);
    for (const { examples } of removed) expect(examples.length).toBeLessThanOrEqual(5);
    expect(removed.at(-1)?.rule).toBe("outranked");
    const told4 = new Set(removed.flatMap(({ examples }) => examples.map(({ id }) => id)));
    for (const id of listed) expect(told4.has(id)).toBe(false);
  });

  it("stays short however much of a catalog a filter removes", async () => {
    const many = shop(
      Array.from({ length: 300 }, (_, place) => ({ id: `i${place}`, brand: "A", price: 1000 })),
      { size: 200 },
    );
    const nobody = await many({ filter: [is("brand", "eq", "B"), is("price", "gt", 1)] }, { explain: true });
    const { removed } = nobody.told();
    expect(nobody.relaxed).toEqual(["filter.0"]);
    expect(removed.map(({ rule, condition, count }) => [rule, condition, count])).toEqual([
      ["filter", "filter.0", 288],
    ]);
    expect(JSON.stringify(removed).length).toBeLessThan(400);
  });

  it("costs nothing where nobody asks", async () => {
    const { told } = await stocked(rules, {}, history);
    expect(told().removed).toEqual([]);
  });
});
