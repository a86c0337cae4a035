// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { type Answer, KEY, NOW, openPage, type Page, type PageOptions, type Sent, settle } from "./page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

const DAY = 86_400_000;
const SHOW = { firstVisit: true, dormantDays: null as number | null, delaySeconds: 0, onProductPages: false };
const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

const tile = (id: string) => ({ key: `item:${id}`, itemId: id, title: `상품 ${id}`, imageUrl: `/${id}.jpg` });
const tiles = {
  id: "picks",
  kind: "tiles",
  title: "어떤 게 마음에 드세요?",
  hint: "두 개까지",
  most: 2,
  tiles: ["1", "2", "3"].map(tile),
};
const choice = {
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

const survey = (questions: unknown[] = [tiles], show: Partial<typeof SHOW> = {}): Answer => ({
  status: 200,
  text: JSON.stringify({
    id: "taste",
    version: 3,
    locale: "ko",
    placement: "home",
    show: { ...SHOW, ...show },
    screen: questions.length > 0 ? { questions } : null,
    ticket: questions.length > 0 ? "signed" : null,
  }),
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
  (root(page)!.querySelectorAll(`[part="${part}"]`)[index] as unknown as { click(): void }).click();
}

const pressed = (page: Page) =>
  [...root(page)!.querySelectorAll("[aria-pressed]")].map((each) => each.getAttribute("aria-pressed"));
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
    { anonymousId: expect.any(String), locale: "ko", key: KEY },
  ]);
  const dialog = root(page)!.querySelector("dialog")!;
  expect(dialog.open).toBe(true);
  expect(root(page)!.querySelector(`#${dialog.getAttribute("aria-labelledby")}`)?.textContent).toBe(
    "어떤 게 마음에 드세요?",
  );
  expect(pressed(page)).toEqual(["false", "false", "false"]);
  expect(about(page, "survey_shown")).toEqual([{ survey_id: "taste", survey_version: 3 }]);
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
  ["when the part cannot be loaded", { without: ["/nunchi-survey.js"] }],
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
    ticket: "signed",
    answers: [{ questionId: "picks", picked: ["item:3", "item:1"] }],
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
  expect(about(page, "survey_skipped")).toEqual([{ survey_id: "taste", survey_version: 3, question_id: "picks" }]);
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

it("asks several questions one after the other; one of them may be left open", async () => {
  const page = await open({ survey: survey([tiles, choice]) });
  press(page, "submit");
  expect(root(page)!.querySelector("h2")?.textContent).toBe(choice.title);
  press(page, "option", 0);
  press(page, "option", 1);
  expect(pressed(page)).toEqual(["false", "true"]);
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer)[0]?.body.answers).toEqual([
    { questionId: "picks", picked: [] },
    { questionId: "for", picked: ["gift"] },
  ]);
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
