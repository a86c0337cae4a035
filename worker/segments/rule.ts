/**
 * A rule over one person: what they did, what is known of them, and any combination. Pure: `now` is an argument. The same
 * rules decide segments, who a campaign is for, and who it leaves out.
 */
import * as z from "zod";
import { canonicalName } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { Intention } from "../intention/behavior.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../lib/time.ts";
import type { Profile } from "../profiles/store.ts";
import { checkComparison, compare, comparisonShape, Path, valuesAt } from "./comparison.ts";
import { holds, leavesOf, type Tree, treeOf } from "./tree.ts";

export const EventName = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .transform((name) => canonicalName(name));

export const Condition = z.strictObject({ property: Path, ...comparisonShape }).superRefine(checkComparison);
export type Condition = z.infer<typeof Condition>;

export const TraitRule = z.strictObject({ trait: Path, ...comparisonShape }).superRefine(checkComparison);

export const EventRule = z.strictObject({
  event: z.union([EventName, z.array(EventName).min(1).max(20)], "an event's name, or a list of names"),
  /** False turns the answer round: it did not happen (that often, in that time). */
  did: z.boolean(),
  /** Back from now; without it, for ever. */
  withinSeconds: z
    .int()
    .min(1)
    .max(400 * (DAY / SECOND))
    .optional(),
  /** How often; without it, at least once. */
  count: z.strictObject({ op: z.enum(["gte", "lte", "eq"]), value: z.int().min(0).max(1000) }).optional(),
  /** All of them hold for the same event. */
  where: z.array(Condition).max(10).optional(),
});

export type EventRule = z.infer<typeof EventRule>;
export type TraitRule = z.infer<typeof TraitRule>;
export type Rule = Tree<EventRule | TraitRule>;

/** Parses to itself, with event names in their canonical form. Issues name the place: `all.1.where.0.value`. */
export const Rule: z.ZodType<Rule> = treeOf<EventRule | TraitRule>(
  { event: () => EventRule, trait: () => TraitRule },
  'a rule is one of "all", "any", "not", "event" or "trait"',
);

export interface Subject {
  profile: Profile;
  /** Newest first; only those at or before `now` count. */
  events: HistoryEvent[];
  /** Of this moment, where a rule asks for it and the site's model can say. */
  intention?: Intention | undefined;
}

export function evaluate(rule: Rule, subject: Subject, now: number): boolean {
  return decide(rule, (trait) => traitValues(subject, trait), subject.events, now);
}

/** The same over whatever has traits and events. @param events newest first */
export function decide(
  rule: Rule,
  valuesOf: (trait: string) => unknown[],
  events: readonly HistoryEvent[],
  now: number,
): boolean {
  return holds(rule, (each) =>
    "trait" in each ? compare(valuesOf(each.trait), each) : each.did === happened(each, events, now),
  );
}

/** An event exactly `withinSeconds` ago is outside. */
function happened(rule: EventRule, events: readonly HistoryEvent[], now: number): boolean {
  const after = rule.withinSeconds === undefined ? Number.NEGATIVE_INFINITY : now - rule.withinSeconds * SECOND;
  const { op, value } = rule.count ?? { op: "gte", value: 1 };
  let count = 0;
  for (const event of events) {
    if (event.at <= after) break;
    if (event.at > now || !isNamed(rule.event, event.name) || !meets(rule.where, event.properties)) continue;
    count++;
    if (count > value) break;
  }
  if (op === "gte") return count >= value;
  return op === "lte" ? count <= value : count === value;
}

function isNamed(names: string | string[], name: string): boolean {
  return typeof names === "string" ? names === name : names.includes(name);
}

/** All conditions hold for these properties; no conditions always hold. */
export function meets(conditions: Condition[] | undefined, properties: Record<string, unknown>): boolean {
  return conditions === undefined || conditions.every((each) => compare(valuesAt(properties, each.property), each));
}

/** Fields of the profile that can be asked for by name like traits. Times are epoch ms. */
const PROFILE_FIELDS = ["email", "phone", "locale", "timeZone", "userId", "firstSeenAt", "lastSeenAt"] as const;

/** What is judged of a person at the moment of asking: the chance that they buy within a day, and what they are about. */
const INTENTION_FIELDS: Record<string, (intention: Intention) => unknown> = {
  purchase_intention: ({ chance }) => chance,
  intention_mode: ({ mode }) => mode,
};
/** Their names, to choose from. */
export const JUDGED_TRAITS = ["purchase_intention", "intention_mode"] as const;
/** The week that an intention is judged by. */
const INTENTION_SECONDS = (7 * DAY) / SECOND;
/** Without a new event an intention changes when the session is over, and fades, fast at first, until the week is over. */
const INTENTION_WINDOWS = [30 * MINUTE, 4 * HOUR, DAY, 3 * DAY, 7 * DAY].map((window) => window / SECOND);

const intentionField = (trait: string) =>
  Object.hasOwn(INTENTION_FIELDS, trait) ? INTENTION_FIELDS[trait] : undefined;

/** Whether the rule asks for the person's intention. */
export function asksIntention(rule: Rule): boolean {
  return [...leavesOf(rule)].some((each) => "trait" in each && intentionField(each.trait) !== undefined);
}

function traitValues({ profile, intention }: Subject, trait: string): unknown[] {
  const judged = intentionField(trait);
  if (judged) return intention ? [judged(intention)] : [];
  const field = PROFILE_FIELDS.find((each) => each === trait);
  if (field === undefined) return valuesAt(profile.traits, trait);
  const value = profile[field];
  return value === null ? [] : [value];
}

/** The different windows of a rule, in seconds: an event leaves the rule's sight that long after it happened. */
export function windowsOf(rule: Rule): number[] {
  const windows = new Set<number>();
  for (const each of leavesOf(rule)) {
    if ("event" in each && each.withinSeconds !== undefined) windows.add(each.withinSeconds);
  }
  if (asksIntention(rule)) for (const seconds of INTENTION_WINDOWS) windows.add(seconds);
  return [...windows];
}

/** How far back the rule looks in seconds: 0 when it asks for no event, undefined when for ever. */
export function windowSeconds(rule: Rule): number | undefined {
  let seconds = asksIntention(rule) ? INTENTION_SECONDS : 0;
  for (const each of leavesOf(rule)) {
    if ("trait" in each) continue;
    if (each.withinSeconds === undefined) return undefined;
    seconds = Math.max(seconds, each.withinSeconds);
  }
  return seconds;
}

/** Canonical names of the events that the rule asks for. */
export function eventNames(rule: Rule): Set<string> {
  const names = new Set<string>();
  for (const each of leavesOf(rule)) {
    if ("event" in each) for (const name of [each.event].flat()) names.add(name);
  }
  return names;
}
