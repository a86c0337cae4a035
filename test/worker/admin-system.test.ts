import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bindings, compose } from "../../worker/compose.ts";
import { HOUR, MINUTE } from "../../worker/lib/time.ts";
import { insertDeadLetter } from "../../worker/platform/dead-letters.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { requireSiteByKey } from "../../worker/sites/access.ts";
import { requireSite } from "../../worker/sites/site.ts";
import { locationOf, openAdmin } from "../support/worker/admin.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, visit } from "../support/worker/shop.ts";
import { staffOf } from "../support/worker/staff.ts";

describe("settings", () => {
  const settings = {
    name: "New name",
    origins: "https://shop.test\nhttps://www.shop.test/",
    locale: "en",
    currency: "usd",
    timeZone: "Europe/Berlin",
    "sender.name": "Shop",
    "sender.contact": "shop@shop.test",
    dailyCap: "3",
  };

  it("are saved as they are typed, or refused with the field's name", async () => {
    const { h, post } = await openAdmin();
    expect((await post("/settings", settings)).status).toBe(303);
    expect(await requireSite(h.deps, h.site.id)).toMatchObject({
      name: "New name",
      origins: ["https://shop.test", "https://www.shop.test"],
      currency: "USD",
      sender: { name: "Shop", contact: "shop@shop.test" },
      dailyCap: 3,
    });
    const refused = await post("/settings", { ...settings, origins: "shop.test", timeZone: "Berlin" });
    expect(refused.status).toBe(422);
    const text = await refused.text();
    expect(text).toContain("origins.0");
    expect(text).toContain("timeZone");
    expect((await requireSite(h.deps, h.site.id)).timeZone).toBe("Europe/Berlin");
  });

  it("show a new secret key once, and a revoked one opens nothing", async () => {
    const { h, post, page } = await openAdmin();
    const answer = await (await post("/settings/keys", { kind: "secret", label: "Importer" })).text();
    const secret = /sk_[\w-]{32}/.exec(answer)?.[0] ?? "";
    expect((await requireSiteByKey(h.deps, secret, "secret")).site.id).toBe(h.site.id);
    const later = await page("/settings");
    expect(later).not.toContain(secret);
    expect(later).toContain(`sk_…${secret.slice(-4)}`);
    const { key } = await requireSiteByKey(h.deps, secret);
    const other = await openAdmin();
    expect((await other.post(`/settings/keys/${key.id}/revoke`)).status).toBe(404);
    expect((await post(`/settings/keys/${key.id}/revoke`)).status).toBe(303);
    await expect(requireSiteByKey(h.deps, secret)).rejects.toThrow("unknown or revoked");
  });

  it("show the tag with the site's own public key", async () => {
    const { h, page } = await openAdmin();
    expect(await page("/settings")).toContain(h.publicKey);
  });
});

describe("overview and system", () => {
  it("draw the days, one figure at a time, with all of them in a table", async () => {
    const { h, page } = await openAdmin();
    expect(await page()).toContain("Nothing has come in yet");
    for (const userId of ["a", "b", "c"]) await visit(h, { userId }, ["coat-1", ["recommendation_clicked", "coat-1"]]);
    const text = await page("?metric=recommendationClicks");
    expect(text).toContain('aria-label="Recommendation clicks by day"');
    expect(text).toContain("<title>Today: 3</title>");
    expect(text).toMatch(/Today<\/th>.*?>3<.*?>6</s);
  });

  it("tell failed jobs of this site only, and start a training", async () => {
    const [one, two] = [await openAdmin(), await openAdmin()];
    const { deps, site, clock } = one.h;
    const job = { kind: "train", siteId: site.id } as const;
    await insertDeadLetter(deps.control, { id: `dead-${site.id}`, job, failedAt: clock.at });
    const shown = `&quot;siteId&quot;:&quot;${site.id}&quot;`;
    expect(await one.page("/system")).toContain(shown);
    expect(await two.page("/system")).not.toContain(shown);
    const started: string[] = [];
    const withWorkflow = await harness({}, { workflows: { train: async (siteId) => void started.push(siteId) } });
    const staff = await staffOf(withWorkflow);
    expect((await staff.post(`/admin/${withWorkflow.site.id}/system/train`)).status).toBe(303);
    expect(started).toEqual([withWorkflow.site.id]);
    const korean = await staff.get(`/admin/${withWorkflow.site.id}/system`, { "accept-language": "ko" });
    expect(await korean.text()).toContain("매일 03:00에");
    expect(await (await staff.get(`/admin/${withWorkflow.site.id}/system`)).text()).toContain("Building");
  });

  it("say when the night is by the site's own clocks, and when new visits were added to the model", async () => {
    const h = await harness({ timeZone: "Asia/Kolkata" });
    const staff = await staffOf(h);
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    const pageOf = async (path: string) => (await staff.get(`/admin/${h.site.id}/system${path}`)).text();
    expect(await pageOf("")).toContain("every day at 23:30");
    expect(await pageOf("")).not.toContain("new visits added 5 minutes ago");
    await h.deps.control
      .prepare("UPDATE models SET refreshed_at = ?2 WHERE version = ?1")
      .bind(version, h.clock.at - 5 * MINUTE)
      .run();
    expect(await pageOf("")).toContain("new visits added 5 minutes ago");
    expect(await pageOf(`/models/${version}`)).toMatch(/New visits added<\/dt><dd>Mar 10, 2026, 8:25/);
  });

  it("shows what was measured of a model, and of each night", async () => {
    const { h, page, staff, base } = await openAdmin();
    await openShop(h);
    const { version, metrics } = await trainNow(h.deps, h.site.id);
    const learned = {
      moments: 800,
      judged: 200,
      bought: 90,
      auc: 0.871,
      averagePrecision: 0.4,
      calibrationError: 0.02,
      bins: [
        { foretold: 0.1, came: 0.12, visits: 100 },
        { foretold: 0.5, came: 0.45, visits: 100 },
      ],
      serves: "new",
    };
    const trials = [
      { what: "rows", value: 0, score: 0.3421, isTaken: true },
      { what: "rows.age", value: 0.5, score: 0.3499, isTaken: true },
    ];
    const measured = { ...metrics, intention: learned, online: { shown: 400, clicked: 30 }, tuning: { trials } };
    await h.deps.control
      .prepare("UPDATE models SET metrics = ?2 WHERE version = ?1")
      .bind(version, JSON.stringify(measured))
      .run();
    h.clock.at += 86_400_000;
    await trainNow(h.deps, h.site.id);
    const system = await page("/system");
    expect(system).toContain(`${base}/system/models/${version}`);
    expect(system).toContain('aria-label="How the models did"');
    const text = await page(`/system/models/${version}`);
    for (const shown of [
      "0.871",
      "7.5%",
      "rows.age",
      "How fast older visits fade",
      "0.3499",
      "Foretold chance and what came true",
      "Popularity",
    ]) {
      expect(text, shown).toContain(shown);
    }
    expect(text.match(/class="dot"/g)).toHaveLength(2);

    const kind = { judged: 100, bought: 3, calibrationError: 0.031, bins: learned.bins.slice(1) };
    const unjudged = { ...learned, here: kind, away: kind, serves: "none", reason: "unjudged" };
    await h.deps.control
      .prepare("UPDATE models SET metrics = ?2 WHERE version = ?1")
      .bind(version, JSON.stringify({ ...measured, intention: unjudged }))
      .run();
    const said = await page(`/system/models/${version}`);
    for (const shown of ["While somebody is there", "After somebody has left", "3.1%", "it does not serve"]) {
      expect(said, shown).toContain(shown);
    }
    expect(said.match(/class="dot"/g)).toHaveLength(2);
    expect((await staff.get(`${base}/system/models/mdl_none`)).status).toBe(404);
    const other = await openAdmin();
    expect((await other.staff.get(`${other.base}/system/models/${version}`)).status).toBe(404);
  });

  it("goes back to a model that has served, by a button", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    const path = `/admin/${h.site.id}/system`;
    expect(await (await staff.get(path)).text()).not.toContain("Serve this one again");
    h.clock.at += 86_400_000;
    await trainNow(h.deps, h.site.id);
    expect(await (await staff.get(path)).text()).toContain(`${path}/models/${version}/activate`);
    expect((await staff.post(`${path}/models/${version}/activate`)).status).toBe(303);
    expect((await listModels(h.deps, h.site.id)).find(({ state }) => state === "active")?.version).toBe(version);
    expect((await staff.post(`${path}/models/mdl_none/activate`)).status).toBe(404);
  });
});

describe("the demo's clock", () => {
  let base: Harness;
  beforeAll(async () => {
    base = await harness();
  });

  it("moves on and does what is due", async () => {
    const h = await harness({}, { config: { ...base.deps.config, demo: true } });
    const staff = await staffOf(h);
    const offset = async () =>
      Number(
        (
          await h.deps.control
            .prepare("SELECT value FROM settings WHERE name = 'demo_clock_offset_ms'")
            .first<{ value: string }>()
        )?.value ?? 0,
      );
    const before = await offset();
    const answer = await staff.post("/admin/demo/advance", { by: "hour", to: `/admin/${h.site.id}/outbox` });
    expect(locationOf(answer)).toBe(`/admin/${h.site.id}/outbox`);
    expect((await offset()) - before).toBe(HOUR);
    expect(h.jobs).toContainEqual({ kind: "advance-runs", shard: 1 });
    // What is made then says so: when a list was made is read out of its id.
    const demo = { ...(env as unknown as Bindings), DEMO: "true" };
    const { ids, clock } = await compose(demo, { waitUntil: () => undefined }, {});
    const told = Number.parseInt(ids.next("rec").slice(4, 16), 16);
    expect(clock.now() - Date.now()).toBeGreaterThan(HOUR - MINUTE);
    expect(Math.abs(told - clock.now())).toBeLessThan(MINUTE);
    expect(await (await staff.get(`/admin/${h.site.id}`)).text()).toContain("Demo clock");
  });

  it("is not there outside of the demo", async () => {
    const staff = await staffOf(base);
    expect((await staff.post("/admin/demo/advance", { by: "day" })).status).toBe(404);
    expect(await (await staff.get(`/admin/${base.site.id}`)).text()).not.toContain("Demo clock");
  });
});
