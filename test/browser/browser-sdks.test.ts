/**
 * Segment's and RudderStack's browser SDKs, unmodified from npm, in a real Chromium, told nothing but the worker's address:
 * what a shop already sends arrives.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BenchSite, createSite, type Runtime, startRuntime } from "../bench/runtime.ts";
import { launchBrowser } from "../support/browser.ts";

const PERSON =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

let runtime: Runtime;
let server: Server;
/** The shop's origin; what it serves, by path. */
let shop: string;
let files: Record<string, [type: string, body: string]>;
let site: BenchSite;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let strangers: string[];

beforeAll(async () => {
  [runtime, browser] = await Promise.all([startRuntime({ assets: true }), launchBrowser()]);
  server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  shop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site = await createSite(runtime, "SDKs", [shop]);
});

afterAll(async () => {
  await Promise.all([runtime?.stop(), browser?.close()]);
  server?.close();
});

beforeEach(async () => {
  context = await browser.newContext({ userAgent: PERSON, locale: "ko-KR" });
  page = await context.newPage();
  strangers = [];
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== shop && origin !== runtime.url) strangers.push(request.url());
  });
});

afterEach(async () => {
  await context.close();
  expect(strangers).toEqual([]);
});

/** A page of the shop that bundles what it imports, as a shop's own build would. */
async function open(code: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  files = {
    "/": [
      "text/html",
      '<!doctype html><title>Shop</title><link rel="icon" href="data:,"><body><script src="/shop.js"></script>',
    ],
    "/shop.js": ["text/javascript", outputFiles[0]?.text ?? ""],
  };
  await page.goto(shop);
}

interface Stored {
  name: string;
  item_id: string | null;
  at: string;
  properties: Record<string, unknown>;
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(`${runtime.url}${path}`, { headers: { authorization: `Bearer ${site.secretKey}` } });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

async function eventsOf(id: string, query = ""): Promise<Stored[]> {
  const { tables } = await get<{ tables: { events: Stored[] } }>(`/v1/users/${id}/export${query}`);
  return tables.events.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** Each call is answered before the next, as the order of a person's events is that of their times. */
const CALLS = (client: string, user: string) => `
  const pause = () => new Promise((done) => setTimeout(done, 5));
  await ${client}.page("Shop", "Home"); await pause();
  await ${client}.track("Product Viewed", { product_id: "coat", name: "울 코트", price: 39000 }); await pause();
  await ${client}.identify("${user}", { email: "${user}@shop.example", plan: "gold" }); await pause();
  await ${client}.track("Order Completed", { order_id: "o1", total: 78000, currency: "KRW", products: [{ product_id: "coat", quantity: 2, price: 39000 }] }); await pause();
  await ${client}.group("vip", { name: "VIP" }); await pause();
  await ${client}.alias("${user}", "old-${user}"); await pause();`;

async function expectAll(user: string, names: string[]): Promise<void> {
  // In no order: a batch's calls may be of one millisecond.
  const stored = async () => (await eventsOf(user)).map(({ name }) => name).toSorted();
  await expect.poll(stored, { timeout: 8000 }).toEqual(names.toSorted());
  const events = await eventsOf(user);
  expect(events.find(({ name }) => name === "product_viewed")?.item_id).toBe("coat");
  expect(events.find(({ name }) => name === "product_purchased")?.properties).toMatchObject({
    order_id: "o1",
    total: 78_000,
  });
  expect(await get(`/v1/users/${user}`)).toMatchObject({ email: `${user}@shop.example`, traits: { plan: "gold" } });
}

const EVERY_CALL = ["page_viewed", "product_viewed", "identify", "product_purchased", "group", "alias"];

describe("@segment/analytics-next", () => {
  const load = (options = "") => `
    import { AnalyticsBrowser } from "@segment/analytics-next";
    const analytics = AnalyticsBrowser.load({ writeKey: "${site.publicKey}", cdnURL: "${runtime.url}" }, { ${options} });
    window.analytics = analytics;`;

  it("delivers every kind of call, singly", async () => {
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    await open(`${load()} (async () => { ${CALLS("analytics", "next")} await analytics.screen("Cart"); })()`);
    await expectAll("next", [...EVERY_CALL, "page_viewed"]);
    expect(paths.filter((path) => path.startsWith("/v1/"))).toEqual([
      `/v1/projects/${site.publicKey}/settings`,
      ...["p", "t", "i", "t", "g", "a", "s"].map((type) => `/v1/${type}`),
    ]);
  });

  it("delivers them in a batch, when it is told to", async () => {
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    const batching = `integrations: { "Segment.io": { deliveryStrategy: { strategy: "batching", config: { size: 6, timeout: 10000 } } } }`;
    await open(`${load(batching)} (async () => { ${CALLS("analytics", "next-batch")} })()`);
    await expectAll("next-batch", EVERY_CALL);
    expect(paths.filter((path) => path !== "/" && path.startsWith("/v1/b"))).toEqual(["/v1/b"]);
  });

  it("delivers what failed at first", async () => {
    let failures = 0;
    await page.route(`${runtime.url}/v1/t`, (route) => {
      if (route.request().method() !== "POST" || failures > 0) return route.continue();
      failures++;
      return route.fulfill({ status: 503, headers: { "access-control-allow-origin": shop } });
    });
    await open(
      `${load()} analytics.setAnonymousId("again"); analytics.track("Product Added", { product_id: "knit" });`,
    );
    await expect
      .poll(
        () =>
          fetch(`${runtime.url}/v1/users/again/export?idType=anonymousId`, {
            headers: { authorization: `Bearer ${site.secretKey}` },
          }).then(({ status }) => status),
        { timeout: 8000 },
      )
      .toBe(200);
    expect((await eventsOf("again", "?idType=anonymousId")).map(({ name }) => name)).toEqual(["product_added_to_cart"]);
    expect(failures).toBe(1);
  });
});

describe("@rudderstack/analytics-js", () => {
  it("delivers every kind of call", async () => {
    await open(`
      import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
      const rudder = new RudderAnalytics();
      rudder.load("${site.publicKey}", "${runtime.url}", { configUrl: "${runtime.url}" });
      (async () => { ${CALLS("rudder", "rudder")} })()`);
    await expectAll("rudder", EVERY_CALL);
  });

  it("delivers batches, when it is told to", async () => {
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    await open(`
      import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
      const rudder = new RudderAnalytics();
      rudder.load("${site.publicKey}", "${runtime.url}", {
        configUrl: "${runtime.url}", queueOptions: { batch: { enabled: true, maxItems: 6, flushInterval: 2000 } } });
      (async () => { ${CALLS("rudder", "rudder-batch")} })()`);
    await expectAll("rudder-batch", EVERY_CALL);
    expect(paths).toContain("/v1/batch");
  });
});

describe("nunchi's own package", () => {
  const load = () => `
    import { load } from "../../widget/npm/index.ts";
    const nunchi = load({ key: "${site.publicKey}", edge: "${runtime.url}", manual: true });`;

  it("delivers what is said before the script is here, in that order, and answers when it is stored", async () => {
    await open(`${load()}
      const again = load({ key: "${site.publicKey}", edge: "${runtime.url}" });
      window.told = Promise.all([
        nunchi.identify("npm", { plan: "gold" }),
        nunchi.page("Home", { section: "top" }),
        again.track("Product Viewed", { product_id: "coat" }),
        nunchi.ready().then(({ userId }) => userId),
      ]);`);
    const told = await page.evaluate(() => (window as unknown as { told: Promise<unknown[]> }).told);
    expect(told).toEqual([true, true, true, "npm"]);
    const events = await eventsOf("npm");
    expect(events.map(({ name }) => name).sort()).toEqual(["identify", "page_viewed", "product_viewed"]);
    expect(events.find(({ name }) => name === "page_viewed")?.properties).toMatchObject({
      name: "Home",
      section: "top",
    });
    expect(await page.locator("script[data-key]").count()).toBe(1);
  });

  it("answers nothing where the script cannot be loaded, and throws nothing", async () => {
    await page.route("**/nunchi.js", (route) => route.abort());
    await open(`${load()} window.told = Promise.all([nunchi.track("x"), nunchi.ready()]);`);
    expect(await page.evaluate(() => (window as unknown as { told: Promise<unknown[]> }).told)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("a worker on the shop's own domain", () => {
  const at = (origin: string, host: string) => origin.replace("127.0.0.1", `${host}.shop.localhost`);
  const visitor = async () =>
    (await page.evaluate("nunchi('ready')")) as { anonymousId: string; userId: string | undefined };

  /** The tag on one of the shop's subdomains, from the worker's own; settles when an event is stored. */
  async function visit(host: string): Promise<void> {
    const tag = `<script async src="${at(runtime.url, "n")}/nunchi.js" data-key="${own.publicKey}"></script>`;
    files = { "/": ["text/html", `<!doctype html><title>Shop</title><link rel="icon" href="data:,"><body>${tag}`] };
    const stored = page.waitForResponse((answer) => answer.url().endsWith("/v1/events"));
    await page.goto(at(shop, host));
    expect((await stored).status()).toBe(200);
  }

  let own: BenchSite;
  beforeAll(async () => {
    own = await createSite(runtime, "Subdomains", [at(shop, "*")]);
  });
  beforeEach(() => page.removeAllListeners("request"));

  it("knows a visitor on the shop's other subdomains, also when the storage is gone", async () => {
    await visit("www");
    const { anonymousId } = await visitor();
    expect(await page.evaluate("document.cookie")).toBe(`nunchi=${anonymousId}`);
    await visit("m");
    expect((await visitor()).anonymousId).toBe(anonymousId);
    await page.evaluate("localStorage.clear()");
    await visit("m");
    expect((await visitor()).anonymousId).toBe(anonymousId);
    const [cookie] = await context.cookies(at(shop, "www"));
    expect(cookie).toMatchObject({ name: "nunchi", domain: ".shop.localhost", sameSite: "Lax" });
    expect((cookie?.expires ?? 0) * 1000 - Date.now()).toBeGreaterThan(390 * 86_400_000);
  });

  it("begins anew on all of them when somebody signs out on one", async () => {
    await visit("www");
    await visit("m");
    const before = await visitor();
    await page.evaluate("nunchi('identify', 'minji'); nunchi('track', 'last'); nunchi('reset')");
    const after = await visitor();
    expect(after.userId).toBeUndefined();
    expect(after.anonymousId).not.toBe(before.anonymousId);
    await visit("m");
    expect((await visitor()).anonymousId).toBe(after.anonymousId);
    await visit("www");
    expect((await visitor()).anonymousId).toBe(after.anonymousId);
  });

  it("leaves no cookie to who does not want to be recorded", async () => {
    await visit("www");
    await page.evaluate("nunchi('consent', { analytics: false })");
    await expect.poll(() => page.evaluate("document.cookie")).toBe("");
    expect(await context.cookies(at(shop, "m"))).toEqual([]);
  });
});

describe("the settings", () => {
  it.each([
    ["an unknown key", () => `/v1/projects/pk_nobody_knows/settings`, 401],
    ["a secret key in the address", () => `/v1/projects/${site.secretKey}/settings`, 401],
    ["RudderStack without a key", () => `/sourceConfig/`, 401],
  ])("are not for %s", async (_, path, status) => {
    expect((await fetch(`${runtime.url}${path()}`, { headers: { origin: shop } })).status).toBe(status);
  });

  it("are not for another shop's page", async () => {
    const answer = await fetch(`${runtime.url}/v1/projects/${site.publicKey}/settings`, {
      headers: { origin: "http://evil.test" },
    });
    expect(answer.status).toBe(403);
  });
});
