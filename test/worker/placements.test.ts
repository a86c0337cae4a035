import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import type { Harness } from "../support/worker/harness.ts";
import { embedAll, item, LIGHTING, OUTERWEAR, place, stock, visit } from "../support/worker/shop.ts";
import { ask, ids, trainedShop } from "../support/worker/trained-shop.ts";

async function send(h: Harness, events: Record<string, unknown>[]): Promise<void> {
  const response = await h.server("POST", "/v1/batch", { batch: events.map((each) => ({ type: "track", ...each })) });
  expect(response.status).toBe(200);
}

const ordered = (anonymousId: string, products: string[], at: number) => ({
  event: "Order Completed",
  anonymousId,
  timestamp: new Date(at).toISOString(),
  properties: { products: products.map((id) => ({ product_id: id })) },
});

describe("ways", () => {
  const withOrders = (more: [itemId: string, next: string][] = []) =>
    trainedShop(async (h) => {
      const old = h.clock.at - 20 * DAY;
      await send(
        h,
        Array.from({ length: 8 }, (_, buyer) => [
          ordered(`buyer-${buyer}`, ["coat-1", "lamp-1"], old + buyer * MINUTE),
          ordered(`buyer-${buyer}`, ["bulb-2"], old + 10 * DAY + buyer * MINUTE),
        ]).flat(),
      );
      const pairs = more.flatMap(([itemId, next], place) => [
        ordered(`further-${place}`, [itemId], old),
        ordered(`further-${place}`, [next], old + 10 * DAY),
      ]);
      if (pairs.length > 0) await send(h, pairs);
    });

  it("know what is bought together and what is bought next, and say so", async () => {
    const h = await withOrders();
    await place(h, "together", { ways: ["bought_together"], count: 1 });
    const together = await ask(h, { placement: "together", itemId: "coat-1" });
    expect(together.items[0]).toMatchObject({
      id: "lamp-1",
      source: "bought_together",
      reason: "'울 코트 1'과 함께 구매한 상품",
    });
    await place(h, "next", { ways: ["complementary"], count: 1 });
    await visit(h, { anonymousId: "new-buyer" }, [["Order Completed", "coat-1"]]);
    const next = await ask(h, { placement: "next", anonymousId: "new-buyer", locale: "en" });
    expect(next.items[0]).toMatchObject({
      id: "bulb-2",
      source: "complementary",
      reason: "Often bought after 'Wool coat 1'",
    });
    expect(next.fallbackLevel).toBe("personal");
  });

  it("say what goes with its category of what few have bought, and call it so", async () => {
    const h = await withOrders(Array.from({ length: 8 }, () => ["lamp-2", "scarf-1"]));
    await place(h, "together", { ways: ["bought_together"], count: 2 });
    await place(h, "next", { ways: ["complementary"], count: 3 });
    // Nobody has bought the third coat.
    const together = await ask(h, { placement: "together", itemId: "coat-3" });
    expect(together.items[0]).toMatchObject({ source: "bought_together", reason: "'울 코트 3'과 어울리는 상품" });
    expect(ids(together).every((id) => LIGHTING.includes(id))).toBe(true);
    const ofPage = await ask(h, { placement: "next", itemId: "coat-3" });
    expect(ids(ofPage).every((id) => LIGHTING.includes(id))).toBe(true);
    expect(ofPage.items[0]).toMatchObject({ source: "complementary", reason: "'울 코트 3'과 어울리는 상품" });
    await visit(h, { anonymousId: "third" }, [["Order Completed", "coat-3"]]);
    const after = await ask(h, { placement: "next", anonymousId: "third", locale: "en", explain: true });
    expect(after.items[0]).toMatchObject({ source: "complementary", reason: "Goes with 'Wool coat 3'" });
    expect(after.explain!.candidates[0]).toMatchObject({ because: "category", seed: { itemId: "coat-3" } });
    expect(after.fallbackLevel).toBe("personal");
  });

  it("find titles that are alike, and what was looked at lately", async () => {
    const h = await trainedShop();
    const coats = ["울 코트", "울 롱 코트", "캐시미어 울 코트"].map((title, at) => item(`coat-${at + 1}`, { title }));
    await stock(h, [...coats, item("typo", { title: "울코트 3호", category: "기타" })]);
    await embedAll(h);
    await place(h, "titles", { ways: ["similar_titles"], count: 3 });
    const titles = await ask(h, { placement: "titles", itemId: "typo" });
    expect([ids(titles).sort(), titles.items[0]?.source]).toEqual([["coat-1", "coat-2", "coat-3"], "similar_titles"]);
    await place(h, "lately", { ways: ["recently_viewed"], count: 2 });
    await visit(h, { anonymousId: "back" }, ["lamp-1", "coat-2"]);
    const lately = await ask(h, { placement: "lately", anonymousId: "back" });
    expect([ids(lately), lately.items[0]?.reason, lately.fallbackLevel]).toEqual([
      ["coat-2", "lamp-1"],
      "최근 본 상품",
      "personal",
    ]);
  });

  it("take turns as the marketer says", async () => {
    const h = await withOrders();
    await place(h, "mixed", {
      count: 4,
      ways: {
        order: [
          { way: "bought_together", count: 1 },
          { way: "also_viewed", count: 2 },
        ],
      },
    });
    const { items } = await ask(h, { placement: "mixed", itemId: "coat-1" });
    expect(items.map(({ source }) => source)).toEqual([
      "bought_together",
      "also_viewed",
      "also_viewed",
      "bought_together",
    ]);
    expect([items[0]?.id, LIGHTING.includes(items[3]!.id)]).toEqual(["lamp-1", true]);
  });

  it("give new arrivals a place of their own until somebody has looked at them", async () => {
    const h = await trainedShop();
    h.clock.at += HOUR;
    await stock(h, [item("arrival")]);
    await place(h, "exploring", { count: 6, explore: 0.2 });
    const answer = await ask(h, { placement: "exploring", itemId: "coat-1" });
    expect(answer.items.find(({ id }) => id === "arrival")?.source).toBe("new");
    await place(h, "steady", { count: 6, explore: 0 });
    expect(ids(await ask(h, { placement: "steady", itemId: "coat-1" }))).not.toContain("arrival");
  });
});

describe("rules over items", () => {
  it("compare with the item of the page, and ask nothing where there is none", async () => {
    const h = await trainedShop();
    await stock(h, [item("coat-2", { price: 30_000, category: ["패션", "코트"] })]);
    await place(h, "cheaper", {
      count: 10,
      filter: [
        { property: "category", op: "neq", value: { current: "category" } },
        { not: { property: "price", op: "gt", value: { current: "price", times: 2 } } },
      ],
    });
    const here = await ask(h, { placement: "cheaper", itemId: "coat-1", explain: true });
    expect(ids(here)).toHaveLength(7);
    expect(ids(here).some((id) => id.startsWith("coat"))).toBe(false);
    expect(here.explain?.removed).toContainEqual({
      rule: "filter",
      condition: "filter.0",
      count: 2,
      examples: expect.arrayContaining([{ id: "coat-3" }]),
    });
    expect(ids(await ask(h, { placement: "cheaper" }))).toHaveLength(10);
  });

  it("let a caller narrow and weigh, never widen", async () => {
    const h = await trainedShop();
    await place(h, "lamps", { count: 3, filter: [{ property: "category", op: "eq", value: "조명" }] });
    const wide = await ask(h, {
      placement: "lamps",
      count: 50,
      filter: [
        {
          any: [
            { property: "category", op: "exists" },
            { property: "id", op: "exists" },
          ],
        },
      ],
      booster: [{ when: { property: "brand", op: "eq", value: "bulb" }, by: 100 }],
      diversity: 0,
    });
    expect([ids(wide).length, ids(wide).every((id) => LIGHTING.includes(id))]).toEqual([3, true]);
    expect(ids(wide)[0]).toMatch(/^bulb/);
    const refused = await h.server("POST", "/v1/recommendations", { placement: "lamps", pins: [{ itemId: "coat-1" }] });
    expect(ids((await refused.json()) as Recommendation)).not.toContain("coat-1");
  });

  it("bring back what was bought when people buy it again", async () => {
    const h = await trainedShop(async (shop) => {
      const start = shop.clock.at - 90 * DAY;
      const orders = Array.from({ length: 6 }, (_, buyer) =>
        [0, 20, 40].map((day) => ordered(`again-${buyer}`, ["bulb-1"], start + day * DAY + buyer * HOUR)),
      );
      await send(shop, orders.flat());
    });
    const bought = async (name: string, days: number) => {
      await send(h, [ordered(name, ["bulb-1"], h.clock.at - days * DAY)]);
      return ids(await ask(h, { anonymousId: name, count: 10 })).includes("bulb-1");
    };
    expect([await bought("just-now", 3), await bought("running-out", 17)]).toEqual([false, true]);
    await place(h, "once", { allowRebuy: false });
    expect(ids(await ask(h, { placement: "once", anonymousId: "running-out", count: 10 }))).not.toContain("bulb-1");
  });

  it("let what was shown again and again, and left alone, come last", async () => {
    const h = await trainedShop();
    const first = ids(await ask(h, { anonymousId: "tired", count: 4 }));
    await send(
      h,
      Array.from({ length: 5 }, (_, time) => ({
        event: "recommendation_shown",
        anonymousId: "tired",
        timestamp: new Date(h.clock.at - time * MINUTE).toISOString(),
        properties: { placement: "home", item_ids: first.slice(0, 2) },
      })),
    );
    const next = await ask(h, { anonymousId: "tired", count: 10 });
    expect(ids(next).slice(8).sort()).toEqual(first.slice(0, 2).sort());
    expect([next.relaxed, next.fallbackLevel === "personal"]).toEqual([["ignored"], false]);
    await visit(h, { anonymousId: "tired" }, [first[0]!], h.clock.at);
    expect((await ask(h, { anonymousId: "tired", count: 10, explain: true })).explain?.seeds[0]?.itemId).toBe(first[0]);
  });

  it("name the item that a list starts from in its title", async () => {
    const h = await trainedShop();
    await place(h, "product", {
      ways: ["also_viewed"],
      count: 3,
      title: { ko: "함께 본 상품", en: "Also viewed" },
      titleWithItem: { ko: "'{item}'{와/과} 함께 본 상품", en: "Viewed with '{item}'" },
    });
    expect((await ask(h, { placement: "product", itemId: "lamp-2" })).title).toBe("'책상 조명 2'와 함께 본 상품");
    expect((await ask(h, { placement: "product", itemId: "lamp-2", locale: "en" })).title).toBe(
      "Viewed with 'Desk lamp 2'",
    );
    expect((await ask(h, { placement: "product" })).title).toBe("함께 본 상품");
  });
});

describe("when parts are down", () => {
  const down = () => Promise.reject(new Error("down"));

  it("answers without the shop's habits, and says so in the log", async () => {
    const h = await trainedShop();
    const errors: string[] = [];
    const get = (key: string) => (key.endsWith("/habits") ? down() : h.deps.blobs.get(key));
    const deps = {
      ...h.deps,
      blobs: { ...h.deps.blobs, get },
      log: { ...h.deps.log, error: (message: string) => void errors.push(message) },
    };
    await place(h, "together", { ways: ["bought_together"], count: 3 });
    const request = RecommendationRequest.parse({ placement: "together", itemId: "coat-1" });
    const answer = await recommend(deps, h.site, request);
    expect([answer.items.length, answer.fallbackLevel, errors]).toEqual([
      3,
      "popular",
      ["the shop's habits could not be read"],
    ]);
  });

  it("answers by popularity when neither index, AI nor model are to be had", async () => {
    const h = await trainedShop();
    const vectors = { upsert: down, remove: down, near: down, nearItem: down };
    const ai = { ...h.deps.ai, embed: down };
    const deps = { ...h.deps, vectors, ai, log: { ...h.deps.log, error: () => undefined } };
    await place(h, "all", { ways: ["similar", "similar_titles", "similar_design", "trending"], count: 4 });
    const request = RecommendationRequest.parse({ placement: "all", itemId: "coat-1" });
    const answer = await recommend(deps, h.site, request);
    expect([answer.items.length, answer.fallbackLevel]).toEqual([4, "popular"]);
    expect(OUTERWEAR.concat(LIGHTING)).toEqual(expect.arrayContaining(ids(answer)));
  });
});
