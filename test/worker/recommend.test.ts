import { describe, expect, it } from "vitest";
import { deleteItems } from "../../worker/catalog/delete.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import type { PersonKey } from "../../worker/lib/ids.ts";
import { DAY, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { noMemory } from "../../worker/platform/memory/none.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import {
  EVERYTHING,
  embedAll,
  item,
  LIGHTING,
  OUTERWEAR,
  openShop,
  place,
  stock,
  visit,
} from "../support/worker/shop.ts";

const ask = (h: Harness, request: Record<string, unknown> = {}): Promise<Recommendation> =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", ...request }));
const ids = (answer: Recommendation) => answer.items.map((each) => each.id);

async function seedsOf(h: Harness, person: PersonKey): Promise<string[]> {
  const { explain } = await ask(h, { ...person, explain: true });
  return (explain?.seeds ?? []).map((seed) => seed.itemId);
}

async function trainedShop(): Promise<Harness> {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  return h;
}

describe("recommend", () => {
  it("shows a visitor of one taste what goes with it, and says why", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "new" }, ["coat-1", "coat-2"]);
    const answer = await ask(h, { anonymousId: "new", count: 3 });
    expect(ids(answer).every((id) => OUTERWEAR.includes(id))).toBe(true);
    expect(answer.fallbackLevel).toBe("personal");
    expect(answer.items[0]?.source).toBe("personalized");
    expect(answer.items[0]?.reason).toMatch(/^'울 코트 [12]'(와|과) 함께 많이 본 상품$/);
    const scores = answer.items.map((each) => each.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const other = await ask(h, { anonymousId: "new", count: 3, locale: "en" });
    expect(other.items[0]?.reason).toMatch(/^Often viewed with 'Wool coat [12]'$/);
  });

  it("counts what the person just did in the next answer", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "turn" }, ["coat-1"]);
    const before = await ask(h, { anonymousId: "turn", count: 3 });
    expect(ids(before).some((id) => LIGHTING.includes(id))).toBe(false);
    await visit(h, { anonymousId: "turn" }, ["lamp-1", "lamp-2"], h.clock.at);
    const after = await ask(h, { anonymousId: "turn", count: 3 });
    expect(ids(after).filter((id) => LIGHTING.includes(id)).length).toBeGreaterThanOrEqual(2);
  });

  it("looks past the pages and searches that come between", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "reader" }, ["lamp-1"], h.clock.at - 40 * MINUTE);
    const pages = Array.from({ length: 20 }, () => ({ type: "page", anonymousId: "reader" }));
    expect((await h.browser("POST", "/v1/events", { batch: pages })).status).toBe(200);
    expect((await ask(h, { anonymousId: "reader", count: 3 })).fallbackLevel).toBe("personal");
    // A week's reading, with a list on every page.
    const days = Array.from({ length: 60 }, (_, index) => ({
      anonymousId: "reader",
      timestamp: new Date(h.clock.at - 30 * MINUTE + index * SECOND),
      ...(index % 3 === 0
        ? { type: "page" }
        : { type: "track", event: "recommendation_shown", properties: { placement: "home", item_ids: ["coat-1"] } }),
    }));
    expect((await h.browser("POST", "/v1/events", { batch: days })).status).toBe(200);
    for (const memory of [h.deps.memory, noMemory]) {
      h.deps.memory = memory;
      expect(await seedsOf(h, { anonymousId: "reader" })).toEqual(["lamp-1"]);
    }
  });

  it("counts a browser from the moment it is linked, and no longer once it is not", async () => {
    const h = await trainedShop();
    const user = { userId: "owner" };
    await visit(h, user, ["coat-1", "coat-2"]);
    for (const [browser, id] of [["phone", "lamp-1"] as const, ["laptop", "lamp-2"] as const]) {
      await visit(h, { anonymousId: browser }, [id]);
      expect((await seedsOf(h, user)).includes(id)).toBe(false);
      await h.server("POST", "/v1/identify", { ...user, anonymousId: browser });
      expect((await seedsOf(h, user)).includes(id)).toBe(true);
    }
    for (const browser of ["phone", "laptop"]) {
      expect((await h.server("DELETE", `/v1/users/owner/browsers/${browser}`)).status).toBe(200);
    }
    expect((await seedsOf(h, user)).toSorted()).toEqual(["coat-1", "coat-2"]);
  });

  it("counts what the page knows and has not sent yet", async () => {
    const h = await trainedShop();
    const answer = await ask(h, { context: { recentItemIds: ["lamp-1", "lamp-2"] }, count: 3 });
    expect(answer.fallbackLevel).toBe("personal");
    expect(ids(answer).every((id) => LIGHTING.includes(id) && !["lamp-1", "lamp-2"].includes(id))).toBe(true);
  });

  it("recommends to a stranger by the page's item, and to a total stranger what is popular", async () => {
    const h = await trainedShop();
    const context = await ask(h, { anonymousId: "stranger", itemId: "lamp-1", count: 4 });
    expect([context.fallbackLevel, ids(context).sort()]).toEqual([
      "context",
      LIGHTING.filter((id) => id !== "lamp-1").sort(),
    ]);
    const popular = await ask(h, { anonymousId: "stranger", count: 4 });
    expect([popular.fallbackLevel, popular.items[0]?.source]).toEqual(["popular", "trending"]);
    expect(popular.items[0]?.reason).toBe("지금 많이 찾는 상품");
  });

  it("joins the history of a user's browsers", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "phone" }, ["lamp-1", "lamp-2"]);
    await h.server("POST", "/v1/identify", { anonymousId: "phone", userId: "minji" });
    const answer = await ask(h, { userId: "minji", count: 3 });
    expect([answer.fallbackLevel, ids(answer).every((id) => LIGHTING.includes(id))]).toEqual(["personal", true]);
  });

  it("takes survey picks as taste before there is a history, and category picks without any item", async () => {
    const h = await trainedShop();
    const answered = (properties: object, anonymousId: string) =>
      h.server("POST", "/v1/track", { anonymousId, event: "survey_answered", properties });
    await answered({ survey_id: "taste", picked_item_ids: ["lamp-1"], passed_item_ids: ["coat-1"] }, "picks");
    const picks = await ask(h, { anonymousId: "picks", count: 3 });
    expect([picks.fallbackLevel, ids(picks).every((id) => LIGHTING.includes(id))]).toEqual(["survey", true]);
    expect(picks.items[0]?.reason).toBe("고르신 '책상 조명 1'과 어울리는 상품");
    await answered({ survey_id: "taste", picked_item_ids: [], picked_categories: ["패션"] }, "categories");
    const categories = await ask(h, { anonymousId: "categories", count: 3 });
    expect([categories.fallbackLevel, ids(categories).every((id) => OUTERWEAR.includes(id))]).toEqual(["survey", true]);
    expect(categories.items[0]?.reason).toBe("패션에서 인기 있는 상품");
  });

  it("finds neighbors by content for an item that nobody has seen", async () => {
    const h = await trainedShop();
    await stock(h, [
      item("lamp-new", { title: "책상 조명 9", titles: { en: "Desk lamp 9" }, category: "리빙 > 조명" }),
    ]);
    await embedAll(h);
    const answer = await ask(h, { itemId: "lamp-new", count: 3 });
    expect(ids(answer).every((id) => id.startsWith("lamp"))).toBe(true);
    expect([answer.fallbackLevel, answer.items[0]?.source]).toEqual(["context", "similar"]);
    expect(answer.items[0]?.reason).toBe("'책상 조명 9'와 비슷한 상품");
  });
});

describe("what is never shown", () => {
  it("leaves out what is sold out, hidden or deleted from the next answer on", async () => {
    const h = await trainedShop();
    const first = await ask(h, { itemId: "coat-1", count: 3 });
    const [sold, hidden, deleted] = ids(first) as [string, string, string];
    await stock(h, [item(sold, { availability: "out_of_stock" }), item(hidden, { hidden: true })]);
    await deleteItems(h.deps, h.site.id, [deleted]);
    const next = await ask(h, { itemId: "coat-1", count: 10, explain: true });
    for (const id of [sold, hidden, deleted]) expect(ids(next)).not.toContain(id);
    expect(ids(next)).toHaveLength(6);
    expect(next.explain?.removed).toEqual(
      expect.arrayContaining([
        { rule: "sold_out", count: 1, examples: [{ id: sold }] },
        { rule: "hidden", count: 1, examples: [{ id: hidden }] },
        { rule: "deleted", count: 1, examples: [{ id: deleted }] },
        { rule: "current", count: 1, examples: [{ id: "coat-1" }] },
      ]),
    );
    await stock(h, [item(sold)]);
    expect(ids(await ask(h, { itemId: "coat-1", count: 10 }))).toContain(sold);
  });

  it("knows a known visitor's next answer too, and a change that a shard has missed within seconds", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "v" }, ["coat-1"]);
    const of = async () => ids(await ask(h, { anonymousId: "v", count: 9 }));
    const [first, second] = (await of()) as [string, string];
    await stock(h, [item(first, { availability: "out_of_stock" })]);
    expect(await of()).not.toContain(first);
    const failing = {
      prepare: () => {
        throw new Error("down");
      },
      batch: () => Promise.reject(new Error("down")),
    };
    const shards = { ...h.deps.shards, all: () => h.deps.shards.all().map(({ index }) => ({ index, db: failing })) };
    const log = { ...h.deps.log, error: () => undefined };
    await upsertItems({ ...h.deps, shards, log }, h.site, [item(second, { availability: "out_of_stock" })]);
    h.clock.at += 11 * SECOND;
    expect(await of()).not.toContain(second);
  });

  it("leaves out what was bought, however much was looked at since, until the placement's days are over", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "buyer" }, [["Order Completed", "coat-2"]], h.clock.at - 5 * DAY);
    await visit(
      h,
      { anonymousId: "buyer" },
      Array.from({ length: 30 }, (_, i) => ["coat-1", "coat-3"][i % 2]!),
    );
    expect(ids(await ask(h, { anonymousId: "buyer", count: 10 }))).not.toContain("coat-2");
    await place(h, "rebuy", { excludePurchasedDays: 3 });
    expect(ids(await ask(h, { anonymousId: "buyer", placement: "rebuy" }))).toContain("coat-2");
  });

  it("leaves out what somebody is not interested in, however long ago they said so, until they take it back", async () => {
    const h = await trainedShop();
    const say = (undone: boolean) =>
      h.browser("POST", "/v1/events", {
        batch: [
          {
            type: "track",
            event: "recommendation_dismissed",
            anonymousId: "choosy",
            properties: { product_id: "coat-3", undone },
          },
        ],
      });
    await visit(h, { anonymousId: "choosy" }, ["coat-1"]);
    await say(false);
    h.clock.at += 100 * DAY;
    await visit(h, { anonymousId: "choosy" }, ["coat-1", ...LIGHTING], h.clock.at);
    const { items, explain } = await ask(h, { anonymousId: "choosy", itemId: "coat-1", explain: true });
    expect(items.map(({ id }) => id)).not.toContain("coat-3");
    expect(explain?.removed).toContainEqual({ rule: "not_interested", count: 1, examples: [{ id: "coat-3" }] });
    h.clock.at += MINUTE;
    await say(true);
    expect(ids(await ask(h, { anonymousId: "choosy", itemId: "coat-1" }))).toContain("coat-3");
  });

  it("leaves out what the caller excludes, and narrows by the caller's count but never widens", async () => {
    const h = await trainedShop();
    await place(h, "three", { count: 3 });
    const answer = await ask(h, { placement: "three", count: 10, excludeItemIds: ["coat-1", "lamp-1"] });
    expect(ids(answer)).toHaveLength(3);
    expect(ids(answer).some((id) => ["coat-1", "lamp-1"].includes(id))).toBe(false);
    expect(ids(await ask(h, { placement: "three", count: 2 }))).toHaveLength(2);
  });

  it("shows what was just seen only when there is nothing else", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "seen" }, ["coat-1", "coat-2"]);
    expect(ids(await ask(h, { anonymousId: "seen", count: 8 })).some((id) => ["coat-1", "coat-2"].includes(id))).toBe(
      false,
    );
    const all = await ask(h, { anonymousId: "seen", count: 10 });
    expect(ids(all).sort()).toEqual([...EVERYTHING].sort());
    expect(ids(all).slice(8).sort()).toEqual(["coat-1", "coat-2"]);
    expect(all.relaxed).toEqual(["viewed"]);
  });
});

describe("rules of a placement", () => {
  it("keeps caps as long as there is something else", async () => {
    const h = await trainedShop();
    await place(h, "capped", { perBrandCap: 1 });
    const answer = await ask(h, { placement: "capped", itemId: "coat-1", count: 4 });
    expect(new Set(answer.items.map((each) => each.brand)).size).toBe(4);
    const more = await ask(h, { placement: "capped", itemId: "coat-1", count: 9 });
    expect([ids(more).length, more.relaxed]).toEqual([9, ["brand_cap"]]);
  });

  it("lists one variant of a product, and none of the product whose page it is", async () => {
    const h = await harness();
    await stock(h, [
      ...[1, 2, 3].map((size) => item(`a-${size}`, { groupId: "a" })),
      ...[1, 2].map((size) => item(`b-${size}`, { groupId: "b" })),
      item("c"),
    ]);
    await place(h);
    const groups = async (request: Record<string, unknown>) =>
      ids(await ask(h, request))
        .map((id) => id[0])
        .join("");
    expect([...(await groups({ count: 3 }))].sort().join("")).toBe("abc");
    expect([...(await groups({ itemId: "a-1", count: 2 }))].sort().join("")).toBe("bc");
  });

  it("filters by fields of the item, in major units, by any part of the category", async () => {
    const h = await trainedShop();
    await stock(h, [item("coat-1", { price: 50000, category: ["패션", "코트"] })]);
    await place(h, "cheap", { filter: [{ property: "price", op: "lte", value: 10000 }] });
    expect(ids(await ask(h, { placement: "cheap" }))).not.toContain("coat-1");
    const lamps = await ask(h, { filter: [{ property: "category", op: "eq", value: "조명" }] });
    expect(ids(lamps).sort()).toEqual([...LIGHTING].sort());
  });

  it("shows something servable when a filter removes everything, and says so", async () => {
    const h = await trainedShop();
    await place(h, "nothing", { filter: [{ property: "brand", op: "eq", value: "없는 브랜드" }] });
    const answer = await ask(h, { placement: "nothing", count: 5, explain: true });
    expect(ids(answer)).toHaveLength(5);
    expect(answer.relaxed).toContain("filter.0");
    expect(answer.explain?.removed[0]).toMatchObject({ rule: "filter", condition: "filter.0", count: 5 });
  });

  it("uses only the ways that it names, and fills up the rest", async () => {
    const h = await trainedShop();
    await embedAll(h);
    await place(h, "similar", { ways: ["similar"], count: 2 });
    const similar = await ask(h, { placement: "similar", itemId: "coat-1" });
    expect(similar.items.map((each) => each.source)).toEqual(["similar", "similar"]);
    await place(h, "new", { ways: ["new"] });
    const fresh = await ask(h, { placement: "new", itemId: "coat-1", count: 4 });
    expect([fresh.fallbackLevel, ...fresh.items.map((each) => each.source)]).toEqual([
      "catalog",
      "new",
      "new",
      "new",
      "new",
    ]);
  });
});

describe("guarantees", () => {
  it.each([0, 1, 2, 5])("answers with everything servable from a catalog of %i, without a model", async (size) => {
    const h = await harness();
    await stock(
      h,
      Array.from({ length: size }, (_, i) => item(`i${i}`)),
    );
    await stock(h, [item("gone", { availability: "out_of_stock" })]);
    await place(h);
    const answer = await ask(h, { anonymousId: "nobody", userId: "unknown", itemId: "unknown" });
    expect([ids(answer).length, answer.fallbackLevel]).toEqual([size, "catalog"]);
  });

  it("has nothing beside the only item on its own page", async () => {
    const h = await harness();
    await stock(h, [item("only")]);
    await place(h);
    expect(ids(await ask(h, { itemId: "only" }))).toEqual([]);
    expect(ids(await ask(h))).toEqual(["only"]);
  });

  it("is exactly as long as asked while that many are servable, though all but the oldest are sold out", async () => {
    const h = await harness();
    await stock(
      h,
      Array.from({ length: 12 }, (_, i) => item(`old-${i}`)),
    );
    h.clock.at += MINUTE;
    await stock(
      h,
      Array.from({ length: 300 }, (_, i) => item(`new-${i}`, { availability: "out_of_stock" })),
    );
    await place(h);
    expect(ids(await ask(h, { count: 12 }))).toHaveLength(12);
  });

  it("finds the few that pass a filter anywhere in the catalog", async () => {
    const h = await harness();
    const items = Array.from({ length: 700 }, (_, i) => item(`i${i}`, { brand: i % 100 === 0 ? "희귀" : "흔한" }));
    await stock(h, items);
    await place(h);
    const answer = await ask(h, { filter: [{ property: "brand", op: "eq", value: "희귀" }], count: 7 });
    expect(answer.items.map((each) => each.brand)).toEqual(Array.from({ length: 7 }, () => "희귀"));
  });

  it("is as long as asked however deep in a large catalog lies what passes, relative rules too", async () => {
    const h = await harness();
    await h.deps.control
      .prepare(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 90000)
           INSERT INTO items (site_id, id, title, url, price, currency, brand, category, tags, attributes, in_stock,
             hidden, content_hash, created_at, updated_at)
           SELECT ?1, 'i' || n, '상품 ' || n, 'https://shop.test/' || n, 10000 + n, 'KRW', iif(n <= 9, '희귀', '흔한'),
             CASE WHEN n BETWEEN 20001 AND 20008 THEN '패션 > 코트' WHEN n BETWEEN 72001 AND 72003 THEN '패션' ELSE '리빙' END, '[]', '{"margin":0.2}', n % 3 > 0, 0, '', ?2 + n, ?2
           FROM numbers`,
      )
      .bind(h.site.id, h.clock.at - DAY)
      .run();
    await stock(h, [item("here", { category: "패션 > 코트", price: 30_005 })]);
    await place(h, "home", { count: 8 });
    await place(h, "rare", { count: 8, filter: [{ property: "brand", op: "eq", value: "희귀" }] });
    const same = [
      { property: "category", op: "eq", value: { current: "category" } },
      { property: "price", op: "lt", value: { current: "price" } },
    ];
    await place(h, "same", { count: 8, filter: same });
    // Each third one is sold out.
    const rare = await ask(h, { placement: "rare" });
    expect(ids(rare)).toEqual(["i8", "i7", "i5", "i4", "i2", "i1"]);
    expect(rare.relaxed).toBeUndefined();
    expect(ids(await ask(h, { placement: "same", itemId: "here" }))).toEqual(["i20003", "i20002"]);
    h.deps.meter.read = 0;
    expect(ids(await ask(h, { placement: "rare" }))).toHaveLength(6);
    expect(h.deps.meter.read).toBeLessThan(10);
    h.clock.at += MINUTE;
    await stock(h, [item("newest", { brand: "희귀" })]);
    expect(ids(await ask(h, { placement: "rare" }))).toEqual(["newest", ...ids(rare)]);
    // A caller's own filter is looked for less deep, and never in vain for what lies nearer.
    expect(ids(await ask(h, { filter: same, itemId: "here" })).length).toBeGreaterThan(0);
  }, 60_000);

  it("keeps another site's people, items, placements and models apart", async () => {
    const [one, two] = [await trainedShop(), await harness()];
    await stock(two, [item("theirs")]);
    await place(two);
    await visit(one, { anonymousId: "shared" }, ["coat-1"]);
    const answer = await ask(two, { anonymousId: "shared", itemId: "coat-1" });
    expect([ids(answer), answer.fallbackLevel]).toEqual([["theirs"], "catalog"]);
    await place(one, "only-one");
    await expect(ask(two, { placement: "only-one" })).rejects.toThrow('there is no placement "only-one"');
  });

  it("reads at most 40 rows for a known visitor on a warm isolate", async () => {
    const h = await trainedShop();
    await stock(
      h,
      Array.from({ length: 200 }, (_, i) => item(`more-${i}`)),
    );
    await visit(
      h,
      { anonymousId: "regular" },
      Array.from({ length: 40 }, (_, i) => EVERYTHING[i % 10]!),
    );
    await trainNow(h.deps, h.site.id);
    await ask(h, { anonymousId: "regular", itemId: "coat-1", count: 12 });
    // As for somebody who has not been asked for lately.
    h.deps.memory = noMemory;
    h.deps.meter.read = 0;
    const answer = await ask(h, { anonymousId: "regular", itemId: "coat-1", count: 12 });
    expect(ids(answer)).toHaveLength(12);
    expect(h.deps.meter.read).toBeLessThanOrEqual(40);
  });

  it("reads at most 40 rows for someone with two browsers", async () => {
    const h = await trainedShop();
    const everything = Array.from({ length: 30 }, (_, i) => EVERYTHING[i % 10]!);
    await visit(h, { userId: "owner" }, everything);
    for (const browser of ["phone", "laptop"]) {
      await visit(h, { anonymousId: browser }, everything);
      await h.server("POST", "/v1/identify", { userId: "owner", anonymousId: browser });
    }
    await ask(h, { userId: "owner" });
    h.deps.memory = noMemory;
    h.deps.meter.read = 0;
    await ask(h, { userId: "owner" });
    expect(h.deps.meter.read).toBeLessThanOrEqual(40);
  });

  it("reads at most 40 rows for someone with two browsers who has bought five times, and then one an order", async () => {
    const h = await trainedShop();
    const orders = (count: number) =>
      Array.from({ length: count }, (_, i): [string, string] => ["Order Completed", EVERYTHING[i % 4]!]);
    const looks = Array.from({ length: 30 }, (_, i) => EVERYTHING[i % 10]!);
    const rowsOf = async (userId: string, own: number) => {
      await visit(h, { userId }, [...orders(own), ...looks]);
      for (const browser of ["phone", "laptop"]) {
        const anonymousId = `${userId}-${browser}`;
        await visit(h, { anonymousId }, [...orders(1), ...EVERYTHING]);
        await h.server("POST", "/v1/identify", { userId, anonymousId });
      }
      const { memory } = h.deps;
      await ask(h, { userId });
      h.deps.memory = noMemory;
      h.deps.meter.read = 0;
      await ask(h, { userId });
      h.deps.memory = memory;
      return h.deps.meter.read;
    };
    const rows = await rowsOf("buyer", 3);
    expect(rows).toBeLessThanOrEqual(40);
    // Seven orders more, and next to nothing else grows with them.
    expect(await rowsOf("regular", 10)).toBeLessThanOrEqual(rows + 9);
  });
});

describe("when parts are down", () => {
  const down = () => Promise.reject(new Error("down"));

  async function askWith(h: Harness, broken: Partial<Harness["deps"]>, request: Record<string, unknown>) {
    const errors: string[] = [];
    const log = { ...h.deps.log, error: (message: string) => void errors.push(message) };
    const answer = await recommend(
      { ...h.deps, ...broken, log },
      h.site,
      RecommendationRequest.parse({ placement: "home", ...request }),
    );
    return { answer, errors };
  }

  it("answers without content neighbors, and asks again later", async () => {
    const h = await trainedShop();
    const vectors = { upsert: down, remove: down, near: down, nearItem: down };
    const first = await askWith(h, { vectors }, { itemId: "coat-1", count: 4 });
    expect([first.answer.items.length, first.errors]).toEqual([4, ["content neighbors could not be read"]]);
    expect((await askWith(h, { vectors }, { itemId: "coat-1" })).errors).toEqual([]);
  });

  it("answers with popular items when the dictionary is missing, and in full when it is back", async () => {
    const h = await trainedShop();
    const blobs = { ...h.deps.blobs, get: down };
    const { answer, errors } = await askWith(h, { blobs }, { itemId: "coat-1", count: 4 });
    expect([answer.items.length, answer.fallbackLevel]).toEqual([4, "popular"]);
    expect(errors).toEqual(["the model's dictionary could not be read"]);
    expect((await ask(h, { itemId: "coat-1", count: 4 })).fallbackLevel).toBe("context");
  });

  it("treats a person as a stranger when their shard cannot be read", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "lost" }, ["coat-1"]);
    const shards = {
      ...h.deps.shards,
      of: () => ({
        index: 0,
        db: {
          prepare: () => {
            throw new Error("down");
          },
          batch: down,
        },
      }),
    };
    const { answer, errors } = await askWith(h, { shards }, { anonymousId: "lost", count: 4 });
    expect([answer.items.length, answer.fallbackLevel, errors]).toEqual([4, "popular", ["history could not be read"]]);
  });
});

describe("explain", () => {
  it("names seeds, candidates by way, and what each rule removed", async () => {
    const h = await trainedShop();
    await visit(h, { anonymousId: "why" }, [["product_purchased", "coat-2"], "coat-1"]);
    const { explain, items } = await ask(h, { anonymousId: "why", count: 3, explain: true });
    expect(explain?.model).toMatch(/^mdl_/);
    expect(explain?.seeds.map((seed) => [seed.itemId, seed.kind, seed.from])).toEqual([
      ["coat-1", "viewed", "history"],
      ["coat-2", "bought", "history"],
    ]);
    expect(explain?.candidates.find((each) => each.id === items[0]?.id)?.parts.personalized).toBeGreaterThan(0);
    expect(explain?.removed).toEqual(
      expect.arrayContaining([
        { rule: "purchased", count: 1, examples: [{ id: "coat-2" }] },
        { rule: "viewed", count: 1, examples: [{ id: "coat-1" }] },
      ]),
    );
  });
});
