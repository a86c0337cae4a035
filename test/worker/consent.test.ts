import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel } from "../../worker/deps.ts";
import { recordConsent } from "../../worker/events/consent.ts";
import { readHistory } from "../../worker/events/history.ts";
import { type PersonKey, profileIdOf } from "../../worker/lib/ids.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { readConsents, readConsentsOf } from "../../worker/profiles/consent.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

async function stateOf(h: Harness, person: PersonKey) {
  const ref = await locatePerson(h.deps, h.site.id, person);
  return (await readConsentsOf(h.deps, [ref])).get(ref.profileId) ?? {};
}

async function timeline(h: Harness, person: PersonKey) {
  return readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
}

const push = { anonymousId: "visitor-1", channel: "web_push", granted: true, source: "push_prompt", textVersion: "v3" };
const email = { userId: "minji", channel: "email", granted: true, source: "sign_up" };

describe("POST /v1/consents", () => {
  it("holds at once, for this channel and no other, and shows in the timeline", async () => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/consents", { ...email, night: true, textVersion: "2026-01" });
    expect([answer.status, await answer.json()]).toEqual([200, { success: true, recorded: true }]);
    expect(await stateOf(h, { userId: "minji" })).toEqual({ email: { granted: true, night: true, at: NOON } });
    const [event] = await timeline(h, { userId: "minji" });
    expect([event?.name, event?.properties]).toEqual([
      "consent_changed",
      {
        channel: "email",
        granted: true,
        night: true,
        purpose: "marketing",
        source: "sign_up",
        text_version: "2026-01",
      },
    ]);
    expect(await getProfile(h.deps, profileIdOf(h.site.id, { userId: "minji" }))).toMatchObject({ userId: "minji" });
  });

  it("takes night consent only when it is given on its own", async () => {
    const h = await harness();
    await h.server("POST", "/v1/consents", email);
    expect((await stateOf(h, { userId: "minji" })).email?.night).toBe(false);
    await h.server("POST", "/v1/consents", { ...email, granted: false, night: true });
    expect((await stateOf(h, { userId: "minji" })).email).toMatchObject({ granted: false, night: false });
  });

  it("records a repeated call once, also days later", async () => {
    const h = await harness();
    const answers = [];
    for (const days of [0, 0, 3]) {
      h.clock.at = NOON + days * 24 * 60 * MINUTE;
      const answer = await h.server("POST", "/v1/consents", { ...email, messageId: "c1" });
      answers.push(((await answer.json()) as { recorded: boolean }).recorded);
    }
    expect(answers).toEqual([true, false, false]);
    expect(await timeline(h, { userId: "minji" })).toHaveLength(1);
    expect((await stateOf(h, { userId: "minji" })).email?.at).toBe(NOON);
  });

  it("keeps every word: agreeing again after refusing holds again", async () => {
    const h = await harness();
    for (const [index, granted] of [true, false, true].entries()) {
      h.clock.at = NOON + index * MINUTE;
      await h.server("POST", "/v1/consents", { ...email, granted });
    }
    expect((await stateOf(h, { userId: "minji" })).email?.granted).toBe(true);
    expect((await timeline(h, { userId: "minji" })).map((event) => event.properties.granted)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("lets a page speak for its own visitor", async () => {
    const h = await harness();
    expect((await h.browser("POST", "/v1/consents", push)).status).toBe(200);
    expect(await stateOf(h, { anonymousId: "visitor-1" })).toMatchObject({ web_push: { granted: true } });
    const inBody = await h.browser("POST", "/v1/consents", { ...email, writeKey: h.publicKey }, { authorization: "" });
    expect(inBody.status).toBe(200);
  });

  it.each([
    ["an address without a user", { ...push, channel: "email" }, 403],
    ["nobody", { ...push, anonymousId: undefined }, 400],
    ["an unknown channel", { ...push, channel: "pigeon" }, 400],
    ["no source", { ...push, source: " " }, 400],
    ["no decision", { ...push, granted: undefined }, 400],
    ["malformed JSON", "{", 400],
  ])("refuses %s", async (_, body, status) => {
    const h = await harness();
    const answer = await h.browser("POST", "/v1/consents", body);
    expect(answer.status).toBe(status);
    expect(await stateOf(h, { anonymousId: "visitor-1" })).toEqual({});
  });

  it("keeps others out", async () => {
    const [one, two] = [await harness(), await harness()];
    expect((await one.browser("POST", "/v1/consents", push, { origin: "https://evil.test" })).status).toBe(403);
    expect((await one.browser("POST", "/v1/consents", push, { authorization: "Bearer pk_wrong" })).status).toBe(401);
    await one.server("POST", "/v1/consents", email);
    expect(await stateOf(two, { userId: "minji" })).toEqual({});
  });
});

describe("a user with linked browsers", () => {
  async function linked(userId: string) {
    const h = await harness();
    await h.server("POST", "/v1/identify", { userId, anonymousId: `browser-of-${userId}` });
    return { h, user: { userId }, browser: { anonymousId: `browser-of-${userId}` } };
  }

  it("follows the newest word of any browser for web push, in whatever shard it is", async () => {
    for (const userId of ["a", "b", "c", "d"]) {
      const { h, user, browser } = await linked(userId);
      const say = (person: PersonKey, granted: boolean, minute: number) => {
        h.clock.at = NOON + minute * MINUTE;
        return recordConsent(h.deps, h.site.id, person, { channel: "web_push", granted, source: "test" });
      };
      await say(browser, true, 1);
      expect((await stateOf(h, user)).web_push?.granted).toBe(true);
      await say(user, false, 2);
      expect((await stateOf(h, user)).web_push?.granted).toBe(false);
      await say(browser, true, 3);
      expect((await stateOf(h, user)).web_push?.granted).toBe(true);
    }
  });

  it("follows only the user's own word for addresses", async () => {
    const { h, user, browser } = await linked("minji");
    for (const channel of ["email", "sms", "kakao"] as const) {
      await recordConsent(h.deps, h.site.id, browser, { channel, granted: true, source: "test" });
    }
    expect(await stateOf(h, user)).toEqual({});
  });
});

it("is always the last word of each channel, and of two at once the refusal", async () => {
  const channels: Channel[] = ["web_push", "email", "sms", "kakao"];
  const word = fc.record({
    channel: fc.constantFrom(...channels),
    granted: fc.boolean(),
    night: fc.boolean(),
    minute: fc.integer({ min: 0, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async (words) => {
      const h = await harness();
      const inTime = words.toSorted((a, b) => a.minute - b.minute);
      for (const { minute, ...change } of inTime) {
        h.clock.at = NOON + minute * MINUTE;
        await recordConsent(h.deps, h.site.id, { userId: "u" }, { ...change, source: "test" });
      }
      const profileId = profileIdOf(h.site.id, { userId: "u" });
      const state = (await readConsents(h.deps.shards.of(profileId).db, [profileId])).get(profileId) ?? {};
      for (const channel of channels) {
        const said = inTime.filter((each) => each.channel === channel);
        const lastMinute = said.at(-1)?.minute;
        const isRefused = said.some((each) => each.minute === lastMinute && !each.granted);
        expect(state[channel]?.granted).toBe(said.length === 0 ? undefined : !isRefused);
      }
    }),
    { numRuns: 15 },
  );
});
