/** A list that somebody was shown, made again from what was known when it was made, and held against what they saw. */
import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { locatePerson } from "../profiles/person.ts";
import { asOf, type Sameness, samenessOf } from "../recommend/as-of.ts";
import { requirePlacement } from "../recommend/placements.ts";
import { type Recommendation, recommend } from "../recommend/recommend.ts";
import type { Placement, RecommendationRequest } from "../recommend/schema.ts";
import type { Site } from "../sites/schema.ts";
import { listShownTo, type ShownList } from "./shown.ts";

export interface ComparedList extends ShownList, Sameness {
  /** How many of its items come out again. */
  again: number;
}

/** Undefined where the person's log does not have the list (any more), or has it of another placement. */
export async function shownThere(
  deps: Deps,
  siteId: string,
  person: PersonKey,
  placementId: string,
  list: string,
): Promise<ShownList | undefined> {
  const shown = await listShownTo(deps, await locatePerson(deps, siteId, person), list);
  return shown?.placement === placementId ? shown : undefined;
}

/** @param made the list as it is made again */
export async function comparedWith(
  deps: Deps,
  siteId: string,
  placement: Placement,
  shown: ShownList,
  made: Recommendation,
): Promise<ComparedList> {
  const again = new Set(made.items.map(({ id }) => id));
  const sameness = await samenessOf(deps, siteId, placement, shown.at);
  return { ...shown, ...sameness, again: shown.itemIds.filter((id) => again.has(id)).length };
}

/**
 * The request's list with its explanation, as of the list that it names and for the page that it was on, unless the request
 * names another or none; `shown` is null where that list is not in the person's log, and the answer is as of now. Throws `not_found` for an unknown placement.
 */
export async function explainShown(
  deps: Deps,
  site: Site,
  request: RecommendationRequest,
  list: string,
): Promise<Recommendation & { shown: ComparedList | null }> {
  const placement = await requirePlacement(deps, site.id, request.placement);
  const { userId, anonymousId } = request;
  const person = userId != null ? { userId } : anonymousId != null ? { anonymousId } : undefined;
  const shown = person && (await shownThere(deps, site.id, person, placement.id, list));
  const itemId = request.itemId === undefined ? shown?.pageItemId : request.itemId;
  const made = await recommend(shown ? asOf(deps, shown.at) : deps, site, { ...request, itemId, explain: true });
  return { ...made, shown: shown ? await comparedWith(deps, site.id, placement, shown, made) : null };
}
