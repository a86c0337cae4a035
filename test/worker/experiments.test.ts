import { describe, expect, it } from "vitest";
import type { Deps } from "../../worker/deps.ts";
import { collect } from "../../worker/events/collect.ts";
import { startExperiment } from "../../worker/experiments/experiments.ts";
import { measureExperiment } from "../../worker/experiments/measure.ts";
import { experimentReport } from "../../worker/experiments/report.ts";
import type { ExperimentResult } from "../../worker/experiments/result.ts";
import { selectArms } from "../../worker/experiments/store.ts";
import { forgetRunning } from "../../worker/experiments/variant.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { item, place, stock, visit } from "../support/worker/shop.ts";

const WAYS = {
  placement: "home",
  variants: [
    { name: "as-is", rules: {} },
    { name: "short", rules: { count: 2, title: { ko: "짧게", en: "Short" } } },
  ],
};

async function shop(): Promise<Harness> {
  const h = await harness();
  await stock(
    h,
    Array.from({ length: 8 }, (_, number) => item(`i${number}`, { price: 10_000 })),
  );
  await place(h, "home", { count: 6 });
  return h;
}

async function put(h: Harness, definition: object, id = "ways"): Promise<Response> {
  return h.server("PUT", `/v1/experiments/${id}`, { name: "Ways", definition });
}

async function running(h: Harness, definition: object = WAYS, id = "ways"): Promise<void> {
  expect((await put(h, definition, id)).status).toBe(200);
  expect((await h.server("POST", `/v1/experiments/${id}/start`)).status).toBe(200);
}

async function ask(h: Harness, person: object, more: object = {}): Promise<Recommendation> {
  const response = await h.server("POST", "/v1/recommendations", { placement: "home", ...person, ...more });
  expect(response.status).toBe(200);
  return response.json();
}

let sequence = 0;

/** Stores events as they would come from a page that hands the label back. */
async function log(h: Harness, events: { person: object; event: string; at: number; properties?: object }[]) {
  const messages = events.map(({ person, event, at, properties = {} }) => ({
    type: "track",
    event,
    messageId: `x${sequence++}`,
    timestamp: at,
    ...person,
    properties,
  }));
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  const { refused } = await collect(h.deps, envelope, messages);
  expect(refused).toEqual([]);
}

const shownTo = (person: object, variant: string, at: number) => ({
  person,
  event: "recommendation_shown",
  at,
  properties: { placement: "home", variant, item_ids: ["i1"] },
});
const click = (person: object, variant: string, at: number) => ({
  person,
  event: "recommendation_clicked",
  at,
  properties: { placement: "home", variant, item_id: "i1" },
});
const purchase = (person: object, at: number, revenue: number, currency = "KRW") => ({
  person,
  event: "product_purchased",
  at,
  properties: { revenue, currency, products: [{ product_id: "i1" }] },
});
const visitor = (number: number | string) => ({ anonymousId: `v${number}` });

async function resultOf(h: Harness, id = "ways", query = ""): Promise<ExperimentResult> {
  const response = await h.server("GET", `/v1/experiments/${id}/result${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { result: ExperimentResult }).result;
}

const peopleIn = (result: ExperimentResult) =>
  Object.fromEntries(result.groups.map(({ name, people }) => [name, people]));

type MeasureJob = Extract<Job, { kind: "measure-experiment" }>;

/** Of this test's own site: the clock's duties are everybody's. */
function measurements(h: Harness): MeasureJob[] {
  return (h.jobs.splice(0) as Job[]).filter(
    (job): job is MeasureJob => job.kind === "measure-experiment" && job.siteId === h.site.id,
  );
}

/** A quarter of an hour passes on the clock of duties: answers how many counts were due, and does them. */
async function count(h: Harness): Promise<number> {
  h.jobs.length = 0;
  await sendDuties(h.deps, "*/15 * * * *");
  const due = measurements(h);
  for (const job of due) await run(h.deps, job);
  return due.length;
}

describe("a running experiment", () => {
  it("divides people, changes the rules of each group, and says so in the answer", async () => {
    const h = await shop();
    expect((await ask(h, visitor(1))).variant).toBeNull();
    await running(h);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => ask(h, visitor(number))));
    const counts = { "ways:as-is": 0, "ways:short": 0 };
    for (const { variant, items, title } of answers) {
      counts[variant as keyof typeof counts]++;
      expect([items.length, title]).toEqual(variant === "ways:short" ? [2, "짧게"] : [6, "당신을 위한 추천"]);
    }
    expect(Math.min(counts["ways:as-is"], counts["ways:short"])).toBeGreaterThan(5);
    const again = await Promise.all(Array.from({ length: 40 }, (_, number) => ask(h, visitor(number))));
    expect(again.map(({ variant }) => variant)).toEqual(answers.map(({ variant }) => variant));
  });

  it("leaves nobody in particular, other placements and those beyond its traffic alone", async () => {
    const h = await shop();
    await place(h, "cart", { count: 3 });
    await running(h, { ...WAYS, traffic: 0.3 });
    expect((await ask(h, {})).variant).toBeNull();
    expect((await ask(h, visitor(1), { placement: "cart" })).variant).toBeNull();
    const labels = await Promise.all(
      Array.from({ length: 60 }, async (_, number) => (await ask(h, visitor(number))).variant),
    );
    const outside = labels.filter((label) => label === null).length;
    expect(outside).toBeGreaterThan(24);
    expect(outside).toBeLessThan(58);
  });

  it("shows the held out nothing, and the page a list without cards that says why", async () => {
    const h = await shop();
    const holdout = { share: 0.5, shows: "nothing" };
    await running(h, { ...WAYS, holdout });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => ask(h, visitor(number))));
    const held = answers.findIndex(({ variant }) => variant === "ways:holdout");
    expect(answers[held]?.items).toEqual([]);
    expect(answers.filter(({ variant, items }) => variant !== "ways:holdout" && items.length === 0)).toEqual([]);
    const fragment = async (number: number) =>
      h.browser("GET", `/v1/widgets/recommendations?placement=home&anonymousId=v${number}`);
    const empty = await (await fragment(held)).text();
    expect(empty).toContain('data-variant="ways:holdout"');
    expect(empty).not.toContain("data-item-id");
    const treated = answers.findIndex(({ variant }) => variant === "ways:short");
    expect(await (await fragment(treated)).text()).toMatch(/data-variant="ways:short"[\s\S]*data-item-id/);
    await h.server("POST", "/v1/experiments/ways/stop");
    expect(await (await fragment(held)).text()).not.toContain("data-variant");
  });

  it("shows the held out what is popular, not what they like", async () => {
    const h = await shop();
    const holdout = { share: 0.5, shows: "popular" };
    for (let number = 0; number < 24; number++) await visit(h, visitor(number), ["i3", "i4"]);
    await running(h, { ...WAYS, holdout });
    const answers = await Promise.all(Array.from({ length: 24 }, (_, number) => ask(h, visitor(number))));
    const held = answers.filter(({ variant }) => variant === "ways:holdout");
    expect(held.length).toBeGreaterThan(0);
    for (const { items, fallbackLevel } of held) {
      expect(items).toHaveLength(6);
      expect(["popular", "catalog"]).toContain(fallbackLevel);
      expect(items.map(({ source }) => source)).not.toContain("similar");
    }
  });

  it("costs a recommendation nothing but the hash: no rows written, none read while the isolate remembers", async () => {
    const h = await shop();
    await running(h);
    await ask(h, visitor(1));
    const rows = async (): Promise<[number, number]> => {
      const before = { ...h.deps.meter };
      await recommend(h.deps, h.site, {
        placement: "home",
        anonymousId: "v1",
      });
      return [h.deps.meter.read - before.read, h.deps.meter.written - before.written];
    };
    await rows();
    const warm = await rows();
    await h.server("POST", "/v1/experiments/ways/stop");
    await ask(h, visitor(1));
    expect([warm[0], warm[1]]).toEqual([(await rows())[0], 0]);
  });

  it("that cannot be read is as none: the answer stays", async () => {
    const h = await shop();
    await running(h);
    forgetRunning(h.site.id);
    const errors: string[] = [];
    const control: Deps["control"] = {
      ...h.deps.control,
      batch: async (statements) => {
        if (statements.length === 2) throw new Error("the database is away");
        return h.deps.control.batch(statements);
      },
    };
    const deps = { ...h.deps, control, log: { ...h.deps.log, error: (message: string) => void errors.push(message) } };
    const answer = await recommend(deps, h.site, { placement: "home", anonymousId: "v1" });
    expect([answer.variant, answer.items.length]).toEqual([null, 6]);
    expect(errors).toEqual(["the experiments could not be read"]);
  });
});

describe("the result", () => {
  it("counts each person once, in the group shown first, with what they did within the window after", async () => {
    const h = await shop();
    await running(h, { ...WAYS, metric: { kind: "purchase", windowSeconds: 3600 } });
    h.clock.at = NOON + DAY;
    const at = NOON + HOUR;
    await log(h, [
      // Shown three times: one person. Bought twice within the hour, and once too late.
      ...[0, 1, 2].map((minute) => shownTo(visitor("a"), "ways:as-is", at + minute * MINUTE)),
      click(visitor("a"), "ways:as-is", at + 3 * MINUTE),
      purchase(visitor("a"), at + 4 * MINUTE, 30_000),
      purchase(visitor("a"), at + 5 * MINUTE, 10_000),
      purchase(visitor("a"), at + 61 * MINUTE, 99_000),
      // Bought before: not a result of it. Clicked in another experiment.
      purchase(visitor("b"), at - MINUTE, 50_000),
      shownTo(visitor("b"), "ways:short", at),
      click(visitor("b"), "other:short", at + MINUTE),
      // In dollars: a purchase, of which nobody here knows the worth.
      shownTo(visitor("c"), "ways:short", at),
      purchase(visitor("c"), at + MINUTE, 70, "USD"),
      // Of no variant that there is, of another experiment, of none.
      shownTo(visitor("d"), "ways:gone", at),
      shownTo(visitor("e"), "waysx:short", at),
      shownTo(visitor("f"), "way", at),
      { person: visitor("g"), event: "recommendation_shown", at, properties: { placement: "home" } },
    ]);
    const result = await resultOf(h);
    expect(result.groups.map(({ name, people, clicked, bought }) => [name, people, clicked, bought])).toEqual([
      ["as-is", 1, 1, 1],
      ["short", 2, 0, 1],
    ]);
    expect(result.groups[1]?.metrics.revenue?.value).toBe(0);
    expect(result.switched).toBe(0);
  });

  it("counts whoever was there just before it began", async () => {
    const h = await shop();
    await log(h, [{ person: visitor("early"), event: "page_viewed", at: NOON - 20_000, properties: {} }]);
    await running(h);
    h.clock.at = NOON + 20_000;
    await log(h, [shownTo(visitor("early"), "ways:short", h.clock.at)]);
    h.clock.at = NOON + DAY;
    expect(peopleIn(await resultOf(h))).toEqual({ "as-is": 0, short: 1 });
  });

  it("follows a person over sign-in and shards, and counts them where they were first shown something", async () => {
    const h = await shop();
    await running(h);
    h.clock.at = NOON + DAY;
    const at = NOON + HOUR;
    for (let number = 0; number < 6; number++) {
      const browser = { anonymousId: `b${number}` };
      const user = { userId: `u${number}` };
      await log(h, [
        shownTo(browser, "ways:as-is", at),
        { person: { ...browser, ...user }, event: "signed_in", at: at + MINUTE },
        shownTo(user, "ways:short", at + 2 * MINUTE),
        click(user, "ways:short", at + 3 * MINUTE),
      ]);
    }
    const result = await resultOf(h);
    expect(result.groups.map(({ name, people, clicked }) => [name, people, clicked])).toEqual([
      ["as-is", 6, 6],
      ["short", 0, 0],
    ]);
    expect(result.switched).toBe(6);
  });

  it("says intervals, differences from the group that is asked for, and whether the split is sound", async () => {
    const h = await shop();
    await running(h, { ...WAYS, holdout: { share: 0.2 } });
    h.clock.at = NOON + 8 * DAY;
    const groups = [
      { name: "ways:as-is", people: 80, clicks: 8 },
      { name: "ways:short", people: 80, clicks: 40 },
      { name: "ways:holdout", people: 40, clicks: 1 },
    ];
    for (const { name, people, clicks } of groups) {
      const all = Array.from({ length: people }, (_, number) => visitor(`${name}-${number}`));
      await log(
        h,
        all.map((person) => shownTo(person, name, NOON + HOUR)),
      );
      await log(
        h,
        all.slice(0, clicks).map((person) => click(person, name, NOON + 2 * HOUR)),
      );
    }
    const result = await resultOf(h);
    expect(peopleIn(result)).toEqual({ "as-is": 80, short: 80, holdout: 40 });
    expect(result).toMatchObject({ against: "as-is", level: 0.975, isEarly: true, ratio: { isAlarming: false } });
    const [asIs, short, holdout] = result.groups;
    expect(asIs?.metrics.click).toMatchObject({ value: 0.1 });
    expect(asIs?.differences).toEqual({});
    expect(short?.differences.click?.value).toBeCloseTo(0.4, 10);
    expect(short?.differences.click?.low).toBeGreaterThan(0.2);
    expect([short?.verdict, holdout?.verdict]).toEqual(["better", "unclear"]);
    const other = await resultOf(h, "ways", "?against=holdout");
    expect(other.against).toBe("holdout");
    expect(other.groups[0]?.differences.click?.value).toBeCloseTo(0.075, 10);
    // 40 % of people against 10 %: three times as many more.
    expect(short?.uplifts.click?.value).toBeCloseTo(4, 10);
    expect(short?.uplifts.click?.low).toBeGreaterThan(1);
    expect(asIs?.uplifts).toEqual({});
  });

  it("compares a single way with the holdout unless it is told otherwise", async () => {
    const h = await shop();
    await running(h, { ...WAYS, variants: [WAYS.variants[1]], holdout: { share: 0.5 } });
    h.clock.at = NOON + DAY;
    for (const [name, clicks] of [
      ["ways:short", 30],
      ["ways:holdout", 5],
    ] as const) {
      const all = Array.from({ length: 50 }, (_, number) => visitor(`${name}-${number}`));
      await log(
        h,
        all.map((person) => shownTo(person, name, NOON + HOUR)),
      );
      await log(
        h,
        all.slice(0, clicks).map((person) => click(person, name, NOON + 2 * HOUR)),
      );
    }
    const result = await resultOf(h);
    expect(result.against).toBe("holdout");
    expect(result.groups.map(({ verdict }) => verdict)).toEqual(["better", undefined]);
    expect(result.groups[0]?.uplifts.click?.value).toBeCloseTo(5, 10);
    expect((await resultOf(h, "ways", "?against=short")).groups[1]?.verdict).toBe("worse");
  });

  it("warns of a split that did not come out as it was meant", async () => {
    const h = await shop();
    await running(h);
    h.clock.at = NOON + DAY;
    await log(
      h,
      Array.from({ length: 60 }, (_, number) =>
        shownTo(visitor(number), number < 45 ? "ways:as-is" : "ways:short", NOON + HOUR),
      ),
    );
    expect((await resultOf(h)).ratio).toMatchObject({ isAlarming: true });
  });

  it("is counted by the clock, and no more often than its age asks for", async () => {
    const h = await shop();
    await running(h);
    h.clock.at = NOON + 10 * MINUTE;
    await log(h, [shownTo(visitor(1), "ways:short", NOON + MINUTE)]);
    const counts: number[] = [];
    const countAfter = async (ms: number) => {
      h.clock.at += ms;
      counts.push(await count(h));
    };
    for (const ms of [0, 10 * MINUTE, 5 * MINUTE]) await countAfter(ms);
    // Two days old: once in an hour.
    for (const ms of [2 * DAY, 45 * MINUTE, 30 * MINUTE]) await countAfter(ms);
    await h.server("POST", "/v1/experiments/ways/stop");
    // A day for the last window, an hour for late events, and one last count.
    for (const ms of [27 * HOUR, DAY]) await countAfter(ms);
    expect(counts).toEqual([2, 0, 2, 2, 0, 2, 2, 0]);
    expect(peopleIn(await resultOf(h))).toEqual({ "as-is": 0, short: 1 });
  });

  it("comes out the same slice by slice, and when jobs are delivered twice or late", async () => {
    const h = await shop();
    await running(h);
    h.clock.at = NOON + DAY;
    await log(
      h,
      Array.from({ length: 50 }, (_, number) => shownTo(visitor(number), "ways:short", NOON + HOUR)),
    );
    await sendDuties(h.deps, "*/15 * * * *");
    let slices = 0;
    for (let jobs = measurements(h); jobs.length > 0; jobs = measurements(h)) {
      for (const job of jobs) {
        slices++;
        await Promise.all([1, 2].map(() => measureExperiment(h.deps, job, { profiles: 3, pages: 2 })));
        await measureExperiment(h.deps, job, { profiles: 3, pages: 2 });
        if (job.scan) await measureExperiment(h.deps, { ...job, scan: { ...job.scan, slice: 0 } });
      }
    }
    expect(slices).toBeGreaterThan(8);
    expect(peopleIn(await resultOf(h))).toEqual({ "as-is": 0, short: 50 });
  });
});

/** A hundred and sixty recommendations, on a machine that has other things to do. */
const SEVERAL_ROUNDS_MS = 30_000;

describe("automatic mode", () => {
  const AUTO = {
    ...WAYS,
    mode: "auto",
    metric: { kind: "click", windowSeconds: 3600 },
    learning: { warmUp: 20, floor: 0.05 },
  };
  const label = (variant: string) => `ways:${variant}:history.phone`;

  it(
    "names its context, keeps most of what ran before at first, and follows what is learned there and only there",
    async () => {
      const h = await shop();
      await running(h, AUTO);
      const labels = async (more: object) => {
        const all = await Promise.all(
          Array.from({ length: 40 }, async (_, number) => (await ask(h, visitor(`x${number}`), more)).variant),
        );
        return all.map((each) => each?.split(":"));
      };
      const phone = { context: { device: "phone", recentItemIds: ["i1"] } };
      const first = await labels(phone);
      expect(new Set(first.map((each) => each?.[2]))).toEqual(new Set(["history.phone"]));
      const shorts = (all: (string[] | undefined)[]) => all.filter((each) => each?.[1] === "short").length;
      // 30 % of 40, and three standard errors.
      expect(shorts(first)).toBeGreaterThan(3);
      expect(shorts(first)).toBeLessThan(21);

      h.clock.at = NOON + 3 * HOUR;
      for (const [variant, clicks] of [
        ["as-is", 2],
        ["short", 20],
      ] as const) {
        const all = Array.from({ length: 40 }, (_, number) => visitor(`${variant}-${number}`));
        await log(
          h,
          all.map((person) => shownTo(person, label(variant), NOON + HOUR)),
        );
        await log(
          h,
          all.slice(0, clicks).map((person) => click(person, label(variant), NOON + HOUR + MINUTE)),
        );
      }
      expect(await count(h)).toBe(2);
      const arms = await selectArms(h.deps.control, h.site.id, "ways");
      expect(arms.map(({ context, variant, trials, successes }) => [context, variant, trials, successes])).toEqual([
        ["history.phone", "as-is", 40, 2],
        ["history.phone", "short", 40, 20],
      ]);
      expect(arms[1]?.share).toBeGreaterThan(0.9);
      expect(arms[0]?.share).toBeGreaterThan(0.04);

      expect(shorts(await labels(phone))).toBeGreaterThan(28);
      expect(shorts(await labels({ context: { device: "desktop", recentItemIds: ["i1"] } }))).toBeLessThan(21);

      const { result } = await experimentReport(h.deps, h.site.id, "ways");
      expect(result?.learning?.regret).toMatchObject({ best: "short", trials: 80 });
      // 40 tries of the worse way, at 45 points less.
      expect(Math.abs((result?.learning?.regret?.value ?? 0) - 17.5)).toBeLessThan(3);
      expect(result?.learning?.contexts[0]?.arms[1]?.probabilityBest).toBeGreaterThan(0.99);
      expect(result?.groups.map(({ name, people }) => [name, people])).toEqual([["variants", 80]]);
    },
    SEVERAL_ROUNDS_MS,
  );

  it("learns from a person's day once, when its window is over, and not from what pages make up", async () => {
    const h = await shop();
    await running(h, AUTO);
    h.clock.at = NOON + DAY + 90 * MINUTE;
    await log(h, [
      shownTo(visitor(1), label("short"), NOON + HOUR),
      shownTo(visitor(1), label("short"), NOON + 2 * HOUR),
      click(visitor(1), label("as-is"), NOON + 61 * MINUTE),
      shownTo(visitor(1), label("short"), NOON + DAY + MINUTE),
      click(visitor(1), label("short"), NOON + DAY + 2 * MINUTE),
      shownTo(visitor(2), label("short"), NOON + DAY + HOUR),
      shownTo(visitor(3), "ways:short:my.context", NOON + HOUR),
      shownTo(visitor(4), "ways:short", NOON + HOUR),
    ]);
    await experimentReport(h.deps, h.site.id, "ways");
    const arms = await selectArms(h.deps.control, h.site.id, "ways");
    expect(arms.map(({ variant, trials, successes, share }) => [variant, trials, successes, share])).toEqual([
      ["as-is", 0, 0, 0.7],
      ["short", 2, 1, expect.closeTo(0.3, 9)],
    ]);
  });
});

describe("/v1/experiments", () => {
  it("are put, listed, changed, started, stopped and deleted", async () => {
    const h = await shop();
    const made = await put(h, WAYS);
    expect(await made.json()).toMatchObject({
      id: "ways",
      state: "draft",
      startedAt: null,
      definition: { mode: "fixed", traffic: 1, metric: { kind: "click", windowSeconds: 86_400 } },
    });
    await put(h, { ...WAYS, variants: [...WAYS.variants, { name: "third", share: 2, rules: { ways: ["new"] } }] });
    expect(await (await h.server("GET", "/v1/experiments/ways")).json()).toMatchObject({
      definition: {
        variants: [{ name: "as-is", rules: {} }, { name: "short" }, { name: "third", rules: { ways: ["new"] } }],
      },
    });
    expect(await (await h.server("GET", "/v1/experiments?placement=home")).json()).toMatchObject({
      experiments: [{ id: "ways" }],
    });
    expect(await (await h.server("GET", "/v1/experiments?placement=cart")).json()).toEqual({ experiments: [] });
    expect(await (await h.server("GET", "/v1/experiments/ways/result")).json()).toMatchObject({
      measuredAt: null,
      result: null,
    });
    expect(await (await h.server("POST", "/v1/experiments/ways/start")).json()).toMatchObject({
      state: "running",
      startedAt: NOON,
    });
    expect((await h.server("DELETE", "/v1/experiments/ways")).status).toBe(409);
    expect(await (await h.server("POST", "/v1/experiments/ways/stop")).json()).toMatchObject({
      state: "ended",
      endedAt: NOON,
    });
    expect(await (await h.server("GET", "/v1/experiments/ways/result")).json()).toMatchObject({
      currency: "KRW",
      result: { against: "as-is" },
    });
    expect((await h.server("DELETE", "/v1/experiments/ways")).status).toBe(204);
    expect((await h.server("GET", "/v1/experiments/ways")).status).toBe(404);
  });

  it("keep what runs as it is, but for its name and more traffic", async () => {
    const h = await shop();
    await running(h, { ...WAYS, traffic: 0.2 });
    const change = async (definition: object, name = "Ways") =>
      (await h.server("PUT", "/v1/experiments/ways", { name, definition })).status;
    expect(await change({ ...WAYS, traffic: 0.2 }, "Renamed")).toBe(200);
    expect(await change({ ...WAYS, traffic: 0.5 })).toBe(200);
    expect(await change({ ...WAYS, traffic: 0.4 })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5, holdout: { share: 0.1 } })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5, variants: WAYS.variants.toReversed() })).toBe(409);
    await put(h, WAYS, "second");
    expect((await h.server("POST", "/v1/experiments/second/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/ways/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/second/stop")).status).toBe(409);
    await h.server("POST", "/v1/experiments/ways/stop");
    expect(await change({ ...WAYS, traffic: 1 })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5 }, "Done")).toBe(200);
    expect((await h.server("POST", "/v1/experiments/ways/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/second/start")).status).toBe(200);
  });

  it("start once, however many press the button", async () => {
    const h = await shop();
    for (const id of ["one", "two", "three"]) await put(h, WAYS, id);
    const started = await Promise.allSettled(
      ["one", "two", "three"].map((id) => startExperiment(h.deps, h.site.id, id)),
    );
    expect(started.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each([
    ["an unknown placement", { ...WAYS, placement: "nowhere" }, "definition.placement"],
    ["one variant and no holdout", { ...WAYS, variants: [{ name: "a" }] }, "definition.variants"],
    ["two variants of one name", { ...WAYS, variants: [{ name: "a" }, { name: "a" }] }, "definition.variants.1.name"],
    ["the holdout's name", { ...WAYS, variants: [{ name: "a" }, { name: "holdout" }] }, "definition.variants.1.name"],
    [
      "a rule that is none",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { cuont: 3 } }] },
      "definition.variants.1.rules",
    ],
    [
      "an unknown way",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { ways: ["magic"] } }] },
      "definition.variants.1.rules.ways",
    ],
    [
      "more purchases than are read",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { excludePurchasedDays: 365 } }] },
      "definition.variants.1.rules.excludePurchasedDays",
    ],
    ["a holdout of everybody", { ...WAYS, holdout: { share: 1 } }, "definition.holdout.share"],
    ["no traffic", { ...WAYS, traffic: 0 }, "definition.traffic"],
    ["learning from revenue", { ...WAYS, mode: "auto", metric: { kind: "revenue" } }, "definition.metric.kind"],
    [
      "learning over a week",
      { ...WAYS, mode: "auto", metric: { windowSeconds: 604_800 } },
      "definition.metric.windowSeconds",
    ],
  ])("refuse %s", async (_, definition, path) => {
    const h = await shop();
    const response = await put(h, definition);
    const { error } = (await response.json()) as { error: { issues: { path: string }[] } };
    expect([response.status, error.issues[0]?.path]).toEqual([400, path]);
  });

  it("refuse an id that is none, and know nothing of what is not there", async () => {
    const h = await shop();
    expect((await put(h, WAYS, "Not-An-Id")).status).toBe(400);
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/start"],
      ["POST", "/stop"],
      ["GET", "/result"],
    ]) {
      expect((await h.server(method as string, `/v1/experiments/none${path}`)).status).toBe(404);
    }
  });

  it("keep pages, strangers and other sites out", async () => {
    const h = await shop();
    await put(h, WAYS);
    const other = await harness();
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/ways"],
      ["PUT", "/ways"],
      ["DELETE", "/ways"],
      ["POST", "/ways/start"],
      ["POST", "/ways/stop"],
      ["GET", "/ways/result"],
    ] as const) {
      const body = method === "PUT" ? { name: "x", definition: WAYS } : undefined;
      expect((await h.browser(method, `/v1/experiments${path}`, body)).status, `${method} ${path}`).toBe(403);
      expect((await h.fetch(`/v1/experiments${path}`, { method })).status, `${method} ${path}`).toBe(401);
      if (path !== "" && method !== "PUT")
        expect((await other.server(method, `/v1/experiments${path}`)).status).toBe(404);
    }
    expect(await (await other.server("GET", "/v1/experiments")).json()).toEqual({ experiments: [] });
  });
});
