/** What a list was made from and what was kept out of it, for whoever asks why. Pure. */
import type { Intention } from "../intention/behavior.ts";
import { type Candidate, proposalsByWay, rankCandidates, type Supply } from "./candidates.ts";
import { contributionsOf } from "./engine/contribution.ts";
import type { Net } from "./engine/net.ts";
import type { ServingModel } from "./model.ts";
import type { Plan } from "./plan.ts";
import type { PlacementRules, Way } from "./schema.ts";
import type { Removed, Selection } from "./select.ts";
import type { Seed, Taste } from "./taste.ts";

export interface ExplainedCandidate extends Candidate {
  /** Of the net's: what each feature adds to its score against the others (engine/contribution.ts). */
  contributions?: Record<string, number>;
}

export interface Explanation {
  model: string | null;
  seeds: Seed[];
  pickedCategories: string[];
  /** What is known of the visit and of the person, by name (context.ts). */
  contexts: string[];
  /** What the person is about at this moment, and what it was judged from; null where the site's model cannot say. */
  intention: Intention | null;
  /** What each way proposes by itself, best first, before rules. */
  ways: Partial<Record<Way, { id: string; value: number }[]>>;
  /** As they are blended, best first, before rules. */
  candidates: ExplainedCandidate[];
  removed: Removed[];
}

const EXPLAINED_CANDIDATES = 60;
const EXPLAINED_PER_WAY = 10;

/** Ranks once more without leaving out what was seen, so that what rules removed is in it too. */
export function explain(
  model: ServingModel | undefined,
  taste: Taste,
  supply: Supply,
  rules: PlacementRules,
  { rules: applied, never }: Plan,
  selection: Selection,
  intention: Intention | undefined,
): Explanation {
  const nothing = new Set<string>();
  const all = rankCandidates(taste, supply, rules.ways, nothing, { explain: true }).slice(0, EXPLAINED_CANDIDATES);
  const boosts = new Map(selection.list.map(({ candidate }) => [candidate.id, candidate.boost]));
  const before = all.flatMap(({ id }) => {
    const rule = applied.excluded.get(id) ?? (applied.viewed.has(id) ? "viewed" : undefined);
    return rule === undefined ? [] : [{ id, rule }];
  });
  const removed = new Map([...before, ...selection.removed].map((each) => [each.id, each]));
  for (const { item } of selection.list) removed.delete(item.id);
  const ways = proposalsByWay({ taste, supply, skip: nothing, never, explain: false }, rules.ways);
  return {
    model: model?.version ?? null,
    seeds: taste.seeds,
    pickedCategories: taste.pickedCategories,
    contexts: [...supply.contexts],
    intention: intention ?? null,
    ways: Object.fromEntries(
      Object.entries(ways).map(([way, list]) => [
        way,
        list.slice(0, EXPLAINED_PER_WAY).map(({ id, value }) => ({ id, value: Number(value.toFixed(4)) })),
      ]),
    ),
    candidates: withContributions(all, model?.engine?.core.net).map((candidate) => {
      const boost = boosts.get(candidate.id);
      return boost === undefined ? candidate : { ...candidate, boost };
    }),
    removed: [...removed.values()],
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
