import { describe, expect, it } from "vitest";
import { requireCampaign } from "../../worker/campaigns/campaigns.ts";
import { readItems } from "../../worker/catalog/read.ts";
import { adminRoutes } from "../../worker/http/admin/routes.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR } from "../../worker/lib/time.ts";
import { locationOf, openAdmin, segmentForm, surveyForm } from "../support/worker/admin.ts";
import { act, agree, openCampaign, tick } from "../support/worker/campaign.ts";
import { harness } from "../support/worker/harness.ts";
import { openShop, visit } from "../support/worker/shop.ts";
import { ADMIN } from "../support/worker/staff.ts";

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
