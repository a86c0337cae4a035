/** On-site messages and the push prompt in a real Chromium: every moment, every format, with what is told and what is not. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type {} from "../../widget/collect/tag.ts";
import { renderMessage } from "../../worker/http/api/onsite-fragment.tsx";
import { OnsiteDefinition } from "../../worker/onsite/definition.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import type { Written } from "../../worker/onsite/words.ts";
import { launchBrowser } from "../support/browser.ts";
import { type EdgeAnswer, type FakeEdge, type Received, startFakeEdge } from "../support/fake-edge.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0 Safari/537.36";
const PICTURE = { kind: "image", url: "/img/1.svg", alt: "코트" };

let browser: Browser;
let edge: FakeEdge;
let context: BrowserContext;
let page: Page;
let errors: string[];
const noted = new Set<string>();
/** What the edge offers for the next answers to events; undefined: nothing new. */
let offers: Offer[] | undefined;

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
  await newContext({ viewport: { width: 1280, height: 800 } });
});

afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

async function newContext(options: Parameters<Browser["newContext"]>[0]): Promise<void> {
  await context?.close();
  context = await browser.newContext({ locale: "ko-KR", ...options });
  page = await context.newPage();
  errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
}

/** Once a message was shown, skipped or closed the edge has nothing more to offer. */
function usual({ path, body }: Received): EdgeAnswer | undefined {
  if (path === "/v1/push-key") return { body: JSON.stringify({ publicKey: KEY }) };
  if (path !== "/v1/events") return undefined;
  // A page that goes sends once more what it has heard no answer to.
  const notes =
    body.batch?.filter(({ event, messageId }) => event?.startsWith("message_") && !noted.has(messageId)) ?? [];
  for (const { messageId } of notes) noted.add(messageId);
  if (notes.length > 0) offers = [];
  return { body: JSON.stringify({ success: true, accepted: 1, refused: [], ...(offers ? { onsite: offers } : {}) }) };
}

const KEY = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U";

function offer(more: object = {}, moment: Partial<Offer["moment"]> = {}, said: Partial<Written> = {}): Offer {
  const words = {
    title: "첫 구매 10% 쿠폰",
    body: "오늘 주문하면 바로 쓸 수 있어요.\n자정까지예요.",
    buttons: ["쇼핑하러 가기"],
  };
  const definition = OnsiteDefinition.parse({
    format: "modal",
    words: { ko: { ...words, code: "HELLO10", html: "<p>x</p>" } },
    buttons: [{ does: "open", url: "/p/1" }],
    ...more,
    ...("kind" in more && more.kind === "push" ? { words: { ko: { title: words.title } }, buttons: [] } : {}),
  });
  const written: Written = {
    locale: "ko",
    title: words.title,
    body: words.body,
    buttons: definition.buttons.map(({ does }) => ({ does, label: "쇼핑하러 가기", url: "/p/1" })),
    code: "HELLO10",
    thanks: undefined,
    html: "<p>x</p>",
    products: [],
    ...said,
  };
  const properties = { onsite_id: "hello", version: 1, variant: "onsite/hello:message", format: definition.format };
  return {
    moment: { kind: "now", delaySeconds: 0, ...moment },
    properties: { channel: "onsite", ...properties },
    html: renderMessage({ definition, written, userAgent: AGENT }),
    ...(definition.kind === "push" ? { push: { key: KEY, worker: "/nunchi-sw.js", textVersion: "hello/1/ko" } } : {}),
  };
}

interface Shop {
  body?: string;
  style?: string;
  headers?: Record<string, string>;
}

async function open({ body = "", style = "", headers }: Shop = {}): Promise<void> {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><link rel="icon" href="data:,">${style && `<style>${style}</style>`}`;
  const script = `<script async src="${edge.url}/nunchi.js" data-key="pk_test"></script>`;
  edge.serve({
    html: `<!doctype html><html lang="ko"><head>${head}</head><body><main><h1>Shop</h1><a href="#x" id="first">first</a>${body}</main>${script}</body></html>`,
    ...(headers ? { headers } : {}),
  });
  await page.goto(edge.shop);
}

const TALL = '<div style="height:5000px"></div>';
const box = () => page.locator('nunchi-message [part="message"]');
const told = (name: string) =>
  edge.received.flatMap(({ body }) => body.batch ?? []).filter(({ event }) => event === name);
/** Each once: a page that goes sends again what it has heard no answer to. */
const names = () => [
  ...new Map(
    edge.received
      .flatMap(({ body }) => body.batch ?? [])
      .filter(({ event }) => event?.startsWith("message_"))
      .map(({ messageId, event }) => [messageId, event]),
  ).values(),
];
const heard = (...expected: string[]) => expect.poll(names, { timeout: 8000 }).toEqual(expected);
/** Until the tag has taken an answer with offers. */
async function armed(): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.nunchi?.tag?.onsite !== undefined), { timeout: 8000 }).toBe(true);
}

describe("moments", () => {
  it("now: shown, and told with the offer's own properties", async () => {
    offers = [offer()];
    await open();
    await box().waitFor();
    await heard("message_shown");
    expect(told("message_shown")[0]?.properties).toEqual(offer().properties);
  });

  it("nothing offered: nothing is loaded, nothing is asked", async () => {
    offers = undefined;
    await open();
    await expect.poll(() => edge.names()).toContain("page");
    offers = [];
    await page.evaluate(() => window.nunchi?.("track", "more"));
    await expect.poll(() => edge.names()).toContain("more");
    expect(await page.evaluate(() => document.querySelectorAll("script[src*=visible]").length)).toBe(0);
    expect(edge.received.map(({ path }) => path).filter((path) => path !== "/v1/events")).toEqual([]);
  });

  it("so long on the page, after the delay, and not while the tab is hidden", async () => {
    await page.clock.install();
    offers = [offer({}, { kind: "dwell", seconds: 10, delaySeconds: 2 })];
    await open();
    await page.clock.runFor(500);
    await armed();
    await page.clock.runFor(8000);
    expect(await box().count()).toBe(0);
    await page.evaluate(() => Object.defineProperty(document, "hidden", { value: true, configurable: true }));
    await page.clock.runFor(6000);
    expect(await box().count()).toBe(0);
    await page.evaluate(() => Object.defineProperty(document, "hidden", { value: false, configurable: true }));
    await page.clock.runFor(1500);
    await box().waitFor();
  });

  it("so far down the page", async () => {
    offers = [offer({ format: "corner_card" }, { kind: "scroll", percent: 50 })];
    await open({ body: TALL });
    await armed();
    await page.evaluate(() => scrollTo(0, 1000));
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await box().count()).toBe(0);
    await page.evaluate(() => scrollTo(0, 2200));
    await box().waitFor();
  });

  it("the pointer leaves by the top, not by the side", async () => {
    offers = [offer({}, { kind: "exit", idleSeconds: 5 })];
    await open();
    await armed();
    const leave = (clientY: number) =>
      page.evaluate(
        (y) => document.documentElement.dispatchEvent(new MouseEvent("mouseleave", { clientY: y })),
        clientY,
      );
    await leave(300);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await box().count()).toBe(0);
    await leave(-1);
    await box().waitFor();
  });

  it("on a phone: a quick scroll up; not a slow one", async () => {
    await newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, userAgent: AGENT });
    await page.clock.install();
    offers = [offer({ format: "bottom_sheet" }, { kind: "exit", idleSeconds: null })];
    await open({ body: TALL });
    await page.clock.runFor(500);
    await armed();
    const scroll = async (y: number, ms: number) => {
      await page.evaluate(
        (top) =>
          new Promise<void>((resolve) => {
            addEventListener("scroll", () => resolve(), { once: true });
            scrollTo(0, top);
          }),
        y,
      );
      await page.clock.runFor(ms);
    };
    for (const y of [1500, 3000, 2900, 2600, 2300, 2000]) await scroll(y, 400);
    expect(await box().count()).toBe(0);
    await scroll(1800, 100);
    await scroll(1100, 100);
    await box().waitFor();
  });

  it("on a phone: a rest, and the way back where it was asked for", async () => {
    await newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, userAgent: AGENT });
    await page.clock.install();
    offers = [offer({}, { kind: "exit", idleSeconds: 20 })];
    await open();
    await page.clock.runFor(500);
    await armed();
    await page.clock.runFor(15_000);
    await page.locator("#first").dispatchEvent("touchstart");
    await page.clock.runFor(15_000);
    expect(await box().count()).toBe(0);
    await page.clock.runFor(6000);
    await box().waitFor();
    await page.keyboard.press("Escape");
    await heard("message_shown", "message_dismissed");
    offers = [offer({}, { kind: "exit", idleSeconds: null, back: true })];
    await page.goto(`${edge.shop}/p2`);
    await page.clock.runFor(500);
    await armed();
    await page.evaluate(() => history.back());
    await page.clock.runFor(600);
    await box().waitFor();
    expect(page.url()).toBe(`${edge.shop}/p2`);
  });

  it("what was offered for another page or another visitor is not shown", async () => {
    await page.clock.install();
    offers = [offer({}, { kind: "now", delaySeconds: 5 })];
    await open();
    await page.clock.runFor(1000);
    await armed();
    offers = undefined;
    await page.evaluate(() => history.pushState(null, "", "/elsewhere"));
    await page.clock.runFor(8000);
    expect(await box().count()).toBe(0);
    offers = [offer({}, { kind: "now", delaySeconds: 5 })];
    await page.evaluate(() => window.nunchi?.("track", "again"));
    await page.clock.runFor(1000);
    await expect.poll(() => edge.names()).toContain("again");
    await page.evaluate(() => window.nunchi?.("reset"));
    await page.clock.runFor(8000);
    expect(await box().count()).toBe(0);
    expect(names()).toEqual([]);
  });

  it("one at a time, the next when the edge offers it; not over the survey", async () => {
    offers = [offer(), offer({}, { kind: "dwell", seconds: 1 })];
    await open();
    await box().waitFor();
    expect(await page.locator("nunchi-message").count()).toBe(1);
    await page.keyboard.press("Escape");
    await heard("message_shown", "message_dismissed");
    expect(await page.locator("nunchi-message").count()).toBe(0);
    await page.evaluate(() => document.body.append(document.createElement("nunchi-dialog")));
    offers = [offer({ format: "banner" })];
    await page.evaluate(() => window.nunchi?.("track", "again"));
    await expect.poll(() => edge.names()).toContain("again");
    expect(await page.locator("nunchi-message").count()).toBe(0);
    await page.evaluate(() => document.querySelector("nunchi-dialog")?.remove());
    await box().waitFor();
  });

  it("who is held out sees nothing, and is told of at the same moment", async () => {
    offers = [{ ...offer({}, { kind: "scroll", percent: 50 }), html: null }];
    await open({ body: TALL });
    await armed();
    expect(names()).toEqual([]);
    await page.evaluate(() => scrollTo(0, 3000));
    await heard("message_skipped");
    expect(told("message_skipped")[0]?.properties).toMatchObject({
      reason: "holdout",
      variant: "onsite/hello:message",
    });
    expect(await page.locator("nunchi-message").count()).toBe(0);
  });

  it("where nothing can be kept nothing is shown", async () => {
    offers = [offer()];
    await open({ headers: { "content-security-policy": "sandbox allow-scripts" } });
    await armed();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
    expect(await box().count()).toBe(0);
    expect(names()).toEqual([]);
  });
});

describe("what is done with it", () => {
  it("the focus is in the dialog and comes back; Esc, the cross and the backdrop close it", async () => {
    for (const close of ["Escape", "cross", "backdrop"]) {
      offers = undefined;
      await open();
      await page.locator("#first").focus();
      offers = [offer()];
      await page.evaluate(() => window.nunchi?.("track", "go"));
      await box().waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
      expect(await focused()).toBe("첫 구매 10% 쿠폰");
      for (let press = 0; press < 4; press++) await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.id)).not.toBe("first");
      if (close === "Escape") await page.keyboard.press("Escape");
      else if (close === "cross") await page.locator('[part="close"]').click();
      else await page.mouse.click(5, 5);
      const times = { Escape: 1, cross: 2, backdrop: 3 }[close] ?? 0;
      await heard(...Array.from({ length: times }, () => ["message_shown", "message_dismissed"]).flat());
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("first");
    }
  });

  it("a banner is announced, leaves the focus alone, and Esc closes it from within", async () => {
    offers = undefined;
    await open();
    await page.locator("#first").focus();
    offers = [offer({ format: "banner" })];
    await page.evaluate(() => window.nunchi?.("track", "go"));
    await box().waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("first");
    expect(await page.locator('nunchi-message [aria-live="polite"]').count()).toBe(1);
    await page.locator('[part="close"]').focus();
    await page.keyboard.press("Escape");
    await heard("message_shown", "message_dismissed");
  });

  it("a button leads on, and is told before the page goes", async () => {
    offers = [offer()];
    await open();
    await page.locator('[part="button"]').click();
    await page.waitForURL(/\/p\/1/);
    await heard("message_shown", "message_clicked");
    expect(told("message_clicked")[0]?.properties).toMatchObject({ action: "open", button: "1", onsite_id: "hello" });
  });

  it("a coupon is copied and said so, and closing it then is no refusal", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: edge.shop });
    offers = [offer({ kind: "coupon", format: "bottom_sheet" })];
    await open();
    await page.locator('[part="copy"]').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("HELLO10");
    await expect.poll(() => page.locator(".thanks").innerText()).toContain("복사했어요");
    await page.locator('[part="close"]').click();
    await heard("message_shown", "message_clicked");
  });

  it("a score is told", async () => {
    offers = [
      offer({ kind: "rating", scale: "nps", format: "corner_card", words: { ko: { title: "x" } }, buttons: [] }),
    ];
    await open();
    await page.locator('[data-score="9"]').click();
    await heard("message_shown", "message_clicked");
    expect(told("message_clicked")[0]?.properties).toMatchObject({ action: "rate", score: 9 });
    await expect.poll(() => page.locator(".thanks").innerText()).toContain("고마워요");
  });

  it("own HTML cannot reach the page, can say that it was clicked, and can close itself", async () => {
    const html = `<button onclick="parent.postMessage('nunchi:click','*');parent.postMessage('nunchi:close','*')">go</button><script>try{parent.document.title='stolen'}catch{}</script>`;
    offers = [offer({ kind: "html", words: { ko: { title: "x", html } }, buttons: [] }, {}, { html })];
    await open();
    await page.evaluate(() => postMessage("nunchi:close", "*"));
    await page.frameLocator("nunchi-message iframe").locator("button").click();
    await heard("message_shown", "message_clicked");
    expect(told("message_clicked")[0]?.properties).toMatchObject({ action: "html" });
    expect(await page.title()).toBe("Shop");
    expect(await page.locator("nunchi-message").count()).toBe(0);
  });
});

describe("push", () => {
  it("asks with its own words first; yes is a consent with their version, and a subscription", async () => {
    // Headless Chromium has no push service: the browser's part is played, the page's is real.
    await page.addInitScript((key) => {
      const calls: unknown[] = [];
      Object.assign(window, { calls });
      Object.defineProperty(Notification, "permission", {
        get: () => (window as unknown as { said?: string }).said ?? "default",
      });
      Notification.requestPermission = async () => {
        Object.assign(window, { said: "granted" });
        return "granted";
      };
      PushManager.prototype.subscribe = async (options) => {
        calls.push(options?.applicationServerKey);
        return { endpoint: "https://push.example/1", keys: { p256dh: key, auth: "AAAAAAAAAAAAAAAAAAAAAA" } } as never;
      };
      PushManager.prototype.getSubscription = async () => null;
    }, KEY);
    offers = [offer({ kind: "push", format: "corner_card" })];
    await open();
    await page.locator('[data-act="push"]').click();
    await expect.poll(() => edge.received.map(({ path }) => path)).toContain("/v1/push-subscriptions");
    const [consent, subscription] = ["/v1/consents", "/v1/push-subscriptions"].map((path) =>
      edge.received.find((call) => call.path === path),
    );
    expect(consent?.body).toMatchObject({
      channel: "web_push",
      granted: true,
      source: "push_prompt",
      textVersion: "hello/1/ko",
    });
    expect(subscription?.body).toMatchObject({ subscription: { endpoint: "https://push.example/1" } });
    expect(subscription?.body.anonymousId).toBe(consent?.body.anonymousId);
    expect(
      await page.evaluate(() => navigator.serviceWorker.getRegistration().then((one) => one?.active?.scriptURL)),
    ).toBe(`${edge.shop}/nunchi-sw.js`);
    const left = await page.evaluate(async () => (await (await caches.open("nunchi")).match("/nunchi"))?.json());
    expect(left).toMatchObject({ edge: `${edge.url}/`, key: "pk_test", anonymousId: consent?.body.anonymousId });
    // The next day, with another key of the site: subscribed anew. On the same day: nothing.
    const before = edge.received.length;
    offers = undefined;
    await page.reload();
    await expect
      .poll(() => page.evaluate(() => window.nunchi?.tag?.onsite !== undefined), { timeout: 8000 })
      .toBe(true);
    expect(edge.received.slice(before).map(({ path }) => path)).not.toContain("/v1/push-key");
    await page.evaluate((key) => {
      localStorage.setItem("nunchi:push", `1,other,/nunchi-sw.js`);
      Object.assign(window, { key });
    }, KEY);
    await page.addInitScript(() => Object.assign(window, { said: "granted" }));
    await page.reload();
    await expect.poll(() => edge.received.slice(before).map(({ path }) => path)).toContain("/v1/push-subscriptions");
    expect(edge.received.slice(before).map(({ path }) => path)).toContain("/v1/push-key");
    expect(edge.received.slice(before).map(({ path }) => path)).not.toContain("/v1/consents");
    // Somebody signs out, on the same day: whoever comes next has the subscription.
    const signedOut = edge.received.length;
    await page.evaluate(() => window.nunchi?.("reset"));
    await page.reload();
    const later = () => edge.received.slice(signedOut).find(({ path }) => path === "/v1/push-subscriptions");
    await expect.poll(() => later()?.body.anonymousId, { timeout: 8000 }).toBeDefined();
    expect(later()?.body.anonymousId).not.toBe(consent?.body.anonymousId);
    // After a no, nothing says who this browser was.
    await page.evaluate(() => window.nunchi?.("consent", { analytics: false }));
    await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([]);
  });

  it("is not asked where the browser has refused already, and the edge hears why", async () => {
    await page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
    offers = [offer({ kind: "push" })];
    await open();
    await heard("message_skipped");
    expect(told("message_skipped")[0]?.properties).toMatchObject({ reason: "no_address" });
    expect(told("message_skipped")[0]?.properties).not.toHaveProperty("variant");
    expect(await page.locator("nunchi-message").count()).toBe(0);
  });
});

it("the service worker shows a push, leads on by its tracked link, and subscribes again by itself", async () => {
  offers = undefined;
  await open();
  const started = context.waitForEvent("serviceworker");
  await page.evaluate(
    async (about) => {
      await (await caches.open("nunchi")).put("/nunchi", new Response(JSON.stringify(about)));
      await navigator.serviceWorker.register("/nunchi-sw.js");
      await navigator.serviceWorker.ready;
    },
    { edge: `${edge.url}/`, key: "pk_test", anonymousId: "visitor-1" },
  );
  const worker = await started;
  // Headless Chromium has neither a push service nor notifications: the browser's part is played.
  const calls = await worker.evaluate(async (url) => {
    interface Scope extends EventTarget {
      registration: { showNotification: unknown; pushManager: { subscribe: unknown } };
      clients: { openWindow: unknown };
    }
    const scope = self as unknown as Scope;
    const heard: unknown[] = [];
    const work: Promise<unknown>[] = [];
    scope.registration.showNotification = async (...values: unknown[]) => void heard.push(["shown", ...values]);
    scope.clients.openWindow = async (address: string) => void heard.push(["opened", address]);
    scope.registration.pushManager.subscribe = async ({ applicationServerKey }: { applicationServerKey: string }) => ({
      endpoint: `https://push.example/${applicationServerKey.slice(0, 4)}`,
    });
    const send = (type: string, more: object) => {
      const waitUntil = (promise: Promise<unknown>) => void work.push(promise);
      scope.dispatchEvent(Object.assign(new Event(type), { waitUntil, ...more }));
    };
    send("push", { data: { json: () => ({ title: "울 코트가 내렸어요", body: "99,000원", url, tag: "m_1" }) } });
    send("push", { data: { json: () => JSON.parse("no json") } });
    send("notificationclick", { notification: { close: () => heard.push(["closed"]), data: url } });
    send("pushsubscriptionchange", {});
    await Promise.all(work);
    return JSON.parse(JSON.stringify(heard)) as unknown[];
  }, `${edge.url}/c/token`);
  expect(calls).toEqual([
    ["shown", "울 코트가 내렸어요", { body: "99,000원", tag: "m_1", data: `${edge.url}/c/token` }],
    ["shown", "127.0.0.1", {}],
    ["closed"],
    ["opened", `${edge.url}/c/token`],
  ]);
  const renewed = edge.received.find(({ path }) => path === "/v1/push-subscriptions");
  expect(renewed?.body).toEqual({
    writeKey: "pk_test",
    anonymousId: "visitor-1",
    subscription: { endpoint: `https://push.example/${KEY.slice(0, 4)}` },
  });
});

const products = Array.from({ length: 6 }, (_, index) => ({
  id: `p${index}`,
  title: index % 2 ? "울 블렌드 코트" : "아주 긴 이름을 가진 오버핏 울 블렌드 롱 코트",
  url: `/p/${index}`,
  imageUrl: `/img/${index}.svg`,
  priceText: "44,400원",
})) as unknown as Written["products"];
const bare = { words: { ko: { title: "x" } }, buttons: [] };
const video = { kind: "video", url: "data:video/mp4;base64,AAAA", alt: "새 컬렉션" };

/** Everything that a marketer can choose. */
const FORMATS: Record<string, () => Offer> = {
  modal: () => offer({ media: { ...PICTURE, url: "https://shop.example/1.gif", still: "https://shop.example/1.png" } }),
  bottom_sheet: () => offer({ format: "bottom_sheet" }),
  banner: () => offer({ format: "banner" }),
  corner_card: () => offer({ format: "corner_card", media: { ...PICTURE, url: "https://shop.example/1.svg" } }),
  full_screen: () => offer({ format: "full_screen", media: { ...video, url: "https://shop.example/1.mp4" } }),
  products: () => offer({ format: "bottom_sheet", kind: "products" }, {}, { products, title: "함께 보면 좋은 상품" }),
  coupon: () => offer({ kind: "coupon" }),
  nps: () =>
    offer(
      { ...bare, kind: "rating", scale: "nps", format: "corner_card" },
      {},
      { title: "친구에게 추천할 마음이 얼마나 있나요?", body: "" },
    ),
  stars: () =>
    offer({ ...bare, kind: "rating", format: "bottom_sheet" }, {}, { title: "오늘 쇼핑은 어땠나요?", body: "" }),
  review: () =>
    offer(
      { ...bare, kind: "review", stores: { apple: "https://apps.example/a", google: "https://apps.example/g" } },
      {},
      { title: "앱이 마음에 드셨나요?", body: "리뷰 한 줄이 큰 힘이 돼요." },
    ),
  push: () =>
    offer(
      { ...bare, kind: "push", format: "corner_card" },
      {},
      {
        title: "할인 소식을 알림으로 받으시겠어요?",
        body: "(광고) 눈치샵이 브라우저 알림으로 혜택을 보냅니다. 언제든 끌 수 있어요.",
      },
    ),
  html: () => {
    const html = "<h1 style='font-family:sans-serif;padding:24px'>Own HTML</h1>";
    return offer({ ...bare, kind: "html", height: 200, words: { ko: { title: "x", html } } }, {}, { html });
  },
};

describe.each([
  ["phone", 390, 780, "dark"],
  ["desktop", 1280, 800, "light"],
] as const)("on a %s", (device, width, height, scheme) => {
  it.each(Object.keys(FORMATS))("%s stands where it should, and axe finds nothing to complain about", async (name) => {
    await newContext({ viewport: { width, height }, userAgent: AGENT, reducedMotion: "reduce" });
    const picture =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 5"><rect width="8" height="5" fill="#7c8aa5"/><circle cx="4" cy="2.5" r="1.4" fill="#f3d9b1"/></svg>';
    await page.route("https://shop.example/**", (route) =>
      route.fulfill({ body: picture, contentType: "image/svg+xml" }),
    );
    if (name === "push")
      await page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "default" }));
    const chosen = FORMATS[name]?.() as Offer;
    const { format } = chosen.properties;
    offers = [chosen];
    const colors = scheme === "dark" ? "background:#131316;color:#eee" : "background:#fff;color:#1a1a1e";
    const text = "<p>상품을 둘러보고 있어요. ".repeat(40);
    await open({
      style: `:root{color-scheme:${scheme}} body{${colors};font-family:sans-serif} a{color:inherit}`,
      body: `${text}</p>`,
    });
    await box().waitFor();
    await box()
      .locator("img")
      .evaluateAll((images) =>
        Promise.all(images.map((image) => (image as HTMLImageElement).decode().catch(() => {}))),
      );
    const place = await box().evaluate((element) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return { top, bottom: innerHeight - bottom, left, right: innerWidth - right };
    });
    expect(Math.min(place.top, place.bottom, place.left, place.right)).toBeGreaterThanOrEqual(0);
    if (format === "bottom_sheet") expect(place.bottom).toBe(0);
    if (format === "banner") expect([place.top, place.left, place.right]).toEqual([0, 0, 0]);
    if (format === "full_screen") expect(place).toEqual({ top: 0, bottom: 0, left: 0, right: 0 });
    if (format === "corner_card") expect([place.bottom, place.right]).toEqual([16, 16]);
    if (format === "modal") expect(Math.abs(place.top - place.bottom)).toBeLessThan(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${device}.png` });
    await page.evaluate(axe);
    const complaints = await page.evaluate(async () => {
      const { axe: inspector } = window as unknown as {
        axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
      const { violations } = await inspector.run({ runOnly: tags });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    });
    expect(complaints).toEqual([]);
  });
});

it("is itself under a strict policy and among hostile styles, also from right to left", async () => {
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
  });
  const policy = `default-src 'none'; script-src ${edge.url}; connect-src ${edge.url}; img-src 'self' data:; style-src 'sha256-none' 'self'`;
  offers = [offer({ format: "corner_card" })];
  await open({ headers: { "content-security-policy": policy } });
  await box().waitFor();
  expect(await box().evaluate((element) => getComputedStyle(element).position)).toBe("fixed");
  await page.locator('[part="close"]').click();
  await heard("message_shown", "message_dismissed");
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
  offers = [offer({ format: "corner_card" })];
  const hostile = "* { all: unset; color: lime !important } div, section, a, button, h2 { display: none !important }";
  await open({ style: `${hostile} html { direction: rtl }` });
  await box().waitFor();
  const seen = await box().evaluate((element) => ({
    color: getComputedStyle(element.querySelector("h2") as Element).color,
    width: element.getBoundingClientRect().width,
  }));
  expect(seen).toEqual({ color: "rgb(24, 24, 27)", width: 360 });
});

it("from the worker to the page: what a visitor has just done is answered with a message, once", async () => {
  const demo = inject("demo");
  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${demo.secretKey}`, "content-type": "application/json" };
    const answer = await fetch(`${demo.url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(answer.ok, await answer.clone().text()).toBe(true);
  };
  const definition = {
    format: "corner_card",
    kind: "products",
    placement: "home",
    words: {
      ko: { title: "{{ product_viewed.0.product_name }} 보셨네요", buttons: [] },
      en: { title: "Seen", buttons: [] },
    },
    trigger: { kind: "event", events: ["product_viewed"], count: 2 },
  };
  await api("PUT", "/v1/onsite/messages/looked-twice", { name: "Looked twice", definition });
  await api("POST", "/v1/onsite/messages/looked-twice/launch");
  await newContext({ viewport: { width: 1280, height: 800 }, userAgent: AGENT });
  const answers: string[] = [];
  page.on("response", (response) => void answers.push(new URL(response.url()).pathname));
  await page.goto(`${demo.url}/demo/`);
  await page.waitForFunction(() => window.nunchi?.tag !== undefined);
  const skip = page.locator('[part="skip"]');
  await skip.click({ timeout: 10_000 }).catch(() => {});
  const view = (id: string) =>
    page.evaluate((item) => window.nunchi?.("track", "product_viewed", { product_id: item }), id);
  await view("coat-1");
  expect(await page.locator("nunchi-message").count()).toBe(0);
  await view("tent-1");
  await box().waitFor({ timeout: 20_000 });
  expect(await page.locator("nunchi-message h2").innerText()).toContain("보셨네요");
  expect(await page.locator("nunchi-message [data-item-id]").count()).toBe(8);
  await page.locator('nunchi-message [part="close"]').click();
  await view("mug-1");
  await view("coat-2");
  await page.reload();
  await page.waitForFunction(() => window.nunchi?.tag !== undefined);
  expect(await page.evaluate(() => window.nunchi?.("track", "after"))).toBe(true);
  expect(await page.locator("nunchi-message").count()).toBe(0);
  expect(answers).not.toContain("/v1/onsite");
  await api("POST", "/v1/onsite/messages/looked-twice/pause");
});
