import type { Deps } from "../deps.ts";
import { announceVersion } from "./changes/store.ts";

/**
 * Tells every user shard that the catalog has changed, before the change is acknowledged: from then on no answer uses a copy
 * of what was there before. A shard that cannot be told is logged; copies are compared with the catalog itself every few
 * seconds, so that what it does not know is known soon all the same.
 */
export async function announce(deps: Deps, siteId: string, version: number | undefined): Promise<void> {
  if (version === undefined) return;
  const told = await Promise.allSettled(deps.shards.all().map(({ db }) => announceVersion(db, siteId, version)));
  for (const [shard, result] of told.entries()) {
    if (result.status === "rejected") {
      deps.log.error("a change of the catalog could not be announced", result.reason, { siteId, shard });
    }
  }
  await deps.memory.noteEverywhere({ subject: siteId });
}
