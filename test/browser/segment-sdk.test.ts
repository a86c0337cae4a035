/** Segment's own Node.js SDK, unmodified, pointed at the worker over real HTTP: what a server already sends arrives. */
import { Analytics } from "@segment/analytics-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BenchSite, createSite, type Runtime, startRuntime } from "../bench/runtime.ts";

let runtime: Runtime;
let site: BenchSite;

beforeAll(async () => {
  runtime = await startRuntime();
  site = await createSite(runtime, "Segment");
});

afterAll(() => runtime.stop());

interface StoredEvent {
  name: string;
  item_id: string | null;
  message_id: string;
  at: string;
  properties: Record<string, unknown>;
}

async function get<T>(path: string): Promise<T> {
  const headers = { authorization: `Bearer ${site.secretKey}` };
  const answer = await fetch(`${runtime.url}${path}`, { headers });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

async function eventsOf(userId: string): Promise<StoredEvent[]> {
  const { tables } = await get<{ tables: { events: StoredEvent[] } }>(`/v1/users/${userId}/export`);
  return tables.events.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** An SDK that hands over whatever it was told when it is closed, and fails the test when a delivery fails. */
function sdk(options: { flushAt?: number; writeKey?: string } = {}) {
  const failures: unknown[] = [];
  const requests: { url: string; events: number }[] = [];
  const analytics = new Analytics({
    writeKey: options.writeKey ?? site.secretKey,
    host: runtime.url,
    flushAt: options.flushAt ?? 20,
    maxRetries: 0,
  });
  analytics.on("error", (error) => failures.push(error.reason));
  analytics.on("http_request", ({ url, body }) => requests.push({ url, events: JSON.parse(body).batch.length }));
  return { analytics, failures, requests };
}

/** One after the other: the SDK stamps its messages with the time of the call. */
const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 3, 0, second));

describe("@segment/analytics-node", () => {
  it("delivers every kind of call in a batch", async () => {
    const { analytics, failures, requests } = sdk();
    const who = { anonymousId: "browser-1" };
    analytics.track({
      ...who,
      event: "Product Viewed",
      properties: { product_id: "coat", name: "울 코트", price: 39_000 },
      timestamp: at(1),
    });
    analytics.identify({
      ...who,
      userId: "minji",
      traits: { email: "minji@shop.example", name: "민지", plan: "gold" },
      context: { locale: "ko-KR" },
      timestamp: at(2),
    });
    analytics.page({
      userId: "minji",
      category: "Docs",
      name: "Delivery",
      properties: { path: "/help" },
      timestamp: at(3),
    });
    analytics.screen({ userId: "minji", name: "Cart", timestamp: at(4) });
    analytics.group({ userId: "minji", groupId: "vip", timestamp: at(5) });
    analytics.track({
      userId: "minji",
      event: "Order Completed",
      properties: { order_id: "o1", total: 78_000, products: [{ product_id: "coat", quantity: 2, price: 39_000 }] },
      timestamp: at(6),
    });
    analytics.alias({ userId: "minji", previousId: "browser-1", timestamp: at(7) });
    await analytics.flush({ close: true });
    expect(failures).toEqual([]);
    expect(requests).toEqual([{ url: `${runtime.url}/v1/batch`, events: 7 }]);

    const user = await get<Record<string, unknown>>("/v1/users/minji");
    expect(user).toMatchObject({
      userId: "minji",
      email: "minji@shop.example",
      locale: "ko-KR",
      traits: { name: "민지", plan: "gold" },
      anonymousIds: ["browser-1"],
    });
    const events = await eventsOf("minji");
    expect(events.map(({ name, item_id, at }) => [name, item_id, at])).toEqual([
      ["product_viewed", "coat", at(1).toISOString()],
      ["identify", null, at(2).toISOString()],
      ["page_viewed", null, at(3).toISOString()],
      ["page_viewed", null, at(4).toISOString()],
      ["group", null, at(5).toISOString()],
      ["product_purchased", "coat", at(6).toISOString()],
      ["alias", null, at(7).toISOString()],
    ]);
    expect(events[2]?.properties).toEqual({ path: "/help", name: "Delivery", category: "Docs" });
    expect(events[5]?.properties).toMatchObject({ order_id: "o1", total: 78_000 });
  });

  it("delivers a message once, however often it is sent", async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { analytics, failures } = sdk();
      analytics.track({
        userId: "jisoo",
        event: "Product Added",
        messageId: "m1",
        properties: { sku: "knit" },
        timestamp: at(1),
      });
      await analytics.flush({ close: true });
      expect(failures).toEqual([]);
    }
    expect((await eventsOf("jisoo")).map(({ message_id }) => message_id)).toEqual(["m1"]);
  });

  it("delivers a thousand messages in its own batches", async () => {
    const { analytics, failures, requests } = sdk({ flushAt: 100 });
    for (let number = 0; number < 1000; number++) {
      analytics.track({ userId: "busy", event: "Wheel Turned", properties: { number }, timestamp: at(0) });
    }
    await analytics.flush({ close: true, timeout: 30_000 });
    expect(failures).toEqual([]);
    expect(requests.length).toBeGreaterThanOrEqual(10);
    const numbers = (await eventsOf("busy")).map(({ properties }) => properties.number as number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, number) => number));
  });

  it("is told about a wrong write key", async () => {
    const { analytics, failures } = sdk({ writeKey: "sk_nobody_knows_this" });
    analytics.track({ userId: "eve", event: "Product Viewed" });
    await analytics.flush({ close: true });
    expect(String(failures[0])).toContain("401");
    const headers = { authorization: `Bearer ${site.secretKey}` };
    expect((await fetch(`${runtime.url}/v1/users/eve`, { headers })).status).toBe(404);
  });
});
