import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { harness, NOON, ORIGIN } from "../support/worker/harness.ts";

const view = (fields: object = {}) => ({
  type: "track",
  event: "Product Viewed",
  messageId: "m1",
  anonymousId: "visitor-1",
  timestamp: new Date(NOON - MINUTE).toISOString(),
  properties: { product_id: "p1", name: "울 코트" },
  ...fields,
});

async function history(h: Awaited<ReturnType<typeof harness>>, person: { userId: string } | { anonymousId: string }) {
  return readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
}

describe("POST /v1/batch", () => {
  it("stores a batch under canonical names and answers for it", async () => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/batch", {
      batch: [view(), view({ messageId: "m2", event: "Product Added" })],
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ success: true, accepted: 2, refused: [] });
    const events = await history(h, { anonymousId: "visitor-1" });
    expect(events.map((event) => [event.name, event.itemId])).toEqual([
      ["product_added_to_cart", "p1"],
      ["product_viewed", "p1"],
    ]);
  });

  it("stores a retried event once, also when the client's clock is a day off", async () => {
    const h = await harness();
    const dayOff = { timestamp: new Date(NOON - 24 * 60 * MINUTE).toISOString() };
    for (const delay of [0, 3000, 9000]) {
      h.clock.at = NOON + delay;
      const sentAt = new Date(h.clock.at - 24 * 60 * MINUTE - 500 - delay / 3).toISOString();
      await h.server("POST", "/v1/batch", { batch: [view(dayOff)], sentAt });
      await h.server("POST", "/v1/batch", { batch: [view({ messageId: "m9" })] });
    }
    const events = await history(h, { anonymousId: "visitor-1" });
    expect(events.map((event) => event.messageId).sort()).toEqual(["m1", "m9"]);
    expect(Math.abs((events.find((event) => event.messageId === "m1")?.at ?? 0) - NOON)).toBeLessThan(10_000);
  });

  it("refuses bad events by index and field, and stores the others", async () => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/batch", {
      batch: [
        view(),
        view({ event: undefined }),
        view({ anonymousId: undefined }),
        view({ properties: { x: "가".repeat(20_000) } }),
      ],
    });
    const body = (await answer.json()) as {
      accepted: number;
      refused: { index: number; issues: { path: string }[] }[];
    };
    expect(body.accepted).toBe(1);
    expect(body.refused.map((each) => [each.index, each.issues[0]?.path])).toEqual([
      [1, "event"],
      [2, "anonymousId"],
      [3, ""],
    ]);
  });

  it.each([
    ["malformed JSON", "{", 400],
    ["no batch", "{}", 400],
    ["an empty batch", '{"batch":[]}', 400],
    ["500 KB", JSON.stringify({ batch: [view({ properties: { x: "x".repeat(600_000) } })] }), 413],
  ])("refuses %s with the error envelope", async (_, body, status) => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/batch", body);
    expect(answer.status).toBe(status);
    const { error } = (await answer.json()) as { error: { code: string; message: string; requestId: string } };
    expect(error.requestId).toBe(answer.headers.get("x-request-id"));
    expect(error.message).not.toBe("");
  });

  it("takes the public key only from the site's origins", async () => {
    const h = await harness();
    expect((await h.browser("POST", "/v1/events", { batch: [view()] })).status).toBe(200);
    expect((await h.browser("POST", "/v1/events", { batch: [view()] }, { origin: "https://evil.test" })).status).toBe(
      403,
    );
    expect(
      (await h.browser("POST", "/v1/events", { batch: [view()] }, { authorization: "Bearer pk_wrong" })).status,
    ).toBe(401);
    const inBody = await h.fetch("/v1/batch", {
      method: "POST",
      headers: { origin: ORIGIN, "user-agent": "Mozilla/5.0" },
      body: JSON.stringify({ writeKey: h.publicKey, batch: [view()] }),
    });
    expect(inBody.status).toBe(200);
  });

  it("keeps sites apart", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("POST", "/v1/batch", { batch: [view()] });
    expect(await history(two, { anonymousId: "visitor-1" })).toEqual([]);
  });

  it("writes at most two rows for a single event of a known person", async () => {
    const h = await harness();
    await h.server("POST", "/v1/batch", { batch: [view()] });
    h.deps.meter.written = 0;
    const { collect } = await import("../../worker/events/collect.ts");
    const second = view({ messageId: "m2", timestamp: new Date(NOON).toISOString() });
    await collect(h.deps, { siteId: h.site.id, now: NOON, sentAt: undefined, isBot: false }, [second]);
    expect(h.deps.meter.written).toBeLessThanOrEqual(2);
  });
});

describe("identity", () => {
  it("joins a browser's history to the user who signs in, within a shard and across shards", async () => {
    const h = await harness();
    const shardOf = (person: { userId: string } | { anonymousId: string }) =>
      h.deps.shards.of(profileIdOf(h.site.id, person)).index;
    const visitor = { anonymousId: "visitor-1" };
    const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
    const near = users.find((userId) => shardOf({ userId }) === shardOf(visitor));
    const far = users.find(
      (userId) => userId !== near && shardOf({ userId }) !== shardOf({ anonymousId: "visitor-2" }),
    );
    for (const [anonymousId, userId] of [
      ["visitor-1", near],
      ["visitor-2", far],
    ] as [string, string][]) {
      await h.server("POST", "/v1/batch", { batch: [view({ anonymousId, messageId: `v-${anonymousId}` })] });
      await h.server("POST", "/v1/identify", { anonymousId, userId, traits: { name: "민지" } });
      const events = await history(h, { userId });
      expect(events.map((event) => event.name)).toEqual(["identify", "product_viewed"]);
    }
  });

  it("never merges two known people through one browser", async () => {
    const h = await harness();
    await h.server("POST", "/v1/batch", { batch: [view()] });
    await h.server("POST", "/v1/identify", { anonymousId: "visitor-1", userId: "minji" });
    await h.server("POST", "/v1/identify", { anonymousId: "visitor-1", userId: "jisoo" });
    expect((await history(h, { userId: "minji" })).some((event) => event.name === "product_viewed")).toBe(true);
    expect((await history(h, { userId: "jisoo" })).some((event) => event.name === "product_viewed")).toBe(false);
  });
});
