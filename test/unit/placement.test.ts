import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { DAY } from "../../worker/lib/time.ts";
import { type Candidate, rankCandidates, type Supply } from "../../worker/recommend/candidates.ts";
import { contextNames, contextOfPage } from "../../worker/recommend/context.ts";
import { ContextCounts, EVERYBODY } from "../../worker/recommend/context-counts.ts";
import { Dictionary } from "../../worker/recommend/dictionary.ts";
import { addHabits, emptyHabits, HabitCounter, packHabits, unpackHabits } from "../../worker/recommend/habit-counts.ts";
import { type Habits, habitsBytes, readHabits } from "../../worker/recommend/habits.ts";
import { fieldsOf, meetsRule } from "../../worker/recommend/item-rule.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { popularHere } from "../../worker/recommend/popular-here.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { Mix } from "../../worker/recommend/schema.ts";
import { type Shelf, select } from "../../worker/recommend/select.ts";
import { readTaste, type Taste, type TasteInput } from "../../worker/recommend/taste.ts";
import { settledRules } from "../support/placement.ts";

const NOON = Date.parse("2026-03-10T12:00:00+09:00");
const PERSON = "p_abcdefgh_AAAAAAAAAAAAAAAAAAAA";

let sequence = 0;
const event = (name: string, itemId: string | null, at = NOON, properties: object = {}, profileId = PERSON) => ({
  profileId,
  at,
  messageId: `m${sequence++}`,
  name,
  itemId,
  properties: { ...(itemId === null ? {} : { product_id: itemId }), ...properties },
});
const taste = (more: Partial<TasteInput> = {}): Taste =>
  readTaste({
    timeZone: "Asia/Seoul",
    history: [],
    landmarks: [],
    itemId: undefined,
    recentItemIds: [],
    purchasedWithinDays: 90,
    now: NOON,
    ...more,
  });
const order = (ids: string[], at: number, profileId = PERSON) =>
  event("product_purchased", ids[0] ?? null, at, { products: ids.map((id) => ({ product_id: id })) }, profileId);

describe("a shop's habits", () => {
  const people = Array.from({ length: 60 }, (_, number) => `p_abcdefgh_${String(number).padStart(20, "A")}`);
  const counter = new HabitCounter(NOON, "Asia/Seoul");
  const events = people.flatMap((person, number) => {
    const isPhone = number % 2 === 0;
    const start = NOON - 50 * DAY;
    return [
      event(
        "page_viewed",
        null,
        start,
        { device: isPhone ? "phone" : "desktop", referrer: "https://www.google.com/" },
        person,
      ),
      event("product_viewed", isPhone ? "case" : "desk", start + 1, {}, person),
      event("product_viewed", isPhone ? "case" : "desk", start + 2, {}, person),
      order(["coffee", "filter"], start + 3, person),
      ...(number < 30 ? [order(["coffee"], start + 28 * DAY, person)] : []),
      ...(number < 30 ? [order(["grinder"], start + 29 * DAY, person)] : []),
    ];
  });
  counter.add(events, new Map(people.map((person, number) => [person, number % 2 === 0 ? ["vip"] : []])));
  const ids = ["coffee", "filter", "grinder", "case", "desk", "unseen"];
  const dictionary = Dictionary.of(ids);
  const read = (counts = counter.counts) =>
    readHabits(habitsBytes(counts, dictionary, (id) => (id === "unseen" ? "food" : null)));
  const names = (list: { item: number }[]) => list.map(({ item }) => ids[item]);

  it("know what is in the same order, and what comes after it", () => {
    const habits = read();
    expect(names(habits.together(0))).toEqual(["filter"]);
    expect(names(habits.after(1))).toContain("grinder");
    expect(names(habits.after(0))).toContain("grinder");
    expect([habits.together(3), habits.after(2), habits.together(99)]).toEqual([[], [], []]);
  });

  it("know when the same is bought again, and of what it never is", () => {
    const habits = read();
    expect(habits.rebuyDays(0)).toBeCloseTo(28, 5);
    expect([habits.rebuyDays(1), habits.rebuyDays(2), habits.rebuyDays(5)]).toEqual([undefined, undefined, undefined]);
  });

  it("know what people who come like this look at more than others", () => {
    const { contexts } = read();
    const of = (name: string) =>
      [...(contexts.get(name)?.items ?? [])].flatMap((item) =>
        ["case", "desk"].includes(ids[item]!) ? [ids[item]] : [],
      );
    expect([of("device:phone"), of("device:desktop"), of("segment:vip")]).toEqual([["case"], ["desk"], ["case"]]);
    expect(contexts.has("campaign:spring")).toBe(false);
  });

  it("come out the same however the events are cut, and over the wire", () => {
    const [one, other] = [new HabitCounter(NOON, "Asia/Seoul"), new HabitCounter(NOON, "Asia/Seoul")];
    const cut = events.findIndex(({ profileId }) => profileId === people[31]);
    one.add(events.slice(0, 10), new Map());
    one.add(events.slice(10, cut), new Map());
    other.add(events.slice(cut), new Map());
    const sum = emptyHabits();
    for (const { counts } of [one, other]) addHabits(sum, unpackHabits(packHabits(counts)));
    const whole = new HabitCounter(NOON, "Asia/Seoul");
    whole.add(events, new Map());
    expect(sum.together).toEqual(whole.counts.together);
    expect(sum.again).toEqual(whole.counts.again);
    expect(Buffer.from(habitsBytes(sum, dictionary, () => null))).toEqual(
      Buffer.from(habitsBytes(whole.counts, dictionary, () => null)),
    );
  });

  it("hear campaigns and segments through a flood of made-up ones, in bounded memory", () => {
    const visit = (person: string, campaign: string, itemId: string) => [
      event("page_viewed", null, NOON, { utm_campaign: campaign }, person),
      event("product_viewed", itemId, NOON, {}, person),
    ];
    const sum = emptyHabits();
    for (let part = 0; part < 4; part++) {
      const own = new HabitCounter(NOON, "Asia/Seoul");
      for (let number = 0; number < 3000; number++) {
        const person = `p_abcdefgh_${String(part * 3000 + number).padStart(20, "B")}`;
        const isReal = number > 1000 && number % 100 === 99;
        own.add(
          isReal ? visit(person, "spring", "case") : visit(person, `made-up-${part}-${number}`, `invented-${number}`),
          new Map([[person, isReal ? ["vip"] : []]]),
        );
      }
      expect([...own.counts.contexts.entries()].length).toBeLessThan(600);
      addHabits(sum, unpackHabits(packHabits(own.counts)), (id) => ids.includes(id));
    }
    expect([...sum.contexts.entries()].length).toBeLessThan(600);
    expect([...sum.contexts.get(EVERYBODY)!.items.keys()]).toEqual(["case"]);
    const { contexts } = read(sum);
    expect([...contexts.keys()].filter((name) => !name.startsWith("hour:")).sort()).toEqual([
      "campaign:spring",
      "segment:vip",
    ]);
    expect([...contexts.get("campaign:spring")!.items].map((item) => ids[item])).toEqual(["case"]);
  });

  it("tell a bounded number of items apart in a context, the most looked at", () => {
    const counts = new ContextCounts();
    for (let item = 0; item < 30_000; item++) {
      counts.add("device:phone", `rare-${item}`, 1);
      if (item % 100 === 0) counts.add("device:phone", "often", 1);
    }
    const { items, interest } = counts.get("device:phone")!;
    expect([interest, items.get("often"), items.size <= 8000]).toEqual([30_300, 300, true]);
  });

  it("are empty before anything has happened", () => {
    const habits = readHabits(habitsBytes(emptyHabits(), dictionary, () => null));
    expect([habits.contexts.size, habits.together(0), habits.rebuyDays(0), habits.share(0)]).toEqual([
      0,
      [],
      undefined,
      undefined,
    ]);
  });
});

describe("the context of a visit", () => {
  it.each([
    [
      { device: "phone", referrer: "https://m.search.naver.com/x?q=1", campaign: "Spring" },
      "campaign:spring referrer:search.naver.com device:phone hour:afternoon",
    ],
    [{ referrer: "WWW.Google.com" }, "referrer:google.com hour:afternoon"],
    [{ device: "toaster", referrer: "not a host", country: "kr" }, "country:KR hour:afternoon"],
    [{ country: "KR", region: "kr-11" }, "country:KR region:KR-11 hour:afternoon"],
    [{ region: "Seoul" }, "hour:afternoon"],
    [{}, "hour:afternoon"],
  ])("%o", (context, expected) => {
    expect(contextNames(context, NOON, "Asia/Seoul").join(" ")).toBe(expected);
  });

  it("is read off a page's event, the shop's own pages aside", () => {
    const of = (properties: Record<string, unknown>) => contextOfPage({ properties });
    expect(of({ url: "https://shop.test/?utm_campaign=Mai", referrer: "https://shop.test/other" })).toMatchObject({
      campaign: "Mai",
      referrer: undefined,
    });
    expect(of({ url: "https://shop.test/", referrer: "https://blog.test/a" }).referrer).toBe("https://blog.test/a");
    expect(of({ region: "KR-26" }).region).toBe("KR-26");
    expect(of({ url: 7, referrer: {} })).toEqual({});
  });
});

describe("what is popular with people who come like this", () => {
  const contexts = new Map([["device:phone", { items: Int32Array.of(1), lifts: Float32Array.of(30) }]]);
  const supply: Supply = {
    rows: {
      indexOf: (id) => ["a", "b"].indexOf(id),
      idOf: (index) => ["a", "b"][index],
      rowOf: () => undefined,
      listOf: () => undefined,
    },
    habits: { contexts, share: () => -1 } as unknown as Habits,
    neighbors: {},
    popular: { ...NO_POPULAR, trending: ["a", "b"] },
    contexts: [],
    arrivals: [],
  };
  const here = (...names: string[]) => popularHere({ ...supply, contexts: names });

  it("is listed once, whatever else they come with that nobody has heard of", () => {
    const [all, phone] = [here("device:desktop"), here("device:phone")];
    expect([all, phone].map((list) => list.map(({ id }) => id))).toEqual([
      ["a", "b"],
      ["b", "a"],
    ]);
    for (let campaign = 0; campaign < 150; campaign++) {
      expect(here(`campaign:${campaign}`, "device:phone")).toBe(phone);
      expect(here(`campaign:${campaign}`)).toBe(all);
    }
  });
});

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
        const placement = settledRules(said);
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

        const never = new Set([...placement.excludeItemIds, wishes.itemId]);
        const pinned = new Set(placement.pins.map(({ itemId }) => itemId));
        const allowed = stock.filter(({ id, inStock }) => inStock && !never.has(id));
        const unbought = allowed.filter(({ id }) => id !== "i4" || pinned.has(id));
        const filtered = placement.filter.length === 0 ? unbought : unbought.filter(({ price }) => price < 500);
        const asked = (each: Stock[]) => each.filter(({ id }) => !wishes.excludeItemIds.includes(id));
        // What is given up in need: what the caller leaves out, then the filter, then that it was bought; no more than needed.
        const steps = [asked(filtered), filtered, asked(unbought), unbought, allowed];
        const best = steps.find((each) => each.length > 0) ?? [];
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
