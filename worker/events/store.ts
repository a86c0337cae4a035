import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { overIds, overRows } from "../platform/db.ts";
import type { StoredEvent } from "./normalize.ts";

/** Events of a person that are looked through for a message's first copy: a bound for those who do hundreds in an hour. */
const RETRY_LOOK_BACK = 200;

export interface HistoryEvent {
  profileId: ProfileId;
  at: number;
  messageId: string;
  name: string;
  itemId: string | null;
  properties: Record<string, unknown>;
}

type Row = Omit<HistoryEvent, "properties"> & { properties: string };

/** @param row as `selectNewest` and `selectLandmarks` give it */
export function toEvent(row: unknown): HistoryEvent {
  return { ...(row as Row), properties: JSON.parse((row as Row).properties ?? "{}") };
}

/** In the words of the index: SQLite uses it only for these. */
export const LANDMARKS = "name IN ('product_purchased', 'survey_answered', 'recommendation_dismissed')";
const LANDMARK_NAMES = new Set(["product_purchased", "survey_answered", "recommendation_dismissed"]);

export function isLandmark({ name }: Pick<HistoryEvent, "name">): boolean {
  return LANDMARK_NAMES.has(name);
}

/** About an item, a search, or what we showed. */
export function isItemEvent({ name, itemId }: Pick<HistoryEvent, "name" | "itemId">): boolean {
  return itemId !== null || name === "product_searched" || name === "recommendation_shown";
}

/** Between what a shop's system tells of an order and what its page does. */
const SAME_ORDER_MS = 7 * DAY;

/** The name under which a shop's system tells of an order, so that it is known as one, whatever its page has told. */
export function purchaseNameOf(teller: string, orderId: string): string {
  return `${teller}${PURCHASE}${orderId}`;
}

const PURCHASE = ":product_purchased:";

/**
 * One statement for all events of a batch in one shard; events that are already there are ignored, by their key, by their
 * message id within `retryWindow`, or as an order that the shop's system has told of. Anything else that is wrong with a row fails the batch: nothing is dropped in silence.
 */
export function insertEvents(db: Database, events: StoredEvent[]): Statement {
  return overRows(
    db,
    `INSERT INTO events (profile_id, at, message_id, name, sent_as, item_id, properties, is_bot)
     SELECT value ->> 'profileId', value ->> 'at', value ->> 'messageId', value ->> 'name', value ->> 'sentAs',
       value ->> 'itemId', value -> 'properties', value ->> 'isBot'
     FROM json_each(?1) AS row
     WHERE (row.value ->> 'retryWindow' IS NULL OR value ->> 'messageId' NOT IN (
       SELECT message_id FROM events WHERE profile_id = row.value ->> 'profileId'
         AND at BETWEEN row.value ->> '$.retryWindow.from' AND row.value ->> '$.retryWindow.to'
       ORDER BY at DESC LIMIT ${RETRY_LOOK_BACK}))
     AND (row.value ->> 'orderId' IS NULL OR NOT EXISTS (
       SELECT 1 FROM events INDEXED BY events_landmarks
       WHERE profile_id = row.value ->> 'profileId' AND ${LANDMARKS} AND name = 'product_purchased'
         AND at BETWEEN (row.value ->> 'at') - ${SAME_ORDER_MS} AND (row.value ->> 'at') + ${SAME_ORDER_MS}
         AND instr(message_id, '${PURCHASE}') > 0
         AND substr(message_id, instr(message_id, '${PURCHASE}') + ${PURCHASE.length}) = row.value ->> 'orderId'))
     ON CONFLICT (profile_id, at, message_id) DO NOTHING`,
    events,
  );
}

/** Of a `HistoryEvent`, as `toEvent` reads it. */
export const COLUMNS = "profile_id AS profileId, at, message_id AS messageId, name, item_id AS itemId, properties";

/** Epoch ms, both ends included. */
export interface Window {
  since: number;
  until: number;
}

/** The newest events of one profile, newest first. Bots' events are left out. */
export async function listEvents(
  db: Database,
  profileId: ProfileId,
  window: Window,
  limit: number,
): Promise<HistoryEvent[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM events WHERE profile_id = ?1 AND at >= ?2 AND at <= ?3 AND is_bot = 0 ORDER BY at DESC LIMIT ?4`,
    )
    .bind(profileId, window.since, window.until, limit)
    .all<Row>();
  return results.map(toEvent);
}

/**
 * The newest `limit` events of a profile, newest first, those that `isItemEvent` does not take without their properties: what
 * a page sends besides is passed over, but says how far was looked.
 */
export function selectNewest(db: Database, profileId: ProfileId, until: number, limit: number): Statement {
  return db
    .prepare(
      `SELECT profile_id AS profileId, at, message_id AS messageId, name, item_id AS itemId,
         CASE WHEN item_id IS NOT NULL OR name IN ('product_searched', 'recommendation_shown') THEN properties END AS properties
       FROM events WHERE profile_id = ?1 AND at <= ?2 AND is_bot = 0 ORDER BY at DESC LIMIT ?3`,
    )
    .bind(profileId, until, limit);
}

/** The newest events of many profiles of one shard (at most `limitEach` of each), newest first within a profile. */
export async function listEventsOfMany(
  db: Database,
  ids: ProfileId[],
  window: Window,
  limitEach: number,
): Promise<HistoryEvent[]> {
  const { results } = await overRows(
    db,
    `SELECT ${COLUMNS} FROM (
       SELECT events.*, row_number() OVER (PARTITION BY profile_id ORDER BY at DESC) AS place
       FROM json_each(?1) AS person JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3
       WHERE is_bot = 0) WHERE place <= ?4 ORDER BY profile_id, at DESC`,
    ids,
    window.since,
    window.until,
    limitEach,
  ).all<Row>();
  return results.map(toEvent);
}

/** Which of these profiles did anything after `since` and until `until`, both epoch ms. One key probe each. */
export async function listActive(db: Database, ids: ProfileId[], window: Window): Promise<ProfileId[]> {
  const { results } = await overRows(
    db,
    `SELECT value AS id FROM json_each(?1) AS person
     WHERE EXISTS (SELECT 1 FROM events WHERE profile_id = person.value AND at > ?2 AND at <= ?3)`,
    ids,
    window.since,
    window.until,
  ).all<{ id: ProfileId }>();
  return results.map((row) => row.id);
}

/** Purchases, survey answers and dismissals of some profiles of one shard, newest first; at most `limit` in all. */
export function selectLandmarks(db: Database, ids: ProfileId[], window: Window, limit: number): Statement {
  return overIds(
    db,
    (list) => `SELECT ${COLUMNS} FROM events INDEXED BY events_landmarks
     WHERE profile_id IN ${list} AND ${LANDMARKS}
       AND at BETWEEN ?1 AND ?2 AND is_bot = 0 ORDER BY at DESC LIMIT ?3`,
    ids,
    window.since,
    window.until,
    limit,
  );
}

/** The same, read. */
export async function listLandmarks(
  db: Database,
  ids: ProfileId[],
  window: Window,
  limit: number,
): Promise<HistoryEvent[]> {
  const { results } = await selectLandmarks(db, ids, window, limit).all<Row>();
  return results.map(toEvent);
}

/**
 * When each of these profiles of one shard first had an event of these names under a label that begins with `prefix` (ASCII),
 * by label and UTC day. The label is what the answer called `variant`.
 */
export async function listShowings(
  db: Database,
  ids: ProfileId[],
  names: string[],
  prefix: string,
  window: Window,
): Promise<{ profileId: ProfileId; label: string; at: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, properties ->> 'variant' AS label, min(at) AS at
     FROM json_each(?1) AS person JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3
     WHERE name IN (SELECT value FROM json_each(?5)) AND is_bot = 0 AND substr(label, 1, length(?4)) = ?4
     GROUP BY profile_id, label, at / ${DAY}`,
    ids,
    window.since,
    window.until,
    prefix,
    JSON.stringify(names),
  ).all<{ profileId: ProfileId; label: string; at: number }>();
  return results;
}

/** Events of some names by these profiles of one shard, bots left out. */
export async function listNamed(
  db: Database,
  ids: ProfileId[],
  names: string[],
  window: Window,
): Promise<Pick<HistoryEvent, "profileId" | "at" | "name" | "properties">[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, at, name, properties FROM json_each(?1) AS person
     JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3
     WHERE is_bot = 0 AND name IN (SELECT value FROM json_each(?4))`,
    ids,
    window.since,
    window.until,
    JSON.stringify(names),
  ).all<Pick<Row, "profileId" | "at" | "name" | "properties">>();
  return results.map((row) => ({ ...row, properties: JSON.parse(row.properties) }));
}

/** A slice of a site's events in key order (profile, time), for training and other work over everything. */
export async function scanEvents(
  db: Database,
  range: { from: string; to: string },
  after: { profileId: ProfileId; at: number; messageId: string } | undefined,
  since: number,
  limit: number,
): Promise<HistoryEvent[]> {
  const cursor = after ?? { profileId: range.from, at: 0, messageId: "" };
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM events WHERE (profile_id, at, message_id) > (?1, ?2, ?3) AND profile_id < ?4 AND at >= ?5
         AND is_bot = 0 ORDER BY profile_id, at, message_id LIMIT ?6`,
    )
    .bind(cursor.profileId, cursor.at, cursor.messageId, range.to, since, limit)
    .all<Row>();
  return results.map(toEvent);
}

/** When each of these profiles of one shard last did each of some things with each of some items; bots left out. */
export async function listInterests(
  db: Database,
  ids: ProfileId[],
  names: string[],
  itemIds: string[],
  window: Window,
): Promise<{ profileId: ProfileId; itemId: string; name: string; at: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, item_id AS itemId, name, max(at) AS at FROM json_each(?1) AS person
     JOIN events ON events.profile_id = person.value AND events.at BETWEEN ?2 AND ?3
     WHERE is_bot = 0 AND name IN (SELECT value FROM json_each(?4)) AND item_id IN (SELECT value FROM json_each(?5))
     GROUP BY profile_id, item_id, name`,
    ids,
    window.since,
    window.until,
    JSON.stringify(names),
    JSON.stringify(itemIds),
  ).all<{ profileId: ProfileId; itemId: string; name: string; at: number }>();
  return results;
}
