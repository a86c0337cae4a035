/** An experiment that runs, and what people do in it. */
import { expect } from "vitest";
import { collect } from "../../../worker/events/collect.ts";
import type { ExperimentResult } from "../../../worker/experiments/result.ts";
import type { Job } from "../../../worker/job.ts";
import { run } from "../../../worker/jobs/queue.ts";
import { sendDuties } from "../../../worker/jobs/schedule.ts";
import type { Recommendation } from "../../../worker/recommend/recommend.ts";
import { type Harness, harness } from "./harness.ts";
import { item, place, stock } from "./shop.ts";

export const WAYS = {
  placement: "home",
  variants: [
    { name: "as-is", rules: {} },
    { name: "short", rules: { count: 2, title: { ko: "짧게", en: "Short" } } },
  ],
};

export async function shop(): Promise<Harness> {
  const h = await harness();
  await stock(
    h,
    Array.from({ length: 8 }, (_, number) => item(`i${number}`, { price: 10_000 })),
  );
  await place(h, "home", { count: 6 });
  return h;
}

export async function put(h: Harness, definition: object, id = "ways"): Promise<Response> {
  return h.server("PUT", `/v1/experiments/${id}`, { name: "Ways", definition });
}

export async function running(h: Harness, definition: object = WAYS, id = "ways"): Promise<void> {
  expect((await put(h, definition, id)).status).toBe(200);
  expect((await h.server("POST", `/v1/experiments/${id}/start`)).status).toBe(200);
}

export async function ask(h: Harness, person: object, more: object = {}): Promise<Recommendation> {
  const response = await h.server("POST", "/v1/recommendations", { placement: "home", ...person, ...more });
  expect(response.status).toBe(200);
  return response.json();
}

let sequence = 0;

/** Stores events as they would come from a page that hands the label back. */
export async function log(h: Harness, events: { person: object; event: string; at: number; properties?: object }[]) {
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

export const shownTo = (person: object, variant: string, at: number) => ({
  person,
  event: "recommendation_shown",
  at,
  properties: { placement: "home", variant, item_ids: ["i1"] },
});

export const click = (person: object, variant: string, at: number) => ({
  person,
  event: "recommendation_clicked",
  at,
  properties: { placement: "home", variant, item_id: "i1" },
});

export const purchase = (person: object, at: number, revenue: number, currency = "KRW") => ({
  person,
  event: "product_purchased",
  at,
  properties: { revenue, currency, products: [{ product_id: "i1" }] },
});

export const visitor = (number: number | string) => ({ anonymousId: `v${number}` });

export async function resultOf(h: Harness, id = "ways", query = ""): Promise<ExperimentResult> {
  const response = await h.server("GET", `/v1/experiments/${id}/result${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { result: ExperimentResult }).result;
}

export const peopleIn = (result: ExperimentResult) =>
  Object.fromEntries(result.groups.map(({ name, people }) => [name, people]));

type MeasureJob = Extract<Job, { kind: "measure-experiment" }>;

/** Of this test's own site: the clock's duties are everybody's. */
export function measurements(h: Harness): MeasureJob[] {
  return (h.jobs.splice(0) as Job[]).filter(
    (job): job is MeasureJob => job.kind === "measure-experiment" && job.siteId === h.site.id,
  );
}

/** A quarter of an hour passes on the clock of duties: answers how many counts were due, and does them. */
export async function count(h: Harness): Promise<number> {
  h.jobs.length = 0;
  await sendDuties(h.deps, "*/15 * * * *");
  const due = measurements(h);
  for (const job of due) await run(h.deps, job);
  return due.length;
}
