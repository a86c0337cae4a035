import type { Deps } from "../deps.ts";
import { profileRange } from "../lib/ids.ts";
import { countProfiles, listProfiles } from "../profiles/store.ts";
import { evaluate, type Rule } from "./rule.ts";
import { needsOf, readSubjects, resolvePeople } from "./subjects.ts";

/** People looked at per shard. Keys are hashes, so that the first so many are a fair sample of all. */
const SAMPLE = 400;

export interface Estimate {
  /** People of the site; browsers that belong to a known user are no people of their own. */
  people: number;
  members: number;
  /** False when `members` and `people` are extrapolated from `sampled` people. */
  isExact: boolean;
  sampled: number;
}

/** How many people a rule that is not saved would have. Reads at most `SAMPLE` people's histories a shard. */
export async function estimate(deps: Deps, siteId: string, rule: Rule): Promise<Estimate> {
  const now = deps.clock.now();
  const range = profileRange(siteId);
  const needs = needsOf([rule], now);
  const parts = await Promise.all(
    deps.shards.all().map(async ({ db }) => {
      const [total, profiles] = await Promise.all([countProfiles(db, range), listProfiles(db, range, SAMPLE)]);
      const ids = new Set(profiles.map((profile) => profile.profileId));
      const { people, devices } = await resolvePeople(deps, [...ids]);
      const own = people.filter((person) => ids.has(person.profileId) && !devices.has(person.profileId));
      const subjects = await readSubjects(deps, own, needs);
      const members = [...subjects.values()].filter((subject) => evaluate(rule, subject, now)).length;
      const scale = profiles.length === 0 ? 1 : total / profiles.length;
      return {
        people: own.length * scale,
        members: members * scale,
        isExact: total === profiles.length,
        sampled: own.length,
      };
    }),
  );
  const sum = (pick: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    people: Math.round(sum((part) => part.people)),
    members: Math.round(sum((part) => part.members)),
    isExact: parts.every((part) => part.isExact),
    sampled: sum((part) => part.sampled),
  };
}
