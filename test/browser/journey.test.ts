/**
 * The main job, as a visitor and a marketer live it, in a real browser on the real worker: first visit → survey →
 * personal grid → product views → cart → the clock moves on → a message in the outbox that names that product and a
 * recommended one → its tracked link → the order → the conversion in the report.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";

const demo = inject("demo");

const PERSON =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

let browser: Browser;
let shop: BrowserContext;
let admin: BrowserContext;

beforeAll(async () => {
  browser = await launchBrowser();
  // As itself, a headless browser is taken for what it is: a bot, whose behavior counts for nothing.
  shop = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul", userAgent: PERSON });
  admin = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul" });
});

afterAll(async () => {
  await browser?.close();
});

/** The worker's answer when the page has sent what it had to say. */
function stored(page: Page): Promise<unknown> {
  return page.waitForResponse((answer) => answer.url().endsWith("/v1/events") && answer.ok());
}

async function cards(page: Page): Promise<{ id: string; category: string }[]> {
  const ids = await page
    .locator('nunchi-recommendations[placement="home"] [part~="card"]')
    .evaluateAll((links) => links.map((link) => (link as HTMLElement).dataset.itemId ?? ""));
  return Promise.all(
    ids.map(async (id) => {
      const answer = await fetch(`${demo.url}/v1/items/${id}`, {
        headers: { authorization: `Bearer ${demo.secretKey}` },
      });
      return { id, category: ((await answer.json()) as { category: string }).category };
    }),
  );
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${demo.url}/admin`);
  await page.fill('input[name="email"]', demo.email);
  await page.fill('input[name="password"]', demo.password);
  await page.click('main button[type="submit"]');
  await page.waitForURL((url) => !url.pathname.includes("sign-in"));
}

describe("the main job", () => {
  it("goes from one script tag to a personal message and its conversion", async () => {
    const page = await shop.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));

    // First visit: the survey goes from a category to a product, answered with outerwear.
    await page.goto(`${demo.url}/demo/`);
    const dialog = page.locator("nunchi-survey dialog, dialog[open]").first();
    await dialog.waitFor();
    const tiles = dialog.locator('[part="tile"]');
    await tiles.filter({ hasText: "아우터" }).click();
    const before = await cards(page);
    await dialog.getByRole("button", { name: "다음" }).click();
    await dialog.getByText("어떤 게 마음에 드세요?").waitFor();
    const names = await tiles.allInnerTexts();
    const wanted = names.findIndex((name) => /패딩|코트|재킷|가디건|스웨터/.test(name));
    expect(wanted, `a tile of clothes for outside among ${names.join(", ")}`).toBeGreaterThanOrEqual(0);
    await tiles.nth(wanted).click();
    const answered = page.waitForResponse((answer) => answer.url().includes("/answers"));
    await dialog.getByRole("button", { name: "추천 보기" }).click();
    expect((await answered).ok()).toBe(true);

    // The grid is personal in the same answer.
    await page.locator('nunchi-recommendations[placement="home"] section[data-fallback="survey"]').waitFor();
    const personal = await cards(page);
    expect(personal.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
    expect(personal.slice(0, 4).filter(({ category }) => /아우터|니트/.test(category)).length).toBeGreaterThanOrEqual(
      3,
    );

    // Looks at coats; the grid follows.
    for (const id of ["coat-1", "coat-2", "coat-4"]) {
      const sent = stored(page);
      await page.goto(`${demo.url}/demo/p/${id}`);
      await sent;
    }
    await page.goto(`${demo.url}/demo/`);
    await page.locator('nunchi-recommendations[placement="home"] section[data-fallback="personal"]').waitFor();
    const afterViews = await cards(page);
    expect(afterViews.filter(({ category }) => category.startsWith("아우터")).length).toBeGreaterThanOrEqual(4);
    expect(afterViews.map(({ id }) => id)).not.toContain("coat-1");

    // Cart, and consent to be reminded of it.
    const seen = stored(page);
    await page.goto(`${demo.url}/demo/p/coat-2`);
    // Or else the word of the view is taken for that of the cart, and the page is left before the cart has it.
    await seen;
    const productName = (await page.locator("main h1").innerText()).trim();
    const added = stored(page);
    await page.click('form[data-adds="product_added_to_cart"] button');
    await added;
    await page.goto(`${demo.url}/demo/cart`);
    const consented = page.waitForResponse((answer) => answer.url().includes("/v1/consents"));
    await page.locator('input[type="checkbox"]').first().check();
    expect((await consented).ok()).toBe(true);

    // The marketer moves the clock on, past the delay and past the night if it is one, and the message is there.
    const office = await admin.newPage();
    await signIn(office);
    const outbox = `${demo.url}/admin/${demo.siteId}/outbox`;
    // Asked for beside the page: a poll that gives up leaves its last attempt going, which must not be a navigation.
    const isThere = async () => (await (await office.request.get(outbox)).text()).includes(productName);
    for (let hours = 0; hours < 14 && !(await isThere()); hours++) {
      await office.goto(outbox);
      // A state to wait for would be that of the page before.
      const moved = office.waitForEvent("load");
      await office.locator('form[action*="demo/advance"] button').first().click();
      await moved;
      await expect
        .poll(isThere, { timeout: 4000, interval: 250 })
        .toBe(true)
        .catch(() => undefined);
    }
    await office.goto(outbox);
    const message = office.locator("article, li, tr").filter({ hasText: productName }).first();
    const words = await message.innerText();
    expect(words).toContain("(광고)");
    expect(words).toContain(productName);

    // Its tracked link leads to the recommended product.
    const link = await office.locator('a[href*="/c/"]').first().getAttribute("href");
    await page.goto(new URL(link ?? "", demo.url).href);
    expect(page.url()).toMatch(/\/demo\/p\//);
    const recommended = (await page.locator("main h1").innerText()).trim();
    expect(words).toContain(recommended);
    expect(recommended).not.toBe(productName);

    // The order, and the report that knows of it.
    await page.click('form[data-adds="product_added_to_cart"] button');
    await page.goto(`${demo.url}/demo/cart`);
    const bought = stored(page);
    await page.click('form[action="/demo/checkout"] button');
    await page.waitForURL(/thanks/);
    await bought;
    await expect
      .poll(
        async () => {
          const answer = await fetch(`${demo.url}/v1/campaigns/cart-reminder/report`, {
            headers: { authorization: `Bearer ${demo.secretKey}` },
          });
          const report = (await answer.json()) as { sent: number; clicks: number; conversions: number };
          return [report.sent > 0, report.clicks > 0, report.conversions > 0];
        },
        { timeout: 30_000, interval: 500 },
      )
      .toEqual([true, true, true]);
    await office.goto(`${demo.url}/admin/${demo.siteId}/campaigns/cart-reminder/report`);
    expect(await office.locator("main").innerText()).toMatch(/전환/);
    expect(errors).toEqual([]);
  });
});
