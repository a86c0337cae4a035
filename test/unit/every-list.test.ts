import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { DAY } from "../../worker/lib/time.ts";
import type { Candidate, Supply } from "../../worker/recommend/candidates.ts";
import { fieldsOf, meetsRule } from "../../worker/recommend/item-rule.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { type Shelf, select } from "../../worker/recommend/select.ts";
import { event, NOON, order, taste } from "../support/history.ts";
import { settledRules } from "../support/placement.ts";

interface Stock {
  id: string;
  brand: string;
  price: number;
  inStock: boolean;
}

const toItem = (stock: Stock): Item =>
  ({
    ...stock,
    siteId: "s",
    title: stock.id,
    titles: {},
    category: stock.price > 500 ? "A" : "B",
    currency: "KRW",
    listPrice: null,
    tags: [],
    attributes: {},
    groupId: null,
    hidden: false,
    createdAt: NOON,
    deletedAt: null,
  }) as unknown as Item;

function shelfOf(stocks: Stock[]): Shelf {
  const items = new Map(stocks.map((stock) => [stock.id, toItem(stock)]));
  const servable = [...items.values()].filter(({ inStock }) => inStock);
  return {
    read: async (ids) => new Map(ids.map((id) => [id, items.get(id) ?? null])),
    page: async (number) => servable.slice(number * 2, number * 2 + 2),
    passing: async (rules, part) =>
      servable
        .filter((each) => rules.every((rule) => meetsRule(rule, fieldsOf(each, NOON))))
        .slice(part * 2, part * 2 + 2),
  };
}

describe("every list", () => {
  const ids = Array.from({ length: 14 }, (_, index) => `i${index}`);
  const stocks = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids),
      brand: fc.constantFrom("A", "B", "C"),
      price: fc.integer({ min: 1, max: 1000 }),
      inStock: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 14 },
  );
  const rules = fc.record({
    count: fc.integer({ min: 1, max: 10 }),
    perBrandCap: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    diversity: fc.constantFrom(0, 0.3, 1),
    excludeItemIds: fc.subarray(ids, { maxLength: 3 }),
    restAfterIgnored: fc.constantFrom(0, 1, 3),
    pins: fc.array(fc.record({ itemId: fc.constantFrom(...ids), position: fc.integer({ min: 1, max: 10 }) }), {
      maxLength: 3,
    }),
    filter: fc.constantFrom([], [{ property: "price", op: "lt", value: 500 }]),
    booster: fc.constantFrom([], [{ when: { property: "brand", op: "eq", value: "B" }, by: 5 }]),
  });
  const asked = fc.record({
    itemId: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    excludeItemIds: fc.subarray(ids, { maxLength: 3 }),
    count: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  });

  it("keeps its promises whatever the rules, the stock and the wishes", async () => {
    await fc.assert(
      fc.asyncProperty(stocks, rules, asked, fc.shuffledSubarray(ids), async (stock, said, wishes, popular) => {
        // As they are stored: rules from before two pins at one place were refused may have them.
        const { pins, ...others } = said;
        const placement = { ...settledRules(others), pins };
        const history = [
          event("recommendation_shown", null, NOON, { item_ids: ["i1", "i2"] }),
          event("product_viewed", "i3", NOON - 1),
        ];
        const landmarks = [order(["i4"], NOON - DAY)];
        const known = taste({ history: [...history, ...landmarks], landmarks, itemId: wishes.itemId });
        const supply: Supply = {
          rows: undefined,
          neighbors: {},
          popular: { ...NO_POPULAR, trending: popular },
          contexts: [],
          arrivals: [],
        };
        const plan = planFor(placement, known, supply, wishes, "p", NOON);
        const { list, relaxed } = await select(plan, shelfOf(stock));

        const never = new Set([...placement.excludeItemIds, ...wishes.excludeItemIds, wishes.itemId, "i4"]);
        const pinned = new Set(placement.pins.map(({ itemId }) => itemId));
        const allowed = stock.filter(({ id, inStock }) => inStock && !never.has(id));
        const filtered = placement.filter.length === 0 ? allowed : allowed.filter(({ price }) => price < 500);
        // The filter is given up in need: not what is excluded or was bought.
        const best = filtered.length > 0 ? filtered : allowed;
        const count = Math.min(placement.count, wishes.count ?? placement.count);
        const listed = list.map(({ item }) => item.id);

        // Never empty while something may be shown; as long as asked while so many may be.
        expect(listed.length > 0).toBe(allowed.length > 0);
        if (placement.pins.length === 0) {
          expect(listed.length).toBe(Math.min(count, best.length));
          for (const id of listed) expect(best.map((each) => each.id)).toContain(id);
        } else expect(listed.length).toBeLessThanOrEqual(count);
        // Nothing twice, and nothing that must not be there.
        expect(new Set(listed).size).toBe(listed.length);
        for (const id of listed) expect(allowed.map((each) => each.id)).toContain(id);
        if (placement.filter.length > 0 && filtered.length > 0)
          for (const { item } of list) if (!pinned.has(item.id)) expect(item.price).toBeLessThan(500);
        // Caps hold unless it is said that they do not.
        if (placement.perBrandCap !== undefined && pinned.size === 0 && !relaxed.includes("brand_cap")) {
          for (const brand of ["A", "B", "C"])
            expect(list.filter(({ item }) => item.brand === brand).length).toBeLessThanOrEqual(placement.perBrandCap);
        }
        const scores = list.map(({ candidate }) => candidate.score);
        expect(scores).toEqual([...scores].sort((one, other) => other - one));
        for (const score of scores) expect(score > 0 && score <= 1).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  const anything: Supply = { rows: undefined, neighbors: {}, popular: NO_POPULAR, contexts: [], arrivals: [] };

  it("gives up what a caller asks for before what the placement says", async () => {
    const stock = ids.map((id, index) => ({ id, brand: index < 3 ? "A" : "B", price: 100, inStock: true }));
    const placement = settledRules({ count: 5, filter: [{ property: "brand", op: "eq", value: "A" }] });
    const wishes = { filter: [{ property: "brand" as const, op: "eq" as const, value: "B" }], excludeItemIds: [] };
    const plan = planFor(
      placement,
      taste({ history: [], landmarks: [], itemId: undefined }),
      anything,
      wishes,
      "p",
      NOON,
    );
    const { list, relaxed } = await select(plan, shelfOf(stock));
    expect([list.map(({ item }) => item.id).sort(), relaxed]).toEqual([["i0", "i1", "i2"], ["caller_filter"]]);
  });

  it("does not read a large catalog to its end for a cap that cannot be kept, nor for a filter", async () => {
    let [pages, parts] = [0, 0];
    const looked: unknown[] = [];
    const one = { brand: "A", price: 100, inStock: true };
    const items = (count: number, name: string) =>
      Array.from({ length: count }, (_, index) => toItem({ ...one, id: `${name}-${index}` }));
    const large: Shelf = {
      read: async (wanted) => new Map(wanted.map((id) => [id, null])),
      async page(number) {
        pages++;
        return items(number < 1000 ? 4 : 0, `page-${number}`);
      },
      // A database that can never tell.
      async passing(_, part, most) {
        parts++;
        looked.push(most);
        return items(4, `part-${part}`);
      },
    };
    const known = taste({ history: [], landmarks: [], itemId: undefined });
    const listed = async (said: object, asked: object = {}) => {
      [pages, parts] = [0, 0];
      looked.length = 0;
      const plan = planFor(
        settledRules({ count: 10, ...said }),
        known,
        anything,
        { excludeItemIds: [], ...asked },
        "p",
        NOON,
      );
      const { list, relaxed } = await select(plan, large);
      return [list.length, relaxed];
    };
    const filter = [{ property: "brand", op: "eq", value: "B" }];
    expect([await listed({ perBrandCap: 2 }), pages, parts]).toEqual([[10, ["brand_cap"]], 8, 0]);
    expect([await listed({ filter }), parts]).toEqual([[10, ["filter.0"]], 100]);
    // A page may ask for what nobody has: that costs less than what a marketer's own filter may.
    expect([await listed({}, { filter }), parts]).toEqual([[10, ["caller_filter"]], 4]);
    expect(new Set(looked)).toEqual(new Set([20_000]));
    // A filter that passes, under a cap that cannot be kept: what soft rules keep back is enough.
    const passes = [{ property: "brand", op: "eq", value: "A" }];
    expect([await listed({ filter: passes, perBrandCap: 2 }), pages, parts]).toEqual([[10, ["brand_cap"]], 4, 0]);
  });

  it("has its pins where they were put, as long as they may be shown", async () => {
    const stock = ids.map((id, index) => ({ id, brand: "A", price: 100, inStock: id !== "i9" && index < 12 }));
    const placement = settledRules({
      count: 5,
      pins: [
        { itemId: "i8", position: 2 },
        { itemId: "i9", position: 1 },
        { itemId: "i7", position: 5 },
        { itemId: "i6", position: 9 },
      ],
    });
    const supply: Supply = {
      rows: undefined,
      neighbors: {},
      popular: { ...NO_POPULAR, trending: ids },
      contexts: [],
      arrivals: [],
    };
    const listWith = async (wishes: object) => {
      const plan = planFor(placement, taste(), supply, wishes, undefined, NOON);
      return (await select(plan, shelfOf(stock))).list.map(({ item }) => item.id);
    };
    expect(await listWith({})).toEqual(["i0", "i8", "i1", "i2", "i7"]);
    expect(await listWith({ excludeItemIds: ["i8"] })).toEqual(["i0", "i1", "i2", "i3", "i7"]);
    expect(await listWith({ filter: [{ property: "id", op: "neq", value: "i7" }] })).toEqual([
      "i0",
      "i8",
      "i1",
      "i2",
      "i3",
    ]);
  });

  it("lifts what is boosted, and sets apart what is alike", async () => {
    const stock = ["a1", "a2", "a3", "b1", "c1"].map((id) => ({
      id,
      brand: id[0]!,
      price: id[0] === "c" ? 900 : 100,
      inStock: true,
    }));
    const candidates: Candidate[] = stock.map(({ id }, place) => ({
      id,
      score: 1 - place / 10,
      way: "trending",
      parts: {},
    }));
    const listWith = async (said: object) => {
      const supply: Supply = { rows: undefined, neighbors: {}, popular: NO_POPULAR, contexts: [], arrivals: [] };
      const { rules } = planFor(settledRules({ count: 5, ...said }), taste(), supply, {}, undefined, NOON);
      return (await select({ ranked: candidates, rules }, shelfOf(stock))).list.map(({ item }) => item.id).join(" ");
    };
    expect(await listWith({})).toBe("a1 a2 a3 b1 c1");
    expect(await listWith({ diversity: 0.6 })).toBe("a1 c1 b1 a2 a3");
    expect(await listWith({ booster: [{ when: { property: "brand", op: "eq", value: "c" }, by: 3 }] })).toBe(
      "c1 a1 a2 a3 b1",
    );
    expect(await listWith({ booster: [{ when: { property: "brand", op: "eq", value: "a" }, by: 0.1 }] })).toBe(
      "b1 c1 a1 a2 a3",
    );
  });
});
