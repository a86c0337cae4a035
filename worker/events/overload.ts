/**
 * What happens to accepted events while their database can take none: they wait in the queue, which is durable when it has
 * answered, and jobs/store-events.ts writes them with the times at which they came. Nothing is acknowledged that is in neither.
 */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import { Refusal } from "../lib/errors.ts";
import { isPassing } from "../platform/overload.ts";
import { type Checked, checkMessages } from "./check.ts";
import { type Alongside, type Failure, store } from "./collect.ts";
import type { Envelope } from "./normalize.ts";
import type { CollectResult } from "./schema.ts";

/** A queue message may have 128 KB. */
const JOB_LIMIT_BYTES = 100 * 1024;
/** An overloaded database has a backlog of seconds. */
const FIRST_TRY_SECONDS = 5;
const RETRY_AFTER_SECONDS = 10;

/**
 * As `collect`; `delayed` counts what waits in the queue. Throws `unavailable` when neither a database nor the queue takes the
 * events: nothing of the batch is acknowledged then, and sending it again stores nothing twice.
 */
export async function collectOrQueue(
  deps: Deps,
  envelope: Envelope,
  messages: unknown[],
  openAlongside: () => Promise<Alongside>,
): Promise<CollectResult> {
  const { accepted, refused } = checkMessages(deps, envelope, messages);
  const failures = await attempt(deps, envelope, accepted, openAlongside);
  for (const { error } of failures) if (!isPassing(error)) throw error;
  const unstored = failures.flatMap((failure) => failure.unstored);
  if (unstored.length === 0) return { accepted: accepted.length, refused };
  try {
    await deps.queue.send(jobsOf(envelope, unstored), { delaySeconds: FIRST_TRY_SECONDS });
  } catch (error) {
    deps.log.error("neither the database nor the queue takes events", error, { siteId: envelope.siteId });
    throw new Refusal("unavailable", "the events could not be stored: send them again", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  deps.log.warn("events wait in the queue", { siteId: envelope.siteId, events: unstored.length });
  return { accepted: accepted.length, refused, delayed: unstored.length };
}

async function attempt(
  deps: Deps,
  envelope: Envelope,
  accepted: Checked[],
  openAlongside: () => Promise<Alongside>,
): Promise<Failure[]> {
  if (accepted.length === 0) return [];
  try {
    return await store(deps, envelope, accepted, await openAlongside());
  } catch (error) {
    return [{ error, unstored: accepted }];
  }
}

function jobsOf({ siteId, now, sentAt, isBot, isUnlinked, aliases }: Envelope, unstored: Checked[]): Job[] {
  const jobs: Extract<Job, { kind: "store-events" }>[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { message } of unstored) {
    const size = Buffer.byteLength(JSON.stringify(message));
    bytes += size;
    const job = jobs.at(-1);
    if (job && bytes <= JOB_LIMIT_BYTES) job.messages.push(message);
    else {
      const envelope = {
        siteId,
        now,
        sentAt,
        isBot,
        ...(isUnlinked ? { isUnlinked } : {}),
        ...(aliases ? { aliases } : {}),
      };
      jobs.push({ kind: "store-events", envelope, messages: [message] });
      bytes = size;
    }
  }
  return jobs;
}
