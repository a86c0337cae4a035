import { beforeEach, describe, expect, it } from "vitest";
import { requireSiteByKey } from "../../worker/sites/access.ts";
import { getSite } from "../../worker/sites/store.ts";
import { hasStaff } from "../../worker/staff/store.ts";
import { type Harness, harness as openHarness } from "../support/worker/harness.ts";
import { ADMIN, staffOf } from "../support/worker/staff.ts";

/** The runtime's own limiter counts all tests of a minute together. */
const harness: typeof openHarness = (settings, override) =>
  openHarness(settings, { loginLimit: { allow: async () => true }, ...override });

const TOKEN = "setup-token-for-tests";
const staff = { email: "Owner@Shop.test", password: "wonderful green teapots" };

const post = (h: Harness, path: string, body: unknown, token = TOKEN) =>
  h.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

/** One installation is shared by all tests: it forgets its accounts before each of these. */
beforeEach(async () => {
  const h = await harness();
  await h.deps.control.prepare("DELETE FROM staff").run();
});

describe("POST /v1/setup", () => {
  it("makes the first account and a site whose keys work", async () => {
    const h = await harness();
    const answer = await post(h, "/v1/setup", { staff, site: { name: "꽃집", locale: "ko" } });
    expect(answer.status).toBe(201);
    const { siteId, publicKey, secretKey } = (await answer.json()) as Record<string, string>;
    expect(await getSite(h.deps.control, siteId!)).toMatchObject({ name: "꽃집", timeZone: "Asia/Seoul" });
    expect((await requireSiteByKey(h.deps, publicKey!, "public")).site.id).toBe(siteId);
    expect((await requireSiteByKey(h.deps, secretKey!, "secret")).site.id).toBe(siteId);
    const account = await h.deps.control
      .prepare("SELECT email, password_hash AS hash FROM staff")
      .first<{ email: string; hash: string }>();
    expect(account?.email).toBe("owner@shop.test");
    expect(account?.hash).toMatch(/^scrypt\$16384\$8\$5\$/);
  });

  it("happens once, also when two callers race", async () => {
    const h = await harness();
    const body = { staff, site: { name: "Shop" } };
    const answers = await Promise.all([post(h, "/v1/setup", body), post(h, "/v1/setup", body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await post(h, "/v1/setup", body)).status).toBe(409);
  });

  it("keeps out whoever does not hold the token", async () => {
    const h = await harness();
    const body = { staff, site: { name: "Shop" } };
    expect((await post(h, "/v1/setup", body, "setup-token-for-test")).status).toBe(401);
    expect((await post(h, "/v1/setup", body, h.secretKey)).status).toBe(401);
    const without = await harness({}, { config: { ...h.deps.config, setupToken: undefined } });
    expect((await post(without, "/v1/setup", body)).status).toBe(403);
    expect((await post(without, "/v1/setup", body, "")).status).toBe(403);
  });

  it.each([
    ["short", "green teapo"],
    ["repetitive", "aaaaaaaaaaaaaa"],
    ["obvious", "Password123456!"],
    ["numbers only", "123456789012345"],
    ["the address itself", "owner@shop.test"],
  ])("refuses a password that is %s", async (_, password) => {
    const h = await harness();
    const answer = await post(h, "/v1/setup", { staff: { ...staff, password }, site: { name: "Shop" } });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string; issues: { path: string }[] } };
    expect(error.issues[0]?.path).toBe("staff.password");
    expect(error.message).not.toContain(password);
  });

  it.each([
    ["no e-mail", { staff: { password: staff.password }, site: { name: "Shop" } }, "staff.email"],
    ["no name", { staff, site: {} }, "site.name"],
    ["a time zone that is none", { staff, site: { name: "Shop", timeZone: "Seoul" } }, "site.timeZone"],
    ["a chosen key outside of the demo", { staff, site: { name: "Shop" }, publicKey: "pk_chosen" }, "publicKey"],
  ])("refuses %s and stays open", async (_, body, path) => {
    const h = await harness();
    const answer = await post(h, "/v1/setup", body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { issues: { path: string }[] } }).error.issues[0]?.path).toBe(path);
    expect((await post(h, "/v1/setup", { staff, site: { name: "Shop" } })).status).toBe(201);
  });

  it("takes a short password and a chosen public key in the demo", async () => {
    const h = await harness();
    const demo = await harness({}, { config: { ...h.deps.config, demo: true } });
    const publicKey = `pk_chosen_${h.site.id}`;
    const answer = await post(demo, "/v1/setup", {
      staff: { ...staff, password: "demo" },
      site: { name: "Demo" },
      publicKey,
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ publicKey });
  });

  it("slows down whoever tries tokens", async () => {
    const h = await harness({}, { loginLimit: { allow: async (key) => !key.startsWith("setup:") } });
    const answer = await post(h, "/v1/setup", { staff, site: { name: "Shop" } });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
  });
});

describe("POST /v1/sites", () => {
  it("adds a site with keys of its own", async () => {
    const h = await harness();
    const answer = await post(h, "/v1/sites", { site: { name: "Second" } });
    expect(answer.status).toBe(201);
    const { siteId, secretKey } = (await answer.json()) as Record<string, string>;
    expect((await requireSiteByKey(h.deps, secretKey!)).site.id).toBe(siteId);
    expect(siteId).not.toBe(h.site.id);
  });

  it("refuses a site without a name, and keeps out a site's own key", async () => {
    const h = await harness();
    expect((await post(h, "/v1/sites", { site: {} })).status).toBe(400);
    expect((await post(h, "/v1/sites", { site: { name: "Second" } }, h.secretKey)).status).toBe(401);
    expect((await h.fetch("/v1/sites", { method: "POST", body: "{}" })).status).toBe(401);
  });
});

describe("/admin/setup and /admin/new-site", () => {
  const form = (h: Harness, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    h.fetch(path, {
      method: "POST",
      headers: {
        origin: ADMIN,
        "accept-language": "en",
        "content-type": "application/x-www-form-urlencoded",
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  const fields = { token: TOKEN, email: "owner@shop.test", password: staff.password, name: "꽃집", currency: "krw" };

  it("set up by a form, show the keys once and sign in", async () => {
    const h = await harness();
    expect((await h.fetch("/admin/sign-in")).headers.get("location")).toBe("/admin/setup");
    expect((await h.fetch("/admin/setup")).status).toBe(200);
    const answer = await form(h, "/admin/setup", { ...fields, origin: "https://flowers.test/" });
    expect(answer.status).toBe(200);
    const secret = /sk_[\w-]{32}/.exec(await answer.text())?.[0] ?? "";
    const { site } = await requireSiteByKey(h.deps, secret);
    expect(site).toMatchObject({ name: "꽃집", origins: ["https://flowers.test"], currency: "KRW" });
    const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await h.fetch(`/admin/${site.id}/settings`, { headers: { cookie } })).status).toBe(200);
    expect((await h.fetch("/admin/setup")).headers.get("location")).toBe("/admin/sign-in");
    expect((await form(h, "/admin/setup", fields)).status).toBe(409);
  });

  it.each([
    ["a wrong token", { token: "guess" }, 403, "setup token is not right"],
    ["a weak password", { password: "password1234" }, 422, "first passwords"],
    ["no name", { name: "" }, 422, "site.name"],
    ["no e-mail", { email: "owner" }, 422, "email"],
  ])("keep out %s, and do not repeat the password", async (_, wrong, status, words) => {
    const h = await harness();
    const answer = await form(h, "/admin/setup", { ...fields, ...wrong });
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toContain(words);
    expect(text).not.toContain(staff.password);
    expect(await hasStaff(h.deps.control)).toBe(false);
  });

  it("add a site for whoever is signed in", async () => {
    const h = await harness();
    const member = await staffOf(h);
    expect((await member.post("/admin/new-site", { name: "" })).status).toBe(422);
    const answer = await member.post("/admin/new-site", { name: "Second", origin: "https://second.test" });
    const secret = /sk_[\w-]{32}/.exec(await answer.text())?.[0] ?? "";
    expect((await requireSiteByKey(h.deps, secret)).site.name).toBe("Second");
    expect((await form(h, "/admin/new-site", { name: "Third" })).status).toBe(401);
  });
});
