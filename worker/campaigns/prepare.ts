/** What is known of the people whose time has come, for the rules, the gate and the words, and whether a campaign means them. */
import type { Deps } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { type Reach, readReach } from "../messages/addressee.ts";
import { coalesceShards } from "../platform/coalesce.ts";
import type { PersonRef } from "../profiles/person.ts";
import { evaluate, type Subject } from "../segments/rule.ts";
import { needsOf, readSubjects } from "../segments/subjects.ts";
import type { CampaignDefinition } from "./schema.ts";
import { isSettled } from "./watch.ts";

/** Words name what people did in this time. */
const WORDS_LOOK_BACK_MS = 30 * DAY;
export interface Traveler {
  ref: PersonRef;
  subject: Subject;
  reach: Reach;
}

/** Profile, history, consent and recent messages of everybody, for the rules and words of these campaigns: one round trip a shard. */
export async function readTravelers(
  deps: Deps,
  people: PersonRef[],
  definitions: CampaignDefinition[],
): Promise<Map<ProfileId, Traveler>> {
  const now = deps.clock.now();
  const rules = definitions.flatMap(({ audience, exclude }) => [audience, exclude]).filter((rule) => rule !== null);
  const asked = needsOf(rules, now);
  const interests = definitions.map(({ trigger }) => (trigger.kind === "catalog" ? trigger.interest.withinSeconds : 0));
  const lookBack = Math.max(WORDS_LOOK_BACK_MS, Math.max(0, ...interests) * SECOND);
  const needs = { ...asked, since: Math.min(asked.since, now - lookBack) };
  const together = coalesceShards(deps);
  const [subjects, reaches] = await Promise.all([readSubjects(together, people, needs), readReach(together, people)]);
  return new Map(
    people.flatMap((ref) => {
      const [subject, reach] = [subjects.get(ref.profileId), reaches.get(ref.profileId)];
      return subject && reach ? [[ref.profileId, { ref, subject, reach }] as const] : [];
    }),
  );
}

export type Fit = "fits" | "not_in_audience" | "excluded";

/** Whether the campaign means this person, at this moment; `itemId`: the changed item that it is about. Pure. */
export function fitOf(
  { trigger, audience, exclude }: CampaignDefinition,
  subject: Subject,
  now: number,
  itemId?: string,
): Fit {
  if (trigger.kind === "catalog" && itemId !== undefined && isSettled(trigger, itemId, subject.events, now)) {
    return "excluded";
  }
  if (audience && !evaluate(audience, subject, now)) return "not_in_audience";
  return exclude && evaluate(exclude, subject, now) ? "excluded" : "fits";
}
