/** Which of a placement's mixes holds at this moment. What its conditions ask for is read only where one asks. */
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { intentionAt, openIntention } from "../intention/serve.ts";
import type { Issue } from "../lib/errors.ts";
import type { ProfileId } from "../lib/ids.ts";
import { recall } from "../platform/memory/recall.ts";
import { byShard } from "../profiles/person.ts";
import { membershipsOf } from "../segments/of.ts";
import type { Rule } from "../segments/rule.ts";
import { knownSegments } from "../segments/segments.ts";
import { selectMemberships } from "../segments/store.ts";
import { asksTrait, holdsNow, type KnownMoment, knownOf, type Moment, valuesAsked } from "./moment-rule.ts";
import { type CasedMix, isCased, type PlacementRules, type SettledRules, type Ways } from "./schema.ts";
import { SHOWN } from "./taste.ts";

/** For `explain`: why it is this mix. */
export interface ChosenCase {
  /** Its place among the cases, from 0. */
  case: number;
  /** Null: none of the others holds. */
  when: Rule | null;
  /** What was known at this moment. */
  known: KnownMoment;
}

export function isSettled(rules: PlacementRules): rules is SettledRules {
  return !isCased(rules.ways);
}

const conditionsIn = ({ cases }: CasedMix): Rule[] => cases.flatMap(({ when }) => when ?? []);

/** Segments that the conditions of a mix ask for. */
function segmentsAsked(ways: Ways): string[] {
  return isCased(ways) ? valuesAsked(conditionsIn(ways), "segment") : [];
}

function asksIntention(ways: Ways): boolean {
  return isCased(ways) && asksTrait(conditionsIn(ways), ["intention_mode", "purchase_intention"]);
}

/** The rules with the mix of the first case that holds. Pure. */
export function settle(rules: PlacementRules, moment: Moment): { rules: SettledRules; chosen: ChosenCase | undefined } {
  const { ways, ...others } = rules;
  if (!isCased(ways)) return { rules: { ...others, ways }, chosen: undefined };
  const known = knownOf(moment);
  const place = ways.cases.findIndex(({ when }) => when === undefined || holdsNow(when, moment, known));
  const found = ways.cases[place];
  if (!found) throw new Error("no case is for every other moment");
  return { rules: { ...others, ways: found.ways }, chosen: { case: place, when: found.when ?? null, known } };
}

/** Somebody whose mix is to be chosen: nothing that conditions ask for besides is read yet. */
export interface Unsettled {
  rules: PlacementRules;
  /** Undefined for nobody in particular. */
  profileId: ProfileId | undefined;
  moment: Omit<Moment, "segments" | "intention">;
}

/** With what their conditions ask for. What cannot be read is logged, and is not known. */
export async function settleFor(deps: Deps, siteId: string, { rules, profileId, moment }: Unsettled) {
  const ids = segmentsAsked(rules.ways);
  const question = profileId !== undefined && ids.length > 0 ? membershipsOf(ids, profileId) : undefined;
  const [segments, intend] = await Promise.all([
    question ? orNothing(deps, siteId, async () => (await recall(deps, [question]))(question)) : [],
    intentions(deps, siteId, asksIntention(rules.ways)),
  ]);
  return settle(rules, { ...moment, segments, intention: intend(moment.history, moment.now) });
}

/** The same for many, with one statement a shard where their conditions ask for segments. In their order. */
export async function settleMany(deps: Deps, siteId: string, people: Unsettled[]): Promise<SettledRules[]> {
  const several = [...new Set(people.map(({ rules }) => rules.ways))].filter(isCased);
  const ids = [...new Set(several.flatMap(segmentsAsked))];
  const profileIds = ids.length > 0 ? people.flatMap(({ profileId }) => profileId ?? []) : [];
  const [memberships, intend] = await Promise.all([
    orNothing(deps, siteId, async () => {
      const shards = [...byShard(deps, profileIds)];
      return (await Promise.all(shards.map(([shard, own]) => selectMemberships(shard.db, ids, own)))).flat();
    }),
    intentions(deps, siteId, several.some(asksIntention)),
  ]);
  const segmentsOf = Map.groupBy(memberships, ({ profileId }) => profileId);
  return people.map(({ rules, profileId, moment }) => {
    if (isSettled(rules)) return rules;
    const segments = segmentsOf.get(profileId ?? "")?.map(({ segmentId }) => segmentId) ?? [];
    return settle(rules, { ...moment, segments, intention: intend(moment.history, moment.now) }).rules;
  });
}

/** Judges people's intentions where that is asked for. */
async function intentions(deps: Deps, siteId: string, isAsked: boolean) {
  const model = isAsked ? await openIntention(deps, siteId) : undefined;
  return (history: readonly HistoryEvent[], now: number) => intentionAt(model, withoutShown(history), now);
}

async function orNothing<T>(deps: Deps, siteId: string, read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch (error) {
    deps.log.error("segments could not be read", error, { siteId });
    return [];
  }
}

/**
 * What the person did of what `readPast` and `historyIn` give. They have chosen that among the newest of all events, and what
 * was shown stands beside it: counted once more it would push deeds out of the moment.
 */
export function withoutShown(history: readonly HistoryEvent[]): HistoryEvent[] {
  return history.filter(({ name }) => name !== SHOWN);
}

/** Segments that conditions name and there are not: such a case would never hold. Paths as in the placement's rules. */
export async function issuesWith(deps: Deps, siteId: string, { ways }: Pick<PlacementRules, "ways">): Promise<Issue[]> {
  if (!isCased(ways) || segmentsAsked(ways).length === 0) return [];
  const known = new Set((await knownSegments(deps, siteId)).map(({ id }) => id));
  return ways.cases.flatMap(({ when }, place) =>
    valuesAsked(when ? [when] : [], "segment")
      .filter((id) => !known.has(id))
      .map((id) => ({ path: `ways.cases.${place}.when`, message: `there is no segment "${id}"` })),
  );
}
