// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Answer, KEY, NOW, type PageOptions, settle } from "./page.ts";
import {
  about,
  DAY,
  HOME,
  isSurvey,
  open,
  press,
  pressed,
  root,
  type SHOW,
  shown,
  survey,
  tiles,
} from "./survey-page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

it("asks a first visitor, as a dialog", async () => {
  const page = await open();
  expect(page.sent.filter(isSurvey).map(({ query }) => query)).toEqual([
    { anonymousId: expect.any(String), locale: "ko", key: KEY, html: "true" },
  ]);
  const dialog = root(page)!.querySelector("dialog")!;
  expect(dialog.open).toBe(true);
  expect(root(page)!.querySelector(`#${dialog.getAttribute("aria-labelledby")}`)?.textContent).toBe(
    "어떤 게 마음에 드세요?",
  );
  expect(pressed(page)).toEqual(["false", "false", "false"]);
  expect(about(page, "survey_shown")).toEqual([{ survey_id: "taste", survey_version: 3, survey_of: "taste" }]);
});

it.each<[string, PageOptions & { survey?: Answer }]>([
  ["who has been here before", { storage: { "nunchi:seen": String(NOW - 2 * DAY) } }],
  ["who has answered", { storage: { "nunchi:survey:taste": "answered" } }],
  ["who has skipped it", { storage: { "nunchi:survey:taste": "skipped" } }],
  ["whose browser keeps nothing", { storage: "blocked" }],
  ["without data-survey", { attributes: "" }],
  ["who landed on a product", { html: '<script type="application/ld+json">{"@type":"Product","sku":"1"}</script>' }],
  ["when the marketer does not want it", { survey: survey([tiles], { firstVisit: false }) }],
  ["when there is nothing to ask", { survey: survey([]) }],
  ["when there is no such survey", { survey: { status: 404, text: "{}" } }],
  ["when the server is down", { survey: "lost" }],
  ["when the answer is not JSON", { survey: { status: 200, text: "<h1>" } }],
  ["when the part cannot be loaded", { without: ["/nunchi-visible.js"] }],
])("does not ask %s", async (_who, options) => {
  const page = await open(options);
  await settle(6000);
  expect(root(page)).toBeUndefined();
  expect(about(page, "survey_shown")).toEqual([]);
  expect(page.errors).toEqual([]);
});

it("asks nothing of the server for somebody who is not new", async () => {
  const page = await open({
    storage: { "nunchi:seen": String(NOW - 60_000), "nunchi:away": "20000", "nunchi:survey:taste": "skipped" },
  });
  expect(page.sent.filter(isSurvey)).toEqual([]);
});

it("asks who has been away for long, when the marketer says so", async () => {
  const storage = { "nunchi:seen": String(NOW - 61 * DAY) };
  expect(root(await open({ storage, survey: survey([tiles], { dormantDays: 60 }) }))).toBeDefined();
  expect(root(await open({ storage, survey: survey([tiles], { dormantDays: 90 }) }))).toBeUndefined();
});

it("waits as long as the marketer says", async () => {
  const page = await open({ survey: survey([tiles], { delaySeconds: 20 }) });
  expect(root(page)).toBeUndefined();
  await settle(20_000);
  expect(root(page)).toBeDefined();
});

it("a visitor who is held out sees nothing, and is told of where the others are asked", async () => {
  const heldOut = survey([], {}, { group: "holdout" });
  const page = await open({ survey: heldOut });
  await settle();
  expect(root(page)).toBeUndefined();
  expect(about(page, "survey_held_out")).toEqual([{ survey_id: "taste", survey_version: 3, survey_of: "taste" }]);
  expect(about(page, "survey_shown")).toEqual([]);
  const next = await open({ storage: page.storage() });
  expect(next.sent.filter(isSurvey)).toEqual([]);
});

describe("who was led to a product by an advertisement", () => {
  const product = '<script type="application/ld+json">{"@type":"Product","sku":"1"}</script>';
  const landing = { url: "https://shop.example/p/1?utm_source=naver&gclid=x", html: product };
  const everywhere = (more: Partial<typeof SHOW> = {}) => survey([tiles], { onProductPages: true, ...more });

  it("is not asked, nor later in this visit", async () => {
    const page = await open({ ...landing, survey: everywhere() });
    expect(root(page)).toBeUndefined();
    const next = await open({ storage: page.storage(), survey: everywhere() });
    expect(root(next)).toBeUndefined();
  });

  it("is asked where the marketer wants it, and without an advertisement", async () => {
    expect(root(await open({ ...landing, survey: everywhere({ onAdLandings: true }) }))).toBeDefined();
    expect(root(await open({ ...landing, url: "https://shop.example/p/1", survey: everywhere() }))).toBeDefined();
  });
});

it("comes when the page asks, also again, and says how it ended", async () => {
  const page = await open({
    attributes: "",
    storage: { "nunchi:survey:taste": "skipped", "nunchi:seen": String(NOW - DAY) },
  });
  const heard: unknown[] = [];
  page.document.addEventListener("nunchi:survey", (event) => heard.push((event as unknown as CustomEvent).detail));
  const result = page.call("survey", "taste");
  await settle();
  press(page, "tile", 1);
  press(page, "submit");
  await settle();
  expect(await result).toEqual({ id: "taste", isAnswered: true, answers: { picks: ["item:2"] } });
  expect(heard).toEqual([{ id: "taste", isAnswered: true, answers: { picks: ["item:2"] } }]);
});

it("stands in the page's flow as an element, until it is answered", async () => {
  const page = await open({ attributes: "", html: `<nunchi-survey id="taste"></nunchi-survey>${HOME}` });
  expect(root(page)!.querySelector("dialog")).toBeNull();
  press(page, "tile", 0);
  press(page, "submit");
  await settle();
  expect(root(page)).toBeUndefined();
  expect(shown(page)).toEqual(["picked"]);
  const next = await open({
    attributes: "",
    html: '<nunchi-survey id="taste"></nunchi-survey>',
    storage: page.storage(),
  });
  expect(next.sent.filter(isSurvey)).toEqual([]);
});
