/**
 * Undoing that a browser belongs to a user, and doing it again. An undone pair stays apart, however often both ids come
 * together afterwards, until somebody links it again: whoever undid it knew better than the page. History is read over live
 * edges, so it is the browser's own again at once, and nothing was rewritten.
 */
import type { Deps } from "../deps.ts";
import { type ProfileId, profileIdOf } from "../lib/ids.ts";
import { markUnlinked, relinkDevice, selectDeviceEdges } from "./browsers/store.ts";
import { byShard } from "./person.ts";
import { getProfiles } from "./store.ts";

interface Pair {
  user: ProfileId;
  browser: ProfileId;
}

export function pairOf(siteId: string, userId: string, anonymousId: string): Pair {
  return { user: profileIdOf(siteId, { userId }), browser: profileIdOf(siteId, { anonymousId }) };
}

/** False when they were not linked. The browser's side first, which decides: called again after being killed, it finishes. */
export async function unlinkBrowser(deps: Deps, { user, browser }: Pair): Promise<boolean> {
  const at = deps.clock.now();
  const here = await markUnlinked(deps.shards.of(browser).db, { profileId: browser, otherId: user }, at);
  const there = await markUnlinked(deps.shards.of(user).db, { profileId: user, otherId: browser }, at);
  await deps.memory.notePeople([{ subject: user }]);
  return here || there;
}

/** `owned`: the browser is another user's meanwhile; `unknown`: the two were never linked. */
export async function relinkBrowser(deps: Deps, { user, browser }: Pair): Promise<"linked" | "owned" | "unknown"> {
  const state = await relinkDevice(deps.shards.of(browser).db, { profileId: browser, otherId: user });
  if (state === "linked") {
    await markUnlinked(deps.shards.of(user).db, { profileId: user, otherId: browser }, null);
    await deps.memory.notePeople([{ subject: user }]);
  }
  return state;
}

export interface Browser {
  profileId: ProfileId;
  /** Null when nothing is stored under it any more. */
  anonymousId: string | null;
  linkedAt: number;
  unlinkedAt: number | null;
}

/** Every browser that is or was this user's, the latest first. */
export async function listBrowsers(deps: Deps, user: ProfileId): Promise<Browser[]> {
  const edges = await selectDeviceEdges(deps.shards.of(user).db, user);
  const ids = edges.map(({ profileId }) => profileId);
  const found = await Promise.all([...byShard(deps, ids)].map(([shard, group]) => getProfiles(shard.db, group)));
  const nameOf = new Map(found.flat().map(({ profileId, anonymousId }) => [profileId, anonymousId]));
  return edges.map((edge) => ({ ...edge, anonymousId: nameOf.get(edge.profileId) ?? null }));
}
