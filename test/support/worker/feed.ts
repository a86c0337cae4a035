/** A site's feed "main": files sent to it, and the jobs that follow, one by one as the queue would deliver them. */
import { advanceImport } from "../../../worker/feeds/advance.ts";
import { listImports, putFeed, requireFeed } from "../../../worker/feeds/feeds.ts";
import { type Feed, type FeedImport, FeedInput } from "../../../worker/feeds/schema.ts";
import { pushFeed } from "../../../worker/feeds/start.ts";
import type { Job } from "../../../worker/job.ts";
import { MINUTE } from "../../../worker/lib/time.ts";
import type { Harness } from "./harness.ts";

export type FeedJob = Extract<Job, { kind: "import-feed" }>;

export const bodyOf = (file: string | Uint8Array) => new Response(file as never).body as ReadableStream<Uint8Array>;

export async function feedOf(h: Harness, input: object = {}): Promise<Feed> {
  return putFeed(h.deps, h.site, "main", FeedInput.parse({ name: "본점", ...input }));
}

export function nextJob(h: Harness): FeedJob | undefined {
  const place = h.jobs.findIndex((job) => (job as Job).kind === "import-feed");
  return place < 0 ? undefined : (h.jobs.splice(place, 1)[0] as FeedJob);
}

/** Runs the import's jobs to its end; answers the newest import. */
export async function work(h: Harness, recordsASlice?: number): Promise<FeedImport> {
  for (let job = nextJob(h); job; job = nextJob(h)) await advanceImport(h.deps, job, recordsASlice);
  const [run] = await listImports(h.deps, h.site.id, "main", 1);
  if (!run) throw new Error("nothing was imported");
  return run;
}

/** A minute later, the feed's file arrives. */
export async function importFile(h: Harness, file: string | Uint8Array, recordsASlice?: number): Promise<FeedImport> {
  h.clock.at += MINUTE;
  await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), bodyOf(file));
  return work(h, recordsASlice);
}
