/** The beginning of an import: one at a time for each feed; the rest is done by jobs, slice by slice (advance.ts). */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import { Refusal } from "../lib/errors.ts";
import { START } from "./records.ts";
import { type Feed, type FeedImport, NO_COUNTS, type Progress } from "./schema.ts";
import { folderOf, stageFile, tooLarge } from "./stage.ts";
import { insertImport, progressOf, selectImport, selectImports, updateImport } from "./store.ts";

const NEW: Omit<Progress, "source"> = {
  step: "fetch",
  bytes: 0,
  encoding: null,
  layout: null,
  mapping: null,
  place: START,
  seen: null,
  counts: NO_COUNTS,
  refused: [],
  sample: [],
  deadLinks: [],
  reason: null,
  isWhole: true,
  sweep: null,
  isForced: false,
  etag: null,
  lastModified: null,
};

export function jobOf({ siteId, feedId, id, slice }: Pick<FeedImport, "siteId" | "feedId" | "id" | "slice">): Job {
  return { kind: "import-feed", siteId, feedId, importId: id, slice };
}

/** Asks for the feed's address to be read. Refuses with `conflict` while an import of the feed is at work. */
export async function pullFeed(deps: Deps, feed: Feed): Promise<FeedImport> {
  if (feed.url === null) throw new Refusal("bad_request", "the feed has no address: send the file as the body");
  const run = await begin(deps, feed, "pulled");
  await deps.queue.send([jobOf(run)]);
  return run;
}

/**
 * Takes a file as it is sent. It is stored when this returns, and read afterwards. Refuses with `conflict` while an import of
 * the feed is at work, with `too_large` and `bad_request` when the file cannot be kept.
 */
export async function pushFeed(deps: Deps, feed: Feed, body: ReadableStream<Uint8Array>): Promise<FeedImport> {
  const run = await begin(deps, feed, "pushed");
  const folder = folderOf(run);
  const staged = await stageFile(deps, folder, body);
  const now = deps.clock.now();
  if (!staged.ok) {
    const progress: Progress = { ...NEW, source: "pushed", step: "end", reason: staged.reason };
    await updateImport(deps.control, run, { state: "failed", progress, now, endedAt: now });
    await deps.blobs.remove(await deps.blobs.list(folder));
    throw new Refusal(staged.reason === tooLarge() ? "too_large" : "bad_request", staged.reason);
  }
  const { bytes, encoding, isWhole, problem } = staged;
  const progress: Progress = { ...NEW, source: "pushed", step: "read", bytes, encoding, isWhole, reason: problem };
  await updateImport(deps.control, run, { state: "running", progress, now, endedAt: null });
  const begun = await selectImport(deps.control, feed.siteId, feed.id, run.id);
  if (!begun) throw new Refusal("not_found", "the feed was deleted meanwhile");
  await deps.queue.send([jobOf(begun)]);
  return begun;
}

async function begin(deps: Deps, feed: Feed, source: Progress["source"]): Promise<FeedImport> {
  const now = deps.clock.now();
  const run = { siteId: feed.siteId, feedId: feed.id, id: deps.ids.next("imp"), startedAt: now };
  const progress: Progress = { ...NEW, source };
  if (!(await insertImport(deps.control, run, progress)))
    throw new Refusal("conflict", "an import of this feed is at work: wait for its end");
  // What an import before left: nothing reads it any more.
  await deps.blobs.remove(await deps.blobs.list(folderOf(run)));
  return { ...progress, ...run, state: "running", slice: 0, updatedAt: now, endedAt: null };
}

/** Removes what the safety stop held back. Only of the newest import: an older one knows nothing of today's shop. */
export async function applyHeld(deps: Deps, feed: Feed, importId: string): Promise<FeedImport> {
  const [newest] = await selectImports(deps.control, feed.siteId, feed.id, 1);
  if (!newest || newest.id !== importId) throw new Refusal("conflict", "only the newest import can be applied");
  if (newest.state !== "held") throw new Refusal("conflict", "this import holds nothing back");
  const now = deps.clock.now();
  const progress: Progress = { ...progressOf(newest), step: "sweep", isForced: true, reason: null };
  if (!(await updateImport(deps.control, newest, { state: "running", progress, now, endedAt: null })))
    throw new Refusal("conflict", "this import is applied already");
  const begun: FeedImport = { ...newest, ...progress, state: "running", slice: newest.slice + 1, endedAt: null };
  await deps.queue.send([jobOf(begun)]);
  return begun;
}
