/** Recommendations for many people at once, for campaigns: the same lists as for one, read with a handful of statements. */
import type { Deps } from "../deps.ts";
import { readLandmarks } from "../events/history.ts";
import type { HistoryEvent } from "../events/store.ts";
import { openVariants } from "../experiments/variant.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import type { RowSource, Supply } from "./candidates.ts";
import { contextNames } from "./context.ts";
import { openInsight } from "./insight.ts";
import { openModel, readRows, type ServingModel } from "./model.ts";
import { readLikenesses } from "./neighbors.ts";
import { rulesWith } from "./override.ts";
import { requirePlacement } from "./placements.ts";
import { asksFor, planFor } from "./plan.ts";
import { NO_POPULAR } from "./popularity.ts";
import { contextOf, type RecommendedItem, reasonSeeds, shape } from "./recommend.ts";
import { type PlacementRules, waysOf } from "./schema.ts";
import { select } from "./select.ts";
import { CatalogShelf } from "./shelf.ts";
import { readTaste, SURVEY_DAYS, type Taste, withoutAnswer } from "./taste.ts";

export interface Recipient {
  profileId: ProfileId;
  /**
   * The profile and its linked browsers, the one linked first before the others: what was bought in any of them is bought.
   * Only the profile when left out.
   */
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
 * Everybody is in the same variant of a running experiment as on the site, so that a message and the page agree; only who
 * is held out to be shown nothing gets what is popular, because a message was promised. Being in a message is no showing:
 * experiments count what pages showed. For 200 people: one statement for rows, one per shard for purchases, one or two for
 * items. Throws `not_found` for an unknown placement.
 */
export async function recommendToMany(
  deps: Deps,
  site: Site,
  placementId: string,
  people: Recipient[],
  count: number,
): Promise<Map<ProfileId, RecommendedItem[]>> {
  const placed = (await requirePlacement(deps, site.id, placementId)).rules;
  const now = deps.clock.now();
  const [variantOf, model, shelf, landmarks] = await Promise.all([
    openVariants(deps, site.id, placementId),
    openModel(deps, site.id),
    CatalogShelf.open(deps, site.id),
    readPastOfMany(deps, site.id, people, now - Math.max(placed.excludePurchasedDays, SURVEY_DAYS) * DAY),
  ]);
  const asked = people.map((recipient) => {
    const past = { history: recipient.history, landmarks: landmarks.get(recipient.profileId) ?? [] };
    const unit = recipient.histories?.[1] ?? recipient.profileId;
    const variant = variantOf(unit, contextOf({}, past));
    const shown = variant?.shows === "nothing" ? { ...variant, shows: "popular" as const } : variant;
    const rules = rulesWith(placed, shown);
    const known = readTaste({
      ...past,
      itemId: undefined,
      recentItemIds: [],
      purchasedWithinDays: rules.excludePurchasedDays,
      now,
      timeZone: site.timeZone,
    });
    const isForAll = shown?.shows === "popular";
    return {
      recipient,
      rules,
      isForAll,
      taste: isForAll ? withoutAnswer(known) : known,
    };
  });
  const supply = await readSupplyOfMany(deps, site.id, model, asked, shelf);
  const contexts = contextNames({}, now, site.timeZone);
  const plans = asked.map(({ recipient, rules, isForAll, taste }) => ({
    recipient,
    plan: planFor(rules, taste, { ...supply, contexts: isForAll ? [] : contexts }, { count }, recipient.profileId, now),
  }));
  const ahead = new Set<string>();
  for (const { plan } of plans) {
    for (const { id } of plan.ranked.slice(0, plan.rules.count + READ_AHEAD)) ahead.add(id);
    for (const id of reasonSeeds(plan.ranked)) ahead.add(id);
  }
  await shelf.read([...ahead]);
  const lists = new Map<ProfileId, RecommendedItem[]>();
  for (const { recipient, plan } of plans) {
    const { profileId, locale = site.locale } = recipient;
    const { list } = await select(plan.ranked, plan.rules, shelf, reasonSeeds(plan.ranked));
    lists.set(
      profileId,
      list.map((selected) => shape(selected, shelf, locale)),
    );
  }
  return lists;
}

async function readSupplyOfMany(
  deps: Deps,
  siteId: string,
  model: ServingModel | undefined,
  asked: { rules: PlacementRules; taste: Taste }[],
  shelf: CatalogShelf,
): Promise<Supply> {
  const tastes = asked.map(({ taste }) => taste);
  const seeds = tastes.flatMap((taste) => taste.seeds.map((seed) => seed.itemId));
  const rows = model && (await readRows(deps, siteId, model, seeds));
  const ways = [...new Set(asked.flatMap(({ rules }) => waysOf(rules.ways)))];
  const ids = rowless(tastes, rows);
  const neighbors = await readLikenesses(deps, siteId, ids, ways);
  const arrivals = asked.some(({ rules }) => asksFor(rules, "new")) ? await shelf.page(0) : [];
  return {
    rows,
    engine: model?.engine,
    habits: model?.habits,
    insight: model && tastes.some(({ answer }) => answer) ? await openInsight(deps, siteId, model.version) : undefined,
    neighbors,
    popular: model?.popular ?? NO_POPULAR,
    contexts: [],
    arrivals: arrivals.map(({ id }) => id),
  };
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
