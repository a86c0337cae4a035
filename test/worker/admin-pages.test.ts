import { beforeAll, describe, expect, it } from "vitest";
import { requireCampaign } from "../../worker/campaigns/campaigns.ts";
import { readItems } from "../../worker/catalog/read.ts";
import { adminRoutes } from "../../worker/http/admin/routes.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR, MINUTE } from "../../worker/lib/time.ts";
import { insertDeadLetter } from "../../worker/platform/dead-letters.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { requirePlacement } from "../../worker/recommend/placements.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { requireSiteByKey } from "../../worker/sites/access.ts";
import { requireSite } from "../../worker/sites/site.ts";
import { locationOf, openAdmin, segmentForm, surveyForm } from "../support/worker/admin.ts";
import { act, agree, openCampaign, tick } from "../support/worker/campaign.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, place, visit } from "../support/worker/shop.ts";
import { ADMIN, staffOf } from "../support/worker/staff.ts";

/** Every address of the admin is asked. */
const ALL_ADDRESSES_MS = 30_000;

describe("every address of the admin", { timeout: ALL_ADDRESSES_MS }, () => {
  const OPEN = ["/sign-in", "/setup", "/locale"];
  const routes = adminRoutes()
    .routes.filter(({ method, path }) => method !== "ALL" && !OPEN.includes(path))
    .map(({ method, path }) => ({ method, path: path.replace(/\/$/, "") }));
  const fill = (path: string, site: string) =>
    `/admin${path.replace(/:site(\{[^}]*\})?/, site).replace(/:\w+/g, "x1")}`;

  it("asks for a sign-in before anything else", async () => {
    const h = await harness();
    expect(routes.length).toBeGreaterThan(40);
    for (const { method, path } of routes) {
      const answer = await h.fetch(fill(path, h.site.id), {
        method,
        headers: { origin: ADMIN, "content-type": "application/x-www-form-urlencoded" },
        ...(method === "POST" ? { body: "csrf=guess" } : {}),
      });
      if (method === "POST") expect(answer.status, path).toBe(401);
      else expect(locationOf(answer), path).toBe("/admin/sign-in");
    }
  });

  it("takes no change without the token of the session, and none from elsewhere", async () => {
    const { h, staff } = await openAdmin();
    for (const { path } of routes.filter(({ method }) => method === "POST")) {
      const address = fill(path, h.site.id);
      expect((await staff.post(address, { csrf: "guess" })).status, path).toBe(403);
      expect((await staff.post(address, {}, { origin: "https://evil.test" })).status, path).toBe(403);
    }
  });

  it("has nothing of a site that is not there", async () => {
    const { staff } = await openAdmin();
    for (const { method, path } of routes.filter(({ path }) => path.startsWith("/:site"))) {
      const address = fill(path, "site_aaaaaaaa");
      const answer = method === "POST" ? await staff.post(address) : await staff.get(address);
      expect(answer.status, path).toBe(404);
    }
  });
});

describe("what belongs to one site", () => {
  it("is not to be had under the address of another", async () => {
    const [one, two] = [await openAdmin(), await openAdmin()];
    await openCampaign(one.h);
    await act(one.h, { userId: "minji" }, "product_viewed", "coat-1");
    await one.post("/segments/new", segmentForm("Buyers"));
    await one.post("/surveys/new", surveyForm("taste"));
    const person = profileIdOf(one.h.site.id, { userId: "minji" });
    for (const path of [
      `/people/${person}`,
      "/catalog/coat-1",
      "/placements/message",
      "/surveys/taste",
      "/surveys/taste/report",
      "/segments/buyers",
      "/campaigns/reminder",
      "/campaigns/reminder/report",
    ]) {
      await one.page(path);
      expect((await two.staff.get(`${two.base}${path}`)).status, path).toBe(404);
    }
    for (const path of [
      "/catalog/coat-1",
      "/placements/message",
      "/placements/message/delete",
      "/surveys/taste/delete",
      "/segments/buyers",
      "/segments/buyers/delete",
      "/campaigns/reminder",
      "/campaigns/reminder/launch",
      "/campaigns/reminder/pause",
      "/campaigns/reminder/delete",
    ]) {
      expect((await two.post(path, { availability: "out_of_stock" })).status, path).toBe(404);
    }
    expect((await requireCampaign(one.h.deps, one.h.site.id, "reminder")).state).toBe("running");
    const found = await two.post("/people", { query: "minji" });
    expect(await found.text()).toContain("No such person");
  });
});

describe("people", () => {
  it("are found by user id, anonymous id and e-mail, never through an address with an e-mail in it", async () => {
    const { h, base, post, page } = await openAdmin();
    await visit(h, { anonymousId: "browser-1" }, ["coat-1"]);
    await h.server("POST", "/v1/identify", {
      userId: "minji",
      anonymousId: "browser-1",
      traits: { email: "Minji@shop.test", tier: "gold" },
    });
    const user = `${base}/people/${profileIdOf(h.site.id, { userId: "minji" })}`;
    expect(locationOf(await post("/people", { query: " minji " }))).toBe(user);
    expect(locationOf(await post("/people", { query: "minji@SHOP.test" }))).toBe(user);
    expect(locationOf(await post("/people", { query: "browser-1" }))).toContain("/people/p_");
    expect(await page("/people")).toContain("minji");
    expect(await (await post("/people", { query: "nobody" })).text()).toContain("No such person");
  });

  it("are shown with what they did, agreed to and were told", async () => {
    const { h, page } = await openAdmin();
    await openCampaign(h);
    const minji = { userId: "minji" };
    await agree(h, minji, { night: true });
    await act(h, { ...minji, traits: { tier: "gold" } }, "identify");
    await act(h, minji, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    const text = await page(`/people/${profileIdOf(h.site.id, minji)}`);
    for (const part of ["minji", "gold", "Added to cart", "Wool coat coat-1", "Granted", "Also at night", "(광고)"])
      expect(text).toContain(part);
  });
});

describe("the catalog", () => {
  it("is searched, and an item is taken out of the next recommendation by one switch", async () => {
    const { h, page, post, base } = await openAdmin();
    await openShop(h);
    expect(await page("/catalog?q=scarf")).toContain("Cashmere scarf 1");
    expect(await page("/catalog?q=scarf")).not.toContain("Desk lamp");
    expect(await page("/catalog?q=nothing")).toContain("Nothing matches");
    expect(await page("/catalog/coat-1")).toContain("Mark as sold out");
    expect(locationOf(await post("/catalog/coat-1", { availability: "out_of_stock" }))).toBe(`${base}/catalog/coat-1`);
    expect(await page("/catalog/coat-1")).toContain("Mark as in stock");
    await post("/catalog/coat-2", { visibility: "hidden" });
    const items = await readItems(h.deps, h.site.id, ["coat-1", "coat-2"]);
    expect(items.get("coat-1")).toMatchObject({ inStock: false, hidden: false, price: 10_000, brand: "coat" });
    expect(items.get("coat-2")).toMatchObject({ inStock: true, hidden: true });
    expect((await post("/catalog/unknown", { visibility: "hidden" })).status).toBe(404);
  });
});

describe("placements", () => {
  const form = (fields: Record<string, string> = {}) => ({
    id: "home",
    name: "Home",
    "title.ko": "추천",
    "title.en": "For you",
    ways: "trending",
    layout: "scroll",
    count: "6",
    excludePurchasedDays: "30",
    "filter.0.property": "price",
    "filter.0.op": "lte",
    "filter.0.value": "50000",
    "filter.1.property": "",
    "filter.1.op": "eq",
    "filter.1.value": "",
    ...fields,
  });

  it("are made and changed by a form", async () => {
    const { h, post, page, base } = await openAdmin();
    expect(locationOf(await post("/placements/new", form()))).toBe(`${base}/placements/home`);
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    expect(rules).toMatchObject({
      ways: ["trending"],
      layout: "scroll",
      count: 6,
      excludeViewed: false,
      filter: [{ property: "price", op: "lte", value: 50_000 }],
    });
    await post("/placements/home", form({ count: "8", perBrandCap: "2" }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules).toMatchObject({ count: 8, perBrandCap: 2 });
    expect(await page("/placements")).toContain("Home");
    await post("/placements/home/delete");
    expect((await post("/placements/home", form())).status).toBe(404);
  });

  it("are refused with what is wrong, and the form keeps what was typed", async () => {
    const { h, post } = await openAdmin();
    await place(h, "taken");
    const answer = await post("/placements/new", form({ id: "two words", count: "500" }));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('value="two words"');
    expect((await post("/placements/new", form({ count: "500" }))).status).toBe(422);
    expect((await post("/placements/new", form({ id: "taken" }))).status).toBe(422);
    expect((await requirePlacement(h.deps, h.site.id, "taken")).name).toBe("taken");
  });

  it("are previewed by the rules that are being edited, which are not saved by it", async () => {
    const { h, post } = await openAdmin();
    await openShop(h);
    await visit(h, { userId: "minji" }, ["coat-1", "coat-2"]);
    const preview = async (fields: Record<string, string>) =>
      (await post("/placements/home/preview", { ...form({ person: "minji", ...fields }), id: "" })).text();
    const pinned = await preview({
      ways: "similar",
      "filter.0.property": "",
      pins: "1=lamp-3",
      mix: "2 trending, 1 new",
    });
    expect(pinned.indexOf("Desk lamp 3")).toBeGreaterThan(0);
    expect(pinned).toContain('value="1=lamp-3"');
    expect(pinned).toContain('value="2 trending, 1 new"');
    const wrong = await preview({ mix: "2 nonsense" });
    expect(wrong).toContain("this is by the saved ones");
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    expect([rules.pins, rules.ways]).toEqual([[], ["personalized", "similar", "trending", "new"]]);
  });

  it("take rules of every kind from the form, and give them back as they were", async () => {
    const { h, post, page } = await openAdmin();
    const deep = { any: [{ property: "brand", op: "eq", value: "A" }, { not: { property: "tags", op: "exists" } }] };
    await post(
      "/placements/new",
      form({
        mix: "0.7 personalized + 0.3 trending",
        "titleWithItem.ko": "'{item}'{와/과} 함께",
        "titleWithItem.en": "With '{item}'",
        "filter.1.property": "price",
        "filter.1.op": "lt",
        "filter.1.value": "@price * 0.9",
        "booster.0.property": "attributes.margin",
        "booster.0.op": "gte",
        "booster.0.value": "0.3",
        "booster.0.by": "1.5",
        pins: "1=coat-1, 3=coat-2",
        excludeItemIds: "bad-1, bad-2",
        diversity: "0.25",
        explorePercent: "20",
        restAfterIgnored: "3",
        allowRebuy: "on",
        more: JSON.stringify({ filter: [deep] }),
      }),
    );
    const saved = await requirePlacement(h.deps, h.site.id, "home");
    expect(saved.rules).toMatchObject({
      ways: { weights: { personalized: 0.7, trending: 0.3 } },
      titleWithItem: { ko: "'{item}'{와/과} 함께" },
      filter: [
        { property: "price", op: "lte", value: 50_000 },
        { property: "price", op: "lt", value: { current: "price", times: 0.9 } },
        deep,
      ],
      booster: [{ when: { property: "attributes.margin", op: "gte", value: 0.3 }, by: 1.5 }],
      pins: [
        { position: 1, itemId: "coat-1" },
        { position: 3, itemId: "coat-2" },
      ],
      excludeItemIds: ["bad-1", "bad-2"],
      diversity: 0.25,
      explore: 0.2,
      restAfterIgnored: 3,
      allowRebuy: true,
    });
    const text = await page("/placements/home");
    for (const part of ["0.7 For you + 0.3 Trending", "@price * 0.9", "1=coat-1, 3=coat-2", "&quot;any&quot;"])
      expect(text).toContain(part);
    expect((await post("/placements/home", form({ more: "{" }))).status).toBe(422);
    expect((await post("/placements/home", form({ pins: "first=coat-1" }))).status).toBe(422);
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules).toEqual(saved.rules);
  });

  it("take a choice of conditions, and give it back as it was", async () => {
    const { h, post, page } = await openAdmin();
    const choice = { "filter.1.property": "brand", "filter.1.op": "in", "filter.1.value": "A, B", filterJoin: "any" };
    const deep = { not: { property: "tags", op: "exists" } };
    await post("/placements/new", form({ ...choice, more: JSON.stringify({ filter: [deep] }) }));
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    const any = [
      { property: "price", op: "lte", value: 50_000 },
      { property: "brand", op: "in", value: ["A", "B"] },
    ];
    expect(rules.filter).toEqual([{ any }, deep]);
    const text = await page("/placements/home");
    expect(text).toMatch(/<option value="any" selected="">/);
    expect(text).toContain('value="A, B"');
    // One row is no choice.
    await post("/placements/home", form({ filterJoin: "any" }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.filter).toEqual([any[0]]);
    // A choice beside plain rows is deeper than rows are.
    await post("/placements/home", form({ more: JSON.stringify({ filter: [{ any }] }) }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.filter).toEqual([any[0], { any }]);
    expect(await page("/placements/home")).toContain("&quot;any&quot;");
  });

  it("say how many items their filter lets through, and which items there are not", async () => {
    const { h, post, page } = await openAdmin();
    await openShop(h);
    const filter = (value: string) => ({ "filter.0.property": "brand", "filter.0.op": "eq", "filter.0.value": value });
    await post(
      "/placements/new",
      form({ ...filter("coat"), id: "coats", pins: "1=coat-1, 2=gone", excludeItemIds: "lost" }),
    );
    const text = await page("/placements/coats");
    expect(text).toContain("3 of 10 on sale now pass.");
    for (const id of ["gone", "lost"]) expect(text).toContain(`There is no item &quot;${id}&quot;.`);
    expect(text).toContain("Wool coat 1</a>");
    const counted = async (fields: Record<string, string>) =>
      (await post("/placements/coats", form({ ...fields, id: "", act: "filter:count" }))).text();
    expect(await counted(filter("no such brand"))).toContain("0 items meet this filter now");
    // Against the item that the preview is for; without one such a rule asks nothing.
    const same = filter("@brand");
    expect(await counted({ ...same, previewItem: "lamp-1" })).toContain("3 of 10 on sale now pass.");
    expect(await counted(same)).toContain("10 of 10 on sale now pass.");
    expect((await requirePlacement(h.deps, h.site.id, "coats")).rules.filter).toMatchObject([{ value: "coat" }]);
    expect(await counted({ "filter.0.value": "x", "filter.0.op": "nonsense" })).toContain("nothing can be counted yet");
  });

  it("show how they do, day by day", async () => {
    const { h, page } = await openAdmin();
    await place(h);
    const shown = { recommendation_id: "r1", placement: "home", fallback_level: "popular", item_ids: ["a", "b"] };
    await h.server("POST", "/v1/track", { event: "recommendation_shown", anonymousId: "a", properties: shown });
    const text = await page("/placements/home?metric=fallback");
    for (const part of ["Lists seen", "Fallback by day", "100%", "Coverage"]) expect(text).toContain(part);
  });

  it("are previewed for a person beside everybody, with the reasons", async () => {
    const { h, post, page } = await openAdmin();
    await openShop(h);
    await visit(h, { userId: "minji" }, ["coat-1", "coat-2"]);
    const text = await (await post("/placements/home/preview", { person: "minji" })).text();
    for (const part of ["For minji", "Popular with everybody", "Why these?", "Wool coat 1"])
      expect(text).toContain(part);
    expect(await (await post("/placements/home/preview", { person: "nobody" })).text()).toContain("No such person");
    expect(await page("/placements/home")).toContain("Preview");
  });
});

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
    for (const shown of ["0.871", "7.5%", "rows.age", "0.3499", "Foretold chance and what came true", "Popularity"]) {
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
    expect(await (await staff.get(`/admin/${h.site.id}`)).text()).toContain("Demo clock");
  });

  it("is not there outside of the demo", async () => {
    const staff = await staffOf(base);
    expect((await staff.post("/admin/demo/advance", { by: "day" })).status).toBe(404);
    expect(await (await staff.get(`/admin/${base.site.id}`)).text()).not.toContain("Demo clock");
  });
});
