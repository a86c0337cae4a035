/** The survey in a real Chromium on an edge that the test plays: what it looks like, and what a visitor sees when things go wrong. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {} from "../../widget/collect/tag.ts";
import { renderSurvey, renderTiles } from "../../worker/http/api/survey-fragment.tsx";
import type { ShownQuestion, ShownTile, SurveyScreen } from "../../worker/survey/schema.ts";
import { launchBrowser } from "../support/browser.ts";
import { type EdgeAnswer, type FakeEdge, fragmentOf, type Received, startFakeEdge } from "../support/fake-edge.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Pictures for somebody to look at: NUNCHI_SHOTS=folder. */
const SHOTS = process.env.NUNCHI_SHOTS;

const tile = (id: number): ShownTile => ({
  key: `item:${id}`,
  itemId: String(id),
  title: id % 2 ? "울 블렌드 롱 코트" : "아주 길어서 한 줄에 다 들어가지 않는 이름의 코트",
  imageUrl: `/img/${id}.svg`,
});
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => tile(from + index));

const QUESTIONS: ShownQuestion[] = [
  {
    id: "picks",
    kind: "tiles",
    title: "어떤 게 마음에 드세요?",
    hint: "다섯 개까지",
    most: 5,
    adapts: true,
    tiles: range(1, 12),
  },
  {
    id: "for",
    kind: "choice",
    title: "누구를 위한 쇼핑인가요?",
    hint: null,
    multiple: false,
    options: [
      { value: "me", label: "나" },
      { value: "gift", label: "선물" },
    ],
  },
  {
    id: "size",
    kind: "size",
    title: "사이즈를 알려 주세요",
    hint: null,
    multiple: true,
    options: ["XS", "S", "M", "L", "XL", "250", "260", "270"].map((value) => ({ value, label: value })),
  },
  {
    id: "band",
    kind: "price",
    title: "얼마쯤 생각하세요?",
    hint: null,
    min: 0,
    max: 300_000,
    step: 10_000,
    currency: "KRW",
  },
  { id: "why", kind: "text", title: "무엇을 찾고 계세요?", hint: "짧게 적어 주셔도 좋아요.", most: 200 },
];

function screenOf(step: number, look: Record<string, string> = {}): SurveyScreen {
  const question = QUESTIONS[step - 1];
  const screen: SurveyScreen = {
    id: "taste",
    of: "taste",
    version: 1,
    locale: "ko",
    placement: "home",
    show: {
      firstVisit: true,
      dormantDays: null,
      delaySeconds: 0,
      onProductPages: false,
      onAdLandings: false,
      holdout: 0,
      onlyWhereItHelps: false,
    },
    look,
    group: "asked",
    screen: question ? { questions: [question], step, steps: QUESTIONS.length } : null,
    ticket: `signed ${step}`,
  };
  const html = renderSurvey(screen, step > 1);
  return { ...screen, ...(html ? { html } : {}) };
}

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
  context = await browser.newContext({
    locale: "ko-KR",
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  errors = [];
  page = await open();
});

afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

const LIST = range(20, 8).map(({ itemId, title }) => ({
  id: itemId ?? "",
  title,
  brand: "하버린",
  priceText: "44,400원",
  reason: "",
}));

function usual({ method, path, body }: Received): EdgeAnswer | undefined {
  const json = (value: unknown): EdgeAnswer => ({ body: JSON.stringify(value) });
  if (path === "/v1/widgets/recommendations") return { body: fragmentOf("home", LIST, "grid"), type: "text/html" };
  if (path === "/v1/surveys/taste" && method === "GET") return json(screenOf(1));
  if (path === "/v1/surveys/taste/tiles") {
    const { tapped } = body as unknown as { tapped: string };
    const place = Number(tapped.slice("item:".length));
    return json({ ticket: "newer", html: renderTiles([...range(1, place), ...range(41, 12 - place)], "picks") });
  }
  if (path === "/v1/surveys/taste/answers") {
    const { ticket = "" } = body as unknown as { ticket?: string };
    const step = Number(/\d/.exec(ticket)?.[0] ?? 1);
    if (step < QUESTIONS.length) return json({ picked: 1, ignored: 0, next: screenOf(step + 1) });
    const picked = fragmentOf("home", LIST.slice(0, 4), "grid").replace("rec_home", "rec_survey");
    return json({ picked: 1, ignored: 0, recommendations: [], fragments: { home: picked } });
  }
  return undefined;
}

/** Another tab of the same visitor. */
async function open(body = '<nunchi-recommendations placement="home"></nunchi-recommendations>'): Promise<Page> {
  edge.serve({
    html: `<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><link rel="icon" href="data:,"></head><body><main><h1>Shop</h1>${body}</main><script async src="${edge.url}/nunchi.js" data-key="pk_test" data-survey="taste"></script></body></html>`,
  });
  const tab = await context.newPage();
  tab.on("pageerror", (error) => errors.push(error.message));
  await tab.goto(edge.shop);
  return tab;
}

const tiles = () => page.locator('[part="tile"]');
const sent = (path: string) => edge.received.filter((call) => call.path === `/v1/surveys/taste${path}`);
const next = () => page.locator('[part="submit"]').click();

async function shoot(name: string): Promise<void> {
  if (!SHOTS) return;
  for (const [device, width, height] of [
    ["desktop", 1280, 900],
    ["phone", 390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${SHOTS}/survey-${name}-${device}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

describe("the survey", () => {
  it("asks every kind of question, one after the other; axe finds nothing, and nothing is left of it", async () => {
    await tiles().first().waitFor();
    const titles: string[] = [];
    for (const { kind, title } of QUESTIONS) {
      await page.getByRole("heading", { name: title }).waitFor();
      titles.push(await page.locator("dialog h2").innerText());
      if (kind === "tiles") {
        await tiles().nth(1).click();
        await page.locator('input[value="item:41"]').waitFor({ state: "attached" });
      }
      if (kind === "choice") await page.getByText("선물", { exact: true }).click();
      if (kind === "size") await page.getByText("260", { exact: true }).click();
      if (kind === "price") {
        await page.getByLabel("최고 가격").focus();
        await page.keyboard.press("ArrowLeft");
        expect(await page.locator("output").innerText()).toBe("0원 – 290,000원");
      }
      if (kind === "text") await page.locator("textarea").fill("가벼운 겨울 외투");
      await shoot(kind);
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations } = await (
          window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
        ).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      });
      expect(found, kind).toEqual([]);
      await next();
    }
    await page.locator('section[data-recommendation-id="rec_survey"]').waitFor();
    expect(titles).toEqual(QUESTIONS.map(({ title }) => title));
    expect(await page.locator("nunchi-dialog").count()).toBe(0);
    expect(sent("/answers").map(({ body }) => (body as unknown as { answers: unknown }).answers)).toEqual([
      [{ questionId: "picks", picked: ["item:2"] }],
      [{ questionId: "for", picked: ["gift"] }],
      [{ questionId: "size", picked: ["260"] }],
      [{ questionId: "band", picked: ["0", "290000"] }],
      [{ questionId: "why", picked: ["가벼운 겨울 외투"] }],
    ]);
    expect(sent("/answers")[0]?.body).toMatchObject({ ticket: "newer" });
  });

  it("the tiles behind a tap change in their places: nothing else moves, and the focus stays", async () => {
    await tiles().nth(2).waitFor();
    const before = await page.locator("dialog").boundingBox();
    await page.locator('input[value="item:3"]').focus();
    await page.keyboard.press("Space");
    await page.locator('input[value="item:41"]').waitFor({ state: "attached" });
    expect(await tiles().count()).toBe(12);
    expect(await page.locator("dialog").boundingBox()).toEqual(before);
    const focused = () =>
      page.evaluate(() => (document.activeElement?.shadowRoot?.activeElement as HTMLInputElement | undefined)?.value);
    expect(await focused()).toBe("item:3");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("item:41");
  });

  it("answered in one tab, it is not asked in another", async () => {
    await tiles().first().waitFor();
    await tiles().first().click();
    await next();
    await page.getByRole("heading", { name: "누구를 위한 쇼핑인가요?" }).waitFor();
    await page.locator('[part="skip"]').click();
    const asked = sent("").length;
    const other = await open();
    await other.locator('nunchi-recommendations [part="card"]').first().waitFor();
    expect(sent("")).toHaveLength(asked);
    expect(await other.locator("nunchi-dialog").count()).toBe(0);
  });

  it("two tabs that ask at once answer on their own, each once", async () => {
    const other = await open();
    for (const tab of [page, other]) {
      await tab.locator('[part="tile"]').first().click();
      await tab.locator('[part="submit"]').dblclick();
      await tab.getByRole("heading", { name: "누구를 위한 쇼핑인가요?" }).waitFor();
    }
    expect(sent("/answers")).toHaveLength(2);
    const ids = sent("/answers").map(({ body }) => (body as unknown as { messageId: string }).messageId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("when something goes wrong, the visitor sees nothing of it", () => {
  it("an element that the page removes while it is asked for, and puts back", async () => {
    let release = () => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    edge.answer((call) =>
      call.path === "/v1/surveys/taste" ? { ...usual(call), body: JSON.stringify(screenOf(1)), after } : usual(call),
    );
    page = await open('<nunchi-survey id="taste"></nunchi-survey>');
    await expect.poll(() => sent("").length).toBeGreaterThan(1);
    await page.evaluate(() => document.querySelector("nunchi-survey")?.remove());
    release();
    await page.locator("nunchi-dialog dialog").waitFor();
    expect(await page.locator("nunchi-survey").count()).toBe(0);
  });

  it("an edge that goes down between two questions: the survey closes, and the answer comes later", async () => {
    await tiles().first().click();
    await page.locator('input[value="item:41"]').waitFor({ state: "attached" });
    await edge.down();
    await next();
    await expect.poll(() => page.locator("nunchi-dialog").count()).toBe(0);
    await edge.up();
    edge.answer(usual);
    await expect.poll(() => sent("/answers").length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(sent("/answers")[0]?.body).toMatchObject({ answers: [{ questionId: "picks", picked: ["item:1"] }] });
    expect(sent("/answers")[0]?.body).not.toHaveProperty("continues");
  });

  it("a slow edge: the page is there long before the survey", async () => {
    const never = new Promise<void>(() => {});
    edge.answer((call) => (call.path.startsWith("/v1/surveys") ? { body: "", after: never } : usual(call)));
    page = await open();
    await page.locator('nunchi-recommendations [part="card"]').first().waitFor();
    expect(await page.locator("nunchi-dialog").count()).toBe(0);
  });
});
