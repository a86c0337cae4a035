/** Recommendations for many people at once, for campaigns: the same lists as for one, read with a handful of statements. */
import type { Deps } from "../deps.ts";
import { readLandmarks } from "../events/history.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { type RowSource, rankCandidates } from "./candidates.ts";
import { openModel, readRows } from "./model.ts";
import { readNeighbors } from "./neighbors.ts";
import { requirePlacement } from "./placements.ts";
import { NO_POPULAR } from "./popularity.ts";
import { type RecommendedItem, reasonSeeds, rulesFor, shape } from "./recommend.ts";
import { select } from "./select.ts";
import { CatalogShelf } from "./shelf.ts";
import { readTaste, SURVEY_DAYS, type Taste } from "./taste.ts";

export interface Recipient {
  profileId: ProfileId;
  /** The profile and its linked browsers: what was bought in any of them is bought. Only the profile when left out. */
  histories?: ProfileId[];
  /** Newest first. */
  history: HistoryEvent[];
  locale?: "ko" | "en" | undefined;
}

/** Candidates of each person that are read ahead for all of them together; few lists need more. */
const READ_AHEAD = 8;
const LANDMARKS_EACH = 50;
const NEIGHBOR_QUERIES = 20;

/**
 * At most `count` items per person, by the placement's rules; a person for whom nothing is servable has an empty list.
 * For 200 people: one statement for rows, one per shard for purchases, one or two for items. Throws `not_found` for an
 * unknown placement.
 */
export async function recommendToMany(
  deps: Deps,
  site: Site,
  placementId: string,
  people: Recipient[],
  count: number,
): Promise<Map<ProfileId, RecommendedItem[]>> {
  const { rules } = await requirePlacement(deps, site.id, placementId);
  const now = deps.clock.now();
  const [model, shelf, landmarks] = await Promise.all([
    openModel(deps, site.id),
    CatalogShelf.open(deps, site.id),
    readPastOfMany(deps, site.id, people, now - Math.max(rules.excludePurchasedDays, SURVEY_DAYS) * DAY),
  ]);
  const tastes = people.map(({ profileId, history }) =>
    readTaste({
      history,
      landmarks: landmarks.get(profileId) ?? [],
      itemId: undefined,
      recentItemIds: [],
      purchasedWithinDays: rules.excludePurchasedDays,
      now,
    }),
  );
  const seeds = tastes.flatMap((taste) => taste.seeds.map((seed) => seed.itemId));
  const rows = model && (await readRows(deps, site.id, model, seeds));
  const supply = {
    rows,
    engine: model?.engine,
    neighbors: rules.ways.includes("similar")
      ? await readNeighbors(deps, site.id, rowless(tastes, rows))
      : new Map<string, never>(),
    popular: model?.popular ?? NO_POPULAR,
  };
  const plans = tastes.map((taste) => {
    const selectionRules = rulesFor(rules, taste, { count });
    const skip = new Set([...selectionRules.excluded.keys(), ...selectionRules.viewed]);
    return { selectionRules, ranked: rankCandidates(taste, supply, rules.ways, skip) };
  });
  const ahead = new Set<string>();
  for (const { ranked, selectionRules } of plans) {
    for (const { id } of ranked.slice(0, selectionRules.count + READ_AHEAD)) ahead.add(id);
    for (const id of reasonSeeds(ranked)) ahead.add(id);
  }
  await shelf.read([...ahead]);
  const lists = new Map<ProfileId, RecommendedItem[]>();
  for (const [place, { profileId, locale = site.locale }] of people.entries()) {
    const plan = plans[place];
    if (!plan) continue;
    const { list } = await select(plan.ranked, plan.selectionRules, shelf, reasonSeeds(plan.ranked));
    lists.set(
      profileId,
      list.map((selected) => shape(selected, shelf, locale)),
    );
  }
  return lists;
}

/** Latest items that no behavior speaks for: only these are worth a query of the vector index each. */
function rowless(tastes: Taste[], rows: RowSource | undefined): string[] {
  const ids = new Set<string>();
  for (const { seeds } of tastes) {
    const latest = seeds[0];
    const index = latest && rows?.indexOf(latest.itemId);
    const isCovered = index !== undefined && rows?.rowOf(index) !== undefined;
    if (latest && !isCovered && ids.size < NEIGHBOR_QUERIES) ids.add(latest.itemId);
  }
  return [...ids];
}

/** Purchases and survey answers per person. Unreadable: logged, and what the histories say must do. */
async function readPastOfMany(
  deps: Deps,
  siteId: string,
  people: Recipient[],
  since: number,
): Promise<Map<ProfileId, HistoryEvent[]>> {
  const found = new Map<ProfileId, HistoryEvent[]>();
  try {
    const ownerOf = new Map(
      people.flatMap(({ profileId, histories = [profileId] }) => histories.map((id) => [id, profileId] as const)),
    );
    for (const event of await readLandmarks(deps, [...ownerOf.keys()], since, ownerOf.size * LANDMARKS_EACH)) {
      const owner = ownerOf.get(event.profileId) ?? event.profileId;
      const known = found.get(owner);
      if (known) known.push(event);
      else found.set(owner, [event]);
    }
  } catch (error) {
    deps.log.error("purchases could not be read", error, { siteId });
  }
  return found;
}
