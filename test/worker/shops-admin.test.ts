import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DAY } from "../../worker/lib/time.ts";
import { expireDefinitions, KEPT_DAYS } from "../../worker/privacy/retention.ts";
import { connectShop, reportShops } from "../../worker/shops/connections.ts";
import { harness } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

async function open() {
  const h = await harness();
  const staff = await staffOf(h);
  const page = `/admin/${h.site.id}/shops`;
  return { h, staff, page, show: async () => (await staff.get(page)).text() };
}

const account = () => `mall${crypto.randomUUID().slice(0, 8)}`;

describe("the page of shop connections", () => {
  it("connects Cafe24 with a key that is never shown again, and disconnects it", async () => {
    const { h, staff, page, show } = await open();
    const mall = account();
    const fields = { provider: "cafe24", account: mall.toUpperCase(), secret: "api-key-of-the-app" };
    expect((await staff.post(page, fields)).status).toBe(303);
    const shown = await show();
    expect(shown).toContain(mall);
    expect(shown).toContain("/webhooks/cafe24");
    expect(shown).not.toContain(fields.secret);
    const delivery = { event_no: 90063, resource: { mall_id: mall } };
    const answer = await h.fetch("/webhooks/cafe24", {
      method: "POST",
      headers: { "x-api-key": fields.secret, "x-trace-id": "t-1" },
      body: JSON.stringify(delivery),
    });
    expect(answer.status).toBe(200);
    expect(await show()).toContain("90063");
    expect((await staff.post(`${page}/disconnect`, { provider: "cafe24", account: mall })).status).toBe(303);
    expect((await reportShops(h.deps, h.site.id)).connections).toEqual([]);
  });

  it("makes the secret of an own shop, shows it once, and it signs", async () => {
    const { h, staff, page, show } = await open();
    const answer = await staff.post(page, { provider: "custom" });
    const secret = /whsec_[\w+/=]+/.exec(await answer.text())?.[0] ?? "";
    expect(secret.length).toBeGreaterThan(40);
    expect(await show()).not.toContain(secret);
    const body = JSON.stringify({ items: [{ id: "hat-1", title: "모자", url: "https://shop.test/hat" }] });
    const timestamp = String(h.clock.at / 1000);
    const mac = createHmac("sha256", Buffer.from(secret.slice(6), "base64")).update(`d-1.${timestamp}.${body}`);
    const sent = await h.fetch(`/webhooks/custom?site=${h.site.id}`, {
      method: "POST",
      headers: {
        "webhook-id": "d-1",
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${mac.digest("base64")}`,
      },
      body,
    });
    expect(await sent.json()).toMatchObject({ status: "done" });
  });

  it.each([
    ["a secret that is too short", { provider: "cafe24", account: "mall", secret: "short" }, 422],
    [
      "a domain that is not Shopify's",
      { provider: "shopify", account: "evil.example", secret: "0123456789abcdef" },
      422,
    ],
    ["a system that does not exist", { provider: "magento", account: "x", secret: "0123456789abcdef" }, 422],
  ])("refuses %s", async (_, fields, status) => {
    const { h, staff, page } = await open();
    expect((await staff.post(page, fields)).status).toBe(status);
    expect((await reportShops(h.deps, h.site.id)).connections).toEqual([]);
  });

  it("says when the shop reports to another site, and leaves it there", async () => {
    const [one, two] = [await open(), await open()];
    const mall = account();
    const input = { provider: "cafe24", account: mall, secret: "0123456789abcdef" } as const;
    await connectShop(one.h.deps, one.h.site.id, input);
    expect((await two.staff.post(two.page, input)).status).toBe(422);
    expect((await two.staff.post(`${two.page}/disconnect`, { provider: "cafe24", account: mall })).status).toBe(404);
    expect((await reportShops(one.h.deps, one.h.site.id)).connections).toHaveLength(1);
  });
});

it("forgets deliveries after their days", async () => {
  const { h, staff, page } = await open();
  const mall = account();
  await staff.post(page, { provider: "cafe24", account: mall, secret: "0123456789abcdef" });
  const start = h.clock.at;
  for (const days of [0, KEPT_DAYS.shopDeliveries]) {
    h.clock.at = start + days * DAY;
    await h.fetch("/webhooks/cafe24", {
      method: "POST",
      headers: { "x-api-key": "0123456789abcdef", "x-trace-id": `t-${days}` },
      body: JSON.stringify({ event_no: 1, resource: { mall_id: mall } }),
    });
  }
  h.clock.at += DAY;
  await expireDefinitions(h.deps);
  const { recent } = await reportShops(h.deps, h.site.id);
  expect(recent.map(({ deliveryId }) => deliveryId)).toEqual([`t-${KEPT_DAYS.shopDeliveries}`]);
});
