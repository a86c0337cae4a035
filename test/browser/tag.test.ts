/** The tag in a real Chromium: what no imitation of a browser shows. The edge is the test's, so that it can be strict, slow or gone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {} from "../../widget/collect/tag.ts";
import { renderSurvey } from "../../worker/http/api/survey-fragment.tsx";
import type { SurveyScreen } from "../../worker/survey/schema.ts";
import { launchBrowser } from "../support/browser.ts";
import { type EdgeAnswer, type FakeEdge, fragmentOf, type Received, startFakeEdge } from "../support/fake-edge.ts";

const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const items = Array.from({ length: 12 }, (_, index) => ({
  id: String(index + 1),
  title: index % 2 ? "울 블렌드 코트" : "아주 길어서 두 줄이 되고도 남을 만한 이름을 가진 오버핏 울 블렌드 롱 코트",
  brand: "하버린",
  priceText: "44,400원",
  ...(index === 2 ? { listPriceText: "74,000원", badge: "−40%" } : {}),
  reason: "지금 많이 찾는 상품",
}));

const screen: SurveyScreen = {
  id: "taste",
  of: "taste",
  version: 1,
  locale: "ko",
  placement: "home",
  ticket: "signed",
  look: {},
  group: "asked",
  show: {
    firstVisit: true,
    dormantDays: null,
    delaySeconds: 0,
    onProductPages: false,
    onAdLandings: false,
    holdout: 0,
    onlyWhereItHelps: false,
  },
  screen: {
    step: 1,
    steps: 1,
    questions: [
      {
        id: "picks",
        kind: "tiles",
        title: "어떤 게 마음에 드세요?",
        hint: null,
        most: 5,
        adapts: false,
        tiles: items.map(({ id, title }) => ({ key: `item:${id}`, itemId: id, title, imageUrl: `/img/${id}.svg` })),
      },
    ],
  },
};
const survey = { ...screen, html: renderSurvey(screen) };

let browser: Browser;
let edge: FakeEdge;
let context: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  [browser, edge] = await Promise.all([launchBrowser(), startFakeEdge()]);
});

afterAll(async () => {
  await browser?.close();
  await edge?.close();
});

beforeEach(async () => {
  edge.received.length = 0;
  edge.answer(usual);
  context = await browser.newContext({ locale: "ko-KR", viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
});

afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

function usual({ method, path, query }: Received): EdgeAnswer | undefined {
  if (path === "/v1/widgets/recommendations") {
    const placement = query.placement ?? "";
    return { body: fragmentOf(placement, items, placement === "scroll" ? "scroll" : "grid"), type: "text/html" };
  }
  if (path === "/v1/surveys/taste" && method === "GET") return { body: JSON.stringify(survey) };
  if (path === "/v1/surveys/taste/answers") {
    const picked = fragmentOf("home", items.slice(4, 8)).replace("rec_home", "rec_survey");
    return { body: JSON.stringify({ picked: 1, ignored: 0, recommendations: [], fragments: { home: picked } }) };
  }
  return undefined;
}

interface Shop {
  body?: string;
  style?: string;
  attributes?: string;
  headers?: Record<string, string>;
  tag?: string;
}

async function open({ body = HOME, style = "", attributes = "", headers, tag }: Shop = {}): Promise<void> {
  const script = tag ?? `<script async src="${edge.url}/nunchi.js" data-key="pk_test" ${attributes}></script>`;
  const head = `<meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${style && `<style>${style}</style>`}`;
  edge.serve({
    html: `<!doctype html><html lang="ko"><head>${head}</head><body><main><h1>Shop</h1>${body}<p id="after">after</p></main>${script}</body></html>`,
    ...(headers ? { headers } : {}),
  });
  await page.goto(edge.shop);
}

const cards = () => page.locator('nunchi-recommendations [part="card"]');
const tiles = () => page.locator('[part="tile"]');
const received = (path: string) => edge.received.filter((call) => call.path === path);

/** Answers wait for `release`. */
function gate(): { after: Promise<void>; release: () => void } {
  let release = () => {};
  const after = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { after, release };
}

/** Waits until the edge has heard of it. */
async function heard(name: string): Promise<void> {
  await expect.poll(() => edge.names(), { timeout: 8000 }).toContain(name);
}

describe("on a page with a strict content security policy", () => {
  async function watchViolations(): Promise<void> {
    await page.addInitScript(() => {
      const heard: string[] = [];
      Object.assign(window, { violations: heard });
      document.addEventListener("securitypolicyviolation", (event) =>
        heard.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
    });
  }
  const violations = () => page.evaluate(() => (window as unknown as { violations: string[] }).violations);

  it("styles itself and asks, without inline style, inline script or eval", async () => {
    await watchViolations();
    const policy = `default-src 'none'; script-src ${edge.url}; connect-src ${edge.url}; img-src 'self' data:; style-src 'self'`;
    await open({ headers: { "content-security-policy": policy }, attributes: 'data-survey="taste"' });
    await tiles().first().click();
    expect(
      await tiles()
        .first()
        .evaluate((tile) => getComputedStyle(tile.parentElement as Element).display),
    ).toBe("grid");
    await page.locator('[part="submit"]').click();
    await page.locator('section[data-recommendation-id="rec_survey"]').waitFor();
    expect(
      await cards()
        .first()
        .evaluate((card) => getComputedStyle(card.closest("ul") as Element).display),
    ).toBe("grid");
    expect(await violations()).toEqual([]);
  });

  it("passes its nonce on to what it loads", async () => {
    await watchViolations();
    const policy = `default-src 'none'; script-src 'nonce-abc123'; connect-src ${edge.url}; img-src 'self' data:; style-src 'nonce-abc123'`;
    const tag = `<script async nonce="abc123" src="${edge.url}/nunchi.js" data-key="pk_test"></script>`;
    await open({ headers: { "content-security-policy": policy }, tag });
    await cards().first().waitFor();
    expect(await violations()).toEqual([]);
  });
});

describe("among hostile styles", () => {
  const hostile =
    "* { all: unset } div, section, ul, a, button, dialog { display: none !important; color: lime !important }";

  it("looks as it should", async () => {
    await open({ style: hostile, attributes: 'data-survey="taste"', body: `<article>${HOME}</article>` });
    await tiles().first().waitFor();
    const tile = await tiles().first().boundingBox();
    expect(tile?.width).toBeGreaterThan(80);
    await page.locator('[part="skip"]').click();
    await cards().first().waitFor();
    const card = await cards()
      .first()
      .locator("img")
      .evaluate((image) => {
        const { width, height } = image.getBoundingClientRect();
        return { ratio: width / height, color: getComputedStyle(image.closest("a") as Element).color };
      });
    expect(card.ratio).toBeCloseTo(0.8, 2);
    expect(card.color).not.toBe("rgb(0, 255, 0)");
  });
});

describe("where nothing can be stored", () => {
  it("collects, recommends and does not ask on every page", async () => {
    // A sandboxed document has an origin of its own, for which localStorage throws.
    await open({ headers: { "content-security-policy": "sandbox allow-scripts" }, attributes: 'data-survey="taste"' });
    await cards().first().waitFor();
    await heard("page");
    expect(received("/v1/surveys/taste")).toEqual([]);
    expect(await tiles().count()).toBe(0);
  });
});

describe("when the edge is not there", () => {
  it("the page is what it is without the tag", async () => {
    await edge.down();
    await open();
    await page.waitForLoadState("load");
    const [element, after] = await Promise.all([
      page.locator("nunchi-recommendations").boundingBox(),
      page.locator("#after").boundingBox(),
    ]);
    expect(element?.height ?? 0).toBe(0);
    expect(after?.y).toBeLessThan(200);
    await edge.up();
  });

  it("gone after the tag was loaded: the elements vanish, and the next page delivers what was left", async () => {
    await page.clock.install();
    await open({ body: "" });
    await page.clock.runFor(500);
    await heard("page");
    await edge.down();
    await page.evaluate((html) => {
      window.nunchi?.("track", "while away");
      document.getElementById("after")?.insertAdjacentHTML("beforebegin", html);
    }, HOME);
    await page.clock.runFor(1000);
    await page.waitForFunction(() => {
      const element = document.querySelector("nunchi-recommendations");
      return element !== null && getComputedStyle(element).display === "none";
    });
    expect(edge.names()).toEqual(["page"]);
    await edge.up();
    await page.reload();
    await page.clock.runFor(40_000);
    await heard("while away");
    // The page that went sent it as well, without hearing the answer: the server knows it by its id.
    const sent = edge.received.flatMap(({ body }) => body.batch ?? []).filter(({ event }) => event === "while away");
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it("slow: the page does not wait", async () => {
    const { after, release } = gate();
    edge.answer((call) => ({ ...usual(call), after }));
    await open({ attributes: 'data-survey="taste"' });
    await page.waitForLoadState("load");
    expect(await page.locator("#after").isVisible()).toBe(true);
    expect(await cards().count()).toBe(0);
    release();
    await cards().first().waitFor();
  });
});

describe("on the way to the next page", () => {
  it("a click is told before the page goes", async () => {
    await open();
    await cards().nth(3).click();
    await page.waitForURL(/\/p\/4/);
    await heard("recommendation_clicked");
    const clicked = edge.received
      .flatMap(({ body }) => body.batch ?? [])
      .filter(({ event }) => event === "recommendation_clicked");
    expect(clicked.map(({ properties }) => properties)).toContainEqual({
      recommendation_id: "rec_home",
      fallback_level: "popular",
      placement: "home",
      item_id: "4",
      product_id: "4",
      position: 4,
    });
  });

  it("what has just happened goes with the page", async () => {
    await open({ body: "" });
    await heard("page");
    await page.evaluate(() => {
      window.nunchi?.("track", "last words");
      location.href = "/p/9";
    });
    await page.waitForURL(/\/p\/9/);
    await heard("last words");
  });

  it("offline and back: everything arrives, once", async () => {
    await open({ body: "" });
    await heard("page");
    await context.setOffline(true);
    const failed = page.waitForEvent("requestfailed");
    await page.evaluate(() => {
      window.nunchi?.("track", "one");
      window.nunchi?.("track", "two");
    });
    await failed;
    expect(edge.names()).toEqual(["page"]);
    await context.setOffline(false);
    await heard("two");
    expect(edge.names()).toEqual(["page", "one", "two"]);
    const waiting = () => Object.keys(localStorage).filter((name) => name.startsWith("nunchi:q:")).length;
    await expect.poll(() => page.evaluate(waiting)).toBe(0);
  });
});

describe("what a visitor sees", () => {
  it("seen cards are told after a second, once; those behind the dialog are not", async () => {
    const seen = () =>
      edge.received
        .flatMap(({ body }) => body.batch ?? [])
        .filter(({ event }) => event === "recommendation_shown")
        .flatMap(({ properties }) => properties?.item_ids as string[]);
    await page.clock.install();
    await open({ attributes: 'data-survey="taste"' });
    await page.clock.runFor(500);
    await tiles().first().waitFor();
    await page.clock.runFor(3000);
    // Column 3 of 6 is behind the dialog's middle.
    await expect.poll(seen).not.toContain("3");
    await page.keyboard.press("Escape");
    await expect.poll(() => tiles().count()).toBe(0);
    await expect
      .poll(async () => {
        await page.clock.runFor(500);
        return seen();
      })
      .toContain("3");
    expect(new Set(seen()).size).toBe(seen().length);
  });

  it("nothing moves while the recommendations come, where the page says how high they are", async () => {
    await page.addInitScript(() => {
      const moved: number[] = [];
      Object.assign(window, { moved });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) moved.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    const { after, release } = gate();
    edge.answer((call) => ({ ...usual(call), ...(call.path.includes("widgets") ? { after } : {}) }));
    const body = '<nunchi-recommendations placement="scroll" layout="scroll" count="8"></nunchi-recommendations>';
    await open({ body, style: "nunchi-recommendations { display: block; min-height: 460px }" });
    await page.locator(".skeleton").waitFor({ state: "attached" });
    const top = () => page.locator("#after").evaluate((each) => each.getBoundingClientRect().top);
    const height = () =>
      page.locator("nunchi-recommendations section").evaluate((each) => each.getBoundingClientRect().height);
    const before = [await top(), await height()];
    release();
    await cards().first().waitFor();
    await page.locator('[part="next"]').waitFor();
    expect([await top(), await height()]).toEqual(before);
    expect(await page.evaluate(() => (window as unknown as { moved: number[] }).moved)).toEqual([]);
  });

  it("a card without a picture has its words below the empty box, the discount before the price", async () => {
    const bare = fragmentOf("home", items).replaceAll(/<img[^>]*>/g, "");
    edge.answer((call) => (call.path.includes("widgets") ? { body: bare, type: "text/html" } : usual(call)));
    await open();
    await cards().nth(2).waitFor();
    const box = (part: string) =>
      cards()
        .nth(2)
        .locator(`[part="${part}"]`)
        .evaluate((each) => {
          const card = (each.closest('[part="card"]') as Element).getBoundingClientRect();
          const { left, top } = each.getBoundingClientRect();
          return { left, top: top - card.top, width: card.width };
        });
    const [brand, name, price, badge] = await Promise.all([box("brand"), box("name"), box("price"), box("badge")]);
    expect(brand.top).toBeGreaterThan(brand.width);
    expect(name.top).toBeGreaterThan(brand.top);
    expect(price.top).toBeGreaterThan(name.top);
    expect(badge.left).toBeLessThan(price.left);
  });

  it("the survey by keyboard alone: pick, submit, and the focus is on the result", async () => {
    await open({ attributes: 'data-survey="taste"' });
    await tiles().first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    const picked = tiles().locator("input");
    expect(
      await picked.evaluateAll((list) => list.map((input) => (input as HTMLInputElement).checked).slice(0, 3)),
    ).toEqual([true, true, false]);
    await page.locator('[part="submit"]').focus();
    await page.keyboard.press("Enter");
    await page.locator('section[data-recommendation-id="rec_survey"]').waitFor();
    expect(received("/v1/surveys/taste/answers")).toHaveLength(1);
    expect(received("/v1/widgets/recommendations")).toHaveLength(1);
    const focused = await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
    expect(focused).toBe("추천 상품");
  });

  it("a list that scrolls sideways is moved by its buttons", async () => {
    await open({ body: '<nunchi-recommendations placement="scroll"></nunchi-recommendations>' });
    await cards().first().waitFor();
    const list = page.locator('[part="list"]');
    const [previous, next] = [page.locator('[part="previous"]'), page.locator('[part="next"]')];
    expect(await previous.getAttribute("aria-disabled")).toBe("true");
    await next.click();
    await expect.poll(() => list.evaluate((each) => each.scrollLeft)).toBeGreaterThan(300);
    await expect.poll(() => previous.getAttribute("aria-disabled")).toBe("false");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  it.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("axe finds nothing to complain about (%s, %i wide)", async (scheme, width) => {
    await page.setViewportSize({ width, height: 900 });
    const colors = scheme === "dark" ? "background:#131316;color:#eee" : "background:#fff;color:#1a1a1e";
    const style = `:root{color-scheme:${scheme}} body{${colors}}`;
    await open({
      style,
      attributes: 'data-survey="taste"',
      body: `${HOME}<nunchi-recommendations placement="scroll"></nunchi-recommendations>`,
    });
    await tiles().first().click();
    await page.evaluate(axe);
    const complaints = () =>
      page.evaluate(async () => {
        const { violations } = await (
          window as unknown as {
            axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe.run({
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      });
    await page.evaluate(() =>
      Promise.all(
        [...document.querySelectorAll("div")]
          .flatMap((host) => host.shadowRoot?.getAnimations() ?? [])
          .map((each) => each.finished),
      ),
    );
    expect(await complaints()).toEqual([]);
    await page.keyboard.press("Escape");
    await cards().first().waitFor();
    expect(await complaints()).toEqual([]);
  });
});
