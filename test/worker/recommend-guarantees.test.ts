import { describe, expect, it } from "vitest";
import { deleteItems } from "../../worker/catalog/delete.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { DAY, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { noMemory } from "../../worker/platform/memory/none.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { harness } from "../support/worker/harness.ts";
import { EVERYTHING, item, LIGHTING, place, stock, visit } from "../support/worker/shop.ts";
import { ask, ids, trainedShop } from "../support/worker/trained-shop.ts";

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
    const again = await ask(h, { anonymousId: "buyer", placement: "rebuy", count: 8 });
    expect([ids(again).includes("coat-2"), again.relaxed]).toEqual([true, undefined]);
  });

  it("has what was bought back where everybody else has it when it is usually bought again", async () => {
    const h = await trainedShop(async (shop) => {
      await stock(shop, [item("beans")]);
      for (let person = 0; person < 75; person++)
        for (const days of [35, 25, 15])
          await visit(
            shop,
            { userId: `regular-${person}` },
            [["Order Completed", "beans"]],
            shop.clock.at - days * DAY,
          );
    });
    await place(h, "home", { ways: ["trending"], count: 6 });
    expect(ids(await ask(h, { anonymousId: "stranger" }))[0]).toBe("beans");
    const order = ["beans", ["Product Added", "beans"], ["Order Completed", "beans"]] as Parameters<typeof visit>[2];
    for (const [days, first] of [
      [4, false],
      [11, true],
      [29, true],
    ] as const) {
      const person = { anonymousId: `bought-${days}` };
      await visit(h, person, order, h.clock.at - days * DAY);
      const page = { context: { recentItemIds: ["beans"] }, explain: true };
      const { items, explain, relaxed } = await ask(h, { ...person, ...page });
      expect([items[0]?.id === "beans", items.length, relaxed]).toEqual([first, 6, undefined]);
      expect(explain?.rules.purchased.items).toEqual([
        { id: "beans", at: expect.any(Number), rebuyDays: expect.closeTo(10, 0), excluded: !first },
      ]);
    }
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
