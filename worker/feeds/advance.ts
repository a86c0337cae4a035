/**
 * The job `import-feed`: one slice of an import. What it has done is in the catalog before it says so, and saying so is one
 * guarded update: a slice that is killed is done again from where the last one ended and finds its items stored already.
 */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import { HOUR } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { getSite } from "../sites/store.ts";
import { detectFormat } from "./detect.ts";
import { fetchFeed } from "./fetch.ts";
import { Intake } from "./intake.ts";
import { checkLinks } from "./links.ts";
import { completeMapping } from "./mapping.ts";
import { columnsOf, headKey } from "./preview.ts";
import { openReader } from "./reader.ts";
import { RecordTooLong } from "./records.ts";
import type { Feed, FeedImport, ImportState, Progress } from "./schema.ts";
import { SeenIds } from "./seen.ts";
import { folderOf, readStaged } from "./stage.ts";
import { jobOf } from "./start.ts";
import {
  deleteOldImports,
  progressOf,
  pullSooner,
  selectFeed,
  selectImport,
  updateImport,
  updateValidators,
} from "./store.ts";
import { sweepSlice } from "./sweep.ts";

/** Some seconds of work, and far from the thousand calls that an invocation may make. */
const RECORDS_A_SLICE = 20_000;
const IMPORTS_KEPT = 100;

interface Outcome {
  progress: Partial<Progress>;
  /** Not given: it goes on. */
  state?: Exclude<ImportState, "running">;
}

type FeedJob = Extract<Job, { kind: "import-feed" }>;

/**
 * Does nothing for an import that has ended or whose feed is gone; a slice that was done already only sends the next one.
 */
export async function advanceImport(deps: Deps, job: FeedJob, recordsASlice = RECORDS_A_SLICE): Promise<void> {
  const run = await selectImport(deps.control, job.siteId, job.feedId, job.importId);
  if (!run || run.endedAt !== null) return;
  if (run.slice !== job.slice) {
    // Killed between saying so and sending the next one.
    if (run.slice > job.slice) await deps.queue.send([jobOf(run)]);
    return;
  }
  const [site, feed] = await Promise.all([
    getSite(deps.control, job.siteId),
    selectFeed(deps.control, job.siteId, job.feedId),
  ]);
  if (!site || !feed) return;
  const { progress, state } = await stepOf(deps, site, feed, run, recordsASlice);
  const now = deps.clock.now();
  const next = { ...progressOf(run), ...progress };
  const isFirst = await updateImport(deps.control, run, {
    state: state ?? "running",
    progress: next,
    now,
    endedAt: state ? now : null,
  });
  if (!isFirst) return;
  if (!state) return deps.queue.send([jobOf({ ...run, slice: run.slice + 1 })]);
  await close(deps, { ...run, ...next, state });
}

async function stepOf(deps: Deps, site: Site, feed: Feed, run: FeedImport, recordsASlice: number): Promise<Outcome> {
  switch (run.step) {
    case "fetch": {
      if (run.source === "pushed") return { state: "failed", progress: { reason: "the upload broke off" } };
      const fetched = await fetchFeed(deps, feed, folderOf(run));
      if (!fetched.ok) return { state: fetched.state, progress: { reason: fetched.reason } };
      const { bytes, encoding, isWhole, problem, etag, lastModified } = fetched;
      return { progress: { step: "read", bytes, encoding, isWhole, reason: problem, etag, lastModified } };
    }
    case "read":
      return readSlice(deps, site, feed, run, recordsASlice);
    case "sweep": {
      const { progress, isHeld } = await sweepSlice(deps, feed, run, await seenBy(deps, run));
      return isHeld ? { progress, state: "held" } : { progress: { ...progress, reason: null } };
    }
    case "check": {
      const { checked, dead } = await checkLinks(deps, run.sample);
      const counts = { ...run.counts, checkedLinks: checked, deadLinks: dead.length };
      return { state: "done", progress: { step: "end", counts, deadLinks: dead } };
    }
    case "end":
      return { state: "done", progress: {} };
  }
}

/** The ids that the slices before have named. */
async function seenBy(deps: Deps, run: FeedImport): Promise<SeenIds> {
  return SeenIds.from(run.seen === null ? undefined : await deps.blobs.get(run.seen));
}

async function readSlice(deps: Deps, site: Site, feed: Feed, run: FeedImport, recordsASlice: number): Promise<Outcome> {
  const pieces = readStaged(deps, folderOf(run), run.bytes, run.place.offset);
  let first: string | undefined;
  let { layout, mapping } = run;
  if (!layout || !mapping) {
    const begins: string = (await pieces.next()).value ?? "";
    first = begins;
    const detected = detectFormat(begins, feed.format === "auto" ? undefined : feed.format);
    if (!detected.ok) return { state: "failed", progress: { reason: detected.reason } };
    const { ok: _, ...found } = detected;
    layout = found;
    mapping = completeMapping(feed.mapping, columnsOf(layout, begins), layout.format);
    await deps.blobs.put(headKey(feed), new TextEncoder().encode(begins.slice(0, 64 * 1024)));
  }
  const seen = await seenBy(deps, run);
  // A Naver summary says of each row what has happened to it: what it does not name is as it was.
  const isSummary = layout.format === "naver_ep" && layout.columns.includes("class");
  const isOfChanges = feed.contents === "changes" || isSummary;
  const intake = new Intake(deps, site, feed, run, { mapping, seen, isOfChanges });
  const reader = openReader(layout, run.place);
  const take = async (text: string) => {
    for (const record of reader.push(text)) await intake.add(record);
  };
  const until = run.counts.records + recordsASlice;
  // Under a name of its own: if this slice is killed, the next attempt begins with what it began with.
  const seenKey = `${folderOf(run)}seen-${run.slice + 1}`;
  const soFar = () => ({
    seen: seenKey,
    layout,
    mapping,
    counts: intake.counts,
    refused: intake.refused,
    sample: intake.sample,
  });
  try {
    if (first) await take(first);
    while (intake.counts.records < until) {
      const { done, value } = await pieces.next();
      if (done) return await finish();
      await take(value);
    }
  } catch (error) {
    // The rest cannot be told apart into products. What came before stays, and nothing is removed.
    if (!(error instanceof RecordTooLong)) throw error;
    await intake.flush();
    return { state: "failed", progress: { ...soFar(), reason: error.message } };
  }
  await intake.flush();
  await deps.blobs.put(seenKey, seen.bytes());
  return { progress: { ...soFar(), place: reader.place() } };

  async function finish(): Promise<Outcome> {
    const { records, problem } = reader.end();
    for (const record of records) await intake.add(record);
    await intake.flush();
    if (layout?.format === "merchant_xml" && intake.counts.records === 0)
      return { state: "failed", progress: { ...soFar(), reason: "the XML has no <item> and no <entry>" } };
    const isWhole = run.isWhole && problem === undefined;
    const reason = problem ?? run.reason;
    if (isOfChanges || !isWhole) {
      const why = isWhole ? reason : `${reason ?? "the file is not whole"}: nothing was removed`;
      return { progress: { ...soFar(), step: "check", isWhole, reason: why } };
    }
    await deps.blobs.put(seenKey, seen.bytes());
    return { progress: { ...soFar(), step: "sweep", isWhole, reason } };
  }
}

async function close(deps: Deps, run: FeedImport): Promise<void> {
  if (run.state === "done" && run.isWhole) await updateValidators(deps.control, run);
  // A shop's server that is down at four is asked again before the next night.
  if (run.state === "failed" && run.source === "pulled")
    await pullSooner(deps.control, run.siteId, run.feedId, deps.clock.now() + HOUR);
  // What the safety stop held back needs the list of what the file named.
  const keys = await deps.blobs.list(folderOf(run));
  await deps.blobs.remove(run.state === "held" ? keys.filter((key) => key !== run.seen) : keys);
  await deleteOldImports(deps.control, run.siteId, run.feedId, IMPORTS_KEPT);
}
