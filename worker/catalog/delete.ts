import type { Deps } from "../deps.ts";
import { announce } from "./announce.ts";
import { disownFeed } from "./feed/store.ts";
import { LIKENESSES, namespaceOf } from "./likeness.ts";
import { buryItems } from "./store.ts";

/** Leaves tombstones. Answers how many of the items were alive. Gone from every answer at once, vector or not. */
export async function deleteItems(deps: Deps, siteId: string, ids: string[]): Promise<number> {
  const { rows, version } = await buryItems(deps.control, siteId, ids, deps.clock.now());
  await announce(deps, siteId, version);
  const buried = rows.map((row) => row.id);
  try {
    if (buried.length > 0) {
      for (const likeness of LIKENESSES) await deps.vectors.remove(namespaceOf(siteId, likeness), buried);
    }
  } catch (error) {
    deps.log.error("vectors of deleted items remain", error, { siteId, items: buried.length });
  }
  return buried.length;
}

/** The items of a feed that is gone stay, and belong to nobody. */
export async function leaveItems(deps: Deps, siteId: string, feedId: string): Promise<void> {
  await disownFeed(deps.control, siteId, feedId);
}
