/** Door: events that waited in the queue. They start what they would have started when they came in, once. */
import { startRuns } from "../campaigns/enter.ts";
import type { Deps } from "../deps.ts";
import type { KnownMessage } from "../events/check.ts";
import { collect } from "../events/collect.ts";
import type { Job } from "../job.ts";
import { withoutErased } from "../privacy/erased-lately.ts";

/** May run any number of times: a message is stored once, and so is the run that it starts. */
export async function storeEvents(deps: Deps, job: Extract<Job, { kind: "store-events" }>): Promise<void> {
  const { siteId, isUnlinked } = job.envelope;
  const envelope = { ...job.envelope, storedAt: deps.clock.now() };
  const messages = await withoutErased(deps, siteId, envelope.now, job.messages as KnownMessage[]);
  const { refused } = await collect(deps, envelope, messages, isUnlinked ? undefined : await startRuns(deps, siteId));
  // It was accepted at the door, so only another version of the worker could think otherwise: better tried again than lost.
  if (refused.length > 0) throw new Error(`${refused.length} acknowledged events are refused now`);
}
