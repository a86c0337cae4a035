import { describe, expect, it } from "vitest";
import { measureExperiment } from "../../worker/experiments/measure.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import {
  click,
  count,
  log,
  measurements,
  peopleIn,
  purchase,
  resultOf,
  running,
  shop,
  shownTo,
  visitor,
  WAYS,
} from "../support/worker/experiment.ts";
import { NOON } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

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

  it("warns of a split that did not come out as it was meant, and names nobody the better one", async () => {
    const h = await shop();
    await running(h);
    h.clock.at = NOON + DAY;
    await log(
      h,
      Array.from({ length: 60 }, (_, number) =>
        shownTo(visitor(number), number < 45 ? "ways:as-is" : "ways:short", NOON + HOUR),
      ),
    );
    await log(
      h,
      Array.from({ length: 15 }, (_, number) => click(visitor(45 + number), "ways:short", NOON + 2 * HOUR)),
    );
    const { ratio, groups } = await resultOf(h);
    expect(ratio).toMatchObject({ isAlarming: true });
    const short = groups.find(({ name }) => name === "short");
    expect(short?.differences.click?.low).toBeGreaterThan(0);
    expect(short?.verdict).toBe("unclear");
    const page = await (await (await staffOf(h)).get(`/admin/${h.site.id}/placements/home/experiments/ways`)).text();
    expect(page).toContain("do not believe the result");
    expect(page).toContain('class="interval plain"');
    expect(page).not.toMatch(/>Better<|small primary/);
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
