import { describe, expect, it } from "vitest";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { markResponse } from "../../worker/messages/store.ts";
import { linksOf } from "../../worker/messages/tokens.ts";
import { campaignReport } from "../../worker/reports/campaign.ts";
import { overview } from "../../worker/reports/overview.ts";
import { act, agree, define, messagesOf, openCampaign, tick } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const CHROME = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/147.0 Safari/537.36";

/** Carts something, waits the hour out, and gets the message. */
async function reach(h: Harness, ...userIds: string[]): Promise<void> {
  for (const userId of userIds) {
    await agree(h, { userId });
    await act(h, { userId }, "product_added_to_cart", "coat-1");
  }
  h.clock.at += HOUR;
  await tick(h);
}

/** Follows the link of the person's newest message, as people do: some minutes later. */
async function click(h: Harness, userId: string): Promise<void> {
  const [message] = await messagesOf(h, { userId });
  const { click: url } = await linksOf(h.deps, message!);
  h.clock.at += 10 * MINUTE;
  const answer = await h.fetch(new URL(url).pathname, { headers: { "user-agent": CHROME }, redirect: "manual" });
  expect(answer.status).toBe(302);
}

async function buy(h: Harness, person: object, value: number, at = h.clock.at): Promise<void> {
  const purchase = {
    type: "track",
    event: "Order Completed",
    messageId: crypto.randomUUID(),
    timestamp: at,
    ...person,
    properties: { product_id: "coat-2", revenue: value },
  };
  expect((await h.server("POST", "/v1/batch", { batch: [purchase] })).status).toBe(200);
}

describe("a campaign's report", () => {
  it("says who was meant, who got it, what they did, and why others did not", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, { userId: "no-consent" }, "product_added_to_cart", "coat-1");
    await act(h, { userId: "buyer" }, "product_added_to_cart", "coat-1");
    await buy(h, { userId: "buyer" }, 1000);
    await reach(h, "minji", "jisoo", "yuna");
    await click(h, "minji");
    await click(h, "jisoo");
    await buy(h, { userId: "minji" }, 39000);
    await buy(h, { userId: "yuna" }, 77000);
    await act(h, { userId: "later" }, "product_added_to_cart", "coat-1");
    expect(await campaignReport(h.deps, h.site, "reminder")).toEqual({
      targeted: 6,
      waiting: 1,
      eligible: 4,
      sent: 3,
      pending: 0,
      opens: 0,
      clicks: 2,
      machineOpens: 0,
      machineClicks: 0,
      conversions: 1,
      revenue: 39000,
      currency: "KRW",
      holdout: 0,
      skipped: { excluded: 1, no_consent: 1 },
    });
  });

  it("credits what was bought in another browser of the person, within the window only", async () => {
    const h = await harness();
    await openCampaign(h, { conversion: { event: "product_purchased", windowSeconds: 86_400 } });
    await reach(h, "minji");
    await click(h, "minji");
    const phone = { anonymousId: "minji-phone" };
    await act(h, { userId: "minji", ...phone }, "identify");
    h.clock.at += HOUR;
    await buy(h, phone, 10000);
    h.clock.at += DAY;
    await buy(h, { userId: "minji" }, 50000);
    for (let i = 0; i < 2; i++) {
      for (const { index: shard } of h.deps.shards.all()) await run(h.deps, { kind: "attribute", shard });
      expect((await messagesOf(h, { userId: "minji" }))[0]).toMatchObject({ revenue: 10000 });
    }
    expect(await campaignReport(h.deps, h.site, "reminder")).toMatchObject({ conversions: 1, revenue: 10000 });
  });

  it("gives a purchase to the last message that was clicked before it", async () => {
    const h = await harness();
    await openCampaign(h);
    await define(h, { dailyCap: 1 }, "second");
    await reach(h, "minji");
    const shard = h.deps.shards.of(profileIdOf(h.site.id, { userId: "minji" }));
    const messages = await messagesOf(h, { userId: "minji" });
    for (const [place, id] of ["second", "reminder"].entries()) {
      const message = messages.find((each) => each.campaignId === id)!;
      await markResponse(shard.db, message, "click", h.clock.at + place * MINUTE).run();
    }
    await buy(h, { userId: "minji" }, 5000, h.clock.at + 30_000);
    h.clock.at += HOUR;
    await buy(h, { userId: "minji" }, 300);
    await buy(h, { userId: "minji" }, 20);
    expect(await campaignReport(h.deps, h.site, "second")).toMatchObject({ conversions: 1, revenue: 5000 });
    expect(await campaignReport(h.deps, h.site, "reminder")).toMatchObject({ conversions: 1, revenue: 320 });
  });

  it("looks no more at what is over, and keeps what a deleted campaign brought", async () => {
    const h = await harness();
    await openCampaign(h, { conversion: { event: "product_purchased", windowSeconds: 3600 } });
    await reach(h, "minji");
    await click(h, "minji");
    await buy(h, { userId: "minji" }, 10000);
    const attribute = async () => {
      for (const { index: shard } of h.deps.shards.all()) await run(h.deps, { kind: "attribute", shard });
      return (await messagesOf(h, { userId: "minji" }))[0]?.revenue ?? null;
    };
    expect(await attribute()).toBe(10000);
    const late = h.clock.at + MINUTE;
    h.clock.at += 90 * MINUTE;
    await buy(h, { userId: "minji" }, 500, late);
    expect(await attribute()).toBe(10500);
    h.clock.at += DAY;
    await buy(h, { userId: "minji" }, 7, late + MINUTE);
    expect(await attribute()).toBe(10500);
    await h.server("POST", "/v1/campaigns/reminder/pause");
    await h.server("DELETE", "/v1/campaigns/reminder");
    h.clock.at -= DAY + HOUR;
    expect(await attribute()).toBe(10500);
  });

  it("counts machines apart", async () => {
    const h = await harness();
    await openCampaign(h);
    await reach(h, "minji");
    const { click: url } = await linksOf(h.deps, (await messagesOf(h, { userId: "minji" }))[0]!);
    h.clock.at += 10 * MINUTE;
    await h.fetch(new URL(url).pathname, { headers: { "user-agent": "Googlebot/2.1" }, redirect: "manual" });
    expect(await campaignReport(h.deps, h.site, "reminder")).toMatchObject({ clicks: 0, machineClicks: 1 });
  });

  it("counts a browser's entry as its user's", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, { anonymousId: "browser" }, "product_added_to_cart", "coat-1");
    await act(h, { anonymousId: "browser", userId: "minji" }, "identify");
    h.clock.at += HOUR;
    await tick(h);
    await tick(h);
    expect(await campaignReport(h.deps, h.site, "reminder")).toMatchObject({
      targeted: 1,
      eligible: 1,
      skipped: { no_consent: 1 },
    });
  });

  it("is there over HTTP, for the site's own server only", async () => {
    const [h, other] = [await harness({ currency: "USD" }), await harness()];
    await openCampaign(h);
    await reach(h, "minji");
    await click(h, "minji");
    await buy(h, { userId: "minji" }, 39.9);
    const answer = await h.server("GET", "/v1/campaigns/reminder/report");
    expect(await answer.json()).toMatchObject({ sent: 1, conversions: 1, revenue: 39.9, currency: "USD" });
    expect((await h.server("GET", "/v1/campaigns/nothing/report")).status).toBe(404);
    expect((await other.server("GET", "/v1/campaigns/reminder/report")).status).toBe(404);
    expect((await h.browser("GET", "/v1/campaigns/reminder/report")).status).toBe(403);
  });
});

describe("the overview", () => {
  it("has a line for every local day, with what people did and bought", async () => {
    const h = await harness();
    await act(h, { userId: "minji" }, "product_viewed", "coat-1", Date.parse("2026-03-09T23:59:00+09:00"));
    await act(h, { userId: "minji" }, "product_viewed", "coat-1", Date.parse("2026-03-10T00:01:00+09:00"));
    await act(h, { anonymousId: "b" }, "recommendation_clicked", "coat-1", Date.parse("2026-03-10T08:30:00+09:00"));
    await buy(h, { userId: "minji" }, 39000);
    const days = await overview(h.deps, h.site, 3);
    const nothing = {
      events: 0,
      visitors: 0,
      recommendationClicks: 0,
      messages: 0,
      messageClicks: 0,
      orders: 0,
      revenue: 0,
    };
    expect(days).toEqual([
      { ...nothing, day: "2026-03-08" },
      { ...nothing, day: "2026-03-09", events: 1, visitors: 1 },
      { ...nothing, day: "2026-03-10", events: 3, visitors: 2, recommendationClicks: 1, orders: 1, revenue: 39000 },
    ]);
  });

  it("counts messages, and not as something that people did", async () => {
    const h = await harness();
    await openCampaign(h);
    const before = (await overview(h.deps, h.site, 1))[0]!;
    await reach(h, "minji");
    const after = (await overview(h.deps, h.site, 1))[0]!;
    expect(after).toMatchObject({ messages: 1, events: before.events + 2 });
  });

  it("does not count a finished day twice, until history is imported", async () => {
    const h = await harness();
    await act(h, { userId: "minji" }, "product_viewed", "coat-1");
    h.clock.at = NOON + 3 * DAY;
    h.deps.meter.read = 0;
    const first = await overview(h.deps, h.site, 4);
    const cost = h.deps.meter.read;
    expect(first[0]).toMatchObject({ day: "2026-03-10", events: 1 });
    Object.assign(h.deps.meter, { read: 0, written: 0 });
    expect(await overview(h.deps, h.site, 4)).toEqual(first);
    expect(h.deps.meter.written).toBe(0);
    expect(h.deps.meter.read).toBeLessThan(cost);
    const imported = { type: "track", event: "page_viewed", messageId: "i", userId: "minji", timestamp: NOON - HOUR };
    expect((await h.server("POST", "/v1/import/events", { batch: [imported] })).status).toBe(200);
    expect((await overview(h.deps, h.site, 4))[0]).toMatchObject({ events: 2 });
  });
});
