/** From a placement's rules and what is known of a person to ranked candidates and the rules they are selected by. Pure. */
import { DAY, utcDay } from "../lib/time.ts";
import { likenessBy } from "./arrange.ts";
import { type Candidate, rankCandidates, type Supply } from "./candidates.ts";
import { bandBoost, withForetold } from "./foretold.ts";
import { type PlacementRules, type RecommendationRequest, type Way, waysOf } from "./schema.ts";
import type { SelectionRules } from "./select.ts";
import type { Taste } from "./taste.ts";
import { arrivalsFor } from "./ways.ts";

export interface Plan {
  ranked: Candidate[];
  rules: SelectionRules;
  /** Not proposed, and of these what is never shown. */
  skip: ReadonlySet<string>;
  never: ReadonlySet<string>;
}

/** What a caller asks on top of the placement's rules: it can only narrow. */
export type Wishes = Pick<
  RecommendationRequest,
  "itemId" | "count" | "filter" | "excludeItemIds" | "booster" | "diversity"
>;

/** `now` in epoch ms. */
export function planFor(
  placement: PlacementRules,
  taste: Taste,
  supply: Supply,
  wishes: Wishes,
  /** Whose list it is, as any text that stays the same; undefined for nobody in particular. */
  person: string | undefined,
  now: number,
): Plan {
  const rules = rulesFor(placement, taste, supply, wishes, person, now);
  const never = new Set(rules.excluded.keys());
  const skip = new Set([...never, ...rules.viewed]);
  const proposed = rankCandidates(taste, supply, placement.ways, skip, { never });
  const ranked = asksFor(placement, "personalized") ? withForetold(proposed, taste, supply.insight, skip) : proposed;
  return { ranked, rules, skip, never };
}

function rulesFor(
  placement: PlacementRules,
  taste: Taste,
  supply: Supply,
  wishes: Wishes,
  person: string | undefined,
  now: number,
): SelectionRules {
  const excluded = new Map<string, string>();
  for (const id of taste.dismissed) excluded.set(id, "not_interested");
  for (const [id, at] of taste.purchased) {
    if (!placement.allowRebuy || !isDueAgain(id, at, supply, now)) excluded.set(id, "purchased");
  }
  for (const id of placement.excludeItemIds) excluded.set(id, "placement");
  for (const id of wishes.excludeItemIds ?? []) excluded.set(id, "excluded");
  if (wishes.itemId != null) excluded.set(wishes.itemId, "current");
  const count = Math.min(wishes.count ?? placement.count, placement.count);
  const { restAfterIgnored } = placement;
  return {
    count,
    now,
    filter: placement.filter,
    callerFilter: wishes.filter ?? [],
    booster: [...placement.booster, ...(wishes.booster ?? []), ...bandBoost(taste)],
    pins: placement.pins,
    diversity: wishes.diversity ?? placement.diversity,
    likeness: likenessBy(supply.engine, (id) => supply.rows?.indexOf(id)),
    arrivals: arrivalPlaces(placement, supply, person, count, now),
    perBrandCap: placement.perBrandCap,
    perCategoryCap: placement.perCategoryCap,
    currentItemId: wishes.itemId ?? undefined,
    excluded,
    viewed: placement.excludeViewed ? taste.viewed : new Set(),
    ignored: new Set(
      [...taste.ignored].flatMap(([id, times]) => (restAfterIgnored > 0 && times >= restAfterIgnored ? [id] : [])),
    ),
  };
}

/** So much of the usual time between two purchases has to be over. */
const NEARLY = 0.75;

function isDueAgain(id: string, boughtAt: number, { rows, habits }: Supply, now: number): boolean {
  const item = rows?.indexOf(id);
  const days = item === undefined ? undefined : habits?.rebuyDays(item);
  return days !== undefined && now - boughtAt >= NEARLY * days * DAY;
}

/** Arrivals that nobody has looked at yet have places of their own, never the first two; others must earn theirs. */
const FIRST_PLACE = 2;

function arrivalPlaces(
  { ways, explore }: PlacementRules,
  { rows, arrivals }: Supply,
  person: string | undefined,
  count: number,
  now: number,
): SelectionRules["arrivals"] {
  const share = Math.floor(count * explore);
  if (share === 0 || !rows || !Array.isArray(ways) || !ways.includes("new") || ways.length === 1) return [];
  const unheard = arrivals.filter((id) => rows.indexOf(id) === undefined);
  const chosen = arrivalsFor(unheard, person ?? "", utcDay(now), share);
  const step = (count - FIRST_PLACE) / (chosen.length + 1);
  return chosen.map((id, index) => ({ id, place: Math.round(FIRST_PLACE + step * (index + 1)) }));
}

export function asksFor(rules: PlacementRules, way: Way): boolean {
  return waysOf(rules.ways).includes(way);
}
