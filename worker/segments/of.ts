import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { locatePerson } from "../profiles/person.ts";
import { evaluate, type Subject } from "./rule.ts";
import { knownSegments } from "./segments.ts";
import type { Segment } from "./store.ts";
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
