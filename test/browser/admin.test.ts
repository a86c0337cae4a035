/** The admin in a real browser on the real worker: every page for eyes and screen readers, by keyboard, on a phone, without script. */
import axeCore from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { launchBrowser } from "../support/browser.ts";

const demo = inject("demo");
const site = `/admin/${demo.siteId}`;
/** Somebody who was shown recommendations (`showList`). */
const reader = profileIdOf(demo.siteId, { userId: "reader" });

const PAGES = [
  site,
  `${site}?metric=revenue`,
  `${site}/people`,
  `${site}/people/attributes`,
  `${site}/people/consents`,
  `${site}/catalog`,
  `${site}/catalog/coat-1`,
  `${site}/feeds`,
  `${site}/feeds/new`,
  `${site}/feeds/main`,
  `${site}/segments`,
  `${site}/segments/new`,
  `${site}/segments/cart-abandoners`,
  `${site}/placements`,
  `${site}/placements/new`,
  `${site}/placements/home`,
  `${site}/placements/home?person=${reader}&item=coat-1`,
  `${site}/placements/home?device=phone&campaign=spring`,
  `${site}/placements/home?person=${reader}&item=wool&list=rec_read`,
  `${site}/placements/moments?person=${reader}`,
  `${site}/people/${reader}`,
  `${site}/placements/home/experiments`,
  `${site}/placements/home/experiments/new`,
  `${site}/onsite`,
  `${site}/onsite/new`,
  `${site}/surveys`,
  `${site}/surveys/new`,
  `${site}/surveys/taste`,
  `${site}/surveys/taste/report`,
  `${site}/campaigns`,
  `${site}/campaigns/new`,
  `${site}/campaigns/cart-reminder`,
  `${site}/campaigns/cart-reminder/report`,
  `${site}/outbox`,
  `${site}/outbox?state=skipped`,
  `${site}/collection`,
  `${site}/collection?paused`,
  `${site}/collection/setup`,
  `${site}/collection/refused`,
  `${site}/collection/rules`,
  `${site}/settings`,
  `${site}/shops`,
  `${site}/system`,
  "/admin/account",
  "/admin/new-site",
  `${site}/people/unknown`,
];

let browser: Browser;
/** English on a desk. */
let desk: BrowserContext;
/** Korean, in the dark, on a phone. */
let phone: BrowserContext;

beforeAll(async () => {
  await importFeed();
  await showList();
  await placeMoments();
  browser = await launchBrowser();
  desk = await browser.newContext({ baseURL: demo.url, locale: "en-US", viewport: { width: 1280, height: 800 } });
  const page = await desk.newPage();
  await page.goto("/admin");
  await page.fill("#email", demo.email);
  await page.fill("#password", demo.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${site}`);
  await page.close();
  phone = await browser.newContext({
    baseURL: demo.url,
    locale: "ko-KR",
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    colorScheme: "dark",
    storageState: await desk.storageState(),
  });
});

afterAll(async () => {
  await browser?.close();
});

/** Opens a page of the admin and lets its parts load; everything that the browser complains about is an error. */
async function open(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const isExpected = path.endsWith("/unknown") && message.text().includes("404");
    if (message.type() === "error" && !isExpected) complaints.push(message.text());
  });
  await page.goto(path);
  const hasLiveParts = (await page.locator("[hx-trigger]").count()) > 0;
  if (hasLiveParts) await page.waitForLoadState("networkidle");
  expect(complaints, path).toEqual([]);
  return page;
}

/** By CDP, so that the page's own strict policy stays on. */
async function axe(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeCore.source });
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

/** A feed whose import refused its only row: its pages have something to show, and the shop stays as it is. */
async function importFeed(): Promise<void> {
  const headers = { authorization: `Bearer ${demo.secretKey}` };
  const call = async (method: string, path: string, body: string) => {
    const answer = await fetch(demo.url + path, { method, headers, body });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
    return (await answer.json()) as { id: string; state: string };
  };
  await call("PUT", "/v1/feeds/main", JSON.stringify({ name: "Feed", contents: "changes" }));
  const file = "id,title,link,price,quantity\nfeed-hat,모자,https://shop.test/feed-hat,-1,0\n";
  const { id } = await call("POST", "/v1/feeds/main/import", file);
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${demo.url}/v1/feeds/main/imports/${id}`, { headers });
      expect(((await answer.json()) as { state: string }).state).toBe("done");
    },
    { timeout: 20_000, interval: 200 },
  );
}

/** As history, so that no campaign hears of it. */
async function showList(): Promise<void> {
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const item_ids = ["coat-1", "coat-2", "coat-3", "knit-1", "knit-2", "tee-1", "tee-2", "bag-1"];
  const shown = { recommendation_id: "rec_read", placement: "home", fallback_level: "personal", item_ids };
  const event = (name: string, timestamp: string, properties: object) => {
    return { type: "track", userId: "reader", event: name, messageId: `reader-${name}`, timestamp, properties };
  };
  const batch = [
    event("product_viewed", ago(70_000), { product_id: "coat-2" }),
    event("recommendation_shown", ago(60_000), shown),
  ];
  await asServer("/v1/import/events", { batch });
}

/** A placement with another mix for those on a phone, and for those who have something in the cart. */
async function placeMoments(): Promise<void> {
  const cases = [
    { when: { trait: "device", op: "eq", value: "phone" }, ways: { weights: { similar: 1, trending: 0.5 } } },
    {
      when: {
        any: [{ trait: "cart_items", op: "gte", value: 1 }, { not: { trait: "knows", op: "eq", value: "history" } }],
      },
      ways: ["complementary"],
    },
    { ways: ["personalized", "new"] },
  ];
  await asServer("/v1/placements/moments", { name: "Moments", rules: { ways: { cases } } }, "PUT");
}

async function asServer(path: string, body: object, method = "POST"): Promise<void> {
  const answer = await fetch(demo.url + path, {
    method,
    headers: { authorization: `Bearer ${demo.secretKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Presses Tab until the focused element fits, and sees to it that the focus can be seen. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press("Tab");
    const isThere = await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
    if (!isThere) continue;
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    expect(outline, selector).not.toBe("none");
    return;
  }
  throw new Error(`Tab never came to ${selector}`);
}

describe("every page", () => {
  it.each(PAGES.map((path) => [path.replace(demo.siteId, "<site>"), path] as const))(
    "%s is whole for screen readers, on a desk and on a phone",
    async (_, path) => {
      const page = await open(desk, path);
      expect(await page.getAttribute("html", "lang")).toBe("en");
      expect(await page.locator("h1").count()).toBe(1);
      expect(await axe(page)).toEqual([]);
      await page.close();

      const small = await open(phone, path);
      expect(await small.getAttribute("html", "lang")).toBe("ko");
      const overflow = await small.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      expect(overflow, "no sideways scrolling").toBe(0);
      expect(await axe(small)).toEqual([]);
      await small.close();
    },
  );

  it("has the figures of its chart in a table too", async () => {
    const page = await open(desk, site);
    await page.click("figure summary");
    expect(await page.locator("figure tbody tr").count()).toBe(14);
    const visitors = await page.locator("figure tbody tr td:nth-child(2)").allInnerTexts();
    expect(visitors.some((text) => Number(text) > 0)).toBe(true);
    await page.close();
  });
});

it("the survey's preview is what a visitor gets, on both devices and in both languages, as it is typed", async () => {
  const page = await open(desk, `${site}/surveys/taste`);
  const devices = page.locator("[data-survey-preview]");
  await expect.poll(() => devices.count()).toBe(4);
  // 6 categories and 12 products.
  await expect.poll(() => devices.first().locator('[part="tile"]').count()).toBe(18);
  await page.fill('[name="questions.0.titleEn"]', "Typed just now");
  await page.fill('[name="accent"]', "#7c3aed");
  await page.getByText("Typed just now").first().waitFor();
  const color = await devices
    .first()
    .locator('[part="submit"]')
    .first()
    .evaluate((button) => getComputedStyle(button).backgroundColor);
  expect(color).toBe("rgb(124, 58, 237)");
  await page.close();
});

describe("by keyboard alone", () => {
  it("a campaign is written, started and paused", async () => {
    const page = await open(desk, `${site}/campaigns`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("New campaign");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/campaigns/new");
    await tabTo(page, "#name");
    await page.keyboard.type("Keyboard campaign");
    await tabTo(page, "#events");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("pressed_a_key");
    await tabTo(page, 'button[value="launch"]');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/campaigns/keyboard-campaign?notice=launched");
    expect(await page.locator("[role=status]").innerText()).toBe("The campaign is running.");
    await tabTo(page, 'form[action$="/pause"] button');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/campaigns/keyboard-campaign?notice=paused");
    page.on("dialog", (dialog) => dialog.accept());
    await tabTo(page, 'form[action$="/delete"] button');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/campaigns?notice=deleted");
    await page.close();
  });

  it("a product is found by its title, chosen for the preview, and pinned", async () => {
    const page = await open(desk, `${site}/placements/home`);
    await tabTo(page, '[name="previewItem"]');
    await page.keyboard.type("coat-1");
    await page.locator("#page-choices button").first().waitFor();
    await tabTo(page, '#page-choices button[value="coat-1"]');
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator('[name="previewItem"]').inputValue()).toBe("coat-1");
    await expect.poll(() => page.locator("#page-choices button").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("previewItem");

    const title = await page.locator("#preview .recommended .main-link").first().innerText();
    await tabTo(page, '[name="pinSearch"]');
    await page.keyboard.type(title);
    await page.locator("#pin-choices button").first().waitFor();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("2");
    await tabTo(page, "#pin-choices button");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator('[name="pins"]').inputValue()).toMatch(/^2=\S+$/);
    expect(await page.locator("#pins-part .hint a").first().innerText()).toBe(title);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("pinSearch");
    await page.close();
  });

  it("the first Tab leads past the navigation", async () => {
    const page = await open(desk, `${site}/people`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.close();
  });
});

describe("while it is written", () => {
  it("a message is shown as one person would get it, and what is wrong with it", async () => {
    // As history: it starts no campaign, whose message other tests would find in the outbox.
    const cart = { type: "track", userId: "previewed", event: "product_added_to_cart", messageId: "previewed-cart" };
    const timestamp = new Date().toISOString();
    await asServer("/v1/import/events", { batch: [{ ...cart, timestamp, properties: { product_id: "coat-3" } }] });
    const consent = { userId: "previewed", channel: "web_push", granted: true, night: true, source: "test" };
    await asServer("/v1/consents", consent);
    const page = await open(desk, `${site}/campaigns/new`);
    expect(await page.inputValue("#person")).toBe("previewed");
    const preview = page.locator("#preview");
    await preview.getByText("(광고)").waitFor();
    await page.selectOption('[name="link.kind"]', "url");
    await page.fill('[name="link.url"]', "https://shop.example/sale");
    for (const locale of ["ko", "en"]) {
      await page.fill(`[name="message.${locale}.title"]`, "Only for {{ site.name }}");
      await page.fill(`[name="message.${locale}.body"]`, "Welcome back");
    }
    await preview.getByText("Welcome back").waitFor();
    expect(await preview.innerText()).toContain("Only for 눈치샵");
    await page.fill('[name="message.ko.body"]', "Hello\n{{ nobody }}");
    await preview.getByText("line 2, column 4: unknown variable nobody").waitFor();
    await page.close();
  });

  it("a rule grows and shrinks without losing what was typed, and its estimate follows", async () => {
    const page = await open(desk, `${site}/segments/new`);
    const estimate = page.locator("[aria-live] .figure");
    await estimate.waitFor();
    await page.fill("#name", "Not saved");
    await page.click('button[value="rule:add"]');
    await page.locator('[name="rule.rows.1.event"]').waitFor();
    await page.selectOption('[name="rule.rows.1.kind"]', "didNot");
    await page.fill('[name="rule.rows.1.event"]', "product_viewed");
    await estimate.filter({ hasText: /^0$/ }).waitFor();
    await page.click('button[value="rule:remove:1"]');
    await page.locator('[name="rule.rows.1.event"]').waitFor({ state: "detached" });
    await estimate.filter({ hasText: /^[1-9]/ }).waitFor();
    expect(await page.inputValue("#name")).toBe("Not saved");
    expect(new URL(page.url()).pathname).toBe(`${site}/segments/new`);
    await page.close();
  });

  it("a placement's filter is counted, and why somebody sees what they see is opened by keyboard", async () => {
    const page = await open(desk, `${site}/people/${reader}`);
    await tabTo(page, ".shown a[href*='placements/home?person=']");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/placements/home?person=${reader}&list=rec_read#preview`);
    await page.getByText("Made again from what the person had done by").waitFor();
    expect(await page.locator(".candidates .adds").count()).toBeGreaterThan(0);
    await tabTo(page, ".removed summary");
    await page.keyboard.press("Enter");
    expect(await page.locator(".removed details[open] p").count()).toBe(1);
    await tabTo(page, 'button[value="filter:add"]');
    await page.keyboard.press("Enter");
    await page.locator('[name="filter.0.property"]').fill("brand");
    await page.locator('[name="filter.0.value"]').fill("no such brand");
    await page.click('button[value="filter:count"]');
    await page.getByText("nothing can be counted yet").waitFor();
    await page.selectOption('[name="filter.0.op"]', "eq");
    await page.click('button[value="filter:count"]');
    await page.getByText("0 items meet this filter now").waitFor();
    expect(await page.inputValue('[name="filter.0.value"]')).toBe("no such brand");
    expect(await axe(page)).toEqual([]);
    await page.close();
  });

  it("everything works without script too", async () => {
    const plain = await browser.newContext({
      baseURL: demo.url,
      locale: "en-US",
      javaScriptEnabled: false,
      storageState: await desk.storageState(),
    });
    const page = await plain.newPage();
    await page.goto(`${site}/segments/new`);
    await page.fill("#name", "Without script");
    await page.click('button[value="rule:add"]');
    await page.fill('[name="rule.rows.1.event"]', "product_purchased");
    await page.fill("#name", "Without script at all");
    await page.press("#name", "Enter");
    await page.waitForURL("**/segments/without-script-at-all?notice=saved");
    expect(await page.locator(".rule-row").count()).toBe(2);
    await page.click('form[action$="/delete"] button');
    await page.waitForURL("**/segments?notice=deleted");
    await plain.close();
  });
});

describe("an event", () => {
  it("shows up by itself where events are watched, and leads to its person", async () => {
    const page = await open(desk, `${site}/collection`);
    const headers = { authorization: `Bearer ${demo.secretKey}`, "content-type": "application/json" };
    const event = {
      type: "track",
      event: "Watched Live",
      userId: "somebody watched",
      properties: { product_id: "p1" },
    };
    const answer = await fetch(`${demo.url}/v1/batch`, {
      method: "POST",
      headers,
      body: JSON.stringify({ batch: [event] }),
    });
    expect(answer.status).toBe(200);
    const row = page.locator("tr", { hasText: "Watched Live" });
    await row.waitFor();
    await row.getByRole("link", { name: "somebody watched" }).click();
    await page.getByRole("heading", { name: "Latest events of somebody watched" }).waitFor();
    await page.getByRole("link", { name: "Pause" }).click();
    await page.getByText("Paused.").waitFor();
    await page.close();
  });
});

describe("an item", () => {
  it("that is switched to sold out is gone from the very next preview", async () => {
    const page = await open(desk, `${site}/placements/home-trending`);
    const first = page.locator(".recommended .main-link").first();
    const [address, title] = [(await first.getAttribute("href")) ?? "", await first.innerText()];
    await page.goto(address);
    await page.click('button[value="out_of_stock"]');
    await page.goto(`${site}/placements/home-trending`);
    const titles = await page.locator(".recommended .main-link").allInnerTexts();
    expect(titles.length).toBeGreaterThan(0);
    expect(titles).not.toContain(title);
    await page.goto(address);
    await page.click('button[value="in_stock"]');
    await page.locator("[role=status]").waitFor();
    await page.close();
  });
});

describe("going out", () => {
  it("changes the language, and ends the session", async () => {
    const context = await browser.newContext({
      baseURL: demo.url,
      locale: "en-US",
      storageState: await desk.storageState(),
    });
    const page = await context.newPage();
    await page.goto(`${site}/settings`);
    await page.click('button[name="locale"]');
    expect(await page.locator("h1").innerText()).toBe("설정");
    await page.click('form[action="/admin/sign-out"] button');
    await page.waitForURL("**/admin/sign-in?notice=signed-out");
    expect(await axe(page)).toEqual([]);
    await page.goto(`${site}/settings`);
    expect(new URL(page.url()).pathname).toBe("/admin/sign-in");
    await context.close();
  });
});
