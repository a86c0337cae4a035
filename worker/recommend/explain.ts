/** What a list was made from, by which rules, and what was kept out of it, for whoever asks why. Pure; of bounded length. */
import { LEAST_QUERY_LIKENESS } from "../catalog/likeness.ts";
import type { Variant } from "../experiments/variant.ts";
import type { Intention } from "../intention/behavior.ts";
import { type Candidate, proposalsByWay, type Supply } from "./candidates.ts";
import { contributionsOf } from "./engine/contribution.ts";
import type { Net } from "./engine/net.ts";
import { type Condition, conditionsOf, type ResolvedRule } from "./item-rule.ts";
import type { ServingModel } from "./model.ts";
import { asksFor, candidatesFor, type Plan, popularFor, rebuyDays } from "./plan.ts";
import type { Removed } from "./removed.ts";
import type { Mix, SettledRules, Way } from "./schema.ts";
import { effectOf, type Selection, type SourcedBoost } from "./select.ts";
import type { ChosenCase } from "./settle.ts";
import type { Seed, Taste } from "./taste.ts";

export interface ExplainedCandidate extends Candidate {
  /** Of the net's: what each feature adds to its score against the others (engine/contribution.ts). */
  contributions?: Record<string, number>;
  /** Places that it won by being different, or lost. */
  diversity?: number;
}

/** The rules as they held here and now. `rule` and `when` with the current item's values in them; null: asks nothing here. */
export interface AppliedRules {
  ways: Mix;
  /** Why it is this mix, where a placement has several. */
  chosen: ChosenCase | null;
  count: number;
  filter: Condition<ResolvedRule | null>[];
  callerFilter: Condition<ResolvedRule | null>[];
  boosts: { when: ResolvedRule | null; by: number; from: SourcedBoost["from"] }[];
  diversity: number;
  perBrandCap: number | null;
  perCategoryCap: number | null;
  explore: number;
  excludeViewed: boolean;
  pins: { itemId: string; position: number; shown: boolean }[];
  /** What is left out by name. */
  excluded: { rule: string; count: number; examples: string[] }[];
  /** `at` in epoch ms; `rebuyDays`: how long people wait who buy it again, null: they do not. */
  purchased: {
    withinDays: number;
    allowRebuy: boolean;
    items: { id: string; at: number; rebuyDays: number | null; excluded: boolean }[];
  };
  /** Shown and left alone; what was so `restAfter` times comes last. */
  ignored: { restAfter: number; items: { id: string; times: number }[] };
}

export interface Explanation {
  model: string | null;
  /** Of a running experiment. */
  variant: Pick<Variant, "label" | "shows"> | null;
  rules: AppliedRules;
  seeds: Seed[];
  pickedCategories: string[];
  /** What was searched for just now, and how many titles are like that: `leastLikeness` at least. */
  searches: { query: string; lag: number; leastLikeness: number; found: number }[];
  /** What is known of the visit and of the person, by name (context.ts). */
  contexts: string[];
  /** What the person is about at this moment, and what it was judged from; null where the site's model cannot say. */
  intention: Intention | null;
  /** What each way proposes by itself, best first, before rules. */
  ways: Partial<Record<Way, { id: string; value: number }[]>>;
  /** Of the seeds those that few or none look like: behind these their similar designs are what is described like them. */
  standIns: string[];
  /** As they are blended, best first, before rules; with what boosts and differences made of them. */
  candidates: ExplainedCandidate[];
  removed: Removed[];
}

const EXPLAINED_CANDIDATES = 60;
const EXPLAINED_PER_WAY = 10;
const EXPLAINED_ITEMS = 20;
const EXAMPLES = 5;

export interface Told {
  model: ServingModel | undefined;
  variant: Variant | undefined;
  chosen?: ChosenCase | undefined;
  taste: Taste;
  supply: Supply;
  placement: SettledRules;
  plan: Plan;
  selection: Selection;
  intention: Intention | undefined;
}

/** Ranks once more without leaving out what was seen, so that what rules removed is in it too. */
export function explain(told: Told): Explanation {
  const { model, variant, taste, supply, placement, plan, selection, intention } = told;
  const nothing = new Set<string>();
  const own = candidatesFor(placement, taste, supply, nothing, { explain: true });
  own.slice(0, EXPLAINED_CANDIDATES).forEach(plan.name);
  const ways = proposalsByWay({ taste, supply, skip: nothing, never: plan.never, explain: false }, placement.ways);
  const { arranged, rest } = selection.explained ?? {};
  if (rest && !asksFor(placement, "trending")) {
    const known = new Set(own.map(({ id }) => id));
    const popular = popularFor(taste, supply, nothing, own[own.length - 1]?.score ?? 1);
    own.push(...popular.filter(({ id }) => !known.has(id)));
    ways.trending = popular.map(({ id, parts }) => ({ id, value: parts.trending ?? 0 }));
  }
  const all = own.slice(0, EXPLAINED_CANDIDATES);
  return {
    model: model?.version ?? null,
    variant: variant ? { label: variant.label, shows: variant.shows } : null,
    rules: appliedRules(told),
    seeds: taste.seeds,
    pickedCategories: taste.pickedCategories,
    searches: (taste.searches ?? []).map((search) => ({
      ...search,
      leastLikeness: LEAST_QUERY_LIKENESS,
      found: supply.found?.get(search.query)?.length ?? 0,
    })),
    contexts: [...supply.contexts],
    intention: intention ?? null,
    ways: Object.fromEntries(
      Object.entries(ways).map(([way, list]) => [
        way,
        list.slice(0, EXPLAINED_PER_WAY).map(({ id, value }) => ({ id, value: Number(value.toFixed(4)) })),
      ]),
    ),
    standIns: [...(supply.standIns?.keys() ?? [])],
    candidates: withContributions(all, model?.engine?.core.net).map((candidate) => ({
      ...candidate,
      ...effectOf(arranged?.get(candidate.id)),
    })),
    removed: removedFrom(all, plan, selection),
  };
}

const SETS = ["purchased", "viewed"] as const;

/** With what was not even proposed, because it was bought, excluded or seen lately. */
function removedFrom(all: Candidate[], { rules }: Plan, { removals, list }: Selection): Removed[] {
  if (!removals) return [];
  for (const { id } of all) {
    const rule = rules.excluded.get(id) ?? SETS.find((set) => rules[set].has(id));
    if (rule !== undefined) removals.add({ rule }, { id });
  }
  for (const { item } of list) removals.drop(item.id);
  return removals.list();
}

function appliedRules({ placement, chosen, taste, supply, plan: { rules }, selection }: Told): AppliedRules {
  const resolved = selection.explained?.resolved;
  const conditions = (filter: SettledRules["filter"], held: Condition<ResolvedRule>[] = []) =>
    conditionsOf(filter).map(({ path }) => ({ path, rule: held.find((each) => each.path === path)?.rule ?? null }));
  const excluded = new Map<string, string[]>();
  const leaveOut = (rule: string, id: string) => excluded.set(rule, [...(excluded.get(rule) ?? []), id]);
  for (const [id, rule] of rules.excluded) leaveOut(rule, id);
  return {
    ways: placement.ways,
    chosen: chosen ?? null,
    count: rules.count,
    filter: conditions(rules.filter, resolved?.filter),
    callerFilter: conditions(rules.callerFilter, resolved?.callerFilter),
    boosts: rules.booster.map(({ by, from }, place) => ({ when: resolved?.booster[place]?.when ?? null, by, from })),
    diversity: rules.diversity,
    perBrandCap: rules.perBrandCap ?? null,
    perCategoryCap: rules.perCategoryCap ?? null,
    explore: placement.explore,
    excludeViewed: placement.excludeViewed,
    pins: rules.pins.map((pin) => ({ ...pin, shown: selection.explained?.pinned.has(pin.itemId) ?? false })),
    excluded: [...excluded].map(([rule, ids]) => ({ rule, count: ids.length, examples: ids.slice(0, EXAMPLES) })),
    purchased: {
      withinDays: placement.excludePurchasedDays,
      allowRebuy: placement.allowRebuy,
      items: [...taste.purchased].slice(0, EXPLAINED_ITEMS).map(([id, at]) => ({
        id,
        at,
        rebuyDays: rebuyDays(id, supply) ?? null,
        excluded: rules.purchased.has(id),
      })),
    },
    ignored: {
      restAfter: placement.restAfterIgnored,
      items: [...taste.ignored]
        .sort((one, other) => other[1] - one[1])
        .slice(0, EXPLAINED_ITEMS)
        .map(([id, times]) => ({ id, times })),
    },
  };
}

/** Of what the net has ranked: what speaks for each against the others. */
function withContributions(candidates: Candidate[], net: Net | undefined): ExplainedCandidate[] {
  if (!net) return candidates;
  const ranked = candidates.filter((candidate) => candidate.net);
  const told = contributionsOf(
    net,
    ranked.map((candidate) => candidate.net?.features ?? {}),
  );
  const added = new Map(ranked.map((candidate, place) => [candidate, told[place]]));
  return candidates.map((candidate) => {
    const contributions = added.get(candidate);
    return contributions ? { ...candidate, contributions } : candidate;
  });
}
