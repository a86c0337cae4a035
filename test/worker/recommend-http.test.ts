import { describe, expect, it } from "vitest";
import { renderFragment } from "../../worker/http/api/widgets.tsx";
import { listFor } from "../../worker/recommend/recommend.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, ORIGIN } from "../support/worker/harness.ts";
import { item, LIGHTING, OUTERWEAR, openShop, place, stock, visit } from "../support/worker/shop.ts";

interface Answer {
  recommendationId: string;
  items: { id: string; url: string; reason: string; priceText: string }[];
  fallbackLevel: string;
  variant: null;
  error?: { code: string; message: string; issues?: { path: string }[] };
}

async function shop(): Promise<Harness> {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  return h;
}

const json = async (response: Response) => (await response.json()) as Answer;

describe("POST /v1/recommendations", () => {
  it("answers pages and servers", async () => {
    const h = await shop();
    await visit(h, { anonymousId: "v" }, ["lamp-1", "lamp-2"]);
    for (const call of [h.browser, h.server]) {
      const response = await call("POST", "/v1/recommendations", { placement: "home", anonymousId: "v", count: 3 });
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
      const answer = await json(response);
      expect(answer).toMatchObject({ fallbackLevel: "personal", variant: null });
      expect(answer.recommendationId).toMatch(/^rec_/);
      expect(answer.items).toHaveLength(3);
      for (const each of answer.items) {
        expect(LIGHTING).toContain(each.id);
        expect(each).toMatchObject({
          url: `https://shop.test/items/${each.id}`,
          priceText: "10,000원",
          source: "personalized",
        });
      }
    }
  });

  it("is open to the page's own origin, and says where something that may be kept depends on it", async () => {
    const h = await shop();
    const posted = await h.browser("POST", "/v1/recommendations", { placement: "home", anonymousId: "v" });
    const widget = await h.browser("GET", "/v1/widgets/recommendations?placement=home&anonymousId=v");
    const config = await h.browser("GET", "/v1/config");
    for (const [answer, kept, vary] of [
      [posted, null, null],
      [widget, "private, no-store", null],
      [config, "private, max-age=300", "Origin"],
    ] as const) {
      expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
      expect([answer.headers.get("cache-control"), answer.headers.get("vary")]).toEqual([kept, vary]);
    }
  });

  it("answers each call by itself, however many are answered before the first is read", async () => {
    const h = await shop();
    const seen = ["lamp-1", "coat-1", "coat-2"];
    for (const id of seen) await visit(h, { anonymousId: id }, [id]);
    const responses = await Promise.all(
      seen.map((anonymousId) => h.server("POST", "/v1/recommendations", { placement: "home", anonymousId, count: 3 })),
    );
    const answers = await Promise.all(responses.map(json));
    expect(new Set(answers.map(({ recommendationId }) => recommendationId)).size).toBe(3);
    for (const [place, { items }] of answers.entries()) {
      expect(items.map(({ id }) => LIGHTING.includes(id))).toEqual(Array(3).fill(place === 0));
      expect(items.map(({ id }) => id)).not.toContain(seen[place]);
    }
  });

  it("counts an event that was stored a moment ago through the API", async () => {
    const h = await shop();
    const ask = async () =>
      json(await h.browser("POST", "/v1/recommendations", { placement: "home", anonymousId: "w", count: 2 }));
    expect((await ask()).fallbackLevel).toBe("popular");
    for (const id of ["coat-1", "coat-3"]) {
      const event = { event: "Product Viewed", anonymousId: "w", properties: { product_id: id } };
      expect((await h.browser("POST", "/v1/track", event)).status).toBe(200);
      const answer = await ask();
      expect(answer.fallbackLevel).toBe("personal");
      expect(answer.items.every((each) => OUTERWEAR.includes(each.id) && each.id !== id)).toBe(true);
    }
  });

  it.each([
    ["an unknown placement", { placement: "nowhere" }, 404, undefined],
    ["no placement", {}, 400, "placement"],
    ["a placement's name that is none", { placement: "../x" }, 400, "placement"],
    ["a count of 0", { placement: "home", count: 0 }, 400, "count"],
    ["a filter that is none", { placement: "home", filter: [{ property: "price", op: "maybe" }] }, 400, "filter.0.op"],
    ["201 exclusions", { placement: "home", excludeItemIds: Array(201).fill("x") }, 400, "excludeItemIds"],
    [
      "an id that no event could have",
      { placement: "home", context: { recentItemIds: ["x".repeat(257)] } },
      400,
      "context.recentItemIds.0",
    ],
    ["malformed JSON", "{", 400, undefined],
    ["a body of 33 KB", { placement: "home", itemId: "x".repeat(33_000) }, 413, undefined],
  ])("refuses %s", async (_, body, status, path) => {
    const h = await harness();
    await place(h);
    const response = await h.server("POST", "/v1/recommendations", body);
    const { error } = await json(response);
    expect([response.status, error?.issues?.[0]?.path]).toEqual([status, path]);
    if (status === 404) expect(error?.message).toContain('"nowhere"');
  });

  it("takes every item id that an event may have", async () => {
    const h = await shop();
    const context = { recentItemIds: ["x".repeat(256), "lamp-1"] };
    const answer = await h.browser("POST", "/v1/recommendations", { placement: "home", context, count: 2 });
    expect([answer.status, (await json(answer)).fallbackLevel]).toEqual([200, "personal"]);
  });

  it("keeps foreign pages, foreign keys and curious browsers out", async () => {
    const h = await shop();
    const body = { placement: "home" };
    expect((await h.browser("POST", "/v1/recommendations", body, { origin: "https://evil.test" })).status).toBe(403);
    expect((await h.browser("POST", "/v1/recommendations", body, { authorization: "Bearer pk_wrong" })).status).toBe(
      401,
    );
    expect((await h.fetch("/v1/recommendations", { method: "POST", body: JSON.stringify(body) })).status).toBe(401);
    expect((await h.browser("POST", "/v1/recommendations", { ...body, explain: true })).status).toBe(403);
    expect((await h.server("POST", "/v1/recommendations", { ...body, explain: true })).status).toBe(200);
  });
});

describe("placements", () => {
  const input = { name: "홈", rules: { count: 4, title: { ko: "홈 추천", en: "For you" }, perBrandCap: 2 } };

  it("are put, listed, changed and deleted", async () => {
    const h = await harness();
    await stock(
      h,
      Array.from({ length: 6 }, (_, i) => item(`i${i}`)),
    );
    const put = await h.server("PUT", "/v1/placements/home", input);
    expect([put.status, await put.json()]).toMatchObject([200, { id: "home", rules: { count: 4, layout: "grid" } }]);
    expect(await (await h.server("GET", "/v1/placements")).json()).toMatchObject({
      placements: [{ id: "home", name: "홈" }],
    });
    expect((await json(await h.server("POST", "/v1/recommendations", { placement: "home" }))).items).toHaveLength(4);
    await h.server("PUT", "/v1/placements/home", { ...input, rules: { ...input.rules, count: 2 } });
    expect(await (await h.server("GET", "/v1/placements/home")).json()).toMatchObject({ rules: { count: 2 } });
    expect((await json(await h.server("POST", "/v1/recommendations", { placement: "home" }))).items).toHaveLength(2);
    expect((await h.server("DELETE", "/v1/placements/home")).status).toBe(204);
    expect((await h.server("GET", "/v1/placements/home")).status).toBe(404);
    expect((await h.server("DELETE", "/v1/placements/home")).status).toBe(404);
  });

  it.each([
    ["a rule that does not exist", { ...input, rules: { cuont: 3 } }, "rules"],
    ["no name", { rules: {} }, "name"],
    ["51 items", { ...input, rules: { count: 51 } }, "rules.count"],
    ["an unknown way", { ...input, rules: { ways: ["magic"] } }, "rules.ways"],
  ])("refuse %s", async (_, body, path) => {
    const h = await harness();
    const response = await h.server("PUT", "/v1/placements/home", body);
    expect([response.status, (await json(response)).error?.issues?.[0]?.path]).toEqual([400, path]);
    expect((await h.server("GET", "/v1/placements/home")).status).toBe(404);
  });

  it("are closed to browsers and to other sites", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/placements/home", input);
    for (const [method, path] of [
      ["GET", "/v1/placements"],
      ["GET", "/v1/placements/home"],
      ["PUT", "/v1/placements/home"],
      ["DELETE", "/v1/placements/home"],
    ] as const) {
      expect((await one.browser(method, path, method === "PUT" ? input : undefined)).status).toBe(403);
    }
    expect(await (await two.server("GET", "/v1/placements")).json()).toEqual({ placements: [] });
    expect((await two.server("DELETE", "/v1/placements/home")).status).toBe(404);
    expect((await one.server("GET", "/v1/placements/home")).status).toBe(200);
  });
});

describe("GET /v1/widgets/recommendations", () => {
  const path = (h: Harness, query: string) => `/v1/widgets/recommendations?key=${h.publicKey}&${query}`;
  const fragment = (h: Harness, query: string, headers: Record<string, string> = { origin: ORIGIN }) =>
    h.fetch(path(h, query), { headers });

  it("renders the placement as a fragment", async () => {
    const h = await shop();
    await stock(h, [item("lamp-3", { title: "전등", price: 8000, listPrice: 10000, brand: "밝은집" })]);
    await place(h, "strip", { layout: "scroll", title: { ko: "이어서 보기", en: "Next" } });
    const response = await fragment(h, "placement=strip&recent=lamp-1,lamp-2&locale=ko-KR");
    const html = await response.text();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(html).toMatch(/^<section part="section" class="nunchi" lang="ko" data-recommendation-id="rec_/);
    expect(html).toContain('data-placement="strip" data-fallback="personal"');
    const toldOf = (text: string) =>
      JSON.parse((/data-told="([^"]*)"/.exec(text)?.[1] ?? "").replaceAll("&quot;", '"')) as object;
    expect(toldOf(html)).toEqual({
      recommendation_id: expect.stringMatching(/^rec_/),
      placement: "strip",
      fallback_level: "personal",
    });
    const ofPage = await (await fragment(h, "placement=strip&itemId=lamp-1")).text();
    expect(toldOf(ofPage)).toMatchObject({ page_item_id: "lamp-1" });
    expect(html).toContain('<h2 part="title">이어서 보기</h2><ul part="list" class="scroll">');
    expect(html).toMatch(
      /<a part="card" href="https:\/\/shop\.test\/items\/lamp-3" data-item-id="lamp-3" data-position="\d">/,
    );
    expect(html).toContain(
      '<span part="brand">밝은집</span><span part="name">전등</span><span part="price">8,000원</span>' +
        '<s part="list-price">10,000원</s><span part="badge" dir="ltr">−20%</span><span part="reason">',
    );
    expect(await (await fragment(h, "placement=strip&locale=en")).text()).toContain('<h2 part="title">Next</h2>');
  });

  it("renders an item anew for another language or other pictures, and else the same", async () => {
    const h = await shop();
    await stock(h, [item("lamp-3", { imageUrl: "https://shop.test/lamp.jpg" })]);
    const list = await listFor(h.deps, h.site, { placement: "home" });
    const markup = (locale: string, images: string | null) => renderFragment(list, locale, images);
    const first = markup("ko", null);
    const resized = markup("ko", "https://images.test/{width}/{url}");
    expect([first, resized].map((html) => html.includes("https://images.test/"))).toEqual([false, true]);
    expect([resized, markup("en", null)].map((html) => html.includes("Not interested"))).toEqual([false, true]);
    expect(markup("ko", null)).toBe(first);
  });

  it.each<[string, string, string[]]>([
    ["with commas", "lamp-1,lamp-2", ["lamp-1", "lamp-2"]],
    ["as a list", '["lamp-2","lamp-1"]', ["lamp-2", "lamp-1"]],
    ["as a list with a comma in it", '["lamp,1"]', ["lamp,1"]],
    ["beside those that no item has", JSON.stringify(["x".repeat(400), " ", "lamp-1"]), ["lamp-1"]],
    ["that are no list after all", "[lamp-1,lamp-2", ["lamp-2"]],
    ["that are none", '[{},7,""]', []],
  ])("reads recent items %s", async (_, recent, seen) => {
    const h = await shop();
    await stock(h, [item("lamp,1", { title: "쉼표" })]);
    await place(h, "strip", { ways: ["recently_viewed"], excludeViewed: false });
    const response = await fragment(h, `placement=strip&recent=${encodeURIComponent(recent)}`);
    const cards = (await response.text()).split("<li>").filter((card) => card.includes("최근 본 상품"));
    expect([response.status, cards.map((card) => /data-item-id="([^"]*)"/.exec(card)?.[1])]).toEqual([200, seen]);
  });

  it("offers pictures in other widths where the shop has an image service", async () => {
    const h = await harness({ imageTemplate: "https://images.test/{width}/{url}" });
    await openShop(h);
    await place(h);
    const answer = await h.browser("GET", "/v1/widgets/recommendations?placement=home&count=2");
    const html = await answer.text();
    expect(html.match(/srcset="https:\/\/images\.test\/160\/https:[^"]* 640w"/g)).toHaveLength(2);
    expect(html).toContain('sizes="auto, ');
  });

  it("escapes whatever a feed says", async () => {
    const h = await harness();
    const evil = `"><script>alert(1)</script>`;
    await stock(h, [item("x", { id: evil, title: evil, brand: evil, url: `https://shop.test/?q="onclick="alert(1)` })]);
    await place(h);
    const html = await (await fragment(h, "placement=home")).text();
    expect(html).not.toContain("<script");
    expect(html).not.toContain('onclick="alert');
    expect(html).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it("answers nothing for an unknown placement or an empty catalog", async () => {
    const h = await harness();
    expect((await fragment(h, "placement=nowhere")).status).toBe(204);
    await place(h);
    const empty = await fragment(h, "placement=home");
    expect([empty.status, await empty.text()]).toEqual([204, ""]);
  });

  it("refuses a wrong request, and keeps foreign pages and secret keys in URLs out", async () => {
    const h = await shop();
    expect((await fragment(h, "placement=home&count=many")).status).toBe(400);
    // Templates leave parameters empty.
    expect((await fragment(h, "placement=home&count=&itemId=&userId=")).status).toBe(200);
    expect((await fragment(h, "")).status).toBe(400);
    expect((await fragment(h, "placement=home", { origin: "https://evil.test" })).status).toBe(403);
    expect((await h.fetch(`/v1/widgets/recommendations?placement=home&key=${h.secretKey}`)).status).toBe(401);
    expect((await h.fetch("/v1/widgets/recommendations?placement=home")).status).toBe(401);
  });
});

describe("models", () => {
  it("are listed newest first for servers, and closed to browsers and other sites", async () => {
    const [h, other] = [await shop(), await harness()];
    const { models } = (await (await h.server("GET", "/v1/models")).json()) as { models: Record<string, unknown>[] };
    expect(models).toMatchObject([{ state: "active", metrics: { sessions: 40, items: 10 } }]);
    expect(await (await other.server("GET", "/v1/models")).json()).toEqual({ models: [] });
    expect((await h.browser("GET", "/v1/models")).status).toBe(403);
    expect((await h.browser("POST", "/v1/models")).status).toBe(403);
  });
});
