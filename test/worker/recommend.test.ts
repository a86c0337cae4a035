import { describe, expect, it } from "vitest";
import type { PersonKey } from "../../worker/lib/ids.ts";
import { MINUTE, SECOND } from "../../worker/lib/time.ts";
import { noMemory } from "../../worker/platform/memory/none.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { embedAll, item, LIGHTING, OUTERWEAR, place, stock, visit } from "../support/worker/shop.ts";
import { ask, ids, trainedShop } from "../support/worker/trained-shop.ts";

async function seedsOf(h: Harness, person: PersonKey): Promise<string[]> {
  const { explain } = await ask(h, { ...person, explain: true });
  return (explain?.seeds ?? []).map((seed) => seed.itemId);
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
