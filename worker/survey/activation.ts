/**
 * What came of asking: one person's events → the stages of an activation, in the group that they first came into, and all
 * people's against those who were held out. Pure.
 */
import { type Interval, newcombe, wilson } from "../experiments/statistics.ts";
import { DAY, MINUTE } from "../lib/time.ts";

/** In the order of the report. The first three are about asking: nobody who is held out can reach the latter two of them. */
export const STAGES = ["shown", "started", "completed", "clicked", "carted", "bought", "returned"] as const;
export type Stage = (typeof STAGES)[number];
/** What both can do, so that they can be compared. */
export const COMPARED = ["clicked", "carted", "bought", "returned"] as const satisfies readonly Stage[];

export const HELD_OUT = "holdout";
export const SHOWN_EVENTS = ["survey_shown", "survey_held_out"];
const DEEDS = {
  survey_started: "started",
  survey_answered: "completed",
  recommendation_clicked: "clicked",
  product_added_to_cart: "carted",
  product_purchased: "bought",
} as const satisfies Record<string, Stage>;
/** Names of the events that a person's activation is read from. */
export const ACTIVATION_EVENTS = [...SHOWN_EVENTS, ...Object.keys(DEEDS), "page_viewed", "product_viewed"];

/** A visit ends with a longer pause. */
const PAUSE_MS = 30 * MINUTE;
/** What happens later is not counted. */
export const WINDOW_MS = 7 * DAY;

export interface Told {
  at: number;
  name: string;
  properties: Record<string, unknown>;
}

export type StageCounts = Record<Stage, number>;

/** The visitor's own situation, as it can be known before they are asked. */
export const SITUATIONS = ["new", "returning"] as const;
export type Situation = (typeof SITUATIONS)[number];

export interface ActivationTally {
  /** "taste@3" (survey and version) or "holdout" → people who reached the stage. */
  groups: Record<string, StageCounts>;
  /** Asked or held out, by situation: people, and how many of them clicked or put something into the cart. */
  situations: Record<Situation, Record<"asked" | "holdout", { people: number; activated: number }>>;
}

export function emptyActivation(): ActivationTally {
  const none = () => ({ asked: { people: 0, activated: 0 }, holdout: { people: 0, activated: 0 } });
  return { groups: {}, situations: { new: none(), returning: none() } };
}

/** Undefined for events that say nothing of this survey, and where the page itself called for it: nobody is held out there. */
export function groupIn({ name, properties }: Told, surveyId: string): string | undefined {
  if (!SHOWN_EVENTS.includes(name) || properties.survey_called === true) return undefined;
  const { survey_id: id, survey_of: of = id, survey_version: version } = properties;
  if (of !== surveyId) return undefined;
  return name === "survey_held_out" ? HELD_OUT : `${String(id).slice(0, 63)}@${Number(version) || 0}`;
}

/**
 * Adds one person. @param events of all their browsers, in any order
 * @param firstSeenAt epoch ms; who was here a day before is one who returns
 */
export function addActivation(tally: ActivationTally, events: Told[], surveyId: string, firstSeenAt: number): void {
  const told = events.toSorted((a, b) => a.at - b.at);
  const first = told.find((event) => groupIn(event, surveyId) !== undefined);
  const group = first && groupIn(first, surveyId);
  if (!first || group === undefined) return;
  const counts = tally.groups[group] ?? emptyCounts();
  tally.groups[group] = counts;
  const reached = new Set<Stage>(["shown"]);
  let visitEnd = first.at;
  for (const { at, name, properties } of told) {
    if (at < first.at || at > first.at + WINDOW_MS) continue;
    const isSameVisit = at - visitEnd <= PAUSE_MS;
    if (isSameVisit) visitEnd = at;
    else reached.add("returned");
    const stage = Object.hasOwn(DEEDS, name) ? DEEDS[name as keyof typeof DEEDS] : undefined;
    if (!stage) continue;
    // The first click counts in the visit in which somebody was asked, the rest whenever it comes.
    if (stage === "clicked" && !isSameVisit) continue;
    if (stage === "completed" && properties.is_complete === false) reached.add("started");
    else reached.add(stage);
  }
  if (reached.has("completed")) reached.add("started");
  for (const stage of reached) counts[stage]++;
  const situation = tally.situations[firstSeenAt < first.at - DAY ? "returning" : "new"];
  const sums = situation[group === HELD_OUT ? "holdout" : "asked"];
  sums.people++;
  if (reached.has("clicked") || reached.has("carted")) sums.activated++;
}

function emptyCounts(): StageCounts {
  return { shown: 0, started: 0, completed: 0, clicked: 0, carted: 0, bought: 0, returned: 0 };
}

/** Sums of shards; the arguments stay as they are. */
export function mergeActivations(tallies: ActivationTally[]): ActivationTally {
  const merged = emptyActivation();
  for (const { groups, situations } of tallies) {
    for (const [name, counts] of Object.entries(groups)) {
      const into = merged.groups[name] ?? emptyCounts();
      merged.groups[name] = into;
      for (const stage of STAGES) into[stage] += counts[stage];
    }
    for (const situation of SITUATIONS) {
      for (const side of ["asked", "holdout"] as const) {
        merged.situations[situation][side].people += situations[situation][side].people;
        merged.situations[situation][side].activated += situations[situation][side].activated;
      }
    }
  }
  return merged;
}

export interface ActivationGroup {
  name: string;
  people: number;
  stages: { stage: Stage; people: number; rate: Interval | null; difference: Interval | null }[];
}

/** Every group with Wilson's intervals, and Newcombe's for its difference from those who were held out; those come last. */
export function activationOf({ groups }: ActivationTally): ActivationGroup[] {
  const heldOut = groups[HELD_OUT];
  const names = Object.keys(groups).sort((a, b) => Number(a === HELD_OUT) - Number(b === HELD_OUT) || (a < b ? -1 : 1));
  return names.map((name) => {
    const counts = groups[name] as StageCounts;
    const people = counts.shown;
    const stages = STAGES.map((stage) => {
      const rate = { successes: counts[stage], people };
      const isCompared = name !== HELD_OUT && heldOut && (COMPARED as readonly Stage[]).includes(stage);
      const difference = isCompared ? newcombe(rate, { successes: heldOut[stage], people: heldOut.shown }) : undefined;
      return { stage, people: counts[stage], rate: wilson(rate) ?? null, difference: difference ?? null };
    });
    return { name, people, stages };
  });
}

/** What asking is expected to change in a situation: the share of people who are activated by it, with its interval. */
export function gainIn({ situations }: ActivationTally, situation: Situation): Interval | undefined {
  const { asked, holdout } = situations[situation];
  return newcombe(
    { successes: asked.activated, people: asked.people },
    { successes: holdout.activated, people: holdout.people },
  );
}
