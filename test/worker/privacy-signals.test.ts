/** GPC, DNT and consent as the site honors them; and proof that a page may speak for a user. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { choiceOf, treatmentOf, unlinked } from "../../worker/events/privacy.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { identitySecret, renewIdentitySecret } from "../../worker/sites/identity.ts";
import { requireSite } from "../../worker/sites/site.ts";
import { openCampaign, runsOf } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const view = (fields: object = {}) => ({
  type: "track",
  event: "product_viewed",
  messageId: "m1",
  userId: "minji",
  anonymousId: "a1",
  timestamp: NOON,
  properties: { product_id: "p1" },
  ...fields,
});
const GPC = { "sec-gpc": "1" };
const USER = { userId: "minji" };
const BROWSER = { anonymousId: "a1" };
const history = async (h: Harness, person: { userId: string } | { anonymousId: string }) =>
  readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
const send = async (h: Harness, message: object, headers: Record<string, string> = {}) =>
  (await h.browser("POST", "/v1/events", { batch: [message] }, headers)).json() as Promise<Record<string, unknown>>;

describe("a browser that sends Sec-GPC or DNT", () => {
  it("is recorded without its user and starts no campaign (no_ads)", async () => {
    const h = await harness({ privacy: { gpc: "no_ads", consentMode: "off" } });
    await openCampaign(h);
    expect(await send(h, view({ context: { traits: { email: "minji@mail.test" } } }), GPC)).toEqual({
      success: true,
      accepted: 1,
      refused: [],
    });
    expect(await history(h, USER)).toEqual([]);
    expect(await history(h, BROWSER)).toHaveLength(1);
    expect(await runsOf(h, BROWSER)).toEqual([]);
    // The same without the signal joins and starts.
    await send(h, view({ messageId: "m2" }));
    expect(await history(h, USER)).toHaveLength(2);
    expect(await runsOf(h, USER)).toEqual(["reminder: waiting"]);
  });

  it("has nothing left to record when all it says is who somebody is", async () => {
    const h = await harness();
    const identify = { type: "identify", ...USER, ...BROWSER, traits: { email: "minji@mail.test" } };
    expect(await send(h, identify, { dnt: "1" })).toEqual({ success: true, accepted: 0, refused: [], withheld: 1 });
    expect((await h.server("GET", "/v1/users/minji")).status).toBe(404);
  });

  it("is not recorded, and answered as a stranger (no_tracking)", async () => {
    const h = await harness({ privacy: { gpc: "no_tracking", consentMode: "off" } });
    expect(await send(h, view(), GPC)).toEqual({ success: true, accepted: 0, refused: [], withheld: 1 });
    expect(await history(h, BROWSER)).toEqual([]);
  });

  it("is like any other where the site says so, and a server speaks for no browser", async () => {
    const h = await harness({ privacy: { gpc: "ignore", consentMode: "off" } });
    await send(h, view(), GPC);
    expect(await history(h, USER)).toHaveLength(1);
    const strict = await harness({ privacy: { gpc: "no_tracking", consentMode: "opt_in" } });
    const headers = { authorization: `Bearer ${strict.secretKey}`, "content-type": "application/json", ...GPC };
    await strict.fetch("/v1/batch", { method: "POST", headers, body: JSON.stringify({ batch: [view()] }) });
    expect(await history(strict, USER)).toHaveLength(1);
  });

  it("keeps each refused message's place in a batch of all kinds", async () => {
    const h = await harness();
    const batch = [
      view({ context: { consent: { analytics: false } } }),
      view({ messageId: "m2", context: { consent: { advertising: "denied" } } }),
      view({ messageId: "m3", event: undefined, context: { consent: { advertising: "denied" } } }),
      view({ messageId: "m4" }),
      view({ messageId: "m5", timestamp: "never" }),
    ];
    const answer = (await (await h.browser("POST", "/v1/events", { batch })).json()) as {
      refused: { index: number }[];
    };
    expect(answer).toMatchObject({ accepted: 2, withheld: 1 });
    expect(answer.refused.map(({ index }) => index)).toEqual([2, 4]);
  });
});

describe("consent mode", () => {
  it("records nothing of a browser before a yes", async () => {
    const h = await harness({ privacy: { gpc: "ignore", consentMode: "opt_in" } });
    expect(await send(h, view())).toMatchObject({ accepted: 0, withheld: 1 });
    expect(await send(h, view({ context: { consent: { analytics: true } } }))).toMatchObject({ accepted: 1 });
    expect(await history(h, USER)).toHaveLength(1);
  });

  it("hears a no where it is not on", () => {
    const off = { gpc: "ignore", consentMode: "off" } as const;
    const browser = { isBrowser: true, asksForPrivacy: false };
    const treated = (consent: unknown) => treatmentOf(off, browser, { consent });
    expect(treated(undefined)).toBe("record");
    expect(treated({ analytics_storage: "denied" })).toBe("withhold");
    expect(treated({ categoryPreferences: { Analytics: true, Advertising: false } })).toBe("unlink");
    expect(treated({ ad_storage: "granted", ad_personalization: "denied" })).toBe("unlink");
    expect(treatmentOf(off, { isBrowser: false, asksForPrivacy: false }, { consent: { statistics: false } })).toBe(
      "withhold",
    );
    expect(choiceOf({ consent: [1] })).toEqual({ recording: undefined, advertising: undefined });
    expect(choiceOf("consent")).toEqual({ recording: undefined, advertising: undefined });
    expect(unlinked({ type: "track", userId: "u", event: "x" })).toBeUndefined();
  });
});

describe("GET /v1/config", () => {
  it("tells a page how its site honors visitors, and nobody else", async () => {
    const h = await harness({ privacy: { gpc: "no_tracking", consentMode: "opt_in" }, verifyUsers: true });
    const answer = await h.browser("GET", "/v1/config");
    expect(await answer.json()).toEqual({
      privacy: { gpc: "no_tracking", consentMode: "opt_in" },
      verifyUsers: true,
    });
    expect(answer.headers.get("cache-control")).toBe("private, max-age=300");
    expect((await h.fetch("/v1/config")).status).toBe(401);
    expect((await h.browser("GET", "/v1/config", undefined, { origin: "https://elsewhere.test" })).status).toBe(403);
  });
});

describe("proof of a user", () => {
  const hash = (secret: string, userId: string) => createHmac("sha256", secret).update(userId).digest("hex");

  it("is asked of pages that name one, message by message", async () => {
    const h = await harness({ verifyUsers: true });
    const secret = await identitySecret(h.deps, h.site);
    const batch = [
      view({ messageId: "none" }),
      view({ messageId: "another's", userHash: hash(secret, "seojun") }),
      view({ messageId: "of another site", userHash: hash("guess", "minji") }),
      view({ messageId: "good", userHash: hash(secret, "minji") }),
      view({ messageId: "in context", context: { userHash: hash(secret, "minji").toUpperCase() } }),
      view({ messageId: "nobody", userId: null }),
    ];
    const answer = (await (await h.browser("POST", "/v1/events", { batch })).json()) as {
      accepted: number;
      refused: { index: number; issues: { path: string }[] }[];
    };
    expect(answer.accepted).toBe(3);
    expect(answer.refused.map(({ index, issues }) => [index, issues[0]?.path])).toEqual([
      [0, "userHash"],
      [1, "userHash"],
      [2, "userHash"],
    ]);
    expect((await history(h, USER)).map((event) => event.messageId).sort()).toEqual(["good", "in context", "nobody"]);
    const alone = await h.browser("POST", "/v1/track", view({ messageId: "alone" }));
    expect(alone.status).toBe(400);
    expect(await alone.json()).toMatchObject({ error: { issues: [{ path: "batch.0.userHash" }] } });
  });

  it("opens the other calls of a page, and is not asked of servers", async () => {
    const h = await harness({ verifyUsers: true });
    const userHash = hash(await identitySecret(h.deps, h.site), "minji");
    const consent = { ...USER, channel: "email", granted: true, source: "checkout" };
    expect((await h.browser("POST", "/v1/consents", consent)).status).toBe(403);
    expect((await h.browser("POST", "/v1/consents", { ...consent, userHash })).status).toBe(200);
    expect((await h.server("POST", "/v1/consents", consent)).status).toBe(200);
    const widget = "/v1/widgets/recommendations?placement=home&userId=minji";
    expect((await h.browser("GET", widget)).status).toBe(403);
    expect((await h.browser("GET", `${widget}&userHash=${userHash}`)).status).toBe(204);
    const wish = { placement: "home", ...USER };
    expect((await h.browser("POST", "/v1/recommendations", wish)).status).toBe(403);
    expect((await h.browser("POST", "/v1/recommendations", { ...wish, userHash })).status).toBe(404);
    expect((await h.browser("POST", "/v1/recommendations", { placement: "home", ...BROWSER })).status).toBe(404);
  });

  it("is worth nothing after the secret was renewed, nor on another site", async () => {
    const [h, other] = [await harness({ verifyUsers: true }), await harness({ verifyUsers: true })];
    const old = await identitySecret(h.deps, h.site);
    expect(old).not.toBe(await identitySecret(other.deps, other.site));
    await renewIdentitySecret(h.deps, h.site);
    const renewed = await identitySecret(h.deps, await requireSite(h.deps, h.site.id));
    expect(renewed).not.toBe(old);
    h.clock.at += 10_000;
    const proven = (secret: string) => h.browser("POST", "/v1/track", view({ userHash: hash(secret, "minji") }));
    expect((await proven(old)).status).toBe(400);
    expect((await proven(renewed)).status).toBe(200);
  });
});
