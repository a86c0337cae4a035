import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DAY } from "../../worker/lib/time.ts";
import { type Harness, harness as openHarness } from "../support/worker/harness.ts";
import { ADMIN, PASSWORD, type StaffMember, staffOf } from "../support/worker/staff.ts";

const harness: typeof openHarness = (settings, override) =>
  openHarness(settings, { loginLimit: { allow: async () => true }, ...override });

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: {
    origin: ADMIN,
    "accept-language": "en",
    "content-type": "application/x-www-form-urlencoded",
    ...headers,
  },
  body: new URLSearchParams(fields).toString(),
});

const signIn = (h: Harness, staff: StaffMember, password = PASSWORD, more: Record<string, string> = {}) =>
  h.fetch("/admin/sign-in", form({ email: staff.email, password, ...more }));

const cookieOf = (answer: Response) => answer.headers.get("set-cookie")?.split(";")[0] ?? "";
const follow = (h: Harness, path: string, cookie: string) => h.fetch(path, { headers: { cookie } });

describe("signing in", () => {
  it("opens a session in a cookie that only this host's server can read", async () => {
    const h = await harness();
    const answer = await signIn(h, await staffOf(h), PASSWORD, { to: `/admin/${h.site.id}/people` });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/admin/${h.site.id}/people`]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-nunchi_session=/);
    for (const part of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(part);
    expect((await follow(h, `/admin/${h.site.id}/people`, cookieOf(answer))).status).toBe(200);
  });

  it("takes the address however it is typed", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const answer = await h.fetch(
      "/admin/sign-in",
      form({ email: ` ${staff.email.toUpperCase()} `, password: PASSWORD }),
    );
    expect(answer.status).toBe(303);
  });

  it("says the same of a wrong password and of an unknown address", async () => {
    const h = await harness();
    const wrong = await signIn(h, await staffOf(h), "wonderful green teapot");
    const unknown = await h.fetch("/admin/sign-in", form({ email: "nobody@shop.test", password: PASSWORD }));
    expect([wrong.status, unknown.status]).toEqual([422, 422]);
    expect([wrong, unknown].map((each) => each.headers.get("set-cookie"))).toEqual([null, null]);
    const words = /That e-mail or password is not right/;
    expect(await wrong.text()).toMatch(words);
    expect(await unknown.text()).toMatch(words);
  });

  it.each(["address:", "account:"])("stops guessing by %s", async (kind) => {
    const tried: string[] = [];
    const allow = async (key: string) => {
      tried.push(key);
      return !key.startsWith(kind) || tried.filter((each) => each === key).length <= 3;
    };
    const h = await harness({}, { loginLimit: { allow } });
    const staff = await staffOf(h);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await signIn(h, staff, "guess")).status);
    const right = await signIn(h, staff);
    expect([...statuses, right.status]).toEqual([422, 422, 422, 429, 429]);
    expect(right.headers.get("retry-after")).toBe("60");
    expect(tried.join()).not.toContain(staff.email);
  });

  it("does not send people to another website afterwards", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    for (const to of [
      "https://evil.test/",
      "//evil.test",
      "/\\\\evil.test",
      "/admin/../../evil",
      "javascript:alert(1)",
    ]) {
      expect((await signIn(h, staff, PASSWORD, { to })).headers.get("location")).toBe("/admin");
    }
  });

  it("refuses a form of another website", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const fields = { email: staff.email, password: PASSWORD };
    for (const origin of ["https://evil.test", "null"]) {
      expect((await h.fetch("/admin/sign-in", form(fields, { origin }))).status).toBe(403);
    }
  });
});

describe("a session", () => {
  it("is asked for on every page, and leads back to the page that was wanted", async () => {
    const h = await harness();
    const path = `/admin/${h.site.id}/catalog`;
    const answer = await h.fetch(path);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      302,
      `/admin/sign-in?to=${encodeURIComponent(path)}`,
    ]);
    expect((await h.fetch(`/admin/${h.site.id}/settings`, form({ name: "Taken over" }))).status).toBe(401);
  });

  it("does not survive being changed", async () => {
    const h = await harness();
    const [one, two] = [await staffOf(h), await staffOf(h)];
    const forged = one.cookie.replace(one.id, two.id);
    const later = one.cookie.replace(/\.(\d{13})\./, (_, at) => `.${Number(at) + DAY}.`);
    for (const cookie of [forged, later, `${one.cookie}x`, "__Host-nunchi_session=", "__Host-nunchi_session=a.b.c.d"]) {
      expect((await follow(h, "/admin/account", cookie)).status).toBe(302);
    }
    expect((await follow(h, "/admin/account", one.cookie)).status).toBe(200);
  });

  it("ends after a week", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    h.clock.at += 7 * DAY - 1;
    expect((await staff.get("/admin/account")).status).toBe(200);
    h.clock.at += 1;
    expect((await staff.get("/admin/account")).status).toBe(302);
  });

  it("ends everywhere when somebody asks for it", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const here = await staff.post("/admin/sign-out");
    expect(here.headers.get("set-cookie")).toMatch(/^__Host-nunchi_session=;.*Max-Age=0/);
    expect((await staff.get("/admin/account")).status).toBe(200);
    await staff.post("/admin/sign-out", { everywhere: "yes" });
    expect((await staff.get("/admin/account")).status).toBe(302);
  });

  it("ends on other devices when the password changes", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const next = "seven slow yellow boats";
    const answer = await staff.post("/admin/account", { current: PASSWORD, next });
    expect(answer.status).toBe(303);
    expect((await staff.get("/admin/account")).status).toBe(302);
    expect((await follow(h, "/admin/account", cookieOf(answer))).status).toBe(200);
    expect((await signIn(h, staff)).status).toBe(422);
    expect((await signIn(h, staff, next)).status).toBe(303);
  });

  it("changes no password without the current one, and none for a weak one", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    expect((await staff.post("/admin/account", { current: "guess", next: "seven slow yellow boats" })).status).toBe(
      422,
    );
    expect((await staff.post("/admin/account", { current: PASSWORD, next: "password1234" })).status).toBe(422);
    expect((await staff.get("/admin/account")).status).toBe(200);
  });
});

describe("forms", () => {
  it("are refused without their session's token, from elsewhere, and beyond their size", async () => {
    const h = await harness();
    const [staff, other] = [await staffOf(h), await staffOf(h)];
    const path = `/admin/${h.site.id}/settings/keys`;
    expect((await staff.post(path, { csrf: "" })).status).toBe(403);
    const stolen = await h.deps.signer.sign("csrf", other.cookie.slice(0, other.cookie.lastIndexOf(".")));
    expect((await staff.post(path, { csrf: stolen })).status).toBe(403);
    expect((await staff.post(path, {}, { origin: "https://evil.test" })).status).toBe(403);
    expect((await staff.post(path, { label: "x".repeat(300_000) })).status).toBe(413);
    expect((await staff.post(path, { kind: "secret" })).status).toBe(200);
  });

  it("are answered in headers that allow no foreign script, frame or cache", async () => {
    const h = await harness();
    const answer = await (await staffOf(h)).get("/admin/account");
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toContain("unsafe");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("same-origin");
    expect(await answer.text()).not.toMatch(/<script(?! src=)| style=| on\w+=/);
  });

  it("POST /v1/sites works for a session, only with the token of its pages", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const page = await (await staff.get("/admin/new-site")).text();
    const csrf = /name="csrf" value="([\w-]+)"/.exec(page)?.[1] ?? "";
    const ask = (headers: Record<string, string>) =>
      h.fetch("/v1/sites", {
        method: "POST",
        headers: { cookie: staff.cookie, origin: ADMIN, "content-type": "application/json", ...headers },
        body: JSON.stringify({ site: { name: "Third" } }),
      });
    expect((await ask({ "x-csrf-token": csrf })).status).toBe(201);
    expect((await ask({})).status).toBe(403);
    expect((await ask({ "x-csrf-token": csrf, origin: "https://evil.test" })).status).toBe(403);
  });
});

describe("languages", () => {
  it("follow the browser until somebody chooses", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const korean = await staff.get("/admin/account", { "accept-language": "ko-KR,ko;q=0.9,en;q=0.8" });
    expect(await korean.text()).toContain('<html lang="ko">');
    const other = await staff.get("/admin/account", { "accept-language": "fr,de;q=0.5" });
    expect(await other.text()).toContain('<html lang="en">');
    const chosen = await h.fetch("/admin/locale", form({ locale: "ko", to: "/admin/account" }));
    const cookie = `${staff.cookie}; ${cookieOf(chosen)}`;
    expect(await (await follow(h, "/admin/account", cookie)).text()).toContain('<html lang="ko">');
  });
});

describe("Cloudflare Access", () => {
  afterEach(() => void vi.restoreAllMocks());

  async function opened() {
    // A team of its own: its keys are kept.
    const access = { team: `https://${crypto.randomUUID()}.test`, audience: "aud-of-admin" };
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256" }] };
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json(keys));
    const base = await harness();
    const h = await harness({}, { config: { ...base.deps.config, access } });
    const assertion = (claims: object, audience = access.audience) =>
      new SignJWT({ email: "minji@shop.test", ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "k1" })
        .setIssuer(access.team)
        .setAudience(audience)
        .setExpirationTime(Math.floor(h.clock.at / 1000) + 60)
        .sign(privateKey);
    const get = (jwt: string) => h.fetch("/admin/account", { headers: { "cf-access-jwt-assertion": jwt } });
    return { h, assertion, get };
  }

  it("lets in whom it names, without a password", async () => {
    const { h, assertion, get } = await opened();
    const page = await (await get(await assertion({}))).text();
    expect(page).toContain("minji@shop.test");
    await get(await assertion({}));
    const { results } = await h.deps.control.prepare("SELECT id FROM staff WHERE email = 'minji@shop.test'").all();
    expect(results).toHaveLength(1);
    expect((await h.fetch("/admin/sign-in", form({ email: "minji@shop.test", password: "" }))).status).toBe(422);
  });

  it("keeps out assertions that are forged, expired, or for another application", async () => {
    const { h, assertion, get } = await opened();
    const good = await assertion({});
    expect((await get(good)).status).toBe(200);
    expect((await get(`${good.slice(0, -6)}AAAAAA`)).status).toBe(403);
    expect((await get(await assertion({}, "aud-of-another"))).status).toBe(403);
    expect((await get(await assertion({ email: undefined }))).status).toBe(403);
    h.clock.at += 120_000;
    expect((await get(good)).status).toBe(403);
  });

  it("is what somebody signs out of whom it let in", async () => {
    const { h, assertion } = await opened();
    const jwt = await assertion({});
    const headers = { "cf-access-jwt-assertion": jwt };
    const page = await (await h.fetch("/admin/account", { headers })).text();
    const csrf = /name="csrf" value="([\w-]+)"/.exec(page)?.[1] ?? "";
    const answer = await h.fetch("/admin/sign-out", form({ csrf }, headers));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/cdn-cgi/access/logout"]);
    expect((await h.fetch("/admin/sign-out", form({ csrf: "guess" }, headers))).status).toBe(403);
  });

  it("is not believed where it is not configured", async () => {
    const { assertion } = await opened();
    const plain = await harness();
    const answer = await plain.fetch("/admin/account", { headers: { "cf-access-jwt-assertion": await assertion({}) } });
    expect(answer.status).toBe(302);
  });
});
