// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { KEY, NOW, openPage, type Page, settle } from "./page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

const ld = (id: string) =>
  `<script type="application/ld+json">{"@type":"Product","sku":"${id}","name":"N${id}","offers":{"price":1000,"priceCurrency":"KRW"}}</script>`;

function push(page: Page, path: string): void {
  page.window.history.pushState(null, "", path);
}

it("tells of a page view, in Segment's shape, in one call without a preflight", async () => {
  const page = await openPage({ url: "https://shop.example/sale?q=coat#access_token=secret" });
  expect(page.sent).toHaveLength(1);
  const [call] = page.sent;
  expect(call).toMatchObject({ method: "POST", path: "/v1/events", contentType: "text/plain;charset=UTF-8" });
  expect(call?.body).toMatchObject({ writeKey: KEY, context: { locale: "ko" }, sentAt: expect.any(String) });
  expect(page.events()).toEqual([
    {
      type: "page",
      messageId: expect.stringMatching(/^[a-z0-9]{34}$/),
      timestamp: new Date(NOW).toISOString(),
      anonymousId: expect.stringMatching(/^[a-z0-9]{34}$/),
      context: { page: { url: "https://shop.example/sale?q=coat", path: "/sale", title: "Shop", referrer: "" } },
    },
  ]);
  expect(page.errors).toEqual([]);
});

it("knows the browser again", async () => {
  const first = await openPage();
  const second = await openPage({ storage: first.storage() });
  expect(second.events()[0]?.anonymousId).toBe(first.events()[0]?.anonymousId);
});

it("does what was asked before it was there, in that order", async () => {
  const page = await openPage({
    before: `window.nunchi = window.nunchi || function () { (nunchi.q = nunchi.q || []).push(arguments) };
      nunchi("identify", "minji", { plan: "gold" }); nunchi("track", "wish", { a: 1 });
      nunchi("ready", function (who) { window.who = who });`,
  });
  expect(page.names()).toEqual(["identify", "wish", "page"]);
  expect(page.events().map((event) => event.userId)).toEqual(["minji", "minji", "minji"]);
  expect((page.window as unknown as { who: object }).who).toMatchObject({ userId: "minji" });
});

it("embedded twice is embedded once", async () => {
  const page = await openPage({
    html: `<script async src="https://edge.example/nunchi.js" data-key="${KEY}"></script>`,
  });
  expect(page.names()).toEqual(["page"]);
});

it("without a key it does nothing", async () => {
  const page = await openPage({ key: "", html: ld("1") });
  expect(page.sent).toEqual([]);
  expect(page.storage()).toEqual({});
  expect(page.errors).toEqual([]);
});

it("tells of the product that the page is about", async () => {
  const page = await openPage({ html: ld("42") });
  expect(page.names()).toEqual(["page", "product_viewed"]);
  expect(page.events()[1]?.properties).toMatchObject({ product_id: "42", name: "N42", price: 1000, currency: "KRW" });
});

it("follows a shop that changes pages without loading them", async () => {
  const page = await openPage({ html: `<div id="app">${ld("1")}</div>` });
  const app = page.document.getElementById("app")!;
  push(page, "/p/2");
  app.innerHTML = ld("2");
  await settle();
  push(page, "/list");
  app.innerHTML = "";
  await settle();
  push(page, "/p/2");
  app.innerHTML = ld("2");
  await settle();
  page.window.history.back();
  page.window.dispatchEvent(new page.window.PopStateEvent("popstate"));
  await settle();
  const told = page
    .events()
    .map(({ type, event, context, properties }) => `${event ?? type} ${properties?.product_id ?? context.page.path}`);
  expect(told.slice(0, 7)).toEqual([
    "page /",
    "product_viewed 1",
    "page /p/2",
    "product_viewed 2",
    "page /list",
    "page /p/2",
    "product_viewed 2",
  ]);
});

it("a product that stays in the page after the address has changed is not viewed again", async () => {
  const page = await openPage({ html: ld("1") });
  push(page, "/about");
  await settle();
  expect(page.names()).toEqual(["page", "product_viewed", "page"]);
});

it("an anchor is no page, a state replaced without another address neither", async () => {
  const page = await openPage();
  push(page, "/#reviews");
  page.window.history.replaceState({ scroll: 3 }, "", "/#reviews");
  await settle();
  expect(page.names()).toEqual(["page"]);
  push(page, "/#/cart");
  await settle();
  expect(page.names()).toEqual(["page", "page"]);
});

it("a page that comes back from the browser's cache is a view", async () => {
  const page = await openPage({ html: ld("1") });
  page.window.dispatchEvent(new page.window.Event("pageshow"));
  await settle();
  expect(page.names()).toHaveLength(2);
  page.window.dispatchEvent(Object.assign(new page.window.Event("pageshow"), { persisted: true }));
  await settle();
  expect(page.names()).toEqual(["page", "product_viewed", "page", "product_viewed"]);
});

it("data-manual leaves views to the page", async () => {
  const page = await openPage({ html: ld("1"), attributes: "data-manual" });
  expect(page.sent).toEqual([]);
  page.call("page", { section: "home" });
  await settle();
  expect(page.events()).toMatchObject([{ type: "page", properties: { section: "home" } }]);
});

it("the shop's proof of a user goes with every call until they sign out", async () => {
  const page = await openPage();
  page.call("identify", "minji", {}, "5e884898");
  page.call("track", "wish");
  await settle();
  const said = page.events().filter(({ userId }) => userId === "minji");
  expect(said.map((event) => event.userHash)).toEqual(["5e884898", "5e884898"]);
  const next = await openPage({ storage: page.storage() });
  await settle();
  expect(next.events()[0]).toMatchObject({ userId: "minji", userHash: "5e884898" });
  next.call("reset");
  next.call("track", "wish");
  await settle();
  expect(next.events().at(-1)).not.toHaveProperty("userHash");
});

it("identify is sent once a day unless something changes", async () => {
  const page = await openPage({ attributes: "data-manual" });
  page.call("identify", "minji", { plan: "gold" });
  page.call("identify", "minji", { plan: "gold" });
  await settle();
  expect(page.names()).toEqual(["identify"]);
  page.call("identify", "minji", { plan: "silver" });
  await settle();
  expect(page.names()).toEqual(["identify", "identify"]);
  expect(JSON.stringify(page.storage())).not.toContain("silver");
  vi.setSystemTime(NOW + 86_400_000);
  page.call("identify", "minji", { plan: "silver" });
  await settle();
  expect(page.names()).toHaveLength(3);
});

it("keeps the browser's history when somebody signs in, and parts two people", async () => {
  const page = await openPage({ attributes: "data-manual" });
  const before = (await page.call("ready")) as { anonymousId: string };
  page.call("identify", "minji");
  expect(await page.call("ready")).toEqual({ anonymousId: before.anonymousId, userId: "minji" });
  page.call("identify", "jisu");
  const other = (await page.call("ready")) as { anonymousId: string };
  expect(other).toMatchObject({ userId: "jisu" });
  expect(other.anonymousId).not.toBe(before.anonymousId);
});

it("reset forgets the user and begins another anonymous history", async () => {
  const page = await openPage({ html: ld("1") });
  page.call("identify", "minji");
  await settle();
  await page.call("reset");
  page.call("track", "later");
  await settle();
  const [first, last] = [page.events()[0]!, page.events().at(-1)!];
  expect(last.event).toBe("later");
  expect(last.userId).toBeUndefined();
  expect(last.anonymousId).not.toBe(first.anonymousId);
  expect(page.storage()["nunchi:recent"]).toBeUndefined();
});

it("sends consent on its own, with the person", async () => {
  const page = await openPage({ attributes: "data-manual" });
  const stored = page.call("consent", { channel: "email", granted: true });
  await settle();
  expect(page.sent).toHaveLength(1);
  expect(page.sent[0]).toMatchObject({ path: "/v1/consents", contentType: "text/plain;charset=UTF-8" });
  expect(page.sent[0]?.body).toMatchObject({
    writeKey: KEY,
    channel: "email",
    granted: true,
    night: false,
    source: "page",
  });
  expect(page.sent[0]?.body.anonymousId).toEqual(expect.any(String));
  expect(await stored).toBe(true);
});

it("works with storage blocked, as far as a page goes", async () => {
  const page = await openPage({ storage: "blocked", html: ld("1"), attributes: 'data-survey="taste"' });
  expect(page.names()).toEqual(["page", "product_viewed"]);
  page.call("track", "wish");
  await settle();
  expect(page.names()).toEqual(["page", "product_viewed", "wish"]);
  const people = new Set(page.events().map((event) => event.anonymousId));
  expect(people.size).toBe(1);
  expect(page.errors).toEqual([]);
});

it("never throws into the page", async () => {
  const page = await openPage();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  await expect(page.call("no such command")).resolves.toBeUndefined();
  await expect(page.call("track", "circle", circle)).resolves.toBeUndefined();
  void page.call("consent");
  await settle();
  expect(page.errors).toEqual([]);
});
