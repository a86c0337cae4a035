import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import { selectFinished } from "../../worker/experiments/store.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { measureSurvey } from "../../worker/reports/survey.ts";
import type { ActivationGroup, ActivationTally } from "../../worker/survey/activation.ts";
import { type Harness, harness } from "../support/worker/harness.ts";

const CHOICE = {
  id: "for",
  kind: "choice",
  title: { ko: "누구?" },
  options: ["me", "gift"].map((value) => ({ value, label: { ko: value } })),
};

async function shop(show: object = {}): Promise<Harness> {
  const h = await harness();
  const definition = { questions: [CHOICE], show: { holdout: 0.3, ...show } };
  expect((await h.server("PUT", "/v1/surveys/taste", { name: "taste", definition })).status).toBe(200);
  return h;
}

type Deed = [name: string, minutes: number, properties?: object];
const about = (version = 1) => ({ survey_id: "taste", survey_of: "taste", survey_version: version });
const SHOWN: Deed = ["survey_shown", 0, about()];
const HELD_OUT: Deed = ["survey_held_out", 0, about()];

async function live(h: Harness, start: number, people: Record<string, Deed[]>): Promise<void> {
  const batch = Object.entries(people).flatMap(([anonymousId, deeds]) =>
    deeds.map(([event, minutes, properties = {}]) => ({
      type: "track",
      anonymousId,
      event,
      properties,
      timestamp: new Date(start + minutes * MINUTE).toISOString(),
    })),
  );
  const { refused } = await collect(
    h.deps,
    { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false },
    batch,
  );
  expect(refused).toEqual([]);
}

async function report(h: Harness): Promise<{ measuredAt: number | null; groups: ActivationGroup[] }> {
  const answer = await h.server("GET", "/v1/surveys/taste/report");
  expect(answer.status).toBe(200);
  return answer.json();
}

const counts = (group: ActivationGroup | undefined) =>
  Object.fromEntries(group?.stages.map(({ stage, people }) => [stage, people]) ?? []);

describe("GET /v1/surveys/{id}/report", () => {
  it("counts people by version from asked to back again, against who was held out", async () => {
    const h = await shop();
    const start = h.clock.at - 3 * DAY;
    await live(h, start, {
      all: [
        SHOWN,
        ["survey_started", 1],
        ["survey_answered", 2, { is_complete: true }],
        ["recommendation_clicked", 3, { product_id: "1" }],
        ["product_added_to_cart", 20, { product_id: "1" }],
        ["product_purchased", 45, { product_id: "1", order_id: "o1" }],
        ["page_viewed", 2 * 24 * 60],
      ],
      half: [SHOWN, ["survey_answered", 2, { is_complete: false }], ["survey_skipped", 3]],
      // The click is another visit's.
      late: [SHOWN, ["recommendation_clicked", 31, { product_id: "1" }]],
      newer: [["survey_shown", 0, about(2)]],
      called: [
        ["survey_shown", 0, { ...about(), survey_called: true }],
        ["product_purchased", 5, { product_id: "1" }],
      ],
      other: [["survey_shown", 0, { survey_id: "x", survey_of: "x", survey_version: 1 }]],
      aside: [HELD_OUT, ["product_added_to_cart", 5, { product_id: "1" }]],
      aside2: [HELD_OUT],
    });
    const { groups, measuredAt } = await report(h);
    expect(measuredAt).toBe(h.clock.at);
    expect(groups.map(({ name, people }) => [name, people])).toEqual([
      ["taste@1", 3],
      ["taste@2", 1],
      ["holdout", 2],
    ]);
    expect(counts(groups[0])).toEqual({
      shown: 3,
      started: 2,
      completed: 1,
      clicked: 1,
      carted: 1,
      bought: 1,
      returned: 2,
    });
    expect(counts(groups[2])).toMatchObject({ carted: 1, bought: 0, returned: 0 });
    const carted = groups[0]?.stages.find(({ stage }) => stage === "carted");
    expect(carted?.rate?.value).toBeCloseTo(1 / 3);
    expect(carted?.difference?.value).toBeCloseTo(1 / 3 - 1 / 2);
    expect(carted?.difference?.low).toBeLessThan(carted?.difference?.value ?? 0);
    expect(groups[0]?.stages.find(({ stage }) => stage === "completed")?.difference).toBeNull();
  });

  it("counts a person once, with the browsers that are theirs, and the same again when it is counted again", async () => {
    const h = await shop();
    const start = h.clock.at - DAY;
    await live(h, start, { phone: [SHOWN], laptop: [["survey_held_out", 60, about()]] });
    const identify = (anonymousId: string) => ({ type: "identify", anonymousId, userId: "minji" });
    await collect(h.deps, { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false }, [
      identify("phone"),
      identify("laptop"),
    ]);
    const once = await report(h);
    expect(once.groups.map(({ name, people }) => [name, people])).toEqual([["taste@1", 1]]);
    h.clock.at += 2 * MINUTE;
    expect((await report(h)).groups.map(({ people }) => people)).toEqual([1]);
  });

  it("goes on in the queue where a shard has more people than a slice", async () => {
    const h = await shop();
    await live(
      h,
      h.clock.at - DAY,
      Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`v${index}`, [SHOWN]])),
    );
    for (const { index: shard } of h.deps.shards.all()) {
      await measureSurvey(
        h.deps,
        { kind: "measure-survey", siteId: h.site.id, surveyId: "taste", shard },
        { profiles: 2, pages: 1 },
      );
    }
    while (h.jobs.length > 0) for (const job of h.jobs.splice(0)) await run(h.deps, job as Job);
    const counted = await selectFinished<ActivationTally>(h.deps.control, h.site.id, "survey:taste");
    const people = counted.reduce((sum, { tally }) => sum + (tally.groups["taste@1"]?.shown ?? 0), 0);
    expect(people).toBe(12);
  });

  it("refuses an unknown survey, and keeps pages and other sites out", async () => {
    const [h, other] = [await shop(), await harness()];
    expect((await h.server("GET", "/v1/surveys/nope/report")).status).toBe(404);
    expect((await h.browser("GET", "/v1/surveys/taste/report")).status).toBe(403);
    expect((await other.server("GET", "/v1/surveys/taste/report")).status).toBe(404);
  });
});

describe("asking only where it helps", () => {
  it("does not ask those for whom asking was measured to do harm, but for a few", async () => {
    const h = await shop({ onlyWhereItHelps: true });
    const asked = async () => {
      const screens = await Promise.all(
        Array.from({ length: 60 }, async (_, visitor) => {
          const answer = await h.browser("GET", `/v1/surveys/taste?html=true&anonymousId=new${visitor}`);
          const { screen, group } = (await answer.json()) as { screen: unknown; group: string };
          return screen !== null || group === "holdout";
        }),
      );
      return screens.filter(Boolean).length;
    };
    expect(await asked()).toBe(60);
    const visits: Record<string, Deed[]> = {};
    for (let index = 0; index < 60; index++) {
      visits[`asked${index}`] = [SHOWN];
      visits[`aside${index}`] = [HELD_OUT, ["product_added_to_cart", 5, { product_id: "1" }]];
    }
    await live(h, h.clock.at - DAY, visits);
    await report(h);
    h.clock.at += HOUR;
    const few = await asked();
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThan(20);
  });
});
