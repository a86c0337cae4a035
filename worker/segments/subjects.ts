/** People as rules see them: profile and history, read for many at once. */
import type { Deps } from "../deps.ts";
import { readHistories } from "../events/history.ts";
import { intentionAt, openIntention } from "../intention/serve.ts";
import { type ProfileId, siteIdOf } from "../lib/ids.ts";
import { SECOND } from "../lib/time.ts";
import { listLinks } from "../profiles/browsers/store.ts";
import { byShard, locateMany, type PersonRef } from "../profiles/person.ts";
import { getProfiles, type Profile } from "../profiles/store.ts";
import { asksIntention, type Rule, type Subject, windowSeconds } from "./rule.ts";

/** Rules look at so many of a person's newest events: enough for every rule met so far, and it bounds a slice's memory. */
export const HISTORY_LIMIT = 500;

/** What rules need to know of people. */
export interface Needs {
  /** Events since then, epoch ms; 0 when a rule looks back for ever. */
  since: number;
  intention: boolean;
}

export function needsOf(rules: Rule[], now: number): Needs {
  let seconds = 0;
  for (const rule of rules) seconds = Math.max(seconds, windowSeconds(rule) ?? Number.POSITIVE_INFINITY);
  return { since: Math.max(0, now - seconds * SECOND), intention: rules.some(asksIntention) };
}

/** Somebody of whom nothing is stored yet. */
export function blankProfile(profileId: ProfileId, now: number): Profile {
  const unknown = { userId: null, anonymousId: null, email: null, phone: null, locale: null, timeZone: null };
  return { profileId, siteId: siteIdOf(profileId), ...unknown, traits: {}, firstSeenAt: now, lastSeenAt: now };
}

/**
 * The persons behind these profiles of any shards: a browser that belongs to a user is that user, and is in `devices`.
 * Two statements a shard.
 */
export async function resolvePeople(
  deps: Deps,
  profileIds: ProfileId[],
): Promise<{ people: PersonRef[]; devices: Set<ProfileId> }> {
  const owned = await Promise.all(
    [...byShard(deps, profileIds)].map(([shard, ids]) => listLinks(shard.db, ids, "owner")),
  );
  const ownerOf = new Map(owned.flat().map((link) => [link.profileId, link.otherId]));
  const persons = new Set(profileIds.map((id) => ownerOf.get(id) ?? id));
  const located = await Promise.all([...byShard(deps, persons)].map(([shard, ids]) => locateMany(shard, ids)));
  const people = located.flat();
  const devices = new Set([...ownerOf.keys(), ...people.flatMap((person) => person.histories.slice(1))]);
  return { people, devices };
}

/** Profiles, events and, where needed, intentions, keyed by the person's profile. All people are of one site. */
export async function readSubjects(deps: Deps, people: PersonRef[], needs: Needs): Promise<Map<ProfileId, Subject>> {
  const now = deps.clock.now();
  const ids = people.map((person) => person.profileId);
  const [profiles, histories, model] = await Promise.all([
    Promise.all([...byShard(deps, ids)].map(([shard, group]) => getProfiles(shard.db, group))),
    readHistories(deps, people, needs.since, HISTORY_LIMIT),
    needs.intention && ids[0] ? openIntention(deps, siteIdOf(ids[0])) : undefined,
  ]);
  const profileOf = new Map(profiles.flat().map((profile) => [profile.profileId, profile]));
  return new Map(
    ids.map((id) => {
      const events = histories.get(id) ?? [];
      const profile = profileOf.get(id) ?? blankProfile(id, now);
      return [id, { profile, events, intention: intentionAt(model, events, now) }];
    }),
  );
}
