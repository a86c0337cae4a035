import { describe, expect, it } from "vitest";
import type { Deps } from "../../worker/deps.ts";
import { experimentReport } from "../../worker/experiments/report.ts";
import { selectArms } from "../../worker/experiments/store.ts";
import { forgetRunning } from "../../worker/experiments/variant.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { ask, click, count, log, running, shop, shownTo, visitor, WAYS } from "../support/worker/experiment.ts";
import { NOON } from "../support/worker/harness.ts";
import { place, visit } from "../support/worker/shop.ts";

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
      // Whoever looks again reads the same.
      expect((await experimentReport(h.deps, h.site.id, "ways")).result?.learning).toEqual(result?.learning);
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
