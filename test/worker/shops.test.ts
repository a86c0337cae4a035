import { describe, expect, it } from "vitest";
import { wordOf } from "../../worker/events/alias.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { connectShop, reportShops } from "../../worker/shops/connections.ts";
import { changeSite } from "../../worker/sites/site.ts";
import { item, KEY, shop, timeline } from "../support/worker/connected-shop.ts";
import { harness, NOON } from "../support/worker/harness.ts";

describe("POST /webhooks/custom", () => {
  const delivery = {
    items: [{ id: "hat-1", title: "모자", url: "https://shop.test/hat", price: 9000 }, { id: "broken" }],
    events: [
      { type: "track", event: "Order Completed", userId: "minji", properties: { order_id: "7", product_id: "hat-1" } },
    ],
  };

  it("knows the site's own names of events", async () => {
    const { h, custom } = await shop();
    await changeSite(h.deps, h.site.id, { eventAliases: { [wordOf("주문 완료")]: "product_purchased" } });
    await custom({ events: [{ ...delivery.events[0], event: "주문 완료" }] });
    expect((await timeline(h, { userId: "minji" })).map(({ name }) => name)).toEqual(["product_purchased"]);
  });

  it("stores items and events, names what it refuses, and does a repeated delivery once", async () => {
    const { h, custom } = await shop();
    const answer = await custom(delivery, { id: "d-1" });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      {
        status: "done",
        items: { accepted: 1, refused: [{ index: 1 }] },
        events: { accepted: 1, refused: [] },
      },
    ]);
    expect(await (await custom(delivery, { id: "d-1" })).json()).toEqual({ status: "repeated" });
    expect((await item(h, "hat-1"))?.price).toBe(9000);
    expect((await timeline(h, { userId: "minji" })).map(({ name }) => name)).toEqual(["product_purchased"]);
    await custom({ deletedItemIds: ["hat-1"], erasedUserIds: ["minji"] });
    expect((await item(h, "hat-1"))?.deletedAt).not.toBeNull();
    expect(await timeline(h, { userId: "minji" })).toEqual([]);
  });

  it("keeps out wrong secrets, replays after five minutes, and other sites", async () => {
    const [{ h, custom }, other] = [await shop(), await shop()];
    const statuses = [
      await custom(delivery, { secret: other.madeSecret }),
      await custom(delivery, { at: NOON - 6 * MINUTE }),
      await custom(delivery, { at: NOON + 6 * MINUTE }),
      await h.fetch(`/webhooks/custom?site=${h.site.id}`, { method: "POST", body: JSON.stringify(delivery) }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401]);
    expect((await custom(delivery, { at: NOON - 4 * MINUTE })).status).toBe(200);
    expect(await item(h, "hat-1")).toBeDefined();
    expect(await item(other.h, "hat-1")).toBeUndefined();
  });

  it("refuses a body that is not a delivery by its field", async () => {
    const { custom } = await shop();
    const answer = await custom({ items: "all" });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { issues: [{ path: "items" }] } }]);
  });
});

describe("connections", () => {
  it("keep a secret that a copy of the database does not tell, and an account to one site", async () => {
    const { h, mall } = await shop();
    const { connections } = await reportShops(h.deps, h.site.id);
    expect(connections.map(({ provider, hint }) => [provider, hint])).toContainEqual(["cafe24", KEY.slice(-4)]);
    const { results } = await h.deps.control
      .prepare("SELECT secret FROM shop_connections WHERE site_id = ?1")
      .bind(h.site.id)
      .all<{ secret: string }>();
    expect(results).toHaveLength(3);
    expect(JSON.stringify([results, connections])).not.toContain(KEY);
    const thief = await harness();
    const input = { provider: "cafe24", account: mall, secret: "0123456789abcdef" } as const;
    await expect(connectShop(thief.deps, thief.site.id, input)).rejects.toThrow(/another site/);
  });
});
