import type { Deps } from "../deps.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { byShard } from "../profiles/person.ts";
import { getProfiles, type Profile } from "../profiles/store.ts";
import { listSegments } from "./segments.ts";
import { countBySegment, listMembers } from "./store.ts";

/** Members by segment as of the last refresh. Reads one key per member: cheap to some million members. */
export async function countMembers(deps: Deps, siteId: string): Promise<Map<string, number>> {
  const ids = (await listSegments(deps, siteId)).map((segment) => segment.id);
  const counts = new Map(ids.map((id) => [id, 0]));
  if (ids.length === 0) return counts;
  const range = profileRange(siteId);
  const parts = await Promise.all(deps.shards.all().map(({ db }) => countBySegment(db, ids, range)));
  for (const { segmentId, count } of parts.flat()) counts.set(segmentId, (counts.get(segmentId) ?? 0) + count);
  return counts;
}

export interface Member {
  profile: Profile;
  enteredAt: number;
}

/** A page of members in the order of their keys, from behind the profile id `after`. */
export async function pageMembers(
  deps: Deps,
  siteId: string,
  segmentId: string,
  after: ProfileId | undefined,
  limit: number,
): Promise<Member[]> {
  const range = profileRange(siteId);
  const parts = await Promise.all(
    deps.shards.all().map(({ db }) => listMembers(db, segmentId, range, after ?? range.from, limit)),
  );
  const page = parts
    .flat()
    .sort((a, b) => (a.profileId < b.profileId ? -1 : 1))
    .slice(0, limit);
  const groups = byShard(
    deps,
    page.map((member) => member.profileId),
  );
  const profiles = (await Promise.all([...groups].map(([shard, ids]) => getProfiles(shard.db, ids)))).flat();
  const profileOf = new Map(profiles.map((profile) => [profile.profileId, profile]));
  return page.flatMap(({ profileId, enteredAt }) => {
    const profile = profileOf.get(profileId);
    return profile ? [{ profile, enteredAt }] : [];
  });
}
