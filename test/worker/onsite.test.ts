import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { matches } from "../../worker/onsite/page.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import { putPlacement } from "../../worker/recommend/placements.ts";
import { PlacementRules } from "../../worker/recommend/schema.ts";
import { type Harness, harness } from "../support/worker/harness.ts";

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

async function shop(): Promise<Harness> {
  const h = await harness();
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

  it("with nothing, and no read about anybody, while no message runs", async () => {
    const h = await harness();
    const before = h.deps.meter.read;
    expect(await tell(h, ["page"])).toBeUndefined();
    await h.server("PUT", "/v1/onsite/messages/draft", { name: "draft", definition: define() });
    expect(await tell(h, ["page"])).toBeUndefined();
    expect(h.deps.meter.read).toBe(before);
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
