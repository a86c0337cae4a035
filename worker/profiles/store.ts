import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY, MINUTE, utcDay } from "../lib/time.ts";
import { overRows } from "../platform/db.ts";

/** What one event says of its person. Null leaves what is known. */
export interface ProfileChange {
  profileId: ProfileId;
  siteId: string;
  userId: string | null;
  anonymousId: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  timeZone: string | null;
  /** Merged into the known traits (RFC 7396: null removes). */
  traits: Record<string, unknown>;
  seenAt: number;
}

/**
 * Most bytes of a person's traits together. What would make them more is left out (the identify event keeps it): a row that
 * grows with every call ends as one that D1 cannot store, and then nothing of that person can be.
 */
const TRAITS_LIMIT_BYTES = 128 * 1024;

/** SQL: `traits` with `patch` merged in, as far as it may grow. */
function mergedTraits(patch: string): string {
  const merged = `json_patch(traits, ${patch})`;
  return `CASE WHEN octet_length(${merged}) <= max(${TRAITS_LIMIT_BYTES}, octet_length(traits)) THEN ${merged} ELSE traits END`;
}

export interface Profile {
  profileId: ProfileId;
  siteId: string;
  userId: string | null;
  anonymousId: string | null;
  email: string | null;
  phone: string | null;
  traits: Record<string, unknown>;
  locale: string | null;
  timeZone: string | null;
  firstSeenAt: number;
  lastSeenAt: number;
}

const COLUMNS = `profile_id AS profileId, site_id AS siteId, user_id AS userId, anonymous_id AS anonymousId, email, phone,
  traits, locale, time_zone AS timeZone, first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt`;

type Row = Omit<Profile, "traits"> & { traits: string };

function toProfile(row: Row): Profile {
  return { ...row, traits: JSON.parse(row.traits) };
}

/**
 * How far `last_seen_at` may lag behind someone who is active: a row not written for most of the events of a visit. Less
 * than the minutes by which the segments' refresh looks back behind its last run.
 */
export const SEEN_STEP_MS = MINUTE;

/**
 * Two statements for all people of a batch that live in one shard, three when someone takes a trait back. A person who is
 * already known and says nothing new costs one row written, and none when they were seen within the minute. What comes in
 * late (a minute or more before `now`) and a new UTC day are noted exactly.
 */
export function upsertProfiles(db: Database, changes: ProfileChange[], now: number): Statement[] {
  const merged = new Map<ProfileId, ProfileChange & { firstSeenAt: number }>();
  const entries = new Map<string, { siteId: string; profileId: ProfileId; key: string }>();
  for (const change of changes) {
    const { siteId, profileId } = change;
    const keys = [dayKey(utcDay(change.seenAt)), ...(change.email === null ? [] : [emailKey(change.email)])];
    for (const key of keys) entries.set(`${profileId}${key}`, { siteId, profileId, key });
    const known = merged.get(change.profileId);
    if (!known) {
      merged.set(change.profileId, { ...change, firstSeenAt: change.seenAt });
      continue;
    }
    for (const field of ["email", "phone", "locale", "timeZone"] as const) known[field] = change[field] ?? known[field];
    known.traits = { ...known.traits, ...change.traits };
    known.firstSeenAt = Math.min(known.firstSeenAt, change.seenAt);
    known.seenAt = Math.max(known.seenAt, change.seenAt);
  }
  const people = [...merged.values()];
  // A new row is stored without its nulls, so the insert cannot tell a known one what to remove.
  const removing = people.filter(({ traits }) => JSON.stringify(traits).includes(":null"));
  return [
    overRows(
      db,
      `INSERT INTO profiles (profile_id, site_id, user_id, anonymous_id, email, phone, traits, locale, time_zone,
         first_seen_at, last_seen_at)
       SELECT value ->> 'profileId', value ->> 'siteId', value ->> 'userId', value ->> 'anonymousId', value ->> 'email',
         value ->> 'phone', json_patch('{}', value -> 'traits'), value ->> 'locale', value ->> 'timeZone',
         value ->> 'firstSeenAt', value ->> 'seenAt'
       FROM json_each(?1) WHERE true
       ON CONFLICT (profile_id) DO UPDATE SET
         email = coalesce(excluded.email, email), phone = coalesce(excluded.phone, phone),
         traits = CASE WHEN excluded.traits = '{}' THEN traits ELSE ${mergedTraits("excluded.traits")} END,
         locale = coalesce(excluded.locale, locale), time_zone = coalesce(excluded.time_zone, time_zone),
         first_seen_at = min(first_seen_at, excluded.first_seen_at),
         last_seen_at = max(last_seen_at, excluded.last_seen_at)
       WHERE excluded.last_seen_at >= last_seen_at + ${SEEN_STEP_MS}
         OR excluded.last_seen_at > last_seen_at AND excluded.last_seen_at <= ?2 - ${SEEN_STEP_MS}
         OR excluded.last_seen_at / ${DAY} > last_seen_at / ${DAY}
         OR excluded.first_seen_at < first_seen_at OR excluded.traits <> '{}'
         OR excluded.email IS NOT NULL OR excluded.phone IS NOT NULL OR coalesce(excluded.locale, locale) IS NOT locale
         OR coalesce(excluded.time_zone, time_zone) IS NOT time_zone`,
      people,
      now,
    ),
    overRows(
      db,
      `INSERT INTO directory (site_id, key, profile_id)
       SELECT value ->> 'siteId', value ->> 'key', value ->> 'profileId' FROM json_each(?1) WHERE true
       ON CONFLICT DO NOTHING`,
      [...entries.values()],
    ),
    ...(removing.length === 0
      ? []
      : [
          overRows(
            db,
            `UPDATE profiles SET traits = ${mergedTraits("row.value -> 'traits'")} FROM json_each(?1) AS row
             WHERE profile_id = row.value ->> 'profileId'`,
            removing.map(({ profileId, traits }) => ({ profileId, traits })),
          ),
        ]),
  ];
}

function dayKey(day: number): string {
  return `day:${day}`;
}

function emailKey(email: string): string {
  return `email:${email.toLowerCase()}`;
}

export async function getProfiles(db: Database, ids: ProfileId[]): Promise<Profile[]> {
  const { results } = await overRows(
    db,
    `SELECT ${COLUMNS} FROM profiles WHERE profile_id IN (SELECT value FROM json_each(?1))`,
    ids,
  ).all<Row>();
  return results.map(toProfile);
}

/** People of a site in one shard in key order, for work over everyone in slices. */
export async function listProfiles(
  db: Database,
  range: { from: string; to: string },
  limit: number,
): Promise<Profile[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM profiles WHERE profile_id > ?1 AND profile_id < ?2 ORDER BY profile_id LIMIT ?3`)
    .bind(range.from, range.to, limit)
    .all<Row>();
  return results.map(toProfile);
}

/**
 * Ids behind `after`, in order, of people who were last seen at `since` (epoch ms) or later. Looks through the UTC days from
 * `since` to `until`, which is now.
 */
export async function listSeenSince(
  db: Database,
  siteId: string,
  window: { since: number; until: number },
  after: ProfileId,
  limit: number,
): Promise<ProfileId[]> {
  return listOnDays(db, siteId, window, after, limit, window.since);
}

/** Ids behind `after`, in order, of people who were there on one of the UTC days between the two times. */
export async function listPresent(
  db: Database,
  siteId: string,
  window: { since: number; until: number },
  after: ProfileId,
  limit: number,
): Promise<ProfileId[]> {
  return listOnDays(db, siteId, window, after, limit);
}

/**
 * A page ends where the first of the days has filled it, so that each day is walked once, however many pages there are: the
 * people of several days in one order are otherwise all of them, read for every page.
 */
async function listOnDays(
  db: Database,
  siteId: string,
  { since, until }: { since: number; until: number },
  after: ProfileId,
  limit: number,
  lastSeenSince?: number,
): Promise<ProfileId[]> {
  const days: string[] = [];
  for (let day = utcDay(since); day <= utcDay(until); day++) days.push(dayKey(day));
  const there = "directory WHERE site_id = ?2 AND key = day AND profile_id > ?3";
  const wanted =
    lastSeenSince === undefined
      ? ""
      : "AND (SELECT last_seen_at FROM profiles WHERE profiles.profile_id = directory.profile_id) >= ?5";
  const { results } = await overRows(
    db,
    `WITH days AS (SELECT value AS day FROM json_each(?1)),
       ends AS (SELECT (SELECT profile_id FROM ${there} ${wanted} ORDER BY profile_id LIMIT 1 OFFSET ?4 - 1) AS id FROM days)
     SELECT DISTINCT profile_id AS id FROM days CROSS JOIN ${there}
       AND profile_id <= coalesce((SELECT min(id) FROM ends), '~') ${wanted} ORDER BY profile_id LIMIT ?4`,
    days,
    siteId,
    after,
    limit,
    ...(lastSeenSince === undefined ? [] : [lastSeenSince]),
  ).all<{ id: ProfileId }>();
  return results.map((row) => row.id);
}

/**
 * Everybody who was there on one of these UTC days, in the order of the day on which they were last seen, from behind `place`
 * (empty: from the beginning). One walk along the directory, whose cost is its length: a person is met once in it, and again
 * only if they come back before the walk has reached the day.
 */
export async function walkDays(
  db: Database,
  siteId: string,
  place: string,
  since: number,
  until: number,
  limit: number,
): Promise<{ profileId: ProfileId; place: string }[]> {
  const [day = "", id = ""] = place.split(" ");
  // One lower bound: of two, SQLite may take the one that is years away.
  const [key, profileId] = day < dayKey(since) ? [dayKey(since), ""] : [day, id];
  const { results } = await db
    .prepare(
      `SELECT directory.profile_id AS profileId, key FROM directory JOIN profiles USING (profile_id)
       WHERE directory.site_id = ?1 AND (key, directory.profile_id) > (?2, ?3) AND key <= ?4
         AND last_seen_at / ${DAY} = CAST(substr(key, 5) AS INTEGER)
       ORDER BY key, directory.profile_id LIMIT ?5`,
    )
    .bind(siteId, key, profileId, dayKey(until), limit)
    .all<{ profileId: ProfileId; key: string }>();
  return results.map((row) => ({ profileId: row.profileId, place: `${row.key} ${row.profileId}` }));
}

/** How many profiles a site has in one shard, browsers of known people included. Reads each key. */
export async function countProfiles(db: Database, range: { from: string; to: string }): Promise<number> {
  const row = await db
    .prepare("SELECT count(*) AS count FROM profiles WHERE profile_id >= ?1 AND profile_id < ?2")
    .bind(range.from, range.to)
    .first<{ count: number }>();
  return row?.count ?? 0;
}

/** People of a site in one shard who were there on `sinceDay` (UTC) or later, most recent first. */
export async function listRecentProfiles(
  db: Database,
  siteId: string,
  sinceDay: number,
  limit: number,
): Promise<Profile[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM profiles WHERE profile_id IN (
         SELECT profile_id FROM directory WHERE site_id = ?1 AND key >= ?2 AND key < 'day;')
       ORDER BY last_seen_at DESC LIMIT ?3`,
    )
    .bind(siteId, dayKey(sinceDay), limit)
    .all<Row>();
  return results.map(toProfile);
}

export async function findByEmail(db: Database, siteId: string, email: string, limit: number): Promise<Profile[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM profiles WHERE profile_id IN (
         SELECT profile_id FROM directory WHERE site_id = ?1 AND key = ?2) LIMIT ?3`,
    )
    .bind(siteId, emailKey(email), limit)
    .all<Row>();
  return results.map(toProfile);
}
