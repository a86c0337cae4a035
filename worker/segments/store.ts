import { and, eq } from "drizzle-orm";
import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { orm, overIds, overRows } from "../platform/db.ts";
import type { Rule } from "./rule.ts";
import { segments } from "./tables.ts";

export interface Segment {
  siteId: string;
  id: string;
  name: string;
  rule: Rule;
  updatedAt: number;
}

export interface Membership {
  segmentId: string;
  profileId: ProfileId;
}

type Range = { from: string; to: string };

function toSegment(row: typeof segments.$inferSelect): Segment {
  return { ...row, rule: JSON.parse(row.rule) };
}

export async function selectSegments(db: Database, siteId: string): Promise<Segment[]> {
  return (await orm(db).select().from(segments).where(eq(segments.siteId, siteId)).orderBy(segments.name)).map(
    toSegment,
  );
}

export async function selectSegment(db: Database, siteId: string, id: string): Promise<Segment | undefined> {
  const rows = await orm(db)
    .select()
    .from(segments)
    .where(and(eq(segments.siteId, siteId), eq(segments.id, id)));
  return rows[0] && toSegment(rows[0]);
}

export async function upsertSegment(db: Database, segment: Segment): Promise<void> {
  const row = { ...segment, rule: JSON.stringify(segment.rule) };
  const { name, rule, updatedAt } = row;
  await orm(db)
    .insert(segments)
    .values(row)
    .onConflictDoUpdate({ target: [segments.siteId, segments.id], set: { name, rule, updatedAt } });
}

/** True when there was one. */
export async function removeSegment(db: Database, siteId: string, id: string): Promise<boolean> {
  const rows = await orm(db)
    .delete(segments)
    .where(and(eq(segments.siteId, siteId), eq(segments.id, id)))
    .returning({ id: segments.id });
  return rows.length > 0;
}

/** Memberships of these people of one shard in these segments, as of the latest refresh: `Membership` rows. */
export function selectMembershipsOfMany(db: Database, segmentIds: string[], profileIds: ProfileId[]): Statement {
  return overRows(
    db,
    `SELECT segment_id AS segmentId, profile_id AS profileId FROM memberships
     WHERE segment_id IN (SELECT value FROM json_each(?2)) AND profile_id IN (SELECT value FROM json_each(?1))`,
    profileIds,
    JSON.stringify(segmentIds),
  );
}

/** The same, read. */
export async function selectMemberships(
  db: Database,
  segmentIds: string[],
  profileIds: ProfileId[],
): Promise<Membership[]> {
  return (await selectMembershipsOfMany(db, segmentIds, profileIds).all<Membership>()).results;
}

/** When one person came into these segments, as far as that is stored. */
export async function selectEntries(
  db: Database,
  profileId: ProfileId,
  segmentIds: string[],
): Promise<{ segmentId: string; enteredAt: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT segment_id AS segmentId, entered_at AS enteredAt FROM memberships
     WHERE segment_id IN (SELECT value FROM json_each(?1)) AND profile_id = ?2`,
    segmentIds,
    profileId,
  ).all<{ segmentId: string; enteredAt: number }>();
  return results;
}

/** When profiles of one shard came into these segments, those that are in, as of the latest refresh. A key probe each. */
export async function selectEntriesOf(
  db: Database,
  profileIds: ProfileId[],
  segmentIds: string[],
): Promise<{ profileId: ProfileId; segmentId: string; enteredAt: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, segment_id AS segmentId, entered_at AS enteredAt
     FROM json_each(?1) AS person CROSS JOIN json_each(?2) AS segment
     JOIN memberships ON segment_id = segment.value AND profile_id = person.value`,
    profileIds,
    JSON.stringify(segmentIds),
  ).all<{ profileId: ProfileId; segmentId: string; enteredAt: number }>();
  return results;
}

/** Which of these segments one profile is in, as of the latest refresh: `{segmentId}` rows, a key probe each. */
export function selectMembershipsOf(db: Database, segmentIds: string[], profileId: ProfileId): Statement {
  return overIds(
    db,
    (list) => `SELECT segment_id AS segmentId FROM memberships WHERE segment_id IN ${list} AND profile_id = ?1`,
    segmentIds,
    profileId,
  );
}

export function insertMemberships(db: Database, rows: Membership[], now: number): Statement {
  return overRows(
    db,
    `INSERT OR IGNORE INTO memberships (segment_id, profile_id, entered_at)
     SELECT value ->> 'segmentId', value ->> 'profileId', ?2 FROM json_each(?1)`,
    rows,
    now,
  );
}

export function deleteMemberships(db: Database, rows: Membership[]): Statement {
  return overRows(
    db,
    `DELETE FROM memberships WHERE (segment_id, profile_id) IN (
       SELECT value ->> 'segmentId', value ->> 'profileId' FROM json_each(?1))`,
    rows,
  );
}

export async function deleteAllMembers(db: Database, segmentId: string, range: Range): Promise<void> {
  await db
    .prepare("DELETE FROM memberships WHERE segment_id = ?1 AND profile_id >= ?2 AND profile_id < ?3")
    .bind(segmentId, range.from, range.to)
    .run();
}

/** Members behind `after`, in order of their keys. */
export async function listMembers(
  db: Database,
  segmentId: string,
  range: Range,
  after: ProfileId,
  limit: number,
): Promise<{ profileId: ProfileId; enteredAt: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT profile_id AS profileId, entered_at AS enteredAt FROM memberships
       WHERE segment_id = ?1 AND profile_id >= ?2 AND profile_id < ?3 AND profile_id > ?4 ORDER BY profile_id LIMIT ?5`,
    )
    .bind(segmentId, range.from, range.to, after, limit)
    .all<{ profileId: ProfileId; enteredAt: number }>();
  return results;
}

/** One key read per member. */
export async function countBySegment(
  db: Database,
  segmentIds: string[],
  range: Range,
): Promise<{ segmentId: string; count: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT value AS segmentId, (SELECT count(*) FROM memberships WHERE segment_id = segment.value
       AND profile_id >= ?2 AND profile_id < ?3) AS count FROM json_each(?1) AS segment`,
    segmentIds,
    range.from,
    range.to,
  ).all<{ segmentId: string; count: number }>();
  return results;
}

/** People to look at again at the next refresh; noting somebody twice keeps one row. */
export function insertChanges(db: Database, siteId: string, profileIds: ProfileId[], now: number): Statement {
  return overRows(
    db,
    `INSERT INTO segment_changes (site_id, profile_id, noted_at) SELECT ?2, value, ?3 FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, profile_id) DO UPDATE SET noted_at = max(noted_at, excluded.noted_at)`,
    profileIds,
    siteId,
    now,
  );
}

export async function listChanges(db: Database, siteId: string, after: ProfileId, limit: number): Promise<ProfileId[]> {
  const { results } = await db
    .prepare(
      "SELECT profile_id AS id FROM segment_changes WHERE site_id = ?1 AND profile_id > ?2 ORDER BY profile_id LIMIT ?3",
    )
    .bind(siteId, after, limit)
    .all<{ id: ProfileId }>();
  return results.map((row) => row.id);
}

/** Forgets what was noted before the people were looked at; what came in since stays for the next refresh. */
export async function deleteChanges(
  db: Database,
  siteId: string,
  profileIds: ProfileId[],
  before: number,
): Promise<void> {
  await overRows(
    db,
    `DELETE FROM segment_changes WHERE site_id = ?2 AND profile_id IN (SELECT value FROM json_each(?1)) AND noted_at < ?3`,
    profileIds,
    siteId,
    before,
  ).run();
}

export async function selectProgress(db: Database, siteId: string): Promise<number | undefined> {
  const row = await db
    .prepare("SELECT refreshed_at AS at FROM segment_progress WHERE site_id = ?1")
    .bind(siteId)
    .first<{ at: number }>();
  return row?.at;
}

export async function upsertProgress(db: Database, siteId: string, refreshedAt: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO segment_progress (site_id, refreshed_at) VALUES (?1, ?2)
       ON CONFLICT (site_id) DO UPDATE SET refreshed_at = max(refreshed_at, excluded.refreshed_at)`,
    )
    .bind(siteId, refreshedAt)
    .run();
}
