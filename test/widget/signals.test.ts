// @vitest-environment node
/** What a page already says to others: Google's data layer, search engines, consent banners. */
import { beforeEach, expect, it, vi } from "vitest";
import { NOW, openPage, type Page, settle } from "./page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date", "setTimeout", "clearTimeout"] });
});

const GTAG = "window.dataLayer = window.dataLayer || []; window.gtag = function () { dataLayer.push(arguments); };";
const item = (id: string) => ({ item_id: id, item_name: `N${id}`, price: 39_000, quantity: 1 });
const pushed = (event: string, ecommerce: object) => `dataLayer.push(${JSON.stringify({ event, ecommerce })});`;
const ld = (id: string) =>
  `<script type="application/ld+json">${JSON.stringify({ "@type": "Product", sku: id })}</script>`;

function told(page: Page): string[] {
  return page.events().map(({ type, event, properties }) => {
    const items = properties?.items as { item_id: string }[] | undefined;
    return [event ?? type, properties?.product_id ?? items?.map((each) => each.item_id).join("+")]
      .filter(Boolean)
      .join(" ");
  });
}

async function run(page: Page, code: string, ms?: number): Promise<void> {
  page.window.eval(code);
  await settle(ms);
}

it("hears what was pushed before it came and after, as GTM and as gtag write it", async () => {
  const page = await openPage({
    before: `${GTAG} gtag("js", new Date()); gtag("config", "G-1", { user_id: "minji" });
      ${pushed("view_item", { currency: "KRW", value: 39_000, items: [item("a")] })}`,
  });
  await run(
    page,
    `gtag("event", "add_to_cart", ${JSON.stringify({ currency: "KRW", value: 39_000, items: [item("a")] })})`,
  );
  await run(
    page,
    pushed("purchase", { transaction_id: "T1", value: 78_000, currency: "KRW", items: [item("a"), item("b")] }),
  );
  expect(told(page)).toEqual(["page", "identify", "view_item a", "add_to_cart a", "purchase a+b"]);
  expect(page.events().at(-1)).toMatchObject({
    userId: "minji",
    properties: { transaction_id: "T1", value: 78_000, currency: "KRW", items: [item("a"), item("b")] },
  });
  expect(page.storage()["nunchi:recent"]).toBe("a");
  expect(page.errors).toEqual([]);
});

it("passes on events with items under whatever name, and nothing of the page's machinery or of the person", async () => {
  const page = await openPage({ before: GTAG });
  await run(
    page,
    `dataLayer.push({ event: "gtm.js", "gtm.start": 1 }); gtag("event", "scroll", { percent: 90 });
     dataLayer.push({ ecommerce: null }); dataLayer.push(function () {}); dataLayer.push(null, "x", 3);
     dataLayer.push({ event: "quickBuy", email: "minji@mail.example", userData: { phone: "010" }, items: [${JSON.stringify({ ...item("c"), secret: { a: 1 } })}] });
     dataLayer.push({ event: "search", search_term: "코트", customer_name: "민지" });`,
  );
  expect(told(page)).toEqual(["page", "quickBuy c", "search"]);
  expect(page.events()[1]?.properties).toEqual({ items: [item("c")] });
  expect(page.events()[2]?.properties).toEqual({ search_term: "코트" });
});

it("leaves the page's push as it was: its answer, who listens before and after", async () => {
  const page = await openPage({
    before: `window.heard = []; window.dataLayer = []; dataLayer.push = function (entry) { heard.push(entry.event); return 7; };`,
  });
  expect(page.window.eval("dataLayer.push({ event: 'one' })")).toBe(7);
  await run(
    page,
    `const mine = dataLayer.push; dataLayer.push = function (entry) { heard.push("after " + entry.event); return mine.call(dataLayer, entry); };
     ${pushed("view_item", { items: [item("a")] })}`,
  );
  expect(page.window.eval("heard")).toEqual(["one", "after view_item", "view_item"]);
  expect(told(page)).toEqual(["page", "view_item a"]);
});

it("follows a data layer that comes late, has another name, or is replaced", async () => {
  const page = await openPage({ attributes: 'data-layer="shopLayer"' });
  await run(
    page,
    `window.shopLayer = [{ event: "view_item", ecommerce: { items: [${JSON.stringify(item("a"))}] } }]; document.body.append("x")`,
  );
  await run(
    page,
    `window.shopLayer = [{ event: "view_item", ecommerce: { items: [${JSON.stringify(item("b"))}] } }]; document.body.append("y")`,
  );
  expect(told(page)).toEqual(["page", "view_item a", "view_item b"]);
});

it("loads nothing for it on a page that says nothing", async () => {
  const page = await openPage({ html: "<p>about us</p>" });
  expect([...page.document.scripts].some((script) => script.src.includes("signals"))).toBe(false);
});

it("counts once what is told several times, in whichever order", async () => {
  const all = [
    `nunchi("track", "Product Viewed", { product_id: "a", from: "page" });`,
    pushed("view_item", { items: [item("a")] }),
  ];
  for (const [first, second] of [all, [...all].reverse()] as [string, string][]) {
    const stub = `window.nunchi = window.nunchi || function () { (nunchi.q = nunchi.q || []).push(arguments) };`;
    const page = await openPage({ before: `${GTAG} ${stub} ${first}`, html: ld("a") });
    await run(page, second, 2000);
    expect(told(page).filter((line) => line.endsWith(" a"))).toHaveLength(1);
  }
});

it("counts a click that is told twice once, and two clicks twice", async () => {
  const page = await openPage({ before: GTAG });
  const cart = `nunchi("track", "product_added_to_cart", { product_id: "a" });`;
  await run(page, cart + pushed("add_to_cart", { items: [item("a")] }), 5000);
  await run(page, pushed("add_to_cart", { items: [item("a")] }) + cart, 5000);
  await run(page, cart + cart);
  expect(told(page).slice(1)).toEqual([
    "product_added_to_cart a",
    "add_to_cart a",
    "product_added_to_cart a",
    "product_added_to_cart a",
  ]);
});

it("counts an order once, however often the page says it", async () => {
  const order = pushed("purchase", { transaction_id: "T1", value: 1000, items: [item("a")] });
  const page = await openPage({ before: `${GTAG} ${order}` });
  await run(page, order, 60_000);
  await run(page, `nunchi("track", "Order Completed", { order_id: "T1", products: [{ product_id: "a" }] })`);
  expect(told(page)).toEqual(["page", "purchase a"]);
});

it("counts a product again on another page of a shop that does not load its pages", async () => {
  const page = await openPage({ before: GTAG });
  const view = pushed("view_item", { items: [item("a")] });
  for (const path of ["/p/a", "/list", "/p/a"]) {
    await run(page, `history.pushState(null, "", "${path}"); ${path === "/p/a" ? view : ""}`, 2000);
  }
  expect(told(page)).toEqual(["page", "view_item a", "page", "page", "view_item a", "page"]);
});

it("asks for recommendations beside the product that the data layer names, once", async () => {
  const page = await openPage({
    before: `${GTAG} ${pushed("view_item", { items: [item("a")] })}`,
    html: '<nunchi-recommendations placement="product"></nunchi-recommendations>',
  });
  const asked = page.sent.filter(({ path }) => path === "/v1/widgets/recommendations");
  expect(asked.map(({ query }) => [query.itemId, query.recent])).toEqual([["a", '["a"]']]);
});

it("reads Open Graph where there is no JSON-LD", async () => {
  const meta = (property: string, content: string) => `<meta property="${property}" content="${content}">`;
  const html = [
    meta("og:title", "울 코트"),
    meta("product:retailer_item_id", "coat"),
    meta("product:price:amount", "44,400"),
    meta("product:price:currency", "KRW"),
  ].join("");
  const page = await openPage({ html });
  await run(page, `history.pushState(null, "", "/about")`);
  expect(told(page)).toEqual(["page", "product_viewed coat", "page"]);
  expect(page.events()[1]?.properties).toMatchObject({ name: "울 코트", price: 44_400, currency: "KRW" });
  expect(told(await openPage({ html: html + ld("coat") }))).toEqual(["page", "product_viewed coat"]);
});

it("data-manual leaves all of it to the page", async () => {
  const page = await openPage({
    before: `${GTAG} ${pushed("view_item", { items: [item("a")] })} gtag("set", { user_id: "minji" });`,
    html: ld("a"),
    attributes: "data-manual",
  });
  expect(page.sent).toEqual([]);
});

it("ignores an empty user of the data layer", async () => {
  const page = await openPage({ before: `${GTAG} gtag("set", { user_id: null }); dataLayer.push({ user_id: "" });` });
  expect(told(page)).toEqual(["page"]);
});

const OPT_IN = 'data-consent="opt_in"';
const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

it("stores and sends nothing of the visitor before the consent, and afterwards what was", async () => {
  const page = await openPage({ attributes: OPT_IN, html: ld("a") + HOME, before: GTAG });
  await run(page, `nunchi("identify", "minji"); ${pushed("add_to_cart", { items: [item("a")] })}`, 120_000);
  page.leave();
  page.hide(true);
  expect(page.events()).toEqual([]);
  expect(page.storage()).toEqual({});
  const [asked] = page.sent;
  expect(asked?.query).not.toHaveProperty("anonymousId");
  expect(asked?.query).not.toHaveProperty("userId");
  expect(await page.call("consent", { analytics: true })).toBeUndefined();
  await settle();
  expect(told(page)).toEqual(["page", "product_viewed a", "identify", "add_to_cart a"]);
  expect(new Set(page.events().map(({ anonymousId }) => anonymousId)).size).toBe(1);
  const last = page.sent.filter(({ path }) => path === "/v1/widgets/recommendations").at(-1);
  expect(last?.query).toMatchObject({ userId: "minji" });

  const next = await openPage({ attributes: OPT_IN, storage: page.storage() });
  expect(next.events()[0]?.anonymousId).toBe(page.events()[0]?.anonymousId);
});

it("after a no it keeps the no, and nothing else", async () => {
  const first = await openPage({ html: ld("a") });
  const page = await openPage({ storage: first.storage(), html: ld("b") });
  const dropped = page.call("track", "wish");
  page.call("consent", { analytics: false });
  expect(await dropped).toBe(false);
  const before = page.sent.length;
  expect(await page.call("track", "wish")).toBe(false);
  await settle(60_000);
  expect(page.sent.length).toBe(before);
  expect(page.storage()).toEqual({ "nunchi:consent": '{"analytics":false}' });
  const next = await openPage({ storage: page.storage(), html: ld("b") });
  expect(next.sent).toEqual([]);
  next.call("consent", { analytics: true });
  next.call("track", "wish");
  await settle();
  expect(told(next)).toEqual(["wish"]);
  expect(next.events()[0]?.anonymousId).not.toBe(first.events()[0]?.anonymousId);
});

it("reads Google Consent Mode: a default no is not the visitor's, an update is", async () => {
  const denied = `gtag("consent", "default", { analytics_storage: "denied", ad_storage: "denied" });`;
  const page = await openPage({ attributes: OPT_IN, before: GTAG + denied });
  expect(page.sent).toEqual([]);
  await run(page, `gtag("consent", "update", { ad_storage: "granted" })`);
  expect(page.sent).toEqual([]);
  await run(page, `gtag("consent", "update", { analytics_storage: "granted" })`);
  expect(told(page)).toEqual(["page"]);
  const next = await openPage({ attributes: OPT_IN, before: GTAG + denied, storage: page.storage() });
  expect(told(next)).toEqual(["page"]);
  expect(next.sent[0]?.body.context).toMatchObject({ consent: { analytics: true, ads: true } });
  await run(next, `gtag("consent", "update", { analytics_storage: "denied" })`);
  expect(next.storage()).toEqual({ "nunchi:consent": '{"analytics":false}' });
});

const tcf = (data: object) =>
  `window.__tcfapi = function (command, version, callback) { window.tell = function (more) { callback(Object.assign(${JSON.stringify(data)}, more), true); }; tell({}); };`;

it("reads the IAB's framework, when the visitor has chosen", async () => {
  const yes = { purpose: { consents: { 1: true, 5: true, 6: true } }, eventStatus: "useractioncomplete" };
  const page = await openPage({ attributes: OPT_IN, before: tcf({ gdprApplies: true, eventStatus: "cmpuishown" }) });
  expect(page.sent).toEqual([]);
  await run(page, `tell(${JSON.stringify({ ...yes, purpose: { consents: { 1: true } } })})`);
  expect(page.sent).toEqual([]);
  await run(page, `tell(${JSON.stringify(yes)}); nunchi("track", "wish")`);
  expect(told(page)).toEqual(["wish"]);
  expect(told(await openPage({ attributes: OPT_IN, before: tcf({ gdprApplies: false }) }))).toEqual(["page"]);
});

it("honors Global Privacy Control where the site says so, until the visitor says otherwise", async () => {
  const gpc = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });";
  const page = await openPage({ attributes: 'data-gpc="no_tracking"', before: gpc });
  expect(page.sent).toEqual([]);
  expect(page.storage()).toEqual({});
  page.call("consent", { analytics: true });
  await settle();
  expect(told(page)).toEqual(["page"]);
  expect(told(await openPage({ before: gpc }))).toEqual(["page"]);
  expect(told(await openPage({ attributes: 'data-gpc="no_tracking"' }))).toEqual(["page"]);
});
