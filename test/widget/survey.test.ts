// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderSurvey, renderTiles } from "../../worker/http/api/survey-fragment.tsx";
import type { ShownQuestion } from "../../worker/survey/schema.ts";
import { type Answer, KEY, NOW, openPage, type Page, type PageOptions, type Sent, settle } from "./page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

const DAY = 86_400_000;
const SHOW = {
  firstVisit: true,
  dormantDays: null as number | null,
  delaySeconds: 0,
  onProductPages: false,
  onAdLandings: false,
  holdout: 0,
  onlyWhereItHelps: false,
};
const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

const tile = (id: string) => ({ key: `item:${id}`, itemId: id, title: `상품 ${id}`, imageUrl: `/${id}.jpg` });
const tiles: ShownQuestion = {
  id: "picks",
  kind: "tiles",
  adapts: true,
  title: "어떤 게 마음에 드세요?",
  hint: "두 개까지",
  most: 2,
  tiles: ["1", "2", "3"].map(tile),
};
const choice: ShownQuestion = {
  id: "for",
  kind: "choice",
  title: "누구를 위한 쇼핑인가요?",
  hint: null,
  multiple: false,
  options: [
    { value: "me", label: "나" },
    { value: "gift", label: "선물" },
  ],
};

function screenOf(questions: ShownQuestion[], step = 1, show: Partial<typeof SHOW> = {}, more: object = {}) {
  const screen = { questions: questions.slice(step - 1, step), step, steps: questions.length };
  const whole = {
    id: "taste",
    of: "taste",
    version: 3,
    locale: "ko" as const,
    placement: "home",
    show: { ...SHOW, ...show },
    look: {},
    group: "asked" as const,
    screen: questions.length > 0 ? screen : null,
    ticket: questions.length > 0 ? `signed ${step}` : null,
  };
  return { ...whole, html: renderSurvey(whole, step > 1), ...more };
}

const survey = (questions: ShownQuestion[] = [tiles], show: Partial<typeof SHOW> = {}, more: object = {}): Answer => ({
  status: 200,
  text: JSON.stringify(screenOf(questions, 1, show, more)),
});

const section = (placement: string, id: string) =>
  `<section class="nunchi" data-recommendation-id="rec_2" data-placement="${placement}"><h2>추천</h2><ul class="grid"><li><a href="/p/${id}" data-item-id="${id}" data-position="1">N</a></li></ul></section>`;

const isSurvey = ({ method, path }: Sent) => method === "GET" && path.startsWith("/v1/surveys/");
const isAnswer = ({ method, path }: Sent) => method === "POST" && path === "/v1/surveys/taste/answers";
const isWidget = ({ path }: Sent) => path === "/v1/widgets/recommendations";

function open(options: PageOptions & { survey?: Answer; answered?: Answer } = {}): Promise<Page> {
  const answered = options.answered ?? {
    status: 200,
    text: JSON.stringify({
      picked: 1,
      ignored: 0,
      fragments: { home: section("home", "picked") },
    }),
  };
  const answer = (sent: Sent): Answer | undefined =>
    options.answer?.(sent) ??
    (isSurvey(sent)
      ? (options.survey ?? survey())
      : isAnswer(sent)
        ? answered
        : isWidget(sent)
          ? { status: 200, text: section(sent.query.placement!, "cold") }
          : undefined);
  return openPage({
    html: HOME,
    ...options,
    attributes: `data-manual ${options.attributes ?? 'data-survey="taste"'}`,
    answer,
  });
}

/** The dialog's or the element's form; the tag's hosts are the only shadow roots in the page. */
function root(page: Page) {
  return [...page.document.querySelectorAll("*")]
    .map((each) => each.shadowRoot)
    .find((each) => each?.querySelector("form.survey"));
}

function press(page: Page, part: string, index = 0): void {
  const pressed = root(page)!.querySelectorAll(`[part="${part}"]`)[index]!;
  ((pressed.querySelector("input") ?? pressed) as unknown as { click(): void }).click();
}

const inputs = (page: Page) => [...root(page)!.querySelectorAll("input")] as unknown as HTMLInputElement[];
const pressed = (page: Page) => inputs(page).map((each) => String(each.checked));
const shown = (page: Page) =>
  [...page.document.querySelectorAll("nunchi-recommendations")].map((host) =>
    host.shadowRoot?.querySelector("a")?.getAttribute("data-item-id"),
  );
const about = (page: Page, name: string) =>
  page
    .events()
    .filter(({ event }) => event === name)
    .map(({ properties }) => properties);

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

it("answers: what was picked goes out, what comes back is shown, other placements ask anew", async () => {
  const page = await open({ html: `${HOME}<nunchi-recommendations placement="trending"></nunchi-recommendations>` });
  expect(shown(page)).toEqual(["cold", "cold"]);
  const before = page.sent.filter(isWidget).length;
  press(page, "tile", 2);
  press(page, "tile", 0);
  press(page, "submit");
  await settle();
  const [sent] = page.sent.filter(isAnswer);
  expect(sent?.contentType).toBe("text/plain;charset=UTF-8");
  expect(sent?.body).toMatchObject({
    writeKey: KEY,
    ticket: "signed 1",
    continues: true,
    answers: [{ questionId: "picks", picked: ["item:1", "item:3"] }],
    placements: ["home", "trending"],
    html: true,
    messageId: expect.any(String),
    anonymousId: page.events()[0]?.anonymousId,
  });
  expect(shown(page)).toEqual(["picked", "cold"]);
  const asked = page.sent
    .filter(isWidget)
    .slice(before)
    .map(({ query }) => query.placement);
  expect(asked).toEqual(["trending"]);
  expect(root(page)).toBeUndefined();
  expect(page.storage()["nunchi:survey:taste"]).toBe("answered");
  expect(about(page, "survey_skipped")).toEqual([]);
});

it("can be skipped, and does not come again", async () => {
  const page = await open();
  press(page, "tile", 1);
  press(page, "skip");
  await settle();
  expect(root(page)).toBeUndefined();
  expect(page.sent.filter(isAnswer)).toEqual([]);
  expect(about(page, "survey_skipped")).toEqual([
    { survey_id: "taste", survey_version: 3, survey_of: "taste", question_id: "picks" },
  ]);
  const next = await open({ storage: page.storage() });
  expect(next.sent.filter(isSurvey)).toEqual([]);
});

it("Esc skips", async () => {
  const page = await open();
  root(page)!
    .querySelector("dialog")!
    .dispatchEvent(new page.window.Event("cancel", { cancelable: true }));
  await settle();
  expect(root(page)).toBeUndefined();
  expect(about(page, "survey_skipped")).toHaveLength(1);
});

it("lets at most so many be picked, and taken back", async () => {
  const page = await open();
  press(page, "tile", 0);
  press(page, "tile", 1);
  press(page, "tile", 2);
  expect(pressed(page)).toEqual(["true", "true", "false"]);
  expect(root(page)!.querySelector('[role="status"]')?.textContent).toBe("2개까지 고를 수 있어요");
  press(page, "tile", 0);
  expect(pressed(page)).toEqual(["false", "true", "false"]);
  expect(root(page)!.querySelector('[role="status"]')?.textContent).toBe("2개 중 1개 선택");
});

it("sends nothing while nothing is picked", async () => {
  const page = await open();
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer)).toEqual([]);
  expect(root(page)).toBeDefined();
});

it("asks several questions one after the other, as the edge says; one of them may be left open", async () => {
  const page = await open({
    survey: survey([tiles, choice]),
    answer: (sent) =>
      isAnswer(sent) && sent.body.ticket === "signed 1"
        ? { status: 200, text: JSON.stringify({ picked: 0, ignored: 0, next: screenOf([tiles, choice], 2) }) }
        : undefined,
  });
  press(page, "submit");
  await settle();
  expect(root(page)!.querySelector("h2")?.textContent).toBe(choice.title);
  press(page, "option", 0);
  press(page, "option", 1);
  expect(pressed(page)).toEqual(["false", "true"]);
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer).map(({ body }) => [body.ticket, body.answers])).toEqual([
    ["signed 1", []],
    ["signed 2", [{ questionId: "for", picked: ["gift"] }]],
  ]);
  expect(shown(page)).toEqual(["picked"]);
});

it("what earlier screens said counts when a later one is skipped", async () => {
  const next = { status: 200, text: JSON.stringify({ picked: 1, ignored: 0, next: screenOf([tiles, choice], 2) }) };
  const page = await open({ survey: survey([tiles, choice]), answered: next });
  press(page, "tile", 0);
  press(page, "submit");
  await settle();
  const before = page.sent.filter(isWidget).length;
  press(page, "skip");
  await settle();
  expect(root(page)).toBeUndefined();
  expect(page.sent.filter(isAnswer)).toHaveLength(1);
  expect(page.sent.filter(isWidget).length).toBe(before + 1);
  expect(about(page, "survey_skipped")).toMatchObject([{ question_id: "for" }]);
});

describe("tiles after a tap", () => {
  const isTap = ({ path }: Sent) => path === "/v1/surveys/taste/tiles";
  const names = (page: Page) => inputs(page).map(({ value }) => value);
  const other = (ids: string[], ticket = "newer") => ({
    status: 200,
    text: JSON.stringify({ tiles: [], ticket, html: renderTiles(ids.map(tile), "picks") }),
  });

  it("those behind it are chosen anew, and the answer says what stood there", async () => {
    const page = await open({ answer: (sent) => (isTap(sent) ? other(["1", "7", "3"]) : undefined) });
    const [first, , third] = inputs(page);
    press(page, "tile", 0);
    await settle();
    expect(page.sent.filter(isTap).map(({ body }) => [body.ticket, body.picked, body.tapped])).toEqual([
      ["signed 1", ["item:1"], "item:1"],
    ]);
    expect(names(page)).toEqual(["item:1", "item:7", "item:3"]);
    // What stays is the same element: the keyboard's place and what is picked stay with it.
    expect([inputs(page)[0], inputs(page)[2]]).toEqual([first, third]);
    expect(pressed(page)).toEqual(["true", "false", "false"]);
    press(page, "tile", 1);
    press(page, "submit");
    await settle();
    expect(page.sent.filter(isAnswer)[0]?.body).toMatchObject({
      ticket: "newer",
      answers: [{ questionId: "picks", picked: ["item:1", "item:7"] }],
    });
  });

  it.each<[string, Answer]>([
    ["the server is down", "lost"],
    ["the answer never comes", "silent"],
    ["it answers nonsense", { status: 200, text: "{}" }],
    ["it fails", { status: 500 }],
  ])("everything stays as it is when %s", async (_, answered) => {
    const page = await open({ answer: (sent) => (isTap(sent) ? answered : undefined) });
    press(page, "tile", 0);
    await settle();
    expect(names(page)).toEqual(["item:1", "item:2", "item:3"]);
    press(page, "submit");
    await settle();
    expect(page.sent.filter(isAnswer)[0]?.body.ticket).toBe("signed 1");
    expect(page.errors).toEqual([]);
  });

  it("nothing is asked for a pick that is taken back, and an older answer moves nothing", async () => {
    const page = await open({ answer: (sent) => (isTap(sent) ? other(["1", "8", "9"]) : undefined) });
    press(page, "tile", 0);
    press(page, "tile", 0);
    await settle();
    expect(page.sent.filter(isTap)).toHaveLength(1);
    expect(names(page)).toEqual(["item:1", "item:2", "item:3"]);
  });
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

it("says that somebody has begun, once", async () => {
  const page = await open();
  press(page, "tile", 0);
  press(page, "tile", 1);
  await settle();
  expect(about(page, "survey_started")).toEqual([{ survey_id: "taste", survey_version: 3, survey_of: "taste" }]);
});

it("asks for a size, a price band and words with the browser's own inputs", async () => {
  const questions: ShownQuestion[] = [
    { id: "band", kind: "price", title: "얼마쯤?", hint: null, min: 0, max: 100_000, step: 10_000, currency: "KRW" },
  ];
  const page = await open({ survey: survey(questions) });
  const [low, high] = inputs(page);
  expect(root(page)!.querySelector("output")?.textContent).toBe("0원 – 100,000원");
  high!.value = "50000";
  high!.dispatchEvent(new page.window.Event("input", { bubbles: true }) as unknown as Event);
  expect(root(page)!.querySelector("output")?.textContent).toBe("0원 – 50,000원");
  expect(low!.value).toBe("0");
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer)[0]?.body.answers).toEqual([{ questionId: "band", picked: ["0", "50000"] }]);
});

it.each<Answer>(["lost", { status: 500 }, { status: 429 }])(
  "an answer that meets %j is delivered later",
  async (answered) => {
    let isUp = false;
    const page = await open({ answer: (sent) => (isAnswer(sent) && !isUp ? answered : undefined) });
    press(page, "tile", 0);
    press(page, "submit");
    await settle(400);
    expect(root(page)).toBeUndefined();
    isUp = true;
    await settle(9000);
    const sent = page.sent.filter(isAnswer);
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(new Set(sent.map(({ body }) => body.messageId)).size).toBe(1);
    const total = sent.length;
    await settle(60_000);
    expect(page.sent.filter(isAnswer)).toHaveLength(total);
  },
);

it("an answer that is refused is not sent again", async () => {
  const page = await open({ answered: { status: 400, text: '{"error":{}}' } });
  press(page, "tile", 0);
  press(page, "submit");
  await settle(60_000);
  expect(page.sent.filter(isAnswer)).toHaveLength(1);
  expect(root(page)).toBeUndefined();
  expect(shown(page)).toEqual(["cold"]);
});

it("pressed twice is one answer", async () => {
  const page = await open({ answered: "silent" });
  press(page, "tile", 0);
  press(page, "submit");
  press(page, "submit");
  press(page, "skip");
  await settle(1000);
  expect(page.sent.filter(isAnswer)).toHaveLength(1);
  expect(about(page, "survey_skipped")).toEqual([]);
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

it("works without recommendations on the page", async () => {
  const page = await open({ html: "" });
  press(page, "tile", 0);
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer)[0]?.body.placements).toEqual([]);
  expect(page.sent.filter(isWidget)).toEqual([]);
  expect(page.errors).toEqual([]);
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
