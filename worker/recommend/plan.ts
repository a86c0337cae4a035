/** From a placement's rules and what is known of a person to ranked candidates and the rules they are selected by. Pure. */
import { DAY, utcDay } from "../lib/time.ts";
import { likenessBy } from "./arrange.ts";
import { type Candidate, rankCandidates, type Supply } from "./candidates.ts";
import type { Engine } from "./engine/engine.ts";
import { bandBoost, withForetold } from "./foretold.ts";
import { seedNamer } from "./loudest.ts";
import { type Boost, type RecommendationRequest, type SettledRules, type Way, waysOf } from "./schema.ts";
import type { Choice, SelectionRules, SourcedBoost } from "./select.ts";
import { nameStandIns } from "./stand-ins.ts";
import type { Taste } from "./taste.ts";
import { arrivalsFor, propose } from "./ways.ts";

export interface Plan extends Choice {
  /** Writes into a candidate who spoke loudest for it: for those that are shown, and not before. */
  name(candidate: Candidate): void;
  /** Of what is not proposed what is never shown. */
  never: ReadonlySet<string>;
}

/** What a caller asks on top of the placement's rules: it can only narrow. */
export type Wishes = Pick<
  RecommendationRequest,
  "itemId" | "count" | "filter" | "excludeItemIds" | "booster" | "diversity" | "explain"
>;

/** `now` in epoch ms. */
export function planFor(
  placement: SettledRules,
  taste: Taste,
  supply: Supply,
  wishes: Wishes,
  /** Whose list it is, as any text that stays the same; undefined for nobody in particular. */
  person: string | undefined,
  now: number,
): Plan {
  const rules = rulesFor(placement, taste, supply, wishes, person, now);
  const never = new Set(rules.purchased);
  for (const id of rules.excluded.keys()) never.add(id);
  const skip = new Set(never);
  for (const id of rules.viewed) skip.add(id);
  // An order of the placement's own may lift what is popular above all else, and an explanation shows it.
  const withCrowd = wishes.explain === true || rules.booster.length > 0 || rules.diversity > 0;
  const rank = (depth?: number) => candidatesFor(placement, taste, supply, skip, { never, withCrowd, depth });
  // Where the order is not the net's alone, or a filter leaves little of it, all of them are looked at.
  const isDeep =
    withCrowd ||
    !Array.isArray(placement.ways) ||
    taste.answer !== undefined ||
    rules.filter.length + rules.callerFilter.length > 0;
  const ranked = rank(isDeep ? undefined : depthOf(rules));
  const name = seedNamer(taste, supply);
  if (withCrowd && asksFor(placement, "trending")) return { ranked, rules, never, name };
  const further = () => {
    if (isDeep) return [];
    const known = new Set(ranked.map(({ id }) => id));
    return rank().filter(({ id }) => !known.has(id));
  };
  const rest = (lowest: number) => {
    const deeper = further();
    return [...deeper, ...popularFor(taste, supply, skip, deeper.at(-1)?.score ?? lowest)];
  };
  return { ranked, rules, never, name, rest };
}

/** Candidates of a placement's ways with what a survey's answers foretell, best first, each called what it is. */
export function candidatesFor(
  placement: SettledRules,
  taste: Taste,
  supply: Supply,
  skip: ReadonlySet<string>,
  how: Parameters<typeof rankCandidates>[4],
): Candidate[] {
  const proposed = rankCandidates(taste, supply, placement.ways, skip, how);
  nameStandIns(proposed, supply);
  return asksFor(placement, "personalized") ? withForetold(proposed, taste, supply.insight, skip) : proposed;
}

/**
 * So many of the net's candidates are nearly always enough, with those that sink because they were ignored; the others are asked
 * for where they are not.
 */
function depthOf({ count, ignored }: SelectionRules): number {
  return 2 * count + BESIDE + ignored.size;
}

/** Of what is sold out, a variant of another, or over a cap. */
const BESIDE = 8;

/** Whatever the ways are: what they leave open is for what people who come like this look for, then for what all do. */
export function popularFor(taste: Taste, supply: Supply, skip: ReadonlySet<string>, highest: number): Candidate[] {
  const asked = { taste, supply, skip, never: skip, explain: false };
  return propose("trending", asked).map(({ value, ...proposal }) => ({
    ...proposal,
    score: highest * value,
    way: "trending",
    parts: { trending: value },
  }));
}

/** Of so many things that were bought or are of no interest, the latest, the other variants are looked up. */
const WITH_VARIANTS = 40;

function rulesFor(
  placement: SettledRules,
  taste: Taste,
  supply: Supply,
  wishes: Wishes,
  person: string | undefined,
  now: number,
): SelectionRules {
  const excluded = new Map<string, string>();
  for (const id of taste.dismissed) excluded.set(id, "not_interested");
  for (const id of placement.excludeItemIds) excluded.set(id, "placement");
  if (wishes.itemId != null) excluded.set(wishes.itemId, "current");
  for (const id of wishes.excludeItemIds ?? []) if (!excluded.has(id)) excluded.set(id, "caller_exclude");
  const purchased = new Set<string>();
  for (const [id, at] of taste.purchased) {
    if (!placement.allowRebuy || !isDueAgain(id, at, supply, now)) purchased.add(id);
  }
  const count = Math.min(wishes.count ?? placement.count, placement.count);
  const { restAfterIgnored } = placement;
  const ignored = new Set<string>();
  for (const [id, times] of taste.ignored) if (restAfterIgnored > 0 && times >= restAfterIgnored) ignored.add(id);
  const from = (source: SourcedBoost["from"], boosts: Boost[]) => boosts.map((boost) => ({ ...boost, from: source }));
  const latest = (ids: ReadonlySet<string>, rule: "purchased" | "not_interested") =>
    [...ids].slice(0, WITH_VARIANTS).map((id) => ({ id, rule }));
  return {
    count,
    now,
    filter: placement.filter,
    callerFilter: wishes.filter ?? [],
    booster: [
      ...from("placement", placement.booster),
      ...from("caller", wishes.booster ?? []),
      ...from("survey", bandBoost(taste)),
    ],
    pins: placement.pins,
    diversity: Math.max(wishes.diversity ?? 0, placement.diversity),
    likeness: likenessBy(supply.engine, (id) => supply.rows?.indexOf(id)),
    arrivals: arrivalPlaces(placement, supply, person, count, now),
    perBrandCap: placement.perBrandCap,
    perCategoryCap: placement.perCategoryCap,
    currentItemId: wishes.itemId ?? undefined,
    excluded,
    purchased,
    withVariants: [...latest(taste.dismissed, "not_interested"), ...latest(purchased, "purchased")],
    viewed: placement.excludeViewed ? taste.viewed : new Set(),
    ignored,
    isExplained: wishes.explain === true,
  };
}

/** So much of the usual time between two purchases has to be over. */
const NEARLY = 0.75;

/** Days until people buy it again; undefined when they do not. */
export function rebuyDays(id: string, { rows, habits }: Supply): number | undefined {
  const item = rows?.indexOf(id);
  return item === undefined ? undefined : habits?.rebuyDays(item);
}

function isDueAgain(id: string, boughtAt: number, supply: Supply, now: number): boolean {
  const days = rebuyDays(id, supply);
  return days !== undefined && now - boughtAt >= NEARLY * days * DAY;
}

/** Arrivals that few have looked at yet have places of their own, never the first two; others must earn theirs. */
const FIRST_PLACE = 2;
/** Clicks after which an item stands where behavior puts it: with fewer a good one may just not have been seen. */
const HEARD_OF = 20;

function isHeardOf(id: string, { rows, engine }: Supply): boolean {
  const index = rows?.indexOf(id);
  if (index === undefined) return false;
  return engine === undefined || (engine.core.statistics.all[index] ?? 0) >= HEARD_OF;
}

/** By engine, so that none is held that has been let go: of the arrivals of a catalog that rests what it has not heard of. */
const unheard = new WeakMap<Engine, { arrivals: readonly string[]; ids: string[] }>();

function unheardOf(supply: Supply): string[] {
  const { engine, arrivals } = supply;
  const known = engine && unheard.get(engine);
  if (known?.arrivals === arrivals) return known.ids;
  const ids = arrivals.filter((id) => !isHeardOf(id, supply));
  if (engine) unheard.set(engine, { arrivals, ids });
  return ids;
}

function arrivalPlaces(
  { ways, explore }: SettledRules,
  supply: Supply,
  person: string | undefined,
  count: number,
  now: number,
): SelectionRules["arrivals"] {
  const share = Math.floor(count * explore);
  const asked = waysOf(ways);
  if (share === 0 || !supply.rows || !asked.includes("new") || asked.length === 1) return [];
  const chosen = arrivalsFor(unheardOf(supply), person ?? "", utcDay(now), share);
  const step = (count - FIRST_PLACE) / (chosen.length + 1);
  return chosen.map((id, index) => ({ id, place: Math.round(FIRST_PLACE + step * (index + 1)) }));
}

/** Whether a list says anything of what was searched for. */
export function findsFor(rules: SettledRules): boolean {
  return asksFor(rules, "personalized") || asksFor(rules, "similar_titles");
}

export function asksFor(rules: SettledRules, way: Way): boolean {
  return waysOf(rules.ways).includes(way);
}
