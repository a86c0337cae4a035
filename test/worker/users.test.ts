import { describe, expect, it } from "vitest";
import { MINUTE } from "../../worker/lib/time.ts";
import { harness, NOON } from "../support/worker/harness.ts";

describe("PUT /v1/users/{id}", () => {
  it("makes a person known, merges traits, and answers the whole person", async () => {
    const h = await harness();
    const first = await h.server("PUT", "/v1/users/minji", {
      email: "minji@shop.test",
      phone: "+821012345678",
      locale: "ko",
      timeZone: "Asia/Seoul",
      traits: { name: "민지", grade: "gold", size: { top: 90 } },
    });
    expect(first.status).toBe(200);
    h.clock.at = NOON + MINUTE;
    const second = await h.server("PUT", "/v1/users/minji", { traits: { grade: null, size: { bottom: 27 } } });
    expect(await second.json()).toEqual({
      userId: "minji",
      anonymousId: null,
      anonymousIds: [],
      email: "minji@shop.test",
      phone: "+821012345678",
      locale: "ko",
      timeZone: "Asia/Seoul",
      traits: { name: "민지", size: { top: 90, bottom: 27 } },
      consents: {},
      firstSeenAt: NOON,
      lastSeenAt: NOON + MINUTE,
    });
  });

  it.each([
    ["an unknown field", { name: "민지" }, 400],
    ["traits that are no object", { traits: [1] }, 400],
    ["an empty address", { email: "  " }, 400],
    ["malformed JSON", "{", 400],
    ["40 KB", { traits: { x: "x".repeat(40_000) } }, 413],
  ])("refuses %s and stores nothing", async (_, body, status) => {
    const h = await harness();
    expect((await h.server("PUT", "/v1/users/minji", body)).status).toBe(status);
    expect((await h.server("GET", "/v1/users/minji")).status).toBe(404);
  });
});

describe("GET /v1/users/{id}", () => {
  it("knows browsers and consents of a user", async () => {
    const h = await harness();
    for (const anonymousId of ["one", "two"]) {
      await h.server("POST", "/v1/page", { anonymousId });
      await h.server("POST", "/v1/identify", { userId: "minji@example", anonymousId });
    }
    await h.server("POST", "/v1/consents", {
      userId: "minji@example",
      channel: "email",
      granted: true,
      source: "test",
    });
    await h.server("POST", "/v1/consents", { anonymousId: "two", channel: "web_push", granted: true, source: "test" });
    const user = (await (await h.server("GET", "/v1/users/minji%40example")).json()) as {
      anonymousIds: string[];
      consents: object;
    };
    expect(user.anonymousIds.toSorted()).toEqual(["one", "two"]);
    expect(user.consents).toEqual({
      email: { granted: true, night: false, at: NOON },
      web_push: { granted: true, night: false, at: NOON },
    });
  });

  it("finds an anonymous visitor by their own id", async () => {
    const h = await harness();
    await h.server("POST", "/v1/page", { anonymousId: "one" });
    expect((await h.server("GET", "/v1/users/one")).status).toBe(404);
    expect(await (await h.server("GET", "/v1/users/one?idType=anonymousId")).json()).toMatchObject({
      anonymousId: "one",
    });
    expect((await h.server("GET", "/v1/users/one?idType=email")).status).toBe(400);
  });
});

describe.each([
  ["GET", "/v1/users/minji"],
  ["PUT", "/v1/users/minji"],
  ["DELETE", "/v1/users/minji"],
  ["GET", "/v1/users/minji/export"],
])("%s %s", (method, path) => {
  it("is for servers only, and for the site's own people", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/users/minji", { traits: { name: "민지" } });
    const body = method === "PUT" ? { traits: {} } : undefined;
    expect((await one.browser(method, path, body)).status).toBe(403);
    expect((await one.fetch(path, { method })).status).toBe(401);
    expect((await one.browser(method, path, body, { authorization: "Bearer sk_wrong" })).status).toBe(401);
    if (method !== "PUT") expect((await two.server(method, path)).status).toBe(404);
    const answer = await one.server("GET", "/v1/users/minji");
    expect(await answer.json()).toMatchObject({ traits: { name: "민지" } });
  });
});
