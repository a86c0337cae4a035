/**
 * A person is a profile and the browsers linked to it. History is read over all of them; nothing is copied, so that a link
 * can be undone.
 */
import type { Deps, Shard } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { claimDevices, linkDevices, listLinks, unclaimDevices, unlinkDevices } from "./browsers/store.ts";
import { getProfiles, type Profile } from "./store.ts";

export interface PersonRef {
  profileId: ProfileId;
  /** The profile itself first, then its linked browsers, the one that was linked first before the others. */
  histories: ProfileId[];
}

/** Groups ids by the shard that holds them. */
export function byShard(deps: Deps, ids: Iterable<ProfileId>): Map<Shard, ProfileId[]> {
  const groups = new Map<Shard, ProfileId[]>();
  for (const id of ids) {
    const shard = deps.shards.of(id);
    const group = groups.get(shard);
    if (group) group.push(id);
    else groups.set(shard, [id]);
  }
  return groups;
}

/** Where a person's history is. One read for a user, none for an anonymous visitor. */
export async function locatePerson(deps: Deps, siteId: string, person: PersonKey): Promise<PersonRef> {
  const profileId = profileIdOf(siteId, person);
  if (!("userId" in person)) return { profileId, histories: [profileId] };
  const links = await listLinks(deps.shards.of(profileId).db, [profileId], "device");
  return { profileId, histories: [profileId, ...links.map((link) => link.otherId)] };
}

/** The same for many profile ids that live in one shard, with one statement. */
export async function locateMany(shard: Shard, ids: ProfileId[]): Promise<PersonRef[]> {
  const refs = new Map<ProfileId, PersonRef>(ids.map((id) => [id, { profileId: id, histories: [id] }]));
  for (const link of await listLinks(shard.db, ids, "device")) refs.get(link.profileId)?.histories.push(link.otherId);
  return [...refs.values()];
}

export async function getProfile(deps: Deps, profileId: ProfileId): Promise<Profile | undefined> {
  return (await getProfiles(deps.shards.of(profileId).db, [profileId]))[0];
}

const linkedHere = new Set<string>();

/**
 * Stores "this browser belongs to this user" in both shards, the browser's side first: it decides. Repeating it changes
 * nothing, so a caller that was killed in between just calls again. Pairs that this isolate has linked cost nothing.
 *
 * The first user of a browser keeps it. What waited in the queue counts from when it was `said` (epoch ms): it takes the
 * browser back from whoever was linked since, as if it had been written then.
 */
export async function linkBrowsers(
  deps: Deps,
  pairs: { anonymousProfileId: ProfileId; userProfileId: ProfileId }[],
  late?: { saidAt: number },
): Promise<void> {
  const fresh = new Map<string, (typeof pairs)[number]>();
  const claimed = new Set<ProfileId>();
  for (const pair of pairs) {
    const name = `${pair.anonymousProfileId}${pair.userProfileId}`;
    if ((!late && linkedHere.has(name)) || claimed.has(pair.anonymousProfileId)) continue;
    // Of two users of one browser in one call the first counts.
    claimed.add(pair.anonymousProfileId);
    fresh.set(name, pair);
  }
  if (fresh.size === 0) return;
  const at = late?.saidAt ?? deps.clock.now();
  const claims = new Map<Shard, { anonymousProfileId: ProfileId; userProfileId: ProfileId; at: number }[]>();
  for (const pair of fresh.values()) {
    const shard = deps.shards.of(pair.anonymousProfileId);
    claims.set(shard, [...(claims.get(shard) ?? []), { ...pair, at }]);
  }
  if (late) await undoLaterClaims(deps, claims);
  const owned = (await Promise.all([...claims].map(([shard, group]) => claimDevices(shard.db, group)))).flat();
  const edges = new Map<Shard, { deviceId: ProfileId; ownerId: ProfileId; at: number }[]>();
  for (const edge of owned) {
    const shard = deps.shards.of(edge.ownerId);
    edges.set(shard, [...(edges.get(shard) ?? []), { ...edge, at }]);
  }
  await Promise.all([...edges].map(([shard, group]) => linkDevices(shard.db, group).run()));
  const owners = new Set(owned.map(({ ownerId }) => ownerId));
  await deps.memory.notePeople([...owners].map((subject) => ({ subject })));
  if (linkedHere.size > 20_000) linkedHere.clear();
  for (const name of fresh.keys()) linkedHere.add(name);
}

/** The edges that claims of these browsers made after `at` of each, on both sides; repeating it finds the same ones. */
async function undoLaterClaims(
  deps: Deps,
  claims: Map<Shard, { anonymousProfileId: ProfileId; userProfileId: ProfileId; at: number }[]>,
): Promise<void> {
  const undone = (await Promise.all([...claims].map(([shard, group]) => unclaimDevices(shard.db, group)))).flat();
  const far = byShard(
    deps,
    undone.map(({ ownerId }) => ownerId),
  );
  await Promise.all(
    [...far].map(([shard, ids]) => {
      const owners = new Set(ids);
      return unlinkDevices(
        shard.db,
        undone.filter(({ ownerId }) => owners.has(ownerId)),
      ).run();
    }),
  );
  await deps.memory.notePeople(undone.map(({ ownerId }) => ({ subject: ownerId })));
  for (const { deviceId, ownerId } of undone) linkedHere.delete(`${deviceId}${ownerId}`);
}

/** After an erasure, on this isolate: a browser that comes back is linked again. */
export function forgetLinks(profileIds: ProfileId[]): void {
  for (const name of linkedHere) {
    if (profileIds.some((id) => name.includes(id))) linkedHere.delete(name);
  }
}
