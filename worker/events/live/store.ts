import type { Database } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";
import type { HistoryEvent, Window } from "../store.ts";

/** An event as it came in: also a bot's, and what it was called. */
export interface LiveEvent extends HistoryEvent {
  sentAs: string | null;
  isBot: boolean;
}

/** The newest events of each of these profiles of one shard, bots' included, for people who watch them arrive. */
export async function listLive(
  db: Database,
  ids: ProfileId[],
  window: Window,
  limitEach: number,
): Promise<LiveEvent[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, at, message_id AS messageId, name, item_id AS itemId, properties, sent_as AS sentAs,
       is_bot AS isBot FROM (
       SELECT events.*, row_number() OVER (PARTITION BY profile_id ORDER BY at DESC) AS place
       FROM json_each(?1) AS person JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3)
     WHERE place <= ?4`,
    ids,
    window.since,
    window.until,
    limitEach,
  ).all<Omit<LiveEvent, "properties" | "isBot"> & { properties: string; isBot: number }>();
  return results.map((row) => ({ ...row, properties: JSON.parse(row.properties), isBot: row.isBot === 1 }));
}

/** Of one name, as it was sent, among the newest events of some people. */
export interface Arrival {
  name: string;
  sentAs: string | null;
  count: number;
  /** Since `dayAgo`. */
  today: number;
  lastAt: number;
  /** Items of the newest of them, at most `SAMPLED_ITEMS`. */
  itemIds: string[];
}

const SAMPLED_ITEMS = 50;

/** What arrives from some people of one shard, by name: the newest `limitEach` events of each, bots left out. */
export async function countArrivals(
  db: Database,
  ids: ProfileId[],
  window: Window & { dayAgo: number },
  limitEach: number,
): Promise<Arrival[]> {
  const { results } = await overRows(
    db,
    `SELECT name, sent_as AS sentAs, count(*) AS count, sum(at >= ?4) AS today, max(at) AS lastAt,
       json_group_array(item_id) FILTER (WHERE item_id IS NOT NULL AND nth <= ${SAMPLED_ITEMS}) AS itemIds
     FROM (SELECT *, row_number() OVER (PARTITION BY name, sent_as ORDER BY at DESC) AS nth FROM (
       SELECT events.*, row_number() OVER (PARTITION BY profile_id ORDER BY at DESC) AS place
       FROM json_each(?1) AS person JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3
       WHERE is_bot = 0) WHERE place <= ?5)
     GROUP BY name, sent_as`,
    ids,
    window.since,
    window.until,
    window.dayAgo,
    limitEach,
  ).all<Omit<Arrival, "itemIds"> & { itemIds: string }>();
  return results.map((row) => ({ ...row, itemIds: JSON.parse(row.itemIds) }));
}
