import { describe, expect, it } from "vitest";
import { advanceRuns } from "../../worker/campaigns/advance.ts";
import type { Delivery, Outgoing } from "../../worker/deps.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { type Letter, messageIdOf, send } from "../../worker/messages/send.ts";
import { act, agree, messagesOf, openCampaign, runsOf, tick } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { mortal } from "../support/worker/mortal.ts";

const minji = { userId: "minji" };

/** How often each message of the test's own site was handed over: a shard's due runs are everybody's. */
function counting(h: Harness, answer: (id: string) => Delivery = (messageId) => ({ messageId, ok: true })) {
  const handed = new Map<string, number>();
  h.deps.providers.web_push = {
    name: "counting",
    deliver: async (messages: Outgoing[]) => {
      for (const { messageId, siteId } of messages) {
        if (siteId === h.site.id) handed.set(messageId, (handed.get(messageId) ?? 0) + 1);
      }
      return messages.map(({ messageId }) => answer(messageId));
    },
  };
  return handed;
}

describe("a worker that is killed", () => {
  it.each(["before", "after"] as const)(
    "%s any of its statements sends nothing twice and loses nothing",
    { timeout: 60_000 },
    async (when) => {
      const h = await harness();
      await openCampaign(h);
      const handed = counting(h);
      let kills = 0;
      for (let killAt = 1, isDead = true; isDead; killAt++) {
        const person = { userId: `${when}-${killAt}` };
        h.clock.at = NOON + killAt * DAY;
        await agree(h, person);
        await act(h, person, "product_added_to_cart", "coat-1");
        h.clock.at += HOUR;
        const { index: shard } = h.deps.shards.of(profileIdOf(h.site.id, person));
        const doomed = mortal(h.deps, killAt, when);
        await advanceRuns(doomed.deps, { kind: "advance-runs", shard }).catch((error) => {
          if (!doomed.isDead()) throw error;
        });
        isDead = doomed.isDead();
        if (isDead) kills++;
        h.clock.at += 6 * MINUTE;
        await tick(h);
        const messages = await messagesOf(h, person);
        expect([killAt, messages.map((message) => message.state)]).toEqual([killAt, ["sent"]]);
        expect(await runsOf(h, person)).toEqual(["reminder: messaged"]);
        expect(handed.has(messages[0]?.id ?? "")).toBe(true);
        expect(handed.size).toBe(killAt);
      }
      expect(kills).toBeGreaterThan(8);
    },
  );
});

function letterTo(h: Harness, campaignId: string, changes: Partial<Letter> = {}): Letter {
  const profileId = profileIdOf(h.site.id, minji);
  return {
    key: { campaignId, version: 1, step: "send", profileId, occurrence: "1" },
    campaign: { id: campaignId, isRunning: true, isAd: true, holdoutPercent: 0, dailyCap: 1 },
    channel: "web_push",
    person: { profileId, hasAddress: true, isBlocked: false, consent: { granted: true, night: false }, recent: [] },
    to: {},
    written: {
      ok: true,
      content: { title: "t", body: "b", url: "https://shop.test/" },
      itemId: null,
    },
    ...changes,
  };
}

const sendTo = (h: Harness, ...letters: Letter[]) =>
  send(h.deps, h.site, h.deps.shards.of(profileIdOf(h.site.id, minji)), letters, () => []);

describe("send", () => {
  it("sends a message once, however many workers try", async () => {
    const h = await harness();
    const handed = counting(h);
    await Promise.all([1, 2, 3].map(() => sendTo(h, letterTo(h, "one"))));
    await sendTo(h, letterTo(h, "one"));
    expect((await messagesOf(h, minji)).map((message) => message.state)).toEqual(["sent"]);
    expect([...handed]).toEqual([[messageIdOf(letterTo(h, "one").key), 1]]);
  });

  it("keeps the cap against workers that do not know of each other", async () => {
    const h = await harness({ dailyCap: 1 });
    const handed = counting(h);
    await Promise.all(["one", "two", "three"].map((campaign) => sendTo(h, letterTo(h, campaign))));
    const fates = (await messagesOf(h, minji)).map((message) => message.reason ?? message.state).sort();
    expect(fates).toEqual(["frequency_cap", "frequency_cap", "sent"]);
    expect(handed.size).toBe(1);
  });

  it("keeps the campaign's cap against another worker's entry of the same person", async () => {
    const h = await harness({ dailyCap: 5 });
    const again = letterTo(h, "one");
    again.key.occurrence = "2";
    await Promise.all([sendTo(h, letterTo(h, "one")), sendTo(h, again)]);
    const fates = (await messagesOf(h, minji)).map((message) => message.reason ?? message.state).sort();
    expect(fates).toEqual(["frequency_cap", "sent"]);
  });

  it("does not send what nobody has written, and says when to ask again", async () => {
    const h = await harness();
    const { verdicts, sent } = await sendTo(h, letterTo(h, "one", { written: undefined }));
    expect(sent).toBe(0);
    expect(verdicts).toEqual([{ allowed: false, reason: "quiet_hours", holdUntil: h.clock.at }]);
    expect(await messagesOf(h, minji)).toEqual([]);
  });
});

describe("redelivery", () => {
  it("tries again what the provider wants to have again, and gives up after a day", async () => {
    const h = await harness();
    await openCampaign(h);
    const handed = counting(h, (messageId) => ({ messageId, ok: false, reason: "busy", retry: true }));
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    await tick(h);
    expect([...handed.values()]).toEqual([1]);
    h.clock.at += 2 * MINUTE;
    await tick(h);
    expect([...handed.values()]).toEqual([2]);
    h.clock.at += DAY;
    await tick(h);
    expect([...handed.values()]).toEqual([2]);
    expect((await messagesOf(h, minji))[0]).toMatchObject({ state: "failed", reason: "expired" });
  });

  it("takes the provider's no for an answer", async () => {
    const h = await harness();
    await openCampaign(h);
    counting(h, (messageId) => ({ messageId, ok: false, reason: "gone", retry: false }));
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    expect((await messagesOf(h, minji))[0]).toMatchObject({ state: "failed", reason: "gone", sentAt: null });
  });

  it("waits for the morning with what was accepted in the evening", async () => {
    const h = await harness();
    await openCampaign(h);
    const handed = counting(h, (messageId) => ({ messageId, ok: false, reason: "busy", retry: true }));
    await agree(h, minji);
    await act(h, minji, "product_added_to_cart", "coat-1", Date.parse("2026-03-10T19:58:00+09:00"));
    h.clock.at = Date.parse("2026-03-10T20:59:30+09:00");
    await tick(h);
    const [id = ""] = handed.keys();
    counting(h).set(id, 0);
    h.clock.at = Date.parse("2026-03-10T23:00:00+09:00");
    await tick(h);
    expect((await messagesOf(h, minji))[0]?.state).toBe("accepted");
    h.clock.at = Date.parse("2026-03-11T08:00:00+09:00");
    await tick(h);
    expect((await messagesOf(h, minji))[0]?.state).toBe("sent");
  });
});
