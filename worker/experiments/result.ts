/**
 * From sums to what they say: rates and revenue a person with intervals, differences from the group that the others are
 * compared with, the sample-ratio check, and, in automatic mode, what was learned and what it cost. Pure.
 */
import { DAY } from "../lib/time.ts";
import { type Experiment, HOLDOUT } from "./schema.ts";
import {
  checkRatio,
  type Interval,
  meanInterval,
  newcombe,
  type RatioCheck,
  relativeMean,
  relativeRate,
  welch,
  wilson,
} from "./statistics.ts";
import { ALL_VARIANTS, type GroupSums, type Tally } from "./tally.ts";
import { type Arm, probabilitiesBest, type Random, type Regret, regretOf, startingShares } from "./thompson.ts";

export const METRICS = ["click", "purchase", "revenue"] as const;
export type Metric = (typeof METRICS)[number];

/** Whether a difference is beyond chance, in the favor of the group or against it. Unclear, too, while the sample ratio alarms. */
export type Verdict = "better" | "worse" | "unclear";

export interface GroupResult {
  name: string;
  /** Share of those who take part that this group was meant to have. */
  share: number;
  /** Exposed: people who were shown this group first. */
  people: number;
  clicked: number;
  bought: number;
  /** Of one person: click and purchase as a rate, revenue in minor units. */
  metrics: Partial<Record<Metric, Interval>>;
  /** This group − the one compared with; empty for that one itself. */
  differences: Partial<Record<Metric, Interval>>;
  /** The same as a share of the group compared with: 0.2 is a fifth more. Left out where nothing was achieved there. */
  uplifts: Partial<Record<Metric, Interval>>;
  /** By the experiment's own metric; undefined for the group compared with, and before there is anything to say. */
  verdict: Verdict | undefined;
}

export interface ArmResult extends Arm {
  share: number;
  rate: Interval | undefined;
  probabilityBest: number;
}

export interface ExperimentResult {
  /** Which group the differences are from. */
  against: string;
  groups: GroupResult[];
  /** Level of each interval of a difference: 95 % over all groups together (Bonferroni). */
  level: number;
  ratio: RatioCheck | undefined;
  switched: number;
  /** Less than a week, or fewer than a hundred people in a group: do not decide by this yet. */
  isEarly: boolean;
  learning: { contexts: { context: string; arms: ArmResult[] }[]; regret: Regret | undefined } | undefined;
}

const ENOUGH_PEOPLE = 100;
const ENOUGH_MS = 7 * DAY;
const NOBODY: GroupSums = { people: 0, clicked: 0, closed: 0, bought: 0, revenue: 0, revenueSquares: 0 };

/** The groups that people are compared in, with the shares that they are meant to have. */
export function groupsOf({ definition }: Pick<Experiment, "definition">): { name: string; share: number }[] {
  const { holdout, variants, mode } = definition;
  const total = variants.reduce((sum, { share }) => sum + share, 0);
  const treated = 1 - holdout.share;
  return [
    ...(mode === "auto"
      ? [{ name: ALL_VARIANTS, share: treated }]
      : variants.map(({ name, share }) => ({ name, share: (treated * share) / total }))),
    ...(holdout.share > 0 ? [{ name: HOLDOUT, share: holdout.share }] : []),
  ];
}

/**
 * `against`: the name of a group. By default the holdout where one way is compared with it, or all together in automatic
 * mode; else the first variant. `shares`: by context and variant, automatic mode.
 */
export function resultOf(
  experiment: Pick<Experiment, "definition" | "startedAt" | "endedAt">,
  tally: Tally,
  { now, random, against: asked, shares }: ResultInput,
): ExperimentResult {
  const groups = groupsOf(experiment).map((group) => ({ ...group, sums: tally.groups[group.name] ?? NOBODY }));
  const usual = groups.length === 2 ? groups.find(({ name }) => name === HOLDOUT) : undefined;
  const base = groups.find(({ name }) => name === asked) ?? usual ?? groups[0];
  const level = 1 - 0.05 / Math.max(1, groups.length - 1);
  const ratio = checkRatio(groups.map(({ share, sums }) => ({ share, people: sums.people })));
  const { kind } = experiment.definition.metric;
  const lasted = (experiment.endedAt ?? now) - (experiment.startedAt ?? now);
  return {
    against: base?.name ?? "",
    level,
    groups: groups.map(({ name, share, sums }) => {
      const isCompared = base !== undefined && base.name !== name;
      const differences = isCompared ? differencesOf(sums, base.sums, level) : {};
      const uplifts = isCompared ? upliftsOf(sums, base.sums, level) : {};
      const { people, clicked, bought } = sums;
      const difference = differences[kind];
      const verdict = difference && (ratio?.isAlarming ? "unclear" : verdictOn(difference));
      return { name, share, people, clicked, bought, metrics: metricsOf(sums), differences, uplifts, verdict };
    }),
    ratio,
    switched: tally.switched,
    isEarly: lasted < ENOUGH_MS || groups.some(({ sums }) => sums.people < ENOUGH_PEOPLE),
    learning: experiment.definition.mode === "auto" ? learningOf(experiment, tally, shares, random) : undefined,
  };
}

interface ResultInput {
  now: number;
  random: Random;
  against?: string | undefined;
  shares: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const clicks = ({ people, clicked }: GroupSums) => ({ people, successes: clicked });
const purchases = ({ people, bought }: GroupSums) => ({ people, successes: bought });
const spending = ({ people, revenue, revenueSquares }: GroupSums) => ({
  people,
  sum: revenue,
  squares: revenueSquares,
});

function metricsOf(sums: GroupSums): GroupResult["metrics"] {
  const revenue = meanInterval(spending(sums));
  return present({
    click: wilson(clicks(sums)),
    purchase: wilson(purchases(sums)),
    // Nobody spends less than nothing, which Student's interval does not know.
    revenue: revenue && { ...revenue, low: Math.max(0, revenue.low) },
  });
}

function differencesOf(sums: GroupSums, base: GroupSums, level: number): GroupResult["differences"] {
  return present({
    click: newcombe(clicks(sums), clicks(base), level),
    purchase: newcombe(purchases(sums), purchases(base), level),
    revenue: welch(spending(sums), spending(base), level),
  });
}

function upliftsOf(sums: GroupSums, base: GroupSums, level: number): GroupResult["uplifts"] {
  return present({
    click: relativeRate(clicks(sums), clicks(base), level),
    purchase: relativeRate(purchases(sums), purchases(base), level),
    revenue: relativeMean(spending(sums), spending(base), level),
  });
}

function present(found: Record<Metric, Interval | undefined>): Partial<Record<Metric, Interval>> {
  const entries = METRICS.flatMap((metric) => {
    const interval = found[metric];
    return interval ? [[metric, { value: interval.value, low: interval.low, high: interval.high }] as const] : [];
  });
  return Object.fromEntries(entries);
}

function verdictOn({ low, high }: Interval): Verdict {
  if (low > 0) return "better";
  return high < 0 ? "worse" : "unclear";
}

/** The arms of each context that was met, variants in the order of the definition. */
export function armsOf(experiment: Pick<Experiment, "definition">, tally: Tally): Map<string, Arm[]> {
  const contexts = Object.entries(tally.arms).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    contexts.map(([context, known]) => [
      context,
      experiment.definition.variants.map(({ name }) => ({
        variant: name,
        trials: known[name]?.trials ?? 0,
        successes: known[name]?.successes ?? 0,
      })),
    ]),
  );
}

function learningOf(
  experiment: Pick<Experiment, "definition">,
  tally: Tally,
  shares: ResultInput["shares"],
  random: Random,
): ExperimentResult["learning"] {
  const known = armsOf(experiment, tally);
  const contexts = [...known].map(([context, arms]) => {
    const probabilities = probabilitiesBest(arms, random);
    const starting = startingShares(arms.length);
    return {
      context,
      arms: arms.map((arm, place) => ({
        ...arm,
        share: shares.get(context)?.get(arm.variant) ?? starting[place] ?? 0,
        rate: wilson({ successes: arm.successes, people: arm.trials }),
        probabilityBest: probabilities[place] ?? 0,
      })),
    };
  });
  return { contexts, regret: regretOf([...known.values()], random) };
}
