/**
 * The answer to "what for this person, here, now". Never empty while something may be shown, exactly `count` long when that
 * many may; what cannot be had (model, vectors, history) costs quality and a line in the log, not the answer.
 */
import type { Deps } from "../deps.ts";
import { variantFor } from "../experiments/variant.ts";
import { intentionAt, openIntention } from "../intention/serve.ts";
import { profileIdOf } from "../lib/ids.ts";
import type { Site } from "../sites/schema.ts";
import type { Supply } from "./candidates.ts";
import { contextNames, segmentName } from "./context.ts";
import { type Explanation, explain } from "./explain.ts";
import { type FallbackLevel, levelOf } from "./fallback-level.ts";
import { openInsight } from "./insight.ts";
import { judgmentAt } from "./intend.ts";
import { readRows } from "./item-records.ts";
import { openModel, type ServingModel } from "./model.ts";
import { readFound, readLikenesses } from "./neighbors.ts";
import { readNewcomers } from "./newcomers.ts";
import { noteSeldom } from "./note-seldom.ts";
import { rulesWith } from "./override.ts";
import { contextOf, type Past, personOf, readPastOf, unitOf } from "./past.ts";
import { requirePlacement } from "./placements.ts";
import { asksFor, findsFor, planFor } from "./plan.ts";
import { NO_POPULAR } from "./popularity.ts";
import { asOne, type ListedItem, listedItem, type RecommendedItem } from "./recommended-item.ts";
import { type PlacementRules, type RecommendationRequest, type SettledRules, waysOf } from "./schema.ts";
import { queriesOf } from "./searches.ts";
import type { Selection } from "./select.ts";
import { selectNamed } from "./select-named.ts";
import { isSettled, settleFor, type Unsettled, withoutShown } from "./settle.ts";
import { CatalogShelf, NO_ARRIVALS } from "./shelf.ts";
import { readTaste, type Taste, withoutAnswer } from "./taste.ts";
import { titleFor } from "./title.ts";

export interface Recommendation {
  recommendationId: string;
  placement: string;
  title: string;
  layout: PlacementRules["layout"];
  items: RecommendedItem[];
  fallbackLevel: FallbackLevel;
  /** The label of the experiment's variant: whoever shows the list hands it back in `recommendation_shown`. */
  variant: string | null;
  /** Rules that had to be given up to have something to show ("viewed", "brand_cap", "caller_filter", "filter.1", …). */
  relaxed?: string[];
  explain?: Explanation;
}

/** The same before it is written. */
export interface Listing extends Omit<Recommendation, "items"> {
  items: ListedItem[];
}

/** Seeds whose content neighbors are asked for: each costs a query of the index when it is not remembered. */
export const NEIGHBOR_SEEDS = 3;

/**
 * Throws `not_found` for an unknown placement. Unknown people and items are no error: they are recommended to as new. Empty
 * on purpose for people whom an experiment holds out to be shown nothing; what they would see is explained all the same.
 *
 * `draft`: rules that are being edited, instead of the placement's; a running experiment's are laid over them as over the
 * placement's. With `isForAll` what they make of popularity alone.
 */
export async function recommend(
  deps: Deps,
  site: Site,
  request: RecommendationRequest,
  draft?: Draft,
): Promise<Recommendation> {
  return answerOf(await listFor(deps, site, request, draft));
}

/** A list as callers are answered. */
export function answerOf({ items, ...rest }: Listing): Recommendation {
  return { ...rest, items: items.map(asOne) };
}

interface Draft {
  rules: PlacementRules;
  isForAll?: boolean;
}

/** As `recommend`, to be written by `answerText`. */
export async function listFor(deps: Deps, site: Site, request: RecommendationRequest, draft?: Draft): Promise<Listing> {
  const placed = draft?.rules ?? (await requirePlacement(deps, site.id, request.placement)).rules;
  const now = deps.clock.now();
  const locale = request.locale ?? site.locale;
  const person = personOf(request);
  const opening = openModel(deps, site.id);
  const [past, model] = await Promise.all([readPastOf(deps, site.id, person, placed, opening), opening]);
  const unit = draft?.isForAll ? undefined : unitOf(site.id, request, past);
  const variant = await variantFor(deps, site.id, request.placement, unit, contextOf(request, past));
  const laid = rulesWith(placed, variant);
  const { rules, chosen } = isSettled(laid)
    ? { rules: laid, chosen: undefined }
    : await settleFor(deps, site.id, unsettled(site, request, laid, past, now));
  const frame = {
    recommendationId: deps.ids.next("rec"),
    placement: request.placement,
    layout: rules.layout,
    variant: variant?.label ?? null,
  };
  const nothing = { ...frame, title: rules.title[locale], items: [], fallbackLevel: "catalog" as const };
  const isHeldOut = variant?.shows === "nothing";
  if (isHeldOut && !request.explain) return nothing;
  const shelf = await CatalogShelf.open(deps, site.id, past.catalogVersion);
  const known = readTaste({
    history: past.history,
    landmarks: past.landmarks,
    itemId: request.itemId ?? undefined,
    recentItemIds: request.context?.recentItemIds ?? [],
    purchasedWithinDays: rules.excludePurchasedDays,
    now,
    timeZone: site.timeZone,
  });
  const isForAll = draft?.isForAll === true || variant?.shows === "popular";
  const taste = isForAll ? withoutAnswer(known) : known;
  const contexts = isForAll
    ? []
    : [...contextNames(request.context ?? {}, now, site.timeZone), ...past.segments.map(segmentName)];
  const deeds = withoutShown(past.history);
  const supply = {
    ...(await readSupply(deps, site.id, model, taste, rules, shelf, contexts)),
    now,
    judgment: model && judgmentAt(model, deeds, request.itemId ?? undefined, now),
  };
  const plan = planFor(rules, taste, supply, request, request.userId ?? request.anonymousId ?? undefined, now);
  const intention = request.explain ? intentionAt(await openIntention(deps, site.id), deeds, now) : undefined;
  const selection = await selectNamed(plan, shelf);
  noteUnknown(deps, site.id, request, past, shelf);
  const explained = request.explain
    ? { explain: explain({ model, variant, chosen, taste, supply, placement: rules, plan, selection, intention }) }
    : {};
  if (isHeldOut) return { ...nothing, ...explained };
  noteGivenUp(deps, site.id, request.placement, selection);
  return {
    ...frame,
    title: titleFor(rules, selection.list, shelf, locale),
    items: selection.list.map((selected) => listedItem(selected, shelf, locale)),
    fallbackLevel: levelOf(selection.list),
    ...(selection.relaxed.length > 0 ? { relaxed: selection.relaxed } : {}),
    ...explained,
  };
}

function unsettled(
  site: Site,
  request: RecommendationRequest,
  rules: PlacementRules,
  past: Past,
  now: number,
): Unsettled {
  const person = personOf(request);
  const moment = {
    visit: request.context ?? {},
    knows: contextOf(request, past).knows,
    itemId: request.itemId ?? undefined,
    history: past.history,
    landmarks: past.landmarks,
    now,
    timeZone: site.timeZone,
  };
  return { rules, profileId: person && profileIdOf(site.id, person), moment };
}

/** Why a list is not made of what the caller has named, where we know nothing of it. */
function noteUnknown(
  deps: Deps,
  siteId: string,
  request: RecommendationRequest,
  past: Past,
  shelf: CatalogShelf,
): void {
  const { placement, itemId } = request;
  if (personOf(request) && past.history.length === 0 && past.landmarks.length === 0)
    noteSeldom(deps, "nothing is known of a person", { siteId, placement });
  if (itemId != null && shelf.isAbsent(itemId))
    noteSeldom(deps, "the item of the page is not in the catalog", { siteId, placement });
}

/** Why a list is empty, or not what was asked for. What callers ask is theirs to repeat: it is not a line each time. */
function noteGivenUp(deps: Deps, siteId: string, placement: string, { list, relaxed }: Selection): void {
  const fields = { siteId, placement };
  if (list.length === 0) deps.log.warn("there is nothing to recommend", fields);
  else if (relaxed.some((rule) => rule.startsWith("filter."))) deps.log.warn("a filter removed everything", fields);
  if (relaxed.includes("caller_filter")) noteSeldom(deps, "the caller's filter removed everything", fields);
}

/** Everything that candidates come from, for these seeds. */
async function readSupply(
  deps: Deps,
  siteId: string,
  model: ServingModel | undefined,
  taste: Taste,
  rules: SettledRules,
  shelf: CatalogShelf,
  contexts: string[],
): Promise<Supply> {
  const ids = taste.seeds.map((seed) => seed.itemId);
  const asked = taste.seeds
    .filter((seed) => seed.weight > 0)
    .slice(0, NEIGHBOR_SEEDS)
    .map((seed) => seed.itemId);
  const hears = model?.engine?.hears;
  const finding = taste.searches && findsFor(rules) ? readFound(deps, siteId, queriesOf([taste])) : undefined;
  const [rows, likenesses, arrivals] = await Promise.all([
    model && readRows(deps, siteId, model, ids),
    readLikenesses(deps, siteId, asked, [...waysOf(rules.ways), ...(hears?.likeness ? (["similar"] as const) : [])]),
    hears?.arrivals || asksFor(rules, "new") ? shelf.arrivals() : NO_ARRIVALS,
  ]);
  const { neighbors, standIns } = likenesses;
  return {
    rows,
    engine: model?.engine,
    newcomers: model && (await readNewcomers(model, shelf, asked, neighbors.similar, arrivals.items)),
    habits: model?.habits,
    insight: model && taste.answer ? await openInsight(deps, siteId, model.version) : undefined,
    neighbors,
    standIns,
    found: finding && (await finding),
    popular: model?.popular ?? NO_POPULAR,
    contexts,
    arrivals: arrivals.ids,
  };
}
