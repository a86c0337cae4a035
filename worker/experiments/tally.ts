/**
 * One person's showings and deeds → the sums of an experiment. People are counted, not events: each once, in the group that
 * they were shown first (as assigned, not as treated later), with what they did within the window after that. Pure.
 */
import { SECOND, utcDay } from "../lib/time.ts";
import { formatLabel, type Label } from "./label.ts";
import { CONTEXTS, type ExperimentDefinition, HOLDOUT } from "./schema.ts";

/** In automatic mode shares change, so that only all variants together can be compared with the holdout. */
export const ALL_VARIANTS = "variants";

export interface GroupSums {
  people: number;
  clicked: number;
  /** Closed what they were shown; where that can be told. */
  closed: number;
  bought: number;
  /** Minor units, and the sum of each person's square. */
  revenue: number;
  revenueSquares: number;
}

export interface Tally {
  groups: Record<string, GroupSums>;
  /** People who were shown more than one group, such as before and after signing in; counted in the first. */
  switched: number;
  /** Automatic mode: context → variant → tries whose window is over. A try is a person on a UTC day. */
  arms: Record<string, Record<string, { trials: number; successes: number }>>;
}

export interface Showing {
  at: number;
  label: Label;
}

export interface Deed {
  at: number;
  kind: "click" | "close" | "purchase";
  /** Of a click, and of a closing. */
  label: Label | undefined;
  /** Of a purchase, in minor units. */
  value: number;
}

export function emptyTally(): Tally {
  return { groups: {}, switched: 0, arms: {} };
}

/** Adds one person. Labels of other experiments, and of variants that do not exist, are passed over. */
export function addPerson(
  tally: Tally,
  person: { showings: Showing[]; deeds: Deed[] },
  experiment: { id: string; definition: ExperimentDefinition },
  now: number,
): void {
  const { definition } = experiment;
  const names = new Set(definition.variants.map(({ name }) => name));
  const isKnown = ({ experimentId, group }: Label) =>
    experimentId === experiment.id && (names.has(group) || (group === HOLDOUT && definition.holdout.share > 0));
  const showings = person.showings.filter(({ label }) => isKnown(label)).toSorted((a, b) => a.at - b.at);
  const first = showings[0];
  if (!first) return;
  const windowMs = definition.metric.windowSeconds * SECOND;
  const isAuto = definition.mode === "auto";
  const groupOf = ({ group }: Label) => (isAuto && group !== HOLDOUT ? ALL_VARIANTS : group);
  const sums = sumsOf(tally, groupOf(first.label));
  const within = person.deeds.filter(({ at }) => at >= first.at && at < first.at + windowMs);
  const revenue = within.reduce((sum, { kind, value }) => sum + (kind === "purchase" ? value : 0), 0);
  sums.people++;
  const did = (what: Deed["kind"]) =>
    within.some(({ kind, label }) => kind === what && label?.experimentId === experiment.id);
  if (did("click")) sums.clicked++;
  if (did("close")) sums.closed++;
  if (within.some(({ kind }) => kind === "purchase")) sums.bought++;
  sums.revenue += revenue;
  sums.revenueSquares += revenue ** 2;
  if (new Set(showings.map(({ label }) => groupOf(label))).size > 1) tally.switched++;
  if (isAuto) addTries(tally, showings, person.deeds, definition, now);
}

function addTries(
  tally: Tally,
  showings: Showing[],
  deeds: Deed[],
  { metric }: ExperimentDefinition,
  now: number,
): void {
  const windowMs = metric.windowSeconds * SECOND;
  const seen = new Set<string>();
  for (const { at, label } of showings) {
    const { group, context } = label;
    if (group === HOLDOUT || context === undefined || !CONTEXTS.has(context)) continue;
    const name = formatLabel(label);
    const key = `${utcDay(at)} ${name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (at + windowMs > now) continue;
    const isSuccess = deeds.some((deed) => {
      if (deed.at < at || deed.at >= at + windowMs) return false;
      if (metric.kind !== "click") return deed.kind === "purchase";
      return deed.kind === "click" && deed.label !== undefined && formatLabel(deed.label) === name;
    });
    const arms = tally.arms[context] ?? {};
    tally.arms[context] = arms;
    const arm = arms[group] ?? { trials: 0, successes: 0 };
    arms[group] = arm;
    arm.trials++;
    if (isSuccess) arm.successes++;
  }
}

function sumsOf(tally: Tally, group: string): GroupSums {
  const sums = tally.groups[group] ?? { people: 0, clicked: 0, closed: 0, bought: 0, revenue: 0, revenueSquares: 0 };
  tally.groups[group] = sums;
  return sums;
}

/** The sums of all shards. */
export function mergeTallies(tallies: Tally[]): Tally {
  const merged = emptyTally();
  for (const { groups, switched, arms } of tallies) {
    merged.switched += switched;
    for (const [group, sums] of Object.entries(groups)) {
      const into = sumsOf(merged, group);
      for (const key of Object.keys(sums) as (keyof GroupSums)[]) into[key] += sums[key];
    }
    for (const [context, variants] of Object.entries(arms)) {
      const into = merged.arms[context] ?? {};
      merged.arms[context] = into;
      for (const [variant, { trials, successes }] of Object.entries(variants)) {
        const arm = into[variant] ?? { trials: 0, successes: 0 };
        into[variant] = { trials: arm.trials + trials, successes: arm.successes + successes };
      }
    }
  }
  return merged;
}
