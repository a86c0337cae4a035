/** What the file does not name any more is removed from the shop, unless that is suspiciously much. */
import { deleteItems } from "../catalog/delete.ts";
import { listFeedIds } from "../catalog/read.ts";
import { ITEM_BATCH_LIMIT } from "../catalog/schema.ts";
import type { Deps } from "../deps.ts";
import type { Feed, FeedImport, Progress } from "./schema.ts";
import type { SeenIds } from "./seen.ts";

const PAGE = 5000;
const REMOVED_A_SLICE = 10_000;

/** Why the safety stop holds, or undefined. Exactly the percent that is allowed may go. */
export function whyHeld(sweep: { owned: number; missing: number }, stopPercent: number): string | undefined {
  const percent = sweep.owned === 0 ? 0 : (sweep.missing / sweep.owned) * 100;
  if (percent <= stopPercent) return undefined;
  return `${sweep.missing} of ${sweep.owned} items are not in the file (${Math.round(percent)} %); more than ${stopPercent} % are not removed without being asked`;
}

/** One slice: counts first, then removes. `step` is "check" when nothing is left to do; `isHeld` when somebody has to decide. */
export async function sweepSlice(
  deps: Deps,
  feed: Feed,
  run: FeedImport,
  seen: SeenIds,
): Promise<{ progress: Partial<Progress>; isHeld: boolean }> {
  const { siteId, id: feedId } = feed;
  let sweep = run.sweep;
  if (!sweep) {
    const counted = { owned: 0, missing: 0, after: "" };
    for await (const ids of pagesOf(deps, siteId, feedId, "")) {
      counted.owned += ids.length;
      counted.missing += ids.filter((id) => !seen.has(id)).length;
    }
    sweep = counted;
  }
  const why = run.isForced ? undefined : whyHeld(sweep, feed.safetyStopPercent);
  if (why) return { progress: { sweep, reason: why }, isHeld: true };
  let removed = 0;
  let after = sweep.after;
  if (sweep.missing > run.counts.removed) {
    for await (const ids of pagesOf(deps, siteId, feedId, after)) {
      const missing = ids.filter((id) => !seen.has(id));
      for (let start = 0; start < missing.length; start += ITEM_BATCH_LIMIT) {
        removed += await deleteItems(deps, siteId, missing.slice(start, start + ITEM_BATCH_LIMIT));
      }
      after = ids.at(-1) ?? after;
      if (removed >= REMOVED_A_SLICE) {
        const counts = { ...run.counts, removed: run.counts.removed + removed };
        return { progress: { sweep: { ...sweep, after }, counts }, isHeld: false };
      }
    }
  }
  const counts = { ...run.counts, removed: run.counts.removed + removed };
  return { progress: { step: "check", sweep: { ...sweep, after }, counts }, isHeld: false };
}

async function* pagesOf(deps: Deps, siteId: string, feedId: string, from: string): AsyncGenerator<string[]> {
  for (let after = from; ; ) {
    const ids = await listFeedIds(deps, siteId, feedId, after, PAGE);
    if (ids.length > 0) yield ids;
    if (ids.length < PAGE) return;
    after = ids.at(-1) ?? after;
  }
}
