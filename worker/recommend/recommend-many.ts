/**
 * Recommendations for many people at once, for campaigns: the same lists as for one, as far as the histories reach that are
 * given, read with a handful of statements.
 */
import type { Deps } from "../deps.ts";
import { readLandmarksOfMany } from "../events/landmarks.ts";
import { historyIn } from "../events/look-back.ts";
import type { HistoryEvent } from "../events/store.ts";
import { openVariants } from "../experiments/variant.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { type Membership, selectMembershipsOfMany } from "../segments/store.ts";
import type { Site } from "../sites/schema.ts";
import { contentShare } from "./blend.ts";
import type { Supply } from "./candidates.ts";
import { contextNames, segmentName } from "./context.ts";
import { openInsight } from "./insight.ts";
import { judgmentAt } from "./intend.ts";
import { readRows } from "./item-records.ts";
import { openModel, type ServingModel } from "./model.ts";
import { readFound, readLikenesses } from "./neighbors.ts";
import { readNewcomers } from "./newcomers.ts";
import { rulesWith } from "./override.ts";
import { contextOf, LANDMARK_LIMIT } from "./past.ts";
import { requirePlacement } from "./placements.ts";
import { asksFor, findsFor, planFor } from "./plan.ts";
import { NO_POPULAR } from "./popularity.ts";
import { NEIGHBOR_SEEDS } from "./recommend.ts";
import { asOne, listedItem, type RecommendedItem } from "./recommended-item.ts";
import { LIKENESS_WAYS, type SettledRules, type Way, waysOf } from "./schema.ts";
import { queriesOf } from "./searches.ts";
import { reasonSeeds, selectNamed } from "./select-named.ts";
import { settleMany, withoutShown } from "./settle.ts";
import { CatalogShelf, NO_ARRIVALS } from "./shelf.ts";
import { DECAY, NEWEST_EVENTS, readTaste, SURVEY_DAYS, type Taste, withoutAnswer } from "./taste.ts";

export interface Recipient {
  profileId: ProfileId;
  /**
   * The profile and its linked browsers, the one linked first before the others: what was bought in any of them is bought.
   * Only the profile when left out.
   */
  histories?: ProfileId[];
  /** Newest first, whole: of it what a page starts from, and pages and lists count in how far back that is (`historyIn`). */
  history: HistoryEvent[];
  locale?: "ko" | "en" | undefined;
}

/** Candidates of each person that are read ahead for all of them together; few lists need more. */
const READ_AHEAD = 8;
/** Queries of the vector index for all of them together; an invocation may make a thousand calls. */
const NEIGHBOR_QUERIES = 120;
const SEARCHES = 40;
/** They are waited for longer than by a page where nobody looks on. */
const ALONE_PATIENCE_MS = 10 * SECOND;

/**
 * At most `count` items per person, by the placement's rules; a person for whom nothing is servable has an empty list.
 * Everybody is in the same variant of a running experiment as on the site, so that a message and the page agree; only who
 * is held out to be shown nothing gets what is popular, because a message was promised. Being in a message is no showing:
 * experiments count what pages showed. For 200 people: one statement for rows, one round trip per shard for purchases and
 * segments, one or two for items. Throws `not_found` for an unknown placement.
 *
 * @param patienceMs how long the vector index is waited for: `PATIENCE_MS` (neighbors.ts) within the answer to a visitor
 */
export async function recommendToMany(
  deps: Deps,
  site: Site,
  placementId: string,
  people: Recipient[],
  count: number,
  patienceMs: number = ALONE_PATIENCE_MS,
): Promise<Map<ProfileId, RecommendedItem[]>> {
  const placed = (await requirePlacement(deps, site.id, placementId)).rules;
  const now = deps.clock.now();
  const [variantOf, model, shelf] = await Promise.all([
    openVariants(deps, site.id, placementId),
    openModel(deps, site.id),
    CatalogShelf.open(deps, site.id),
  ]);
  const since = now - Math.max(placed.excludePurchasedDays, SURVEY_DAYS) * DAY;
  const pasts = await readPastOfMany(deps, site.id, people, since, model?.segments ?? []);
  const visit = contextNames({}, now, site.timeZone);
  const laid = people.map((recipient) => {
    const { landmarks, segments } = pasts.get(recipient.profileId) ?? NOTHING_KNOWN;
    const { profileId, histories = [profileId] } = recipient;
    const past = { history: historyIn(recipient.history, histories, NEWEST_EVENTS), landmarks };
    const unit = histories[1] ?? profileId;
    const variant = variantOf(unit, contextOf({}, past));
    const shown = variant?.shows === "nothing" ? { ...variant, shows: "popular" as const } : variant;
    return { recipient, past, segments, shown, rules: rulesWith(placed, shown) };
  });
  const settled = await settleMany(
    deps,
    site.id,
    laid.map(({ recipient: { profileId }, past, rules }) => {
      const { knows } = contextOf({}, past);
      const moment = { ...past, visit: {}, knows, itemId: undefined, now, timeZone: site.timeZone };
      return { rules, profileId, moment };
    }),
  );
  const asked = laid.map(({ recipient, past, segments, shown }, place) => {
    const rules = settled[place] as SettledRules;
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
      judgment: model && judgmentAt(model, withoutShown(past.history), undefined, now),
      contexts: isForAll ? [] : [...visit, ...segments.map(segmentName)],
      taste: isForAll ? withoutAnswer(known) : known,
    };
  });
  const supply = await readSupplyOfMany(deps, site.id, model, asked, shelf, patienceMs);
  const plans = asked.map(({ recipient, rules, contexts, taste, judgment }) => ({
    recipient,
    plan: planFor(rules, taste, { ...supply, contexts, now, judgment }, { count }, recipient.profileId, now),
  }));
  const ahead = new Set<string>();
  for (const { plan } of plans) {
    for (const { id } of plan.ranked.slice(0, plan.rules.count + READ_AHEAD)) ahead.add(id);
    for (const id of reasonSeeds(plan)) ahead.add(id);
  }
  await shelf.read([...ahead]);
  const lists = new Map<ProfileId, RecommendedItem[]>();
  for (const { recipient, plan } of plans) {
    const { profileId, locale = site.locale } = recipient;
    const { list } = await selectNamed(plan, shelf);
    lists.set(
      profileId,
      list.map((selected) => asOne(listedItem(selected, shelf, locale))),
    );
  }
  return lists;
}

async function readSupplyOfMany(
  deps: Deps,
  siteId: string,
  model: ServingModel | undefined,
  asked: { rules: SettledRules; taste: Taste }[],
  shelf: CatalogShelf,
  patienceMs: number,
): Promise<Supply> {
  const tastes = asked.map(({ taste }) => taste);
  const seeds = tastes.flatMap((taste) => taste.seeds.map((seed) => seed.itemId));
  const rows = model && (await readRows(deps, siteId, model, seeds));
  const hears = model?.engine?.hears;
  const ways = [
    ...new Set(asked.flatMap(({ rules }) => waysOf(rules.ways)).concat(hears?.likeness ? ["similar"] : [])),
  ];
  const described = describedSeeds(tastes, rows, ways, model);
  const likenesses = await readLikenesses(deps, siteId, described, ways, patienceMs);
  const heard = asked.filter(({ rules, taste }) => taste.searches && findsFor(rules)).map(({ taste }) => taste);
  const found =
    heard.length > 0 ? await readFound(deps, siteId, queriesOf(heard).slice(0, SEARCHES), patienceMs) : undefined;
  const asksNew = hears?.arrivals || asked.some(({ rules }) => asksFor(rules, "new"));
  const arrivals = asksNew ? await shelf.arrivals() : NO_ARRIVALS;
  const { similar } = likenesses.neighbors;
  return {
    rows,
    engine: model?.engine,
    newcomers: model && (await readNewcomers(model, shelf, described, similar, arrivals.items)),
    habits: model?.habits,
    insight: model && tastes.some(({ answer }) => answer) ? await openInsight(deps, siteId, model.version) : undefined,
    ...likenesses,
    found,
    popular: model?.popular ?? NO_POPULAR,
    contexts: [],
    arrivals: arrivals.ids,
  };
}

/**
 * Of the items that each person alone would be asked about (`NEIGHBOR_SEEDS`) those where what is described alike has most to
 * say, over all people: each is a query of the vector index when it is not remembered.
 */
function describedSeeds(
  tastes: Taste[],
  rows: Supply["rows"],
  ways: readonly Way[],
  model: ServingModel | undefined,
): string[] {
  const says = new Map<string, number>();
  for (const { seeds } of tastes) {
    const liked = seeds.filter(({ weight }) => weight > 0).slice(0, NEIGHBOR_SEEDS);
    for (const { itemId, lag, weight } of liked) {
      const index = rows?.indexOf(itemId);
      const row = index === undefined ? undefined : rows?.rowOf(index);
      const share = contentShare(row, ways, model?.engine?.core.net !== undefined);
      says.set(itemId, (says.get(itemId) ?? 0) + weight * DECAY ** lag * share);
    }
  }
  const kinds = LIKENESS_WAYS.filter((way) => ways.includes(way)).length;
  return [...says]
    .sort(([id, one], [otherId, other]) => other - one || (id < otherId ? -1 : 1))
    .slice(0, Math.floor(NEIGHBOR_QUERIES / Math.max(1, kinds)))
    .map(([id]) => id);
}

interface Known {
  /** Purchases, survey answers and dismissals, newest first. */
  landmarks: HistoryEvent[];
  /** Of those that the model knows the interest of. */
  segments: string[];
}

const NOTHING_KNOWN: Known = { landmarks: [], segments: [] };

/** What is known of each besides their histories. Unreadable: logged, and what the histories say must do. */
async function readPastOfMany(
  deps: Deps,
  siteId: string,
  people: Recipient[],
  since: number,
  segmentIds: string[],
): Promise<Map<ProfileId, Known>> {
  const found = new Map<ProfileId, Known>(people.map(({ profileId }) => [profileId, { landmarks: [], segments: [] }]));
  const ownerOf = new Map(
    people.flatMap(({ profileId, histories = [profileId] }) => histories.map((id) => [id, profileId] as const)),
  );
  try {
    const past = await readLandmarksOfMany(deps, [...ownerOf.keys()], since, LANDMARK_LIMIT, (db, here) => {
      const own = here.filter((id) => found.has(id));
      return segmentIds.length > 0 && own.length > 0 ? [selectMembershipsOfMany(db, segmentIds, own)] : [];
    });
    for (const event of past.landmarks) found.get(ownerOf.get(event.profileId) ?? "")?.landmarks.push(event);
    const memberships = past.alongside.flat(2) as Membership[];
    for (const { profileId, segmentId } of memberships) found.get(profileId)?.segments.push(segmentId);
  } catch (error) {
    deps.log.error("purchases could not be read", error, { siteId });
  }
  return found;
}
