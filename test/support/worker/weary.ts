import { readHistory } from "../../../worker/events/history.ts";
import type { Job } from "../../../worker/job.ts";
import { run } from "../../../worker/jobs/queue.ts";
import { MINUTE } from "../../../worker/lib/time.ts";
import { locatePerson } from "../../../worker/profiles/person.ts";
import { type Harness, harness, NOON } from "./harness.ts";
import { type Tired, tire } from "./tired.ts";

export interface Weary extends Harness {
  db: Tired;
  queueRefuses: boolean;
}

/** A site whose shards can be made to fail; what is sent to the queue stays in `jobs` until it is delivered. */
export async function weary(): Promise<Weary> {
  const db = tire((await harness()).deps.shards);
  const state = { queueRefuses: false };
  const jobs: unknown[] = [];
  const send = async (sent: Job[]) => {
    if (state.queueRefuses) throw new Error("Queue sendBatch failed: Too Many Requests");
    jobs.push(...sent);
  };
  const h = await harness({}, { shards: db.shards, queue: { send } });
  return Object.assign(state, { ...h, jobs, db });
}

export const exhaust = (h: Weary) => {
  for (const { index } of h.db.shards.all()) h.db.down.add(index);
};

export const recover = (h: Weary) => h.db.down.clear();

export async function deliver(h: Weary, jobs = h.jobs.splice(0)): Promise<void> {
  for (const job of jobs) await run(h.deps, job as Job);
}

export const view = (fields: object = {}) => ({
  type: "track",
  event: "Product Viewed",
  messageId: "m1",
  userId: "minji",
  timestamp: NOON - MINUTE,
  properties: { product_id: "p1" },
  ...fields,
});

export const post = (h: Weary, ...batch: object[]) => h.server("POST", "/v1/batch", { batch });

export const history = async (h: Weary, person: { userId: string } | { anonymousId: string } = { userId: "minji" }) =>
  readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 1000);
