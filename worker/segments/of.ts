import type { Deps } from "../deps.ts";
import type { PersonKey, ProfileId } from "../lib/ids.ts";
import type { Question } from "../platform/memory/recall.ts";
import { locatePerson, type PersonRef } from "../profiles/person.ts";
import { evaluate, type Subject } from "./rule.ts";
import { knownSegments } from "./segments.ts";
import { type Segment, selectEntries, selectMembershipsOf } from "./store.ts";
import { needsOf, readSubjects } from "./subjects.ts";

/** Which of these segments the person is in at `now`. */
export function matching(segments: Segment[], subject: Subject, now: number): Segment[] {
  return segments.filter((segment) => evaluate(segment.rule, subject, now));
}

/**
 * Ids of the segments that a person is in at this moment, from what is stored of them now: what they just did counts.
 * Stored memberships follow within a minute and are for counting and listing.
 */
export async function segmentsOf(deps: Deps, siteId: string, person: PersonKey): Promise<string[]> {
  const segments = await knownSegments(deps, siteId);
  if (segments.length === 0) return [];
  const now = deps.clock.now();
  const ref = await locatePerson(deps, siteId, person);
  const rules = segments.map((segment) => segment.rule);
  const subject = (await readSubjects(deps, [ref], needsOf(rules, now))).get(ref.profileId);
  return subject ? matching(segments, subject, now).map((segment) => segment.id) : [];
}

/** Which of these segments a profile is in as far as that is stored, to be asked along with something else. At least one. */
export function membershipsOf(segmentIds: string[], profileId: ProfileId): Question<string[]> {
  return {
    owner: profileId,
    subject: profileId,
    name: `segments ${segmentIds.join(" ")}`,
    ask: (db) => [selectMembershipsOf(db, segmentIds, profileId)],
    answer: ([rows = []]) => (rows as { segmentId: string }[]).map(({ segmentId }) => segmentId),
  };
}

/**
 * Which of these segments the person is in now and came into at or after `since` (epoch ms). Somebody who has come in so
 * lately that their membership is not stored yet has just come in.
 */
export async function enteredSince(
  deps: Deps,
  ref: PersonRef,
  subject: Subject,
  segmentIds: string[],
  since: number,
): Promise<Set<string>> {
  const known = await knownSegments(deps, subject.profile.siteId);
  const asked = known.filter(({ id }) => segmentIds.includes(id));
  const inside = matching(asked, subject, deps.clock.now()).map(({ id }) => id);
  if (inside.length === 0) return new Set();
  const entries = await selectEntries(deps.shards.of(ref.profileId).db, ref.profileId, inside);
  const before = new Set(entries.filter(({ enteredAt }) => enteredAt < since).map(({ segmentId }) => segmentId));
  return new Set(inside.filter((id) => !before.has(id)));
}
