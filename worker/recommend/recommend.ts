/**
 * The answer to "what for this person, here, now". Never empty while something may be shown, exactly `count` long when that
 * many may; what cannot be had (model, vectors, history) costs quality and a line in the log, not the answer.
 */
import { announcedIn, announcedVersion, type PublicItem, publicItem, titleOf } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { readPast } from "../events/history.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { DecisionContext } from "../experiments/schema.ts";
import { variantFor } from "../experiments/variant.ts";
import { type PersonKey, profileIdOf } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { type Candidate, rankCandidates, type Supply } from "./candidates.ts";
import { openModel, readRows, type ServingModel } from "./model.ts";
import { readNeighbors } from "./neighbors.ts";
import { rulesWith } from "./override.ts";
import { requirePlacement } from "./placements.ts";
import { NO_POPULAR } from "./popularity.ts";
import { reasonFor } from "./reason.ts";
import type { PlacementRules, RecommendationRequest, Way } from "./schema.ts";
import { type Selected, type Selection, type SelectionRules, select } from "./select.ts";
import { CatalogShelf } from "./shelf.ts";
import { NEWEST_EVENTS, readTaste, type Seed, SURVEY_DAYS, type Taste } from "./taste.ts";

/** Whose taste, or what else, the list is made of: the best that was to be had. */
export type FallbackLevel = "personal" | "survey" | "context" | "segment" | "popular" | "catalog";

export interface RecommendedItem extends PublicItem {
  /** In (0, 1], falling along the list. */
  score: number;
  reason: string;
  source: Way;
}

export interface Recommendation {
  recommendationId: string;
  placement: string;
  title: string;
  layout: PlacementRules["layout"];
  items: RecommendedItem[];
  fallbackLevel: FallbackLevel;
  /** The label of the experiment's variant: whoever shows the list hands it back in `recommendation_shown`. */
  variant: string | null;
  /** Soft rules that had to be given up to have something to show ("filter", "viewed", "brand_cap", …). */
  relaxed?: string[];
  explain?: Explanation;
}

export interface Explanation {
  model: string | null;
  seeds: Seed[];
  pickedCategories: string[];
  /** By way, best first, before rules. */
  candidates: Candidate[];
  removed: Selection["removed"];
}

const LANDMARK_LIMIT = 50;
const EXPLAINED_CANDIDATES = 60;
/** Seeds whose content neighbors are asked for: each costs a query of the index when it is not remembered. */
const NEIGHBOR_SEEDS = 3;
/** Titles that reasons may name in one list: each is a row to read. */
const REASON_TITLES = 2;

/**
 * Throws `not_found` for an unknown placement. Unknown people and items are no error: they are recommended to as new. Empty
 * on purpose for people whom an experiment holds out to be shown nothing.
 */
export async function recommend(deps: Deps, site: Site, request: RecommendationRequest): Promise<Recommendation> {
  const placement = await requirePlacement(deps, site.id, request.placement);
  const now = deps.clock.now();
  const locale = request.locale ?? site.locale;
  const person = personOf(request);
  const [past, model] = await Promise.all([
    readPastOf(deps, site.id, person, placement.rules, now),
    openModel(deps, site.id),
  ]);
  const profileId = person && profileIdOf(site.id, person);
  const variant = await variantFor(deps, site.id, request.placement, profileId, contextOf(request, past));
  const rules = rulesWith(placement.rules, variant);
  const frame = {
    recommendationId: deps.ids.next("rec"),
    placement: request.placement,
    title: rules.title[locale],
    layout: rules.layout,
    variant: variant?.label ?? null,
  };
  if (variant?.shows === "nothing") return { ...frame, items: [], fallbackLevel: "catalog" };
  const shelf = await CatalogShelf.open(deps, site.id, past.catalogVersion);
  const itemId = request.itemId ?? undefined;
  const known = readTaste({
    history: past.history,
    landmarks: past.landmarks,
    itemId,
    recentItemIds: request.context?.recentItemIds ?? [],
    purchasedWithinDays: rules.excludePurchasedDays,
    now,
  });
  // Popular with everybody: not even with those who picked the same in a survey.
  const taste = variant?.shows === "popular" ? { ...known, pickedCategories: [] } : known;
  const supply = await readSupply(deps, site.id, model, taste, rules.ways);
  const selectionRules = rulesFor(rules, taste, request);
  const skip = new Set([...selectionRules.excluded.keys(), ...selectionRules.viewed]);
  const ranked = rankCandidates(taste, supply, rules.ways, skip);
  const selection = await select(ranked, selectionRules, shelf, reasonSeeds(ranked));
  if (selection.relaxed.includes("filter")) {
    deps.log.warn("a filter removed everything", { siteId: site.id, placement: request.placement });
  }
  return {
    ...frame,
    items: selection.list.map((selected) => shape(selected, shelf, locale)),
    fallbackLevel: levelOf(selection.list),
    ...(selection.relaxed.length > 0 ? { relaxed: selection.relaxed } : {}),
    ...(request.explain ? { explain: explain(model, taste, supply, rules.ways, selectionRules, selection) } : {}),
  };
}

interface Past {
  history: HistoryEvent[];
  landmarks: HistoryEvent[];
  /** As the person's shard knows it; undefined: ask the control database. */
  catalogVersion: number | undefined;
}

const NO_PAST: Past = { history: [], landmarks: [], catalogVersion: undefined };

function personOf({ userId, anonymousId }: RecommendationRequest): PersonKey | undefined {
  if (userId != null) return { userId };
  return anonymousId == null ? undefined : { anonymousId };
}

function contextOf({ context }: RecommendationRequest, { history, landmarks }: Past): DecisionContext {
  const hasHistory = history.length > 0 || (context?.recentItemIds?.length ?? 0) > 0;
  const hasSurvey = landmarks.some(({ name }) => name === "survey_answered");
  return {
    knows: hasHistory ? "history" : hasSurvey ? "survey" : "nothing",
    device: context?.device ?? "unknown",
  };
}

/** What the person did. A shard that cannot be read makes this person a stranger for once, and is logged. */
async function readPastOf(
  deps: Deps,
  siteId: string,
  person: PersonKey | undefined,
  rules: PlacementRules,
  now: number,
): Promise<Past> {
  if (!person) return NO_PAST;
  try {
    const since = now - Math.max(rules.excludePurchasedDays, SURVEY_DAYS) * DAY;
    const { alongside, ...past } = await readPast(
      deps,
      siteId,
      person,
      NEWEST_EVENTS,
      { since, limit: LANDMARK_LIMIT },
      (db) => announcedVersion(db, siteId),
    );
    const versions = new Set(alongside.map(announcedIn));
    // Shards that disagree have not all been told yet.
    return { ...past, catalogVersion: versions.size === 1 ? [...versions][0] : undefined };
  } catch (error) {
    deps.log.error("history could not be read", error, { siteId });
    return NO_PAST;
  }
}

/** Everything that candidates come from, for these seeds. */
async function readSupply(
  deps: Deps,
  siteId: string,
  model: ServingModel | undefined,
  taste: Taste,
  ways: readonly Way[],
): Promise<Supply> {
  const ids = taste.seeds.map((seed) => seed.itemId);
  const rows = model && (await readRows(deps, siteId, model, ids));
  const asked = taste.seeds.filter((seed) => seed.weight > 0).slice(0, NEIGHBOR_SEEDS);
  const neighbors = ways.includes("similar")
    ? await readNeighbors(
        deps,
        siteId,
        asked.map((seed) => seed.itemId),
      )
    : new Map<string, never>();
  return { rows, engine: model?.engine, neighbors, popular: model?.popular ?? NO_POPULAR };
}

export function rulesFor(
  rules: PlacementRules,
  taste: Taste,
  request: Pick<RecommendationRequest, "itemId" | "count" | "filter" | "excludeItemIds">,
): SelectionRules {
  const excluded = new Map<string, string>();
  for (const id of taste.purchased) excluded.set(id, "purchased");
  for (const id of request.excludeItemIds ?? []) excluded.set(id, "excluded");
  if (request.itemId != null) excluded.set(request.itemId, "current");
  return {
    count: Math.min(request.count ?? rules.count, rules.count),
    filter: [...rules.filter, ...(request.filter ?? [])],
    perBrandCap: rules.perBrandCap,
    perCategoryCap: rules.perCategoryCap,
    currentItemId: request.itemId ?? undefined,
    excluded,
    viewed: rules.excludeViewed ? taste.viewed : new Set(),
  };
}

/** The items that the first reasons will name. */
export function reasonSeeds(ranked: Candidate[]): string[] {
  const ids = new Set<string>();
  for (const { seed } of ranked.slice(0, 20)) if (seed && ids.size < REASON_TITLES) ids.add(seed.itemId);
  return [...ids];
}

export function shape({ candidate, item }: Selected, shelf: CatalogShelf, locale: "ko" | "en"): RecommendedItem {
  const seed = candidate.seed && shelf.get(candidate.seed.itemId);
  return {
    ...publicItem(item, locale),
    score: Number(candidate.score.toFixed(4)),
    reason: reasonFor(candidate, seed && titleOf(seed, locale), locale),
    source: candidate.way,
  };
}

function levelOf(list: Selected[]): FallbackLevel {
  const from = new Set(list.map(({ candidate }) => candidate.seed?.from));
  if (from.has("history") || from.has("page")) return "personal";
  if (from.has("survey") || list.some(({ candidate }) => candidate.category !== undefined)) return "survey";
  if (from.has("current")) return "context";
  return list.some(({ candidate }) => candidate.way === "popular") ? "popular" : "catalog";
}

function explain(
  model: ServingModel | undefined,
  taste: Taste,
  supply: Supply,
  ways: readonly Way[],
  rules: SelectionRules,
  selection: Selection,
): Explanation {
  const all = rankCandidates(taste, supply, ways, new Set(), true).slice(0, EXPLAINED_CANDIDATES);
  const before = all.flatMap(({ id }) => {
    const rule = rules.excluded.get(id) ?? (rules.viewed.has(id) ? "viewed" : undefined);
    return rule === undefined ? [] : [{ id, rule }];
  });
  const listed = new Set(selection.list.map(({ item }) => item.id));
  const removed = new Map([...before, ...selection.removed].map((each) => [each.id, each]));
  for (const id of listed) removed.delete(id);
  return {
    model: model?.version ?? null,
    seeds: taste.seeds,
    pickedCategories: taste.pickedCategories,
    candidates: all,
    removed: [...removed.values()],
  };
}
