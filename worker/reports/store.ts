/** Sums over other rooms' tables: this room may read all of them, and writes conversions. */
import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { overRows } from "../platform/db.ts";

type Range = { from: string; to: string };

export interface ClickedMessage {
  profileId: ProfileId;
  id: string;
  campaignId: string;
  clickedAt: number;
  convertedAt: number | null;
  revenue: number | null;
}

const CLICKED = `profile_id AS profileId, id, campaign_id AS campaignId, clicked_at AS clickedAt,
  converted_at AS convertedAt, revenue`;

/** Messages of one shard clicked since then, in the order of their clicks, from behind `after`. */
export async function listClicked(
  db: Database,
  since: number,
  after: { clickedAt: number; id: string },
  limit: number,
): Promise<ClickedMessage[]> {
  const { results } = await db
    .prepare(
      `SELECT ${CLICKED} FROM messages INDEXED BY messages_clicked
       WHERE clicked_at IS NOT NULL AND clicked_at >= ?1 AND (clicked_at > ?2 OR (clicked_at = ?2 AND id > ?3))
       ORDER BY clicked_at, id LIMIT ?4`,
    )
    .bind(since, after.clickedAt, after.id, limit)
    .all<ClickedMessage>();
  return results;
}

/** Messages of one campaign of one site in one shard that were clicked since then. */
export async function listClickedOfCampaign(
  db: Database,
  campaignId: string,
  range: Range,
  since: number,
): Promise<ClickedMessage[]> {
  const { results } = await db
    .prepare(
      `SELECT ${CLICKED} FROM messages WHERE campaign_id = ?1 AND profile_id >= ?2 AND profile_id < ?3 AND clicked_at >= ?4`,
    )
    .bind(campaignId, range.from, range.to, since)
    .all<ClickedMessage>();
  return results;
}

/** Every clicked message of these profiles: a purchase belongs to the last one clicked before it. */
export async function listClickedOf(db: Database, profileIds: ProfileId[], since: number): Promise<ClickedMessage[]> {
  const { results } = await overRows(
    db,
    `SELECT ${CLICKED} FROM messages WHERE profile_id IN (SELECT value FROM json_each(?1)) AND clicked_at >= ?2`,
    profileIds,
    since,
  ).all<ClickedMessage>();
  return results;
}

/** Events of some names by these profiles since then, bots left out. */
export async function listDeeds(
  db: Database,
  profileIds: ProfileId[],
  names: string[],
  since: number,
): Promise<{ profileId: ProfileId; at: number; name: string; properties: Record<string, unknown> }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, at, name, properties FROM json_each(?1) AS person
     JOIN events ON events.profile_id = person.value AND events.at >= ?3
     WHERE is_bot = 0 AND name IN (SELECT value FROM json_each(?2))`,
    profileIds,
    JSON.stringify(names),
    since,
  ).all<{ profileId: ProfileId; at: number; name: string; properties: string }>();
  return results.map((row) => ({ ...row, properties: JSON.parse(row.properties) }));
}

export function updateConversions(
  db: Database,
  rows: { profileId: ProfileId; id: string; convertedAt: number | null; revenue: number | null }[],
): Statement {
  return overRows(
    db,
    `UPDATE messages SET converted_at = found.value ->> 'convertedAt', revenue = found.value ->> 'revenue'
     FROM json_each(?1) AS found
     WHERE messages.profile_id = found.value ->> 'profileId' AND messages.id = found.value ->> 'id'`,
    rows,
  );
}

/** Runs of a campaign by how they stand. */
export function countRuns(db: Database, campaignId: string, range: Range): Statement {
  return db
    .prepare(
      `SELECT coalesce(outcome, state) AS name, count(*) AS count FROM runs INDEXED BY runs_campaign
       WHERE campaign_id = ?1 AND profile_id >= ?2 AND profile_id < ?3 GROUP BY name`,
    )
    .bind(campaignId, range.from, range.to);
}

export interface MessageSums {
  state: "accepted" | "sent" | "failed" | "skipped";
  reason: string | null;
  count: number;
  opens: number;
  clicks: number;
  machineOpens: number;
  machineClicks: number;
  conversions: number;
  revenue: number;
}

/** Messages of a campaign by state and reason. */
export function sumMessages(db: Database, campaignId: string, range: Range): Statement {
  return db
    .prepare(
      `SELECT state, reason, count(*) AS count, count(opened_at) AS opens, count(clicked_at) AS clicks,
         sum(machine_opens > 0) AS machineOpens, sum(machine_clicks > 0) AS machineClicks,
         count(converted_at) AS conversions, coalesce(sum(revenue), 0) AS revenue
       FROM messages INDEXED BY messages_campaign
       WHERE campaign_id = ?1 AND profile_id >= ?2 AND profile_id < ?3 GROUP BY state, reason`,
    )
    .bind(campaignId, range.from, range.to);
}

export interface DayWindow {
  from: number;
  to: number;
  /** Directory keys of the UTC days that the local day falls on. */
  fromKey: string;
  toKey: string;
}

const SEEN = "SELECT DISTINCT profile_id FROM directory WHERE site_id = ?1 AND key BETWEEN ?2 AND ?3";

/** Events of a day by name, with how many people did them; only people who were there that day are looked through. */
export function countEvents(db: Database, siteId: string, day: DayWindow): Statement {
  return db
    .prepare(
      `SELECT iif(properties ->> 'channel' = 'onsite', 'onsite_', '') || name AS name, count(*) AS count
       FROM (${SEEN}) AS seen
       JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
       WHERE is_bot = 0 GROUP BY 1`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to);
}

export function countVisitors(db: Database, siteId: string, day: DayWindow): Statement {
  return db
    .prepare(
      `SELECT count(*) AS count FROM (${SEEN}) AS seen WHERE EXISTS (
         SELECT 1 FROM events WHERE events.profile_id = seen.profile_id AND at >= ?4 AND at < ?5 AND is_bot = 0)`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to);
}

export function listOrders(db: Database, siteId: string, day: DayWindow): Statement {
  return db
    .prepare(
      `SELECT properties FROM (${SEEN}) AS seen
       JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
       WHERE is_bot = 0 AND name = 'product_purchased'`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to);
}

/** Messages of these campaigns that were accepted that day and sent. */
export function countSent(db: Database, campaignIds: string[], range: Range, day: DayWindow): Statement {
  return overRows(
    db,
    `SELECT count(*) AS count FROM messages WHERE campaign_id IN (SELECT value FROM json_each(?1))
       AND created_at >= ?2 AND created_at < ?3 AND profile_id >= ?4 AND profile_id < ?5 AND state = 'sent'`,
    campaignIds,
    day.from,
    day.to,
    range.from,
    range.to,
  );
}

/** Lists that came into view on a day, by placement and level; of each only once, though it is told of card by card. */
export function countLists(db: Database, siteId: string, day: DayWindow): Statement {
  return db
    .prepare(
      `SELECT coalesce(properties ->> 'placement', '') AS placement, properties ->> 'fallback_level' AS level,
         count(DISTINCT properties ->> 'recommendation_id') AS count FROM (${SEEN}) AS seen
       JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
       WHERE is_bot = 0 AND name = 'recommendation_shown' GROUP BY placement, level`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to);
}

/** Cards that came into view on a day, by placement and item. */
export function countCards(db: Database, siteId: string, day: DayWindow): Statement {
  return db
    .prepare(
      `SELECT coalesce(properties ->> 'placement', '') AS placement, item.value AS itemId, count(*) AS count
       FROM (${SEEN}) AS seen
       JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
       JOIN json_each(properties, '$.item_ids') AS item
       WHERE is_bot = 0 AND name = 'recommendation_shown' AND item.type = 'text' GROUP BY placement, itemId`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to);
}

/** Clicks and purchases, until `afterMs` behind the day, of those who clicked a recommendation on it. */
export function listClickersDeeds(db: Database, siteId: string, day: DayWindow, afterMs: number): Statement {
  return db
    .prepare(
      `SELECT profile_id AS profileId, at, name, properties FROM events
       WHERE profile_id IN (
         SELECT DISTINCT events.profile_id FROM (${SEEN}) AS seen
         JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
         WHERE is_bot = 0 AND name = 'recommendation_clicked')
       AND at >= ?4 AND at < ?6 AND is_bot = 0 AND name IN ('recommendation_clicked', 'product_purchased')`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to, day.to + afterMs);
}

/** Items that may be shown now, counted up to `most`. */
export async function countServable(db: Database, siteId: string, most: number): Promise<number> {
  const row = await db
    .prepare(
      `SELECT count(*) AS count FROM (SELECT 1 FROM items WHERE site_id = ?1
         AND in_stock = 1 AND hidden = 0 AND deleted_at IS NULL LIMIT ?2)`,
    )
    .bind(siteId, most)
    .first<{ count: number }>();
  return row?.count ?? 0;
}

/** Whose event of being shown a recommendation it is, among people who were there on these days. */
export async function selectShownTo(
  db: Database,
  siteId: string,
  recommendationId: string,
  day: DayWindow,
): Promise<ProfileId | undefined> {
  const row = await db
    .prepare(
      `SELECT events.profile_id AS profileId FROM (${SEEN}) AS seen
       JOIN events ON events.profile_id = seen.profile_id AND events.at >= ?4 AND events.at < ?5
       WHERE name = 'recommendation_shown' AND properties ->> 'recommendation_id' = ?6 LIMIT 1`,
    )
    .bind(siteId, day.fromKey, day.toKey, day.from, day.to, recommendationId)
    .first<{ profileId: ProfileId }>();
  return row?.profileId;
}
