import { describe, expect, it } from "vitest";
import { pauseCampaign } from "../../worker/campaigns/campaigns.ts";
import { deleteItems } from "../../worker/catalog/delete.ts";
import type { Outgoing, Provider } from "../../worker/deps.ts";
import { readHistory } from "../../worker/events/history.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { deletePlacement } from "../../worker/recommend/placements.ts";
import { changeSite } from "../../worker/sites/site.ts";
import { act, agree, define, messagesOf, openCampaign, runsOf, tick } from "../support/worker/campaign.ts";
import { harness, NOON } from "../support/worker/harness.ts";
import { EVERYTHING } from "../support/worker/shop.ts";

const minji = { userId: "minji" };

/** A provider that remembers what it was handed. */
function recorder(): Provider & { handed: Outgoing[] } {
  const handed: Outgoing[] = [];
  return {
    name: "recorder",
    handed,
    deliver: async (messages) => {
      handed.push(...messages);
      return messages.map(({ messageId }) => ({ messageId, ok: true }) as const);
    },
  };
}

describe("a trigger campaign", () => {
  it("writes, an hour after the cart, about that product and a recommended one", async () => {
    const push = recorder();
    const h = await harness({}, {});
    h.deps.providers.web_push = push;
    await openCampaign(h);
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at = NOON + HOUR - MINUTE;
    await tick(h);
    expect(await messagesOf(h, minji)).toEqual([]);
    h.clock.at = NOON + HOUR;
    await tick(h);
    const [message, ...others] = await messagesOf(h, minji);
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      state: "sent",
      campaignId: "reminder",
      campaignVersion: 1,
      sentAt: NOON + HOUR,
      isAd: true,
    });
    expect(message?.content?.title).toBe("(광고) 울 코트 coat-1이 기다려요");
    expect(message?.content?.body).toMatch(/^울 코트 coat-1과 어울리는 울 코트 \S+\n테스트샵 · 02-1234-5678/);
    const recommended = message?.itemId ?? "";
    expect(EVERYTHING).toContain(recommended);
    expect(message?.content?.body).toContain(`울 코트 ${recommended}`);
    expect(message?.content?.url).toBe(`https://shop.test/items/${recommended}`);
    expect(message?.content?.imageUrl).toBe(`https://shop.test/images/${recommended}.webp`);
    expect(push.handed).toHaveLength(1);
    expect(push.handed[0]).toMatchObject({ messageId: message?.id, channel: "web_push", siteId: h.site.id });
    expect(push.handed[0]?.content.url).toMatch(/^https:\/\/nunchi\.test\/c\//);
    expect(await runsOf(h, minji)).toEqual(["reminder: messaged"]);
    const history = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, minji), 0, 10);
    expect(history[0]).toMatchObject({ name: "message_sent", properties: { campaign_id: "reminder" } });
  });

  it("speaks the person's language", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    await act(h, { ...minji, context: { locale: "en-US" } }, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji))[0]?.content?.title).toBe("(광고) Wool coat coat-1 is waiting");
  });

  it("leaves out buyers, and people whom the audience no longer means", async () => {
    const h = await harness();
    await openCampaign(h, { delaySeconds: 47 * 3600 });
    for (const userId of ["minji", "jisoo"]) await agree(h, { userId });
    await act(h, minji, "product_added_to_cart", "coat-1");
    await act(h, { userId: "jisoo" }, "product_added_to_cart", "coat-1", NOON - 2 * HOUR);
    await act(h, minji, "product_purchased", "coat-1", NOON + 1);
    h.clock.at = NOON + 47 * HOUR;
    await tick(h);
    expect(await runsOf(h, minji)).toEqual(["reminder: excluded"]);
    expect(await runsOf(h, { userId: "jisoo" })).toEqual(["reminder: not_in_audience"]);
    expect(await messagesOf(h, minji)).toEqual([]);
  });

  it("starts once in a window however often the person comes, and again after it", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    for (const after of [0, 5 * MINUTE, 3 * HOUR, 23 * HOUR, 24 * HOUR]) {
      h.clock.at = NOON + after;
      await act(h, minji, "product_added_to_cart", "coat-1");
    }
    expect(await runsOf(h, minji)).toEqual(["reminder: waiting", "reminder: waiting"]);
  });

  it("starts once for ever when it says so", async () => {
    const h = await harness();
    await openCampaign(h, { reentry: { kind: "once" } });
    for (const after of [0, 40 * DAY]) {
      h.clock.at = NOON + after;
      await act(h, minji, "product_viewed", "coat-1");
    }
    expect(await runsOf(h, minji)).toHaveLength(1);
  });

  it("starts nothing for bots, for what happened before yesterday, and for imported history", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, minji, "product_viewed", "coat-1", NOON - 25 * HOUR);
    await h.server("POST", "/v1/import/events", {
      batch: [{ type: "track", event: "product_viewed", messageId: "i1", ...minji, timestamp: NOON, properties: {} }],
    });
    const crawled = { type: "track", event: "product_viewed", messageId: "b1", ...minji, properties: {} };
    await h.browser("POST", "/v1/events", { batch: [crawled] }, { "user-agent": "Googlebot/2.1" });
    expect(await runsOf(h, minji)).toEqual([]);
  });

  it("goes on as the user when the browser has signed in meanwhile, once", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    const browsers = Array.from({ length: 6 }, (_, i) => ({ anonymousId: `browser-${i}` }));
    for (const browser of browsers) await act(h, browser, "product_added_to_cart", "coat-2");
    for (const browser of browsers) await act(h, { ...browser, ...minji }, "identify");
    h.clock.at += HOUR;
    await tick(h);
    await tick(h);
    for (const browser of browsers) {
      expect(await runsOf(h, browser)).toEqual(["reminder: moved"]);
      expect(await messagesOf(h, browser)).toEqual([]);
    }
    const messages = await messagesOf(h, minji);
    expect(messages.map((message) => message.state)).toEqual(["sent"]);
    expect(messages[0]?.content?.title).toContain("coat-2");
  });
});

describe("the gate in a campaign", () => {
  it("stores why a person got nothing", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    const [message] = await messagesOf(h, minji);
    expect(message).toMatchObject({ state: "skipped", reason: "no_consent", content: null });
    expect(await runsOf(h, minji)).toEqual(["reminder: messaged"]);
    await agree(h, minji);
    await tick(h);
    expect(await messagesOf(h, minji)).toHaveLength(1);
  });

  it("holds through the night, and looks again in the morning", async () => {
    const h = await harness();
    await openCampaign(h);
    for (const userId of ["minji", "jisoo"]) {
      await agree(h, { userId });
      h.clock.at = Date.parse("2026-03-10T20:30:00+09:00");
      await act(h, { userId }, "product_added_to_cart", "coat-1");
    }
    h.clock.at = Date.parse("2026-03-10T21:30:00+09:00");
    await tick(h);
    expect(await runsOf(h, minji)).toEqual(["reminder: waiting"]);
    await act(h, { userId: "jisoo" }, "product_purchased", "coat-1");
    h.clock.at = Date.parse("2026-03-11T07:59:59+09:00");
    await tick(h);
    expect(await messagesOf(h, minji)).toEqual([]);
    h.clock.at = Date.parse("2026-03-11T08:00:00+09:00");
    await tick(h);
    expect((await messagesOf(h, minji)).map((message) => message.state)).toEqual(["sent"]);
    expect(await runsOf(h, { userId: "jisoo" })).toEqual(["reminder: excluded"]);
  });

  it("counts all campaigns of one moment for the cap", async () => {
    const h = await harness({ dailyCap: 2 });
    await openCampaign(h);
    for (const id of ["second", "third"]) await define(h, {}, id);
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    const states = (await messagesOf(h, minji)).map((message) => message.reason ?? message.state);
    expect(states.sort()).toEqual(["frequency_cap", "sent", "sent"]);
  });

  it("skips people while the campaign is paused", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    await pauseCampaign(h.deps, h.site.id, "reminder");
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji)).map((message) => message.reason)).toEqual(["paused"]);
  });

  it("does not send words with a hole, nor about what cannot be bought", async () => {
    const h = await harness();
    await openCampaign(h);
    await define(
      h,
      { link: { kind: "triggered" }, placement: null, message: { ko: { title: "t", body: "b" } } },
      "about-it",
    );
    await agree(h, minji);
    await act(h, minji, "product_viewed", "coat-1");
    await deleteItems(h.deps, h.site.id, ["coat-1"]);
    h.clock.at += HOUR;
    await tick(h);
    const reasons = (await messagesOf(h, minji)).map((message) => `${message.campaignId}: ${message.reason}`);
    expect(reasons.sort()).toEqual(["about-it: product_unavailable", "reminder: missing_variable"]);
  });

  it("sends no advertising once the site names no sender any more", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    await changeSite(h.deps, h.site.id, { ...h.site, sender: null });
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji)).map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "no_sender"],
    ]);
  });

  it("keeps a holdout, and says so", async () => {
    const h = await harness();
    await openCampaign(h, { holdoutPercent: 50 });
    const people = Array.from({ length: 40 }, (_, i) => ({ userId: `user-${i}` }));
    for (const person of people) {
      await agree(h, person);
      await act(h, person, "product_added_to_cart", "coat-1");
    }
    h.clock.at += HOUR;
    await tick(h);
    const fates = (await Promise.all(people.map((person) => messagesOf(h, person)))).map(
      (all) => all[0]?.reason ?? "sent",
    );
    const held = fates.filter((fate) => fate === "holdout").length;
    expect(held).toBeGreaterThan(8);
    expect(held).toBeLessThan(32);
    expect(fates.filter((fate) => fate === "sent").length).toBe(40 - held);
  });

  it("does not hand over to a person who withdrew while the provider was down", async () => {
    const h = await harness();
    await openCampaign(h);
    h.deps.providers.web_push = { name: "down", deliver: async () => Promise.reject(new Error("down")) };
    for (const userId of ["minji", "jisoo"]) {
      await agree(h, { userId });
      await act(h, { userId }, "product_added_to_cart", "coat-1");
    }
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji))[0]?.state).toBe("accepted");
    await agree(h, minji, { granted: false });
    const push = recorder();
    h.deps.providers.web_push = push;
    h.clock.at += 2 * MINUTE;
    await tick(h);
    expect((await messagesOf(h, minji))[0]).toMatchObject({ state: "skipped", reason: "no_consent" });
    expect((await messagesOf(h, { userId: "jisoo" }))[0]).toMatchObject({ state: "sent" });
    expect(push.handed).toHaveLength(1);
  });

  it("goes on when the placement was deleted under it: those people are told apart", async () => {
    const h = await harness();
    await openCampaign(h);
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    await deletePlacement(h.deps, h.site.id, "message");
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji)).map((message) => message.reason)).toEqual(["product_unavailable"]);
  });

  it("does not let one shop's trouble keep another's people waiting", async () => {
    const [broken, h] = [await harness(), await harness()];
    const people = Array.from({ length: 6 }, (_, i) => ({ userId: `user-${i}` }));
    for (const each of [broken, h]) {
      await openCampaign(each);
      for (const person of people) {
        await agree(each, person);
        await act(each, person, "product_added_to_cart", "coat-1");
      }
    }
    await h.deps.control.prepare("UPDATE campaigns SET definition = '{' WHERE site_id = ?1").bind(broken.site.id).run();
    h.clock.at += HOUR;
    const failures: unknown[] = [];
    for (const { index: shard } of h.deps.shards.all()) {
      await run(h.deps, { kind: "advance-runs", shard }).catch((error) => failures.push(error));
    }
    expect(failures[0]).toBeInstanceOf(SyntaxError);
    for (const person of people) {
      expect((await messagesOf(h, person)).map((message) => message.state)).toEqual(["sent"]);
      expect(await runsOf(broken, person)).toEqual(["reminder: waiting"]);
    }
    await h.deps.control.prepare("DELETE FROM campaigns WHERE site_id = ?1").bind(broken.site.id).run();
    broken.clock.at = h.clock.at + 6 * MINUTE;
    await tick(broken);
    for (const person of people) expect(await runsOf(broken, person)).toEqual(["reminder: ended"]);
  });
});
