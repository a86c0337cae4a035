import { describe, expect, it } from "vitest";
import type { Shard, Statement } from "../../worker/deps.ts";
import { SECOND } from "../../worker/lib/time.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import { harness } from "../support/worker/harness.ts";
import { define, idsOf, launch, tell, words } from "../support/worker/onsite.ts";
import { tire } from "../support/worker/tired.ts";

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
