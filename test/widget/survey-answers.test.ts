// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderTiles } from "../../worker/http/api/survey-fragment.tsx";
import type { ShownQuestion } from "../../worker/survey/schema.ts";
import { type Answer, KEY, NOW, type Page, type Sent, settle } from "./page.ts";
import {
  about,
  choice,
  HOME,
  inputs,
  isAnswer,
  isSurvey,
  isWidget,
  open,
  press,
  pressed,
  root,
  screenOf,
  shown,
  survey,
  tile,
  tiles,
} from "./survey-page.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
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

it("works without recommendations on the page", async () => {
  const page = await open({ html: "" });
  press(page, "tile", 0);
  press(page, "submit");
  await settle();
  expect(page.sent.filter(isAnswer)[0]?.body.placements).toEqual([]);
  expect(page.sent.filter(isWidget)).toEqual([]);
  expect(page.errors).toEqual([]);
});
