/**
 * A shop that has nothing but Google's data layer: with the script tag and one element its pages are personal. Real Chromium,
 * the real worker, and pages that call nothing of ours.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";

const demo = inject("demo");

/** As itself, a headless browser is taken for what it is: a bot. */
const PERSON =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

let browser: Browser;
let context: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

beforeEach(async () => {
  context = await browser.newContext({ locale: "ko-KR", userAgent: PERSON });
  page = await context.newPage();
  errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
});

afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

const GTAG =
  "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); } gtag('js', new Date());";
const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

/** A page of the shop, on an address that the worker does not serve. */
async function open(path: string, { script = "", body = "", attributes = "" }): Promise<void> {
  const address = `${demo.url}/plain${path}`;
  const html = `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
    <script>${GTAG}${script}</script></head><body><h1>Shop</h1>${body}
    <script async src="${demo.url}/nunchi.js" data-key="${demo.publicKey}" ${attributes}></script></body></html>`;
  await page.unroute(address);
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(address);
}

/** The answer to the call that carries this: on a busy machine a page's events go in more than one. */
const stored = (what = "") =>
  page.waitForResponse(
    (answer) =>
      answer.url().endsWith("/v1/events") && answer.ok() && (answer.request().postData() ?? "").includes(what),
  );
const ga4 = (event: string, ids: string[], more: object = {}) =>
  JSON.stringify({
    event,
    ecommerce: { currency: "KRW", ...more, items: ids.map((item_id) => ({ item_id, price: 39_000, quantity: 1 })) },
  });

async function events(
  userId: string,
): Promise<{ name: string; item_id: string | null; properties: Record<string, unknown> }[]> {
  const headers = { authorization: `Bearer ${demo.secretKey}` };
  const answer = await fetch(`${demo.url}/v1/users/${userId}/export`, { headers });
  expect(answer.status).toBe(200);
  const { tables } = (await answer.json()) as { tables: { events: Awaited<ReturnType<typeof events>> } };
  return tables.events.sort((a, b) => ((a as never as { at: string }).at < (b as never as { at: string }).at ? -1 : 1));
}

it("becomes personal by the script tag and one element", async () => {
  await open("/", { body: HOME });
  await page.locator('nunchi-recommendations section[data-fallback="popular"]').waitFor();
  for (const id of ["coat-1", "coat-2", "coat-4"]) {
    const sent = stored();
    await open(`/p/${id}`, { script: `dataLayer.push(${ga4("view_item", [id])});` });
    await sent;
  }
  await open("/", { body: HOME });
  await page.locator('nunchi-recommendations section[data-fallback="personal"]').waitFor();
  const ids = await page
    .locator('nunchi-recommendations [part~="card"]')
    .evaluateAll((cards) => cards.map((card) => (card as HTMLElement).dataset.itemId ?? ""));
  expect(ids).not.toContain("coat-1");
  const categories = await Promise.all(
    ids.map(async (id) => {
      const headers = { authorization: `Bearer ${demo.secretKey}` };
      return ((await (await fetch(`${demo.url}/v1/items/${id}`, { headers })).json()) as { category: string }).category;
    }),
  );
  expect(categories.filter((category) => category.startsWith("아우터")).length).toBeGreaterThanOrEqual(4);
});

it("tells the worker the order, its total and who bought, once", async () => {
  const userId = `ga4-${Date.now()}`;
  let sent = stored('"view_item"');
  await open("/p/boots-1", {
    script: `gtag('config', 'G-1', { user_id: '${userId}' }); dataLayer.push(${ga4("view_item", ["boots-1"], { value: 39_000 })});`,
    body: `<script type="application/ld+json">{"@type":"Product","sku":"boots-1","name":"Boots"}</script>`,
  });
  await sent;
  sent = stored('"purchase"');
  const order = ga4("purchase", ["boots-1", "scarf-1"], { transaction_id: "T-1", value: 78_000 });
  await open("/thanks", { script: `dataLayer.push(${order}); dataLayer.push(${order});` });
  await sent;
  const told = await events(userId);
  // The first two may be of the same millisecond.
  const deeds = told.map(({ name, item_id }) => `${name} ${item_id}`).filter((deed) => !deed.startsWith("page_viewed"));
  expect(deeds.toSorted()).toEqual(["identify null", "product_purchased boots-1", "product_viewed boots-1"]);
  expect(told.at(-1)?.properties).toMatchObject({
    transaction_id: "T-1",
    value: 78_000,
    currency: "KRW",
    items: [{ item_id: "boots-1" }, { item_id: "scarf-1" }],
  });
});

it("asks nothing of the worker about the visitor before the consent banner's yes", async () => {
  const calls: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/v1/")) calls.push(pathname + (search.includes("nonymousId") ? " with an id" : ""));
  });
  await open("/p/coat-1", {
    attributes: 'data-consent="opt_in"',
    script: `gtag('consent', 'default', { analytics_storage: 'denied' }); dataLayer.push(${ga4("view_item", ["coat-1"])});`,
    body: HOME,
  });
  await page.locator("nunchi-recommendations section[data-recommendation-id]").waitFor();
  expect(calls).toEqual(["/v1/widgets/recommendations"]);
  expect(await page.evaluate(() => Object.keys(localStorage).length + document.cookie.length)).toBe(0);
  const sent = stored();
  const asked = page.waitForResponse((answer) => answer.url().includes("anonymousId="));
  await page.evaluate("gtag('consent', 'update', { analytics_storage: 'granted' })");
  const body = (await sent).request().postData() ?? "";
  expect(body).toContain("view_item");
  expect((await asked).ok()).toBe(true);
});
