/** What the clock does for feeds: pulls those that are due, and takes up imports that stand still. */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import { Refusal } from "../lib/errors.ts";
import { DAY, MINUTE } from "../lib/time.ts";
import { getSite } from "../sites/store.ts";
import { nextPull } from "./feeds.ts";
import { jobOf, pullFeed } from "./start.ts";
import { progressOf, selectDueFeeds, selectStalled, updateImport, updateNext } from "./store.ts";

const MOST_AT_ONCE = 100;
/** No slice takes that long. */
const STALLED_MS = 20 * MINUTE;
const GIVEN_UP_MS = DAY;

/** Jobs of imports that stand still. The due ones are begun here and send their own. */
export async function dueFeeds(deps: Deps): Promise<Job[]> {
  const now = deps.clock.now();
  for (const feed of await selectDueFeeds(deps.control, now, MOST_AT_ONCE)) {
    const site = await getSite(deps.control, feed.siteId);
    if (!site) continue;
    await updateNext(deps.control, feed.siteId, feed.id, nextPull(feed, site, now));
    try {
      await pullFeed(deps, feed);
    } catch (error) {
      // The one before is still at work: it reads what is there now.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  const jobs: Job[] = [];
  for (const run of await selectStalled(deps.control, now - STALLED_MS, MOST_AT_ONCE)) {
    const isLost = now - run.startedAt > GIVEN_UP_MS || (run.source === "pushed" && run.step === "fetch");
    if (!isLost) jobs.push(jobOf(run));
    else {
      const reason = run.step === "fetch" ? "the upload broke off" : "given up after a day";
      const progress = { ...progressOf(run), reason };
      await updateImport(deps.control, run, { state: "failed", progress, now, endedAt: now });
    }
  }
  return jobs;
}
