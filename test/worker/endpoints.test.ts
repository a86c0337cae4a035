import { describe, expect, it } from "vitest";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY } from "../../worker/lib/time.ts";
import { erasePerson } from "../../worker/privacy/erase.ts";
import { endpointIdOf, readEndpoints, removeEndpoints } from "../../worker/profiles/endpoints.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const KEYS = {
  p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
  auth: "tBHItJI5svbpez7KI4CCXg",
};
const subscriptionAt = (path: string) => ({
  endpoint: `https://push.example/${path}`,
  expirationTime: null,
  keys: KEYS,
});
const subscribe = (fields: object = {}) => ({ anonymousId: "laptop", subscription: subscriptionAt("a"), ...fields });

async function addresses(h: Harness, person: { userId: string } | { anonymousId: string }): Promise<string[]> {
  const ref = await locatePerson(h.deps, h.site.id, person);
  const found = (await readEndpoints(h.deps, [ref])).get(ref.profileId) ?? [];
  return found.map(({ address }) => ("endpoint" in address ? address.endpoint : address.token));
}

describe("POST /v1/push-subscriptions", () => {
  it("keeps a browser's subscription once, and a repetition within the day writes nothing", async () => {
    const h = await harness();
    const answer = await h.browser("POST", "/v1/push-subscriptions", subscribe());
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { success: true, id: endpointIdOf(subscriptionAt("a")) },
    ]);
    h.clock.at = NOON + 1000;
    await h.browser("POST", "/v1/push-subscriptions", subscribe({ userId: "minji" }));
    expect(await addresses(h, { anonymousId: "laptop" })).toEqual(["https://push.example/a"]);
    expect(await addresses(h, { userId: "minji" })).toEqual([]);
    h.clock.at = NOON + 2 * DAY;
    await h.browser("POST", "/v1/push-subscriptions", subscribe());
    const ref = await locatePerson(h.deps, h.site.id, { anonymousId: "laptop" });
    expect((await readEndpoints(h.deps, [ref])).get(ref.profileId)).toMatchObject([
      { createdAt: NOON, lastSeenAt: NOON + 2 * DAY },
    ]);
  });

  it("reaches a user on every linked browser, the latest first, the same subscription once", async () => {
    const h = await harness();
    for (const [minutes, anonymousId] of ["laptop", "phone", "phone-again"].entries()) {
      h.clock.at = NOON + minutes * 60_000;
      await h.server("POST", "/v1/identify", { userId: "minji", anonymousId, traits: {} });
      await h.browser("POST", "/v1/push-subscriptions", {
        anonymousId,
        subscription: subscriptionAt(anonymousId.startsWith("phone") ? "phone" : "laptop"),
      });
    }
    expect(await addresses(h, { userId: "minji" })).toEqual([
      "https://push.example/phone",
      "https://push.example/laptop",
    ]);
  });

  it("moves with the browser when it gets another id at a sign-out, and a token with the phone", async () => {
    const h = await harness();
    await h.server("POST", "/v1/identify", { userId: "minji", anonymousId: "laptop", traits: {} });
    await h.browser("POST", "/v1/push-subscriptions", subscribe());
    for (let number = 2; number < 8; number++) {
      await h.browser("POST", "/v1/push-subscriptions", subscribe({ anonymousId: `laptop-${number}` }));
      const holders = await Promise.all(
        ["laptop", ...[2, 3, 4, 5, 6, 7].map((each) => `laptop-${each}`)].map(async (anonymousId) =>
          (await addresses(h, { anonymousId })).map(() => anonymousId),
        ),
      );
      expect(holders.flat()).toEqual([`laptop-${number}`]);
    }
    const token = { token: "fcm-token-of-a-phone", platform: "ios" };
    for (const userId of ["minji", "seojun"]) await h.server("POST", "/v1/devices", { userId, ...token });
    expect(await addresses(h, { userId: "seojun" })).toEqual([token.token]);
    expect(await addresses(h, { userId: "minji" })).toEqual([]);
  });

  it("bounds what one profile can pile up", async () => {
    const h = await harness();
    for (let index = 0; index < 23; index++) {
      h.clock.at = NOON + index * 1000;
      await h.browser("POST", "/v1/push-subscriptions", subscribe({ subscription: subscriptionAt(String(index)) }));
    }
    const kept = await addresses(h, { anonymousId: "laptop" });
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([20, "https://push.example/22", "https://push.example/3"]);
  });

  it.each([
    ["no owner", { subscription: subscriptionAt("a") }, "anonymousId"],
    [
      "an address inside a network",
      subscribe({ subscription: { endpoint: "https://localhost/x", keys: KEYS } }),
      "subscription.endpoint",
    ],
    [
      "a number for a host",
      subscribe({ subscription: { endpoint: "https://10.0.0.7/x", keys: KEYS } }),
      "subscription.endpoint",
    ],
    [
      "plain http",
      subscribe({ subscription: { endpoint: "http://push.example/x", keys: KEYS } }),
      "subscription.endpoint",
    ],
    [
      "a short key",
      subscribe({ subscription: { endpoint: "https://push.example/x", keys: { ...KEYS, auth: "abc" } } }),
      "subscription.keys.auth",
    ],
  ])("refuses %s by its field", async (_, body, field) => {
    const h = await harness();
    const answer = await h.browser("POST", "/v1/push-subscriptions", body);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { issues: { path: string }[] } };
    expect(error.issues.map(({ path }) => path)).toEqual([field]);
  });

  it("keeps other pages and other sites out", async () => {
    const [h, other] = [await harness(), await harness()];
    expect(
      (await h.browser("POST", "/v1/push-subscriptions", subscribe(), { origin: "https://evil.test" })).status,
    ).toBe(403);
    expect(
      (await h.fetch("/v1/push-subscriptions", { method: "POST", body: JSON.stringify(subscribe()) })).status,
    ).toBe(401);
    await h.browser("POST", "/v1/push-subscriptions", subscribe());
    expect(await addresses(other, { anonymousId: "laptop" })).toEqual([]);
  });
});

describe("DELETE /v1/push-subscriptions", () => {
  it("removes one, and asking twice is no mistake", async () => {
    const h = await harness();
    await h.browser("POST", "/v1/push-subscriptions", subscribe());
    const body = { anonymousId: "laptop", endpoint: "https://push.example/a" };
    const answers = [];
    for (let times = 0; times < 2; times++) {
      answers.push(await (await h.browser("DELETE", "/v1/push-subscriptions", body)).json());
    }
    expect(answers).toEqual([
      { success: true, removed: true },
      { success: true, removed: false },
    ]);
    expect(await addresses(h, { anonymousId: "laptop" })).toEqual([]);
  });

  it("refuses without an owner, and keeps out who has no key", async () => {
    const h = await harness();
    expect((await h.browser("DELETE", "/v1/push-subscriptions", { endpoint: "https://push.example/a" })).status).toBe(
      400,
    );
    expect(
      (await h.browser("DELETE", "/v1/push-subscriptions", {}, { authorization: "Bearer pk_nobody" })).status,
    ).toBe(401);
  });
});

describe("/v1/devices", () => {
  const device = { userId: "minji", token: "fcm-token-of-a-phone", platform: "android", appVersion: "4.2.0" };

  it("keeps an app's token with the user until it is forgotten", async () => {
    const h = await harness();
    expect((await h.server("POST", "/v1/devices", device)).status).toBe(200);
    await h.server("POST", "/v1/devices", { ...device, appVersion: "4.3.0" });
    expect(await addresses(h, { userId: "minji" })).toEqual([device.token]);
    const answer = await h.server("DELETE", "/v1/devices", { userId: "minji", token: device.token });
    expect(await answer.json()).toEqual({ success: true, removed: true });
    expect(await addresses(h, { userId: "minji" })).toEqual([]);
  });

  it("refuses an unknown platform, and keeps out who has no key", async () => {
    const h = await harness();
    expect((await h.server("POST", "/v1/devices", { ...device, platform: "toaster" })).status).toBe(400);
    expect((await h.fetch("/v1/devices", { method: "POST", body: JSON.stringify(device) })).status).toBe(401);
    expect((await h.fetch("/v1/devices", { method: "DELETE", body: JSON.stringify(device) })).status).toBe(401);
  });
});

it("is removed when a provider calls it gone, and erased with the person", async () => {
  const h = await harness();
  for (const path of ["a", "b"]) {
    await h.browser("POST", "/v1/push-subscriptions", subscribe({ subscription: subscriptionAt(path) }));
  }
  const profileId = profileIdOf(h.site.id, { anonymousId: "laptop" });
  expect(await removeEndpoints(h.deps, [{ profileId, id: endpointIdOf(subscriptionAt("a")) }])).toBe(1);
  expect(await addresses(h, { anonymousId: "laptop" })).toEqual(["https://push.example/b"]);
  const receipt = await erasePerson(h.deps, h.site.id, { anonymousId: "laptop" });
  expect(receipt?.rows.endpoints).toBe(1);
  expect(await addresses(h, { anonymousId: "laptop" })).toEqual([]);
});
