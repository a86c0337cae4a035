/** Door: queue messages. kind → verb. A refusal is final and only counted; anything else is tried again with backoff. */
import { advanceRuns } from "../campaigns/advance.ts";
import { matchChanges } from "../campaigns/match.ts";
import { embedItems } from "../catalog/embed.ts";
import type { Deps } from "../deps.ts";
import { measureExperiment } from "../experiments/measure.ts";
import { advanceImport } from "../feeds/advance.ts";
import type { Job } from "../job.ts";
import { Refusal } from "../lib/errors.ts";
import { redeliver } from "../messages/redeliver.ts";
import { measureOnsite } from "../onsite/report.ts";
import type { RowMeter } from "../platform/db.ts";
import { insertDeadLetter } from "../platform/dead-letters.ts";
import { eraseWithReceipt } from "../privacy/receipt.ts";
import { expire, expireDefinitions } from "../privacy/retention.ts";
import { findDuties } from "../profiles/duties.ts";
import { refreshModel } from "../recommend/refresh.ts";
import { startTraining } from "../recommend/train.ts";
import { attribute } from "../reports/attribute.ts";
import { measureSurvey } from "../reports/survey.ts";
import { refreshSegments } from "../segments/refresh.ts";
import { storeEvents } from "./store-events.ts";

export async function run(deps: Deps, job: Job): Promise<void> {
  switch (job.kind) {
    case "store-events":
      return storeEvents(deps, job);
    case "advance-runs":
      return advanceRuns(deps, job);
    case "match-changes":
      return matchChanges(deps, job);
    case "redeliver":
      return redeliver(deps, job);
    case "attribute":
      return attribute(deps, job);
    case "refresh-segments":
      return refreshSegments(deps, job);
    case "measure-experiment":
      return measureExperiment(deps, job);
    case "measure-survey":
      return measureSurvey(deps, job);
    case "measure-onsite":
      return measureOnsite(deps, job);
    case "import-feed":
      return advanceImport(deps, job);
    case "embed-items":
      return embedItems(deps, job.siteId, job.itemIds);
    case "find-consent-duties":
      return findDuties(deps, job);
    case "erase-people":
      for (const userId of job.userIds) await eraseWithReceipt(deps, job.siteId, { userId });
      return;
    case "expire":
      return expire(deps, job);
    case "expire-definitions":
      return expireDefinitions(deps);
    case "refresh-model":
      await refreshModel(deps, job.siteId);
      return;
    case "train":
      await startTraining(deps, job.siteId);
      return;
    default:
      // A message of another version of the worker: the type says that none of this version's comes here.
      throw new Refusal("bad_request", `no verb for job ${(job satisfies never as Job).kind}`);
  }
}

/** Jobs of one batch that are worked on at once: bounded by the isolate's memory. */
const LANES = 4;

export async function consume(
  batch: MessageBatch<Job>,
  compose: () => Promise<Deps & { meter?: RowMeter }>,
): Promise<void> {
  const deps = await compose();
  if (batch.queue === "nunchi-dead") {
    for (const message of batch.messages) await bury(deps, message);
    return;
  }
  // A shard waits for its database most of the time: others work meanwhile.
  const waiting = [...batch.messages];
  const lane = async (): Promise<void> => {
    for (let message = waiting.shift(); message; message = waiting.shift()) await handle(deps, message);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (deps.config.demo && deps.meter) {
    const kinds = [...new Set(batch.messages.map(({ body }) => body.kind))].join(" ");
    deps.log.info("jobs done", { kinds, rowsRead: deps.meter.read, rowsWritten: deps.meter.written });
  }
}

/** What was acknowledged has to wait so long before it is tried again from the start. */
const REVIVE_SECONDS = 600;

/**
 * Jobs that failed for good are kept for people to look at. Acknowledged events and erasures are no such jobs: they name
 * people, and they have to be done, so they go back into the queue for as long as it takes.
 */
async function bury(deps: Deps, message: Message<Job>): Promise<void> {
  const job = message.body;
  try {
    if (job.kind === "store-events") {
      const { siteId } = job.envelope;
      deps.log.warn("events are still not stored", { siteId, events: job.messages.length });
      await deps.queue.send([job], { delaySeconds: REVIVE_SECONDS });
    } else if (job.kind === "erase-people") {
      deps.log.error("members are still not erased", undefined, { siteId: job.siteId, people: job.userIds.length });
      await deps.queue.send([job], { delaySeconds: REVIVE_SECONDS });
    } else await insertDeadLetter(deps.control, { id: message.id, job, failedAt: deps.clock.now() });
    message.ack();
  } catch (error) {
    deps.log.error("a failed job could not be put away", error, { kind: job.kind });
    message.retry({ delaySeconds: REVIVE_SECONDS });
  }
}

async function handle(deps: Deps, message: Message<Job>): Promise<void> {
  try {
    await run(deps, message.body);
    message.ack();
  } catch (error) {
    if (error instanceof Refusal) {
      deps.log.warn("job refused", { kind: message.body.kind, code: error.code, reason: error.message });
      message.ack();
    } else {
      deps.log.error("job failed", error, { kind: message.body.kind, attempt: message.attempts });
      message.retry({ delaySeconds: Math.min(600, 10 * 2 ** message.attempts) });
    }
  }
}
