import { describe, expect, it } from "vitest";
import { DAY } from "../../worker/lib/time.ts";
import { event, NOON } from "../support/history.ts";
import { is, shop } from "../support/placed-shop.ts";

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
