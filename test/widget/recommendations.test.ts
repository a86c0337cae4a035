// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { type Answer, KEY, NOW, openPage, type Page, type PageOptions, type Sent, settle } from "./page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

function fragment(placement: string, ids: string[], layout = "grid", more: object = {}): string {
  const told = { recommendation_id: "rec_1", placement, fallback_level: "popular", ...more };
  const cards = ids.map(
    (id, index) =>
      `<li><a part="card" href="/p/${id}" data-item-id="${id}" data-position="${index + 1}"><img part="image" src="/${id}.jpg" alt=""><span part="name">N${id}</span></a><button part="dismiss"></button><div part="dismissed" hidden><button part="undo"></button></div></li>`,
  );
  return `<section part="section" class="nunchi" lang="ko" data-recommendation-id="rec_1" data-placement="${placement}" data-fallback="popular" data-told='${JSON.stringify(told)}'><h2 part="title">추천</h2><ul part="list" class="${layout}">${cards.join("")}</ul></section>`;
}

const isAsk = ({ path }: { path: string }) => path === "/v1/widgets/recommendations";
const asks = (page: Page) => page.sent.filter(isAsk);
const hosts = (page: Page) => [...page.document.querySelectorAll("nunchi-recommendations")];
const shown = (page: Page, index = 0) =>
  [...hosts(page)[index]!.shadowRoot!.querySelectorAll("a")].map((card) => card.getAttribute("data-item-id"));
const cards = (page: Page) => [...hosts(page)[0]!.shadowRoot!.querySelectorAll("a")];
const isGone = (page: Page) => (hosts(page)[0] as unknown as HTMLElement).style.display === "none";
const about = (page: Page, name: string) => page.events().filter(({ event }) => event === name);

function open(options: PageOptions = {}): Promise<Page> {
  const answer = (sent: Sent): Answer | undefined =>
    options.answer?.(sent) ??
    (isAsk(sent) ? { status: 200, text: fragment(sent.query.placement!, ["1", "2", "3"]) } : undefined);
  return openPage({ html: HOME, attributes: "data-manual", ...options, answer });
}

it("a page without an element loads and asks for nothing", async () => {
  const page = await open({ html: "" });
  expect(asks(page)).toEqual([]);
  expect([...page.document.querySelectorAll("script")].filter(({ src }) => src.includes("nunchi-"))).toEqual([]);
});

it("shows what the edge renders, in a shadow root", async () => {
  const page = await open({
    storage: { "nunchi:anonymous": "anon-1", "nunchi:user": "minji", "nunchi:recent": "8\n9" },
  });
  expect(asks(page).map(({ query }) => query)).toEqual([
    { placement: "home", recent: '["8","9"]', anonymousId: "anon-1", userId: "minji", locale: "ko", key: KEY },
  ]);
  expect(shown(page)).toEqual(["1", "2", "3"]);
  expect(hosts(page)[0]!.children).toHaveLength(0);
  expect(hosts(page)[0]!.shadowRoot!.querySelector("section")?.getAttribute("aria-labelledby")).toBe("title");
});

it("says the item of the page: by attribute, or by what the page is about", async () => {
  const about = '<script type="application/ld+json">{"@type":"Product","sku":"42"}</script>';
  const named = '<nunchi-recommendations placement="product" item-id="7" count="4"></nunchi-recommendations>';
  const page = await open({
    html: `${about}<nunchi-recommendations placement="product"></nunchi-recommendations>${named}`,
  });
  expect(
    asks(page)
      .map(({ query }) => [query.itemId, query.count])
      .sort(),
  ).toEqual([
    ["42", undefined],
    ["7", "4"],
  ]);
});

it("keeps the place with boxes until the answer is here", async () => {
  let isUp = false;
  const page = await open({
    answer: (sent) => (isAsk(sent) && !isUp ? "silent" : undefined),
    storage: { "nunchi:shape:home": "scroll 7" },
  });
  const root = hosts(page)[0]!.shadowRoot!;
  expect(root.querySelectorAll(".skeleton .scroll li")).toHaveLength(7);
  expect(root.querySelector(".skeleton")?.getAttribute("aria-hidden")).toBe("true");
  isUp = true;
  await page.call("recommendations");
  await settle();
  expect(root.querySelector(".skeleton")).toBeNull();
  expect(page.storage()["nunchi:shape:home"]).toBe("grid 3");
});

it.each<[string, Answer]>([
  ["a server that is down", "lost"],
  ["a server that fails", { status: 500 }],
  ["a server that is too slow", "silent"],
  ["a refused origin", { status: 403, text: '{"error":{}}' }],
  ["an unknown placement", { status: 204 }],
  ["an answer without items", { status: 200, text: fragment("home", []) }],
  ["an answer that is something else", { status: 200, text: "<h1>Captive portal</h1>" }],
])("%s: the element collapses without a trace", async (_name, answer) => {
  const page = await open({ answer: (sent) => (isAsk(sent) ? answer : undefined) });
  await settle(6000);
  expect(isGone(page)).toBe(true);
  expect(hosts(page)[0]!.shadowRoot!.querySelectorAll("section")).toHaveLength(0);
  expect(page.errors).toEqual([]);
  expect(page.names()).toEqual([]);
});

it("a part that cannot be loaded leaves no empty place either", async () => {
  const page = await open({ without: ["/nunchi-visible.js"] });
  expect(isGone(page)).toBe(true);
  expect(asks(page)).toEqual([]);
  expect(page.errors).toEqual([]);
});

it("comes back when asked again", async () => {
  let isUp = false;
  const page = await open({ answer: (sent) => (isAsk(sent) && !isUp ? { status: 500 } : undefined) });
  expect(isGone(page)).toBe(true);
  isUp = true;
  page.call("recommendations");
  await settle();
  expect(isGone(page)).toBe(false);
  expect(shown(page)).toEqual(["1", "2", "3"]);
});

it("keeps what is there when a later answer fails", async () => {
  let isUp = true;
  const page = await open({ answer: (sent) => (isAsk(sent) && !isUp ? { status: 500 } : undefined) });
  isUp = false;
  page.call("recommendations");
  await settle();
  expect(asks(page)).toHaveLength(2);
  expect(shown(page)).toEqual(["1", "2", "3"]);
});

it("asks only after what was done before is stored", async () => {
  const page = await open();
  page.call("track", "product_added_to_cart", { product_id: "9" });
  page.call("recommendations");
  await settle();
  expect(page.sent.map(({ path }) => path)).toEqual([
    "/v1/widgets/recommendations",
    "/v1/events",
    "/v1/widgets/recommendations",
  ]);
  expect(asks(page)[1]?.query.recent).toBe('["9"]');
});

it("asks anew when somebody signs in or out", async () => {
  const page = await open();
  page.call("identify", "minji");
  await settle();
  page.call("reset");
  await settle();
  expect(asks(page).map(({ query }) => query.userId)).toEqual([undefined, "minji", undefined]);
});

it("tells which cards were seen: half of them for a second, together, each once", async () => {
  const page = await open();
  const [first, second, third] = cards(page);
  page.see(first, 0.5);
  page.see(second, 1);
  page.see(third, 0.49);
  await settle(500);
  page.see(second, 0.2);
  await settle(3000);
  expect(about(page, "recommendation_shown").map(({ properties }) => properties)).toEqual([
    { recommendation_id: "rec_1", placement: "home", fallback_level: "popular", item_ids: ["1"] },
  ]);
  page.see(first, 1);
  page.see(second, 1);
  page.see(third, 1);
  await settle(3000);
  expect(about(page, "recommendation_shown").map(({ properties }) => properties?.item_ids)).toEqual([
    ["1"],
    ["2", "3"],
  ]);
});

it("tells what was seen when the page goes, and counts nothing in a hidden tab", async () => {
  const page = await open();
  const [first, second] = cards(page);
  page.see(first, 1);
  await settle(1100);
  page.hide(true);
  await settle(100);
  expect(about(page, "recommendation_shown").map(({ properties }) => properties?.item_ids)).toEqual([["1"]]);
  page.see(second, 1);
  await settle(5000);
  expect(about(page, "recommendation_shown")).toHaveLength(1);
});

it("hands back what the edge says of a list: which variant it is, and whose page it was for", async () => {
  const labeled = fragment("home", ["1"], "grid", { variant: "ways:b", page_item_id: "9" });
  const page = await open({ answer: (sent) => (isAsk(sent) ? { status: 200, text: labeled } : undefined) });
  page.see(cards(page)[0], 1);
  await settle(1500);
  cards(page)[0]!.dispatchEvent(new page.window.MouseEvent("click", { bubbles: true, composed: true }));
  await settle();
  const shownAndClicked = page.events().filter(({ event }) => event?.startsWith("recommendation_"));
  const handedBack = shownAndClicked.map(({ event, properties }) => [
    event,
    properties?.variant,
    properties?.page_item_id,
  ]);
  expect(handedBack).toEqual([
    ["recommendation_shown", "ways:b", "9"],
    ["recommendation_clicked", "ways:b", "9"],
  ]);
});

it("shows nothing to whom an experiment holds out, and tells once that they came by", async () => {
  const labeled = fragment("home", [], "grid", { variant: "ways:holdout" });
  const empty = labeled.replace("data-fallback", 'data-variant="ways:holdout" data-fallback');
  const page = await open({ answer: (sent) => (isAsk(sent) ? { status: 200, text: empty } : undefined) });
  const frame = hosts(page)[0]!.shadowRoot!.querySelector(".frame")!;
  expect([frame.className, frame.children.length]).toEqual(["frame aside", 0]);
  expect((hosts(page)[0] as unknown as HTMLElement).style.display).toBe("contents");
  await settle(2000);
  expect(about(page, "recommendation_shown").map(({ properties }) => properties)).toEqual([
    {
      recommendation_id: "rec_1",
      placement: "home",
      fallback_level: "popular",
      variant: "ways:holdout",
      item_ids: [],
    },
  ]);
  await page.call("recommendations");
  await settle();
  page.see(frame, 1);
  await settle(1500);
  expect(about(page, "recommendation_shown")).toHaveLength(1);
});

it("tells of a click before the next page is asked for", async () => {
  const page = await open();
  const second = cards(page)[1] as unknown as { dispatchEvent(event: unknown): boolean };
  second.dispatchEvent(new page.window.MouseEvent("click", { bubbles: true, composed: true, cancelable: true }));
  await settle(1);
  expect(about(page, "recommendation_clicked").map(({ properties }) => properties)).toEqual([
    {
      recommendation_id: "rec_1",
      placement: "home",
      fallback_level: "popular",
      item_id: "2",
      product_id: "2",
      position: 2,
    },
  ]);
  const click = (button: number) => new page.window.MouseEvent("auxclick", { bubbles: true, composed: true, button });
  second.dispatchEvent(click(2));
  await settle();
  expect(about(page, "recommendation_clicked")).toHaveLength(1);
  second.dispatchEvent(click(1));
  await settle();
  expect(about(page, "recommendation_clicked")).toHaveLength(2);
});

it("takes a card away that does not interest, and brings it back", async () => {
  const page = await open();
  const place = hosts(page)[0]!.shadowRoot!.querySelectorAll("li")[1]!;
  const isHidden = () =>
    ["a", "[part=dismiss]", "div"].map((part) => place.querySelector(part)?.hasAttribute("hidden"));
  const press = (part: string) =>
    place.querySelector(`[part=${part}]`)?.dispatchEvent(new page.window.Event("click", { bubbles: true }));
  press("dismiss");
  await settle();
  expect(isHidden()).toEqual([true, true, false]);
  press("undo");
  await settle();
  expect(isHidden()).toEqual([false, false, true]);
  const told = {
    recommendation_id: "rec_1",
    placement: "home",
    fallback_level: "popular",
    item_id: "2",
    product_id: "2",
    position: 2,
  };
  expect(about(page, "recommendation_dismissed").map(({ properties }) => properties)).toEqual([
    { ...told, undone: false },
    { ...told, undone: true },
  ]);
  expect(about(page, "recommendation_clicked")).toEqual([]);
});

it("follows its attributes and the page's address, without asking twice", async () => {
  const page = await open();
  hosts(page)[0]!.setAttribute("placement", "other");
  await settle();
  expect(asks(page).map(({ query }) => query.placement)).toEqual(["home", "other"]);
  page.window.history.pushState(null, "", "/next");
  await settle();
  expect(asks(page)).toHaveLength(3);
  page.document.body.append("something else");
  await settle();
  expect(asks(page)).toHaveLength(3);
});

it("an element that comes later is filled, one that goes while it renders is left alone", async () => {
  const page = await open({ html: '<div id="app"></div>' });
  const app = page.document.getElementById("app")!;
  app.innerHTML = HOME;
  await settle();
  expect(shown(page)).toEqual(["1", "2", "3"]);
  app.innerHTML = '<nunchi-recommendations placement="late"></nunchi-recommendations>';
  app.innerHTML = "";
  await settle();
  expect(page.errors).toEqual([]);
  expect(asks(page).filter(({ query }) => query.placement === "late").length).toBeLessThanOrEqual(1);
});

it("a list that scrolls sideways gets buttons, named in the page's language", async () => {
  const page = await open({
    answer: (sent) => (isAsk(sent) ? { status: 200, text: fragment("home", ["1", "2"], "scroll") } : undefined),
  });
  const buttons = [...hosts(page)[0]!.shadowRoot!.querySelectorAll(".buttons button")];
  expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual(["이전 상품 보기", "다음 상품 보기"]);
});

it("without an element in view it waits", async () => {
  const page = await open({ html: "" });
  const original = page.window.IntersectionObserver;
  Object.assign(page.window, {
    IntersectionObserver: class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  });
  page.document.body.innerHTML = HOME;
  await settle();
  expect(asks(page)).toEqual([]);
  page.call("recommendations");
  await settle();
  expect(asks(page)).toEqual([]);
  Object.assign(page.window, { IntersectionObserver: original });
});
