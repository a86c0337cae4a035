/**
 * `npm run bench:page`: what the tag costs a page, in a real Chromium with its CPU slowed four times, on the demo shop's home
 * page: main-thread work, long tasks, layout shift, and how soon the first tiles and the grid after a survey are painted.
 * One JSON line a case, medians over the runs; the server's own time is left out of the delays and reported beside them.
 * The tag acts when the document is readable (`DOMContentLoaded`): delays begin there, and `readableMs` says how long after the
 * tag's script had come that was.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
import { freePort, startDemo } from "../../widget/demo/start.ts";
import { launchBrowser } from "../support/browser.ts";
import { report, round } from "./runtime.ts";

const SLOWDOWN = Number(process.env.BENCH_SLOWDOWN ?? 4);
const RUNS = Number(process.env.BENCH_RUNS ?? 7);
const PERSON =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

/** What the page itself notes while it loads. */
interface Noted {
  shift: number;
  /** `performance.now()` when a placement with cards was painted, by its fallback level. */
  painted: Record<string, number>;
  clickedAt: number;
}

declare global {
  interface Window {
    noted: Noted;
  }
}

/** Runs in the page, before anything of it. */
function note(): void {
  window.noted = { shift: 0, painted: {}, clickedAt: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) window.noted.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  addEventListener("click", () => (window.noted.clickedAt = performance.now()), true);
  const look = () => {
    const host = document.querySelector('nunchi-recommendations[placement="home"]');
    const level = host?.shadowRoot?.querySelector<HTMLElement>("section[data-recommendation-id]")?.dataset.fallback;
    if (level && window.noted.painted[level] === undefined) {
      // The frame in which it is seen has not been painted yet: the first task after it has.
      window.noted.painted[level] = 0;
      const channel = new MessageChannel();
      channel.port1.onmessage = () => (window.noted.painted[level] = performance.now());
      channel.port2.postMessage(0);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

interface Profile {
  nodes: { id: number; callFrame: { url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

/** Milliseconds with code of the tag on the stack (what it calls included), in all and the longest stretch of it. */
function workOfTag({ nodes, samples, timeDeltas }: Profile): { all: number; longest: number } {
  const parents = new Map<number, number>();
  const own = new Set<number>();
  for (const { id, callFrame, children = [] } of nodes) {
    if (/\/nunchi[\w-]*\.js/.test(callFrame.url)) own.add(id);
    for (const child of children) parents.set(child, id);
  }
  const isOwn = new Map<number, boolean>();
  const has = (id: number): boolean => {
    const known = isOwn.get(id);
    if (known !== undefined) return known;
    const parent = parents.get(id);
    const answer = own.has(id) || (parent !== undefined && has(parent));
    isOwn.set(id, answer);
    return answer;
  };
  let [all, longest, stretch] = [0, 0, 0];
  for (const [place, sample] of samples.entries()) {
    // A sample stands for the time until the next one.
    const lasted = (timeDeltas[place + 1] ?? 0) / 1000;
    stretch = has(sample) ? stretch + lasted : 0;
    if (stretch > 0) all += lasted;
    longest = Math.max(longest, stretch);
  }
  return { all, longest };
}

/** Milliseconds between two moments in which at least one request to the edge was under way. */
function waitingFor(page: Page, parts: string, from: number, to: number): Promise<number> {
  return page.evaluate(
    ([parts, from, to]) => {
      const spans = (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => new RegExp(parts).test(name))
        .map(({ startTime, responseEnd }) => [Math.max(from, startTime), Math.min(to, responseEnd)] as const)
        .filter(([start, end]) => end > start)
        .sort(([a], [b]) => a - b);
      let [sum, reached] = [0, from];
      for (const [start, end] of spans) {
        sum += Math.max(0, end - Math.max(start, reached));
        reached = Math.max(reached, end);
      }
      return sum;
    },
    [parts, from, to] as const,
  );
}

const until = (page: Page, level: string) =>
  page.waitForFunction((name) => (window.noted.painted[name] ?? 0) > 0, level).then(() => undefined);

/** From nothing to tiles of that level, with the survey's dialog over them or without. */
async function view(page: Page, session: CDPSession, url: string, level: string, hasSurvey: boolean) {
  await page.goto(`${url}/demo/shop.css`);
  await session.send("Profiler.enable");
  await session.send("Profiler.setSamplingInterval", { interval: 100 });
  await session.send("Profiler.start");
  await page.goto(`${url}/demo/`);
  await until(page, level);
  if (hasSurvey) await page.locator("dialog[open]").waitFor();
  await page.waitForTimeout(500);
  const { profile } = (await session.send("Profiler.stop")) as { profile: Profile };
  const { all, longest } = workOfTag(profile);
  const { shift, painted } = await page.evaluate(() => window.noted);
  const { cameAt, readableAt } = await page.evaluate(() => {
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    return {
      cameAt: resources.find(({ name }) => /\/nunchi\.js/.test(name))?.responseEnd ?? 0,
      readableAt: navigation?.domContentLoadedEventStart ?? 0,
    };
  });
  const ranAt = Math.max(cameAt, readableAt);
  const paintedAt = painted[level] ?? 0;
  const server = await waitingFor(page, "/nunchi-\\w+\\.js|/v1/widgets/", ranAt, paintedAt);
  return { all, longest, shift, readable: ranAt - cameAt, toTiles: paintedAt - ranAt - server, server };
}

async function surveyAnswer(page: Page) {
  const dialog = page.locator("dialog[open]");
  await page.evaluate(() => {
    window.noted.shift = 0;
  });
  // Screen after screen, until the survey is done.
  while ((await dialog.count()) > 0) {
    await dialog.locator('[part~="tile"]').nth(1).click();
    const answered = page.waitForResponse((answer) => answer.url().includes("/answers"));
    await dialog.locator('[part~="submit"]').click();
    await answered;
    await page.waitForTimeout(500);
  }
  await until(page, "survey");
  const { clickedAt, painted, shift } = await page.evaluate(() => window.noted);
  const paintedAt = painted.survey ?? 0;
  const server = await waitingFor(page, "/answers", clickedAt, paintedAt);
  return { toGrid: paintedAt - clickedAt - server, server, shift };
}

async function run(browser: Browser, url: string) {
  const context = await browser.newContext({
    locale: "ko-KR",
    userAgent: PERSON,
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  await page.addInitScript(note);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  const first = await view(page, session, url, "popular", true);
  const answer = await surveyAnswer(page);
  const next = await view(page, session, url, "survey", false);
  await context.close();
  return { first, answer, next };
}

function median(values: number[]): number {
  return round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN, 1);
}

const folder = mkdtempSync(join(tmpdir(), "nunchi-page-"));
const demo = await startDemo({ port: await freePort(), folder });
const browser = await launchBrowser();
try {
  await run(browser, demo.url);
  const runs: Awaited<ReturnType<typeof run>>[] = [];
  for (let index = 0; index < RUNS; index++) runs.push(await run(browser, demo.url));
  const of = (pick: (each: (typeof runs)[number]) => number) => median(runs.map(pick));
  const shiftMost = (pick: (each: (typeof runs)[number]) => number) => round(Math.max(...runs.map(pick)), 4);
  const views = { "first view, with the survey": "first", "next view, personal": "next" } as const;
  for (const [name, which] of Object.entries(views)) {
    report({
      bench: "page",
      case: name,
      cpuSlowdown: SLOWDOWN,
      runs: RUNS,
      mainThreadMs: of((each) => each[which].all),
      longestStretchMs: of((each) => each[which].longest),
      layoutShiftMost: shiftMost((each) => each[which].shift),
      readableMs: of((each) => each[which].readable),
      tagToTilesMs: of((each) => each[which].toTiles),
      serverMs: of((each) => each[which].server),
    });
  }
  report({
    bench: "page",
    case: "survey answer to new grid",
    cpuSlowdown: SLOWDOWN,
    runs: RUNS,
    answerToGridMs: of(({ answer }) => answer.toGrid),
    serverMs: of(({ answer }) => answer.server),
    layoutShiftMost: shiftMost(({ answer }) => answer.shift),
  });
} finally {
  await browser.close();
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}
