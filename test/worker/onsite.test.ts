import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import type { Composed } from "../../worker/compose.ts";
import type { Shard, Statement } from "../../worker/deps.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { matches } from "../../worker/onsite/page.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import { putPlacement } from "../../worker/recommend/placements.ts";
import { PlacementRules } from "../../worker/recommend/schema.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { tire } from "../support/worker/tired.ts";

const button = { does: "open", url: "https://shop.test/sale" };
const words = (title: string, more: object = {}) => ({
  ko: { title, body: "오늘만 10%", buttons: ["보러 가기"], ...more },
});

/** A message that everybody gets on every page. */
function define(more: object = {}) {
  return { format: "modal", words: words("환영해요"), buttons: [button], ...more };
}

async function launch(h: Harness, id: string, more: object = {}): Promise<void> {
  const saved = await h.server("PUT", `/v1/onsite/messages/${id}`, { name: id, definition: define(more) });
  expect(saved.status, await saved.clone().text()).toBe(200);
  const launched = await h.server("POST", `/v1/onsite/messages/${id}/launch`);
  expect(launched.status, await launched.clone().text()).toBe(200);
}

interface Told {
  path?: string;
  headers?: Record<string, string>;
  person?: object;
  at?: string;
}

/** What the page is answered after it told of these events. */
async function tell(h: Harness, events: (string | object)[], told: Told = {}): Promise<Offer[] | undefined> {
  const { path = "/", headers = {}, person = { anonymousId: "visitor-1" } } = told;
  const context = { locale: "ko-KR", page: { url: `https://shop.test${path}`, path, title: "Shop" } };
  const batch = events.map((event, index) => ({
    ...(event === "page"
      ? { type: "page" }
      : typeof event === "string"
        ? { type: "track", event }
        : { type: "track", ...event }),
    messageId: `m-${h.clock.at}-${index}-${Math.random()}`,
    ...person,
    context,
  }));
  const answer = await h.browser("POST", told.at ?? "/v1/events", { batch }, headers);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { onsite?: Offer[] }).onsite;
}

const idsOf = (offers: Offer[] | undefined) => offers?.map(({ properties }) => properties.onsite_id);
const note = (event: string, offer: Offer | undefined, more: object = {}) => ({
  event,
  properties: { ...offer?.properties, ...more },
});

async function shop(override: Partial<Composed> = {}): Promise<Harness> {
  const h = await harness({}, override);
  await upsertItems(h.deps, h.site, demoCatalog("https://shop.test"));
  await putPlacement(h.deps, h.site.id, "home", { name: "Home", rules: PlacementRules.parse({ count: 8 }) });
  return h;
}

describe("definitions", () => {
  it("makes, reads, lists, launches, pauses, replaces and deletes a message", async () => {
    const h = await harness();
    const path = "/v1/onsite/messages/hello";
    const made = await h.server("PUT", path, { name: "Hello", definition: define() });
    expect(await made.json()).toMatchObject({ id: "hello", state: "draft", version: 1, definition: { dailyCap: 1 } });
    expect(await (await h.server("POST", `${path}/launch`)).json()).toMatchObject({ state: "running" });
    expect((await h.server("POST", `${path}/launch`)).status).toBe(409);
    const changed = await h.server("PUT", path, { name: "Hello", definition: define({ format: "banner" }) });
    expect(await changed.json()).toMatchObject({ state: "running", version: 2 });
    expect(await (await h.server("POST", `${path}/pause`)).json()).toMatchObject({ state: "paused" });
    expect(((await (await h.server("GET", "/v1/onsite/messages")).json()) as { messages: [] }).messages).toHaveLength(
      1,
    );
    expect(await (await h.server("GET", path)).json()).toMatchObject({ name: "Hello" });
    expect((await h.server("DELETE", path)).status).toBe(204);
    expect((await h.server("DELETE", path)).status).toBe(404);
    expect((await h.server("GET", path)).status).toBe(404);
    expect((await h.server("POST", `${path}/launch`)).status).toBe(404);
  });

  it.each([
    ["no words", { words: {} }],
    ["a label too few", { words: words("x", { buttons: [] }) }],
    ["a coupon without its code", { kind: "coupon" }],
    ["own HTML without its source", { kind: "html" }],
    ["a review without a store", { kind: "review" }],
    ["an unknown format", { format: "popup" }],
    ["an unknown field", { audiences: [] }],
    ["a variant called holdout", { variants: [{ name: "holdout" }] }],
  ])("refuses %s", async (_, more) => {
    const h = await harness();
    const answer = await h.server("PUT", "/v1/onsite/messages/x", { name: "x", definition: define(more) });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { issues: [] } }).error.issues.length).toBeGreaterThan(0);
  });

  it.each([
    ["a variable that nobody has", { words: words("{{ nobody.name }}") }, "definition.words.ko.title"],
    ["a placement that is not there", { placement: "gone" }, "definition.placement"],
    ["products without a placement", { kind: "products" }, "definition.placement"],
    [
      "a segment that is not there",
      { trigger: { kind: "segment", segmentId: "gone" } },
      "definition.trigger.segmentId",
    ],
  ])("keeps a draft with %s, and does not launch it", async (_, more, path) => {
    const h = await harness();
    expect((await h.server("PUT", "/v1/onsite/messages/x", { name: "x", definition: define(more) })).status).toBe(200);
    const answer = await h.server("POST", "/v1/onsite/messages/x/launch");
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { error: { issues: { path: string }[] } }).error.issues[0]?.path).toBe(path);
  });

  it("keeps pages and other sites out", async () => {
    const [one, two] = [await harness(), await harness()];
    await launch(one, "hello");
    for (const [method, path] of [
      ["GET", "/v1/onsite/messages"],
      ["GET", "/v1/onsite/messages/hello"],
      ["DELETE", "/v1/onsite/messages/hello"],
      ["POST", "/v1/onsite/messages/hello/pause"],
      ["GET", "/v1/onsite/messages/hello/report"],
    ] as const) {
      expect((await one.browser(method, path)).status, path).toBe(403);
    }
    expect((await two.server("GET", "/v1/onsite/messages/hello")).status).toBe(404);
    expect(await tell(two, ["page"])).toBeUndefined();
    const foreign = await one.browser("GET", "/v1/onsite?anonymousId=a", undefined, { origin: "https://evil.test" });
    expect(foreign.status).toBe(403);
    expect((await one.browser("GET", "/v1/onsite")).status).toBe(400);
  });
});

describe("POST /v1/events answers with what to show", () => {
  it("in the same round trip, and GET /v1/onsite says the same", async () => {
    const h = await harness();
    await launch(h, "hello");
    const [offer] = (await tell(h, ["page"])) ?? [];
    expect(offer).toMatchObject({
      moment: { kind: "now", delaySeconds: 0 },
      properties: {
        channel: "onsite",
        onsite_id: "hello",
        version: 1,
        variant: "onsite/hello:message",
        format: "modal",
      },
    });
    expect(offer?.html).toContain("<dialog");
    expect(offer?.html).toContain("환영해요");
    const asked = await h.browser("GET", "/v1/onsite?anonymousId=visitor-1&url=https%3A%2F%2Fshop.test%2F&locale=ko");
    expect(await asked.json()).toEqual({ messages: [offer] });
  });

  it("with nothing, and nothing read or written besides, while no message runs for what was done", async () => {
    const { deps } = await harness();
    const h = await harness({}, { config: { ...deps.config, demo: true } });
    const rowsOf = async (event: string) => {
      h.clock.at += SECOND;
      // Somebody new each time: a history that grows is read further.
      const batch = [{ type: "track", event, anonymousId: `visitor-${h.clock.at}`, messageId: "m" }];
      const answer = await h.browser("POST", "/v1/events", { batch }, { "x-rows": "1" });
      const [, read, written] = /read=(\d+) written=(\d+)/.exec(answer.headers.get("x-rows") ?? "") ?? [];
      return { read: Number(read), written: Number(written), body: (await answer.json()) as { onsite?: Offer[] } };
    };
    await rowsOf("liked_a_post");
    const without = await rowsOf("liked_a_post");
    expect(without.body).not.toHaveProperty("onsite");
    await launch(h, "views", { trigger: { kind: "event", events: ["product_viewed"] } });
    await rowsOf("liked_a_post");
    const unheard = await rowsOf("liked_a_post");
    expect(unheard).toEqual(without);
    const heard = await rowsOf("product_viewed");
    expect(idsOf(heard.body.onsite)).toEqual(["views"]);
    expect(heard.written).toBe(without.written);
    expect(heard.read).toBeGreaterThan(without.read);
  });

  it("only for users that a page may speak for, where the site asks for proof", async () => {
    const h = await harness({ verifyUsers: true });
    await launch(h, "hello");
    expect((await h.browser("GET", "/v1/onsite?userId=minji")).status).toBe(403);
    expect((await h.browser("GET", "/v1/onsite?anonymousId=a")).status).toBe(200);
    const refused = await h.browser("POST", "/v1/events", { batch: [{ type: "page", userId: "minji" }] });
    expect(await refused.json()).not.toHaveProperty("onsite");
  });

  it("only to the tag: not to a beacon, a server, Segment's address, or after what changes nothing", async () => {
    const h = await harness();
    await launch(h, "hello");
    expect(await tell(h, ["page"], { headers: { "sec-fetch-mode": "no-cors" } })).toBeUndefined();
    expect(await tell(h, ["page"], { at: "/v1/batch" })).toBeUndefined();
    expect(await tell(h, ["recommendation_shown"])).toBeUndefined();
    const server = await h.server("POST", "/v1/events", { batch: [{ type: "page", userId: "u" }] });
    expect(await server.json()).not.toHaveProperty("onsite");
    expect(idsOf(await tell(h, ["page"]))).toEqual(["hello"]);
  });
});

describe("triggers", () => {
  it("an event with a count, and not again for what led to the last showing", async () => {
    const h = await harness();
    await launch(h, "third", { trigger: { kind: "event", events: ["Product Viewed"], count: 3 }, dailyCap: 5 });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(await tell(h, ["page", view, view])).toEqual([]);
    h.clock.at += MINUTE;
    const [offer] = (await tell(h, [view])) ?? [];
    expect(offer?.properties.onsite_id).toBe("third");
    h.clock.at += MINUTE;
    expect(await tell(h, [note("message_shown", offer)])).toEqual([]);
    h.clock.at += MINUTE;
    expect(await tell(h, [view, view])).toEqual([]);
    expect(idsOf(await tell(h, [view]))).toEqual(["third"]);
    h.clock.at += HOUR;
    expect(await tell(h, ["page"])).toEqual([]);
  });

  it("an event whose properties fit", async () => {
    const h = await harness();
    const where = [{ property: "query", op: "contains", value: "코트" }];
    await launch(h, "coats", { trigger: { kind: "event", events: ["product_searched"], where } });
    expect(await tell(h, [{ event: "product_searched", properties: { query: "바지" } }])).toEqual([]);
    expect(idsOf(await tell(h, [{ event: "product_searched", properties: { query: "울 코트" } }]))).toEqual(["coats"]);
  });

  it("what the cart is worth now, with the catalog's prices", async () => {
    const h = await shop();
    const coat = demoCatalog("https://shop.test").find(({ id }) => id === "coat-1");
    const price = Number(coat?.price);
    await launch(h, "ship", { trigger: { kind: "cart", atLeast: price * 2, below: price * 3 } });
    const add = { event: "product_added_to_cart", properties: { product_id: "coat-1", quantity: 1 } };
    expect(await tell(h, [add])).toEqual([]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, [add]))).toEqual(["ship"]);
    h.clock.at += SECOND;
    expect(await tell(h, [{ ...add, event: "product_removed_from_cart" }])).toEqual([]);
  });

  it("a segment that was come into in this visit, not one that somebody is in for long", async () => {
    const h = await harness();
    const rule = { event: "product_viewed", did: true, count: { op: "gte", value: 2 } };
    await h.server("PUT", "/v1/segments/lookers", { name: "Lookers", rule });
    await launch(h, "hi", { trigger: { kind: "segment", segmentId: "lookers" } });
    expect(await tell(h, ["product_viewed"])).toEqual([]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_viewed"]))).toEqual(["hi"]);
    for (const job of h.jobs.splice(0)) await run(h.deps, job as Job);
    for (const { index } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard: index, full: true });
    expect(idsOf(await tell(h, ["page"]))).toEqual(["hi"]);
    h.clock.at += DAY;
    expect(await tell(h, ["page"])).toEqual([]);
  });

  it("moments of the page are told to the page, one message for now besides them", async () => {
    const h = await harness();
    await launch(h, "a-now", { priority: 10 });
    await launch(h, "b-now", { priority: 20 });
    await launch(h, "exit", { trigger: { kind: "exit" }, priority: 90, delaySeconds: 2 });
    await launch(h, "half", { trigger: { kind: "scroll", percent: 50 } });
    await launch(h, "stay", { trigger: { kind: "dwell", seconds: 20 } });
    const offers = await tell(h, ["page"]);
    expect(idsOf(offers)).toEqual(["exit", "half", "stay"].concat(offers?.length === 4 ? ["b-now"] : []));
    expect(offers?.map(({ moment }) => moment)).toEqual([
      { kind: "exit", delaySeconds: 2, idleSeconds: 30, back: false },
      { kind: "scroll", delaySeconds: 0, percent: 50 },
      { kind: "dwell", delaySeconds: 0, seconds: 20 },
    ]);
    await h.server("POST", "/v1/onsite/messages/exit/pause");
    expect(idsOf(await tell(h, ["page"]))).toEqual(["half", "stay", "b-now"]);
  });
});

describe("who, where and when", () => {
  it("on its pages, on its devices, to its audience, in its time", async () => {
    const h = await harness();
    const where = [{ property: "kind", op: "eq", value: "sale" }];
    await launch(h, "paths", { pages: { include: ["/products/*"], exclude: ["*/private"] } });
    await launch(h, "facts", { pages: { where } });
    await launch(h, "phones", { device: "phone", trigger: { kind: "dwell", seconds: 1 } });
    await launch(h, "members", {
      audience: { trait: "grade", op: "eq", value: "gold" },
      trigger: { kind: "scroll", percent: 9 },
    });
    await launch(h, "later", { from: "2026-03-10T13:00:00+09:00", until: "2026-03-10T14:00:00+09:00", priority: 99 });
    expect(await tell(h, ["page"])).toEqual([]);
    expect(idsOf(await tell(h, ["page"], { path: "/products/7" }))).toEqual(["paths"]);
    expect(await tell(h, ["page"], { path: "/products/private" })).toEqual([]);
    expect(idsOf(await tell(h, ["page"], { headers: { "sec-ch-ua-mobile": "?1" } }))).toEqual(["phones"]);
    h.clock.at += SECOND;
    const answer = await h.browser("POST", "/v1/events", {
      batch: [{ type: "page", anonymousId: "visitor-1", properties: { kind: "sale", path: "/" } }],
    });
    expect(idsOf(((await answer.json()) as { onsite: Offer[] }).onsite)).toEqual(["facts"]);
    // What the page said of itself holds for what is done on it.
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, [{ event: "message_dismissed" }]))).toEqual(["facts"]);
    await h.server("PUT", "/v1/users/visitor-1?idType=anonymousId", { traits: { grade: "gold" } });
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["members"]);
    h.clock.at += HOUR;
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["later", "members"]);
    h.clock.at += HOUR;
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["members"]);
  });

  it("matches paths by stars", () => {
    const cases = [
      ["/products/*", "/products/", true],
      ["/products/*", "/products", false],
      ["*", "/", true],
      ["/a/*/c", "/a/b/c", true],
      ["/a/*/c", "/a/c", false],
      ["/a*a", "/a", false],
      ["/exact", "/exact", true],
      ["/exact", "/exact/no", false],
      [`/${"*a".repeat(20)}`, `/${"a".repeat(200)}b`, false],
    ] as const;
    expect(cases.map(([pattern, path]) => matches(pattern, path))).toEqual(cases.map(([, , expected]) => expected));
  });

  it("nobody who is paying, until they have paid or look around again", async () => {
    const h = await harness();
    await launch(h, "hello");
    await launch(h, "help", { duringCheckout: true, trigger: { kind: "dwell", seconds: 60 } });
    const both = ["hello", "help"];
    expect(idsOf(await tell(h, ["page"], { path: "/order/orderform.html" }))).toEqual(["help"]);
    expect(idsOf(await tell(h, ["page"]))).toEqual(both);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["checkout_started"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["page"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_viewed", "page"]))).toEqual(both);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["checkout_started"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_purchased"]))).toEqual(both);
  });

  it("caps, rest and answers are remembered by the person's own history, over their browsers", async () => {
    const h = await harness();
    await launch(h, "hello", { dailyCap: 2, totalCap: 3, restSeconds: 3600 });
    const user = { anonymousId: "visitor-1", userId: "minji" };
    const step = async (event: string, person: object = user) => {
      h.clock.at += SECOND;
      const offer = { properties: { channel: "onsite", onsite_id: "hello" } } as Offer;
      return idsOf(await tell(h, event === "page" ? ["page"] : [note(event, offer)], { person }));
    };
    expect(await step("page", { anonymousId: "visitor-1" })).toEqual(["hello"]);
    expect(await step("message_shown", { anonymousId: "visitor-1" })).toEqual(["hello"]);
    expect(await step("page")).toEqual(["hello"]);
    expect(await step("message_dismissed")).toEqual([]);
    h.clock.at += HOUR;
    expect(await step("page")).toEqual(["hello"]);
    expect(await step("message_shown")).toEqual([]);
    h.clock.at += DAY;
    expect(await step("message_shown")).toEqual([]);
    h.clock.at += DAY;
    expect(await step("page")).toEqual([]);
    await launch(h, "other");
    expect(await step("page", { anonymousId: "other" })).toEqual(["hello"]);
    await h.server("POST", "/v1/onsite/messages/hello/pause");
    const clicked = { properties: { channel: "onsite", onsite_id: "other" } } as Offer;
    expect(idsOf(await tell(h, ["page"], { person: user }))).toEqual(["other"]);
    expect(await tell(h, [note("message_clicked", clicked)], { person: user })).toEqual([]);
  });
});

describe("what is in it", () => {
  it("names and shows products of this person, in the page's language", async () => {
    const h = await shop();
    const body = {
      ko: {
        title: '{{ product_viewed.0.product_name | josa: "이/가" }} 기다려요',
        buttons: ["{{ recommendation.0.product_name }}"],
      },
      en: { title: "{{ product_viewed.0.product_name }} waits", buttons: ["See {{ recommendation.0.product_name }}"] },
    };
    const buttons = [{ does: "open", url: "{{ recommendation.0.product_url }}" }];
    await launch(h, "shelf", { kind: "products", placement: "home", words: body, buttons, format: "bottom_sheet" });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(await tell(h, ["page"]), "nobody who has looked at nothing").toEqual([]);
    const [offer] = (await tell(h, ["page", view])) ?? [];
    const cards = [...(offer?.html ?? "").matchAll(/data-item-id="([^"]+)"/g)].map(([, id]) => id);
    expect(cards).toHaveLength(8);
    expect(cards).not.toContain("coat-1");
    expect(offer?.html).toMatch(/<h2[^>]*>[^<{]+ 기다려요<\/h2>/);
    expect(offer?.html).toMatch(new RegExp(`<a part="button" href="https://shop.test[^"]*${cards[0]}"`));
    const asked = await h.browser("GET", "/v1/onsite?anonymousId=visitor-1&locale=en-US");
    const { messages } = (await asked.json()) as { messages: Offer[] };
    expect(messages[0]?.html).toMatch(/<h2[^>]*>[^<{]+ waits<\/h2>/);
  });

  it("waits for what products are like no longer than a page does", async () => {
    const errors: string[] = [];
    const log = { info() {}, warn() {}, error: (_: string, error: unknown) => void errors.push(String(error)) };
    const { vectors } = (await harness()).deps;
    const hanging = Promise.withResolvers<[]>();
    const h = await shop({
      log,
      // It answers when nobody waits any more.
      vectors: { ...vectors, nearItem: () => hanging.promise },
      clock: { now: () => NOON, alarm: () => ({ rings: Promise.resolve(), stop: () => hanging.resolve([]) }) },
    });
    await launch(h, "shelf", { kind: "products", placement: "home", format: "bottom_sheet" });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(idsOf(await tell(h, ["page", view]))).toEqual(["shelf"]);
    expect(errors).toEqual(["Error: no answer within 250 ms"]);
  });

  it("escapes what people and feeds say, keeps own HTML in a sandbox, and leads nowhere but to http", async () => {
    const h = await harness();
    const named = { ko: { title: "{{ profile.name }}", html: "<b onclick='alert(1)'>{{ profile.name }}</b>" } };
    const plain = { ko: { title: "{{ profile.name }}", buttons: ["가기"] } };
    await launch(h, "own", { kind: "html", words: named, buttons: [] });
    await launch(h, "plain", { words: plain, trigger: { kind: "dwell", seconds: 1 } });
    await launch(h, "evil", {
      words: plain,
      buttons: [{ does: "open", url: "{{ profile.traits.site }}" }],
      trigger: { kind: "dwell", seconds: 1 },
    });
    const traits = { name: '<img src=x onerror="alert(1)">' };
    const visit = async (site: string) => {
      await h.server("PUT", "/v1/users/u1", { traits: { ...traits, site } });
      return (await tell(h, ["page"], { person: { userId: "u1" } })) ?? [];
    };
    for (const elsewhere of ["//evil.test", "/\\evil.test", "/\t/evil.test", "data:text/html,x", "evil"])
      expect(idsOf(await visit(elsewhere)), elsewhere).toEqual(["own", "plain"]);
    expect(idsOf(await visit("/sale?a=b//c"))).toContain("evil");
    const offers = await visit("javascript:alert(1)");
    expect(idsOf(offers)).toEqual(["own", "plain"]);
    const [own, plainOffer] = offers;
    expect(own?.html).toContain('sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"');
    expect(own?.html).not.toMatch(/<img|<b /);
    expect(plainOffer?.html).not.toContain("<img");
    expect(plainOffer?.html).toContain("&lt;img");
  });

  it("a coupon, a rating, a review by the device's store, a push prompt with its own consent text", async () => {
    const h = await harness();
    const dwell = { kind: "dwell", seconds: 1 };
    const own = (more: object) => ({ buttons: [], words: { ko: { title: "안녕", ...more } } });
    await launch(h, "coupon", { ...own({ code: "HELLO10" }), kind: "coupon", priority: 60 });
    await launch(h, "nps", { ...own({}), kind: "rating", scale: "nps", trigger: dwell, format: "corner_card" });
    const stores = { apple: "https://apps.example/a", google: "https://apps.example/g" };
    await launch(h, "review", { ...own({}), kind: "review", stores, trigger: dwell });
    await launch(h, "push", { ...own({ body: "혜택 알림을 받습니다." }), kind: "push", trigger: dwell, priority: 99 });
    const iPhone = { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Mobile/15E148" };
    const offers = (await tell(h, ["page"], { headers: iPhone })) ?? [];
    const byId = Object.fromEntries(offers.map((offer) => [offer.properties.onsite_id, offer]));
    expect(byId.coupon?.html).toContain('data-code="HELLO10"');
    expect(byId.nps?.html?.match(/data-score/g)).toHaveLength(11);
    expect(byId.nps?.html).toMatch(/^<section/);
    expect(byId.review?.html).toContain("https://apps.example/a");
    expect(byId.review?.html).not.toContain("https://apps.example/g");
    const { publicKey } = (await (await h.browser("GET", "/v1/push-key")).json()) as { publicKey: string };
    expect(Buffer.from(publicKey, "base64url")).toHaveLength(65);
    expect(byId.push?.push).toEqual({ key: publicKey, worker: "/nunchi-sw.js", textVersion: "push/1/ko" });
    const consent = { channel: "web_push", granted: false, source: "page", anonymousId: "visitor-1" };
    expect((await h.browser("POST", "/v1/consents", consent)).status).toBe(200);
    expect(idsOf(await tell(h, ["page"]))).not.toContain("push");
  });

  it("gives each site keys of its own, for pages only of its own", async () => {
    const [one, two] = [await harness(), await harness()];
    const keyOf = async (h: Harness) =>
      ((await (await h.browser("GET", "/v1/push-key")).json()) as { publicKey: string }).publicKey;
    expect(await keyOf(one)).toBe(await keyOf(one));
    expect(await keyOf(one)).not.toBe(await keyOf(two));
    expect((await one.fetch("/v1/push-key")).status).toBe(401);
    const stored = await one.deps.control
      .prepare("SELECT value FROM settings WHERE name = ?1")
      .bind(`vapid:${one.site.id}`)
      .first<{ value: string }>();
    expect(stored?.value).not.toContain('"d"');
  });
});

describe("what was told of", () => {
  const page = (messageId: string) => ({
    batch: [{ type: "page", messageId, anonymousId: "visitor-1", context: { page: { path: "/" } } }],
  });

  it("is acknowledged when its database is overloaded, and when no message can be chosen", async () => {
    const db = tire((await harness()).deps.shards);
    const h = await harness({}, { shards: db.shards });
    await launch(h, "hello");
    for (const { index } of db.shards.all()) db.down.add(index);
    const delayed = await h.browser("POST", "/v1/events", page("m1"));
    expect([delayed.status, await delayed.json()]).toEqual([
      200,
      { success: true, accepted: 1, delayed: 1, refused: [] },
    ]);
    db.down.clear();

    // It takes what was done, and fails as soon as it is asked something.
    const of = (profileId: string): Shard => {
      const shard = db.shards.of(profileId);
      const batch = async <T>(statements: Statement[]) => {
        const results = await shard.db.batch<T>(statements);
        db.down.add(shard.index);
        return results;
      };
      return { ...shard, db: { prepare: (sql) => shard.db.prepare(sql), batch } };
    };
    const weak = await harness({}, { shards: { ...db.shards, of } });
    await launch(weak, "hello");
    const stored = await weak.browser("POST", "/v1/events", page("m2"));
    expect([stored.status, await stored.json()]).toEqual([200, { success: true, accepted: 1, refused: [] }]);
    expect(db.failures).toBeGreaterThan(1);
  });
});

describe("what it changed", () => {
  it("variants and the holdout, by who was shown, clicked, closed and bought", async () => {
    const h = await harness();
    const variants = [{ name: "a" }, { name: "b", format: "banner", words: words("다른 말") }];
    await launch(h, "try", { variants, holdoutPercent: 30 });
    const groups: Record<string, number> = {};
    const bought: Record<string, number> = {};
    for (let place = 0; place < 60; place++) {
      const person = { anonymousId: `person-${place}` };
      const [offer] = (await tell(h, ["page"], { person })) ?? [];
      const group = offer?.properties.variant.split(":")[1] ?? "";
      groups[group] = (groups[group] ?? 0) + 1;
      expect(offer?.html === null).toBe(group === "holdout");
      expect(offer?.properties.format).toBe(group === "b" ? "banner" : "modal");
      if (group === "b") expect(offer?.html).toContain("다른 말");
      const done =
        group === "holdout"
          ? [note("message_skipped", offer, { reason: "holdout" })]
          : [note("message_shown", offer), note(place % 2 ? "message_clicked" : "message_dismissed", offer)];
      await tell(h, done, { person });
      if (place % 3 === 0) {
        h.clock.at += SECOND;
        bought[group] = (bought[group] ?? 0) + 1;
        await tell(h, [{ event: "product_purchased", properties: { revenue: 1000, currency: "KRW" } }], { person });
      }
    }
    expect(Object.keys(groups).sort()).toEqual(["a", "b", "holdout"]);
    h.clock.at += MINUTE;
    const answer = await h.server("GET", "/v1/onsite/messages/try/report");
    const report = (await answer.json()) as {
      dismissed: Record<string, number>;
      result: {
        against: string;
        groups: { name: string; people: number; clicked: number; bought: number; differences: object }[];
      };
    };
    expect(report.result.against).toBe("holdout");
    expect(Object.fromEntries(report.result.groups.map(({ name, people }) => [name, people]))).toEqual(groups);
    expect(
      Object.fromEntries(
        report.result.groups.filter((group) => group.bought > 0).map((group) => [group.name, group.bought]),
      ),
    ).toEqual(bought);
    const [a, , held] = report.result.groups;
    expect((a?.clicked ?? 0) + (report.dismissed.a ?? 0)).toBe(groups.a);
    expect(held).toMatchObject({ name: "holdout", clicked: 0 });
    expect(a?.differences).toHaveProperty("purchase");
  });

  it("a draft has nothing to report, and another site's is not there", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/onsite/messages/x", { name: "x", definition: define() });
    expect(await (await one.server("GET", "/v1/onsite/messages/x/report")).json()).toMatchObject({
      measuredAt: null,
      result: null,
    });
    expect((await two.server("GET", "/v1/onsite/messages/x/report")).status).toBe(404);
  });
});
