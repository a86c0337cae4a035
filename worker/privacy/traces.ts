/** Where a person has left traces: their profile, the browsers that are theirs now, and whoever's rows point at them. */
import type { Deps, Shard } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { utcDay } from "../lib/time.ts";
import { byShard } from "../profiles/person.ts";
import { getProfiles } from "../profiles/store.ts";
import { type Edge, selectEdges, type Traces } from "./store.ts";

export interface ShardTraces {
  shard: Shard;
  traces: Traces;
}

/**
 * One entry a shard, the person's own shard last: it holds the list of the others. A browser that was linked and is no
 * more is somebody else's again: only the edge to it is a trace.
 */
export async function findTraces(deps: Deps, siteId: string, person: PersonKey): Promise<ShardTraces[]> {
  const profileId = profileIdOf(siteId, person);
  const home = deps.shards.of(profileId);
  const own = await selectEdges(home.db, [profileId]);
  const devices = own.filter((edge) => edge.role === "device" && edge.isLive).map((edge) => edge.otherId);
  const profileIds = [profileId, ...devices];
  const [edges, days] = await Promise.all([edgesOf(deps, devices), daysOf(deps, profileIds)]);
  const farEnds = [...own, ...edges].map((edge): [ProfileId, ProfileId] => [edge.otherId, edge.profileId]);
  const shards = byShard(deps, [...profileIds, ...farEnds.map(([whose]) => whose)]);
  return [...shards.keys()]
    .sort((a, b) => Number(a === home) - Number(b === home))
    .map((shard) => ({ shard, traces: { siteId, profileIds, edges: farEnds, days } }));
}

async function edgesOf(deps: Deps, profileIds: ProfileId[]): Promise<Edge[]> {
  const parts = await Promise.all([...byShard(deps, profileIds)].map(([shard, ids]) => selectEdges(shard.db, ids)));
  return parts.flat();
}

/** A profile knows its first and its last day, however its events came in. */
async function daysOf(deps: Deps, profileIds: ProfileId[]): Promise<number[]> {
  const parts = await Promise.all([...byShard(deps, profileIds)].map(([shard, ids]) => getProfiles(shard.db, ids)));
  const days = new Set<number>();
  for (const { firstSeenAt, lastSeenAt } of parts.flat()) {
    for (let day = Math.max(0, utcDay(firstSeenAt)); day <= utcDay(lastSeenAt); day++) days.add(day);
  }
  return [...days];
}
