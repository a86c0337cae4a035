/**
 * The one list of every place in a user shard that names a person: what export reads is what erasure deletes. A test holds
 * it against the tables themselves.
 */
import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { overRows } from "../platform/db.ts";
import type { Receipt } from "./receipt.ts";

/** Of one person, in one shard. */
export interface Traces {
  siteId: string;
  /** The person's own profile and those of their browsers, whichever shard they are in. */
  profileIds: ProfileId[];
  /** Edges in other people's rows that point at them: [whose row, whom it names]. */
  edges: [ProfileId, ProfileId][];
  /** UTC days on which these profiles can have been there. */
  days: number[];
}

export interface PersonalTable {
  table: string;
  /** Conditions over the bound `Traces`, each of which reads a key range; a row belongs to one of them. */
  rows: string[];
  /** Columns of the primary key. */
  key: string;
}

const PROFILE_IDS = "SELECT value FROM json_each(?1 -> 'profileIds')";
const BY_PROFILE = `profile_id IN (${PROFILE_IDS})`;

export const PERSONAL_TABLES: PersonalTable[] = [
  { table: "profiles", rows: [BY_PROFILE], key: "profile_id" },
  {
    table: "directory",
    // By day with the days at hand; the other keys (addresses) are one a person, so their range is short.
    rows: [
      `site_id = ?1 ->> 'siteId' AND key IN (SELECT 'day:' || value FROM json_each(?1 -> 'days')) AND ${BY_PROFILE}`,
      `site_id = ?1 ->> 'siteId' AND key < 'day:' AND ${BY_PROFILE}`,
      `site_id = ?1 ->> 'siteId' AND key >= 'day;' AND ${BY_PROFILE}`,
    ],
    key: "site_id, key, profile_id",
  },
  {
    table: "links",
    rows: [
      BY_PROFILE,
      `(profile_id, other_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1 -> 'edges'))
         AND profile_id NOT IN (${PROFILE_IDS})`,
    ],
    key: "profile_id, other_id",
  },
  { table: "endpoints", rows: [BY_PROFILE], key: "profile_id, id" },
  { table: "consents", rows: [BY_PROFILE], key: "profile_id, at, id" },
  { table: "consent_duties", rows: [BY_PROFILE], key: "profile_id, kind, channel" },
  { table: "events", rows: [BY_PROFILE], key: "profile_id, at, message_id" },
  {
    table: "memberships",
    // The key begins with the segment: one probe a segment, found by jumping from one to the next.
    rows: [
      `(segment_id, profile_id) IN (
         WITH RECURSIVE known (id) AS (
           SELECT min(segment_id) FROM memberships UNION ALL
           SELECT (SELECT min(segment_id) FROM memberships WHERE segment_id > known.id) FROM known WHERE known.id IS NOT NULL)
         SELECT known.id, person.value FROM known, json_each(?1 -> 'profileIds') AS person WHERE known.id IS NOT NULL)`,
    ],
    key: "segment_id, profile_id",
  },
  { table: "segment_changes", rows: [`site_id = ?1 ->> 'siteId' AND ${BY_PROFILE}`], key: "site_id, profile_id" },
  { table: "runs", rows: [BY_PROFILE], key: "profile_id, campaign_id, occurrence" },
  { table: "messages", rows: [BY_PROFILE], key: "profile_id, id" },
];

export interface Edge {
  profileId: ProfileId;
  otherId: ProfileId;
  role: "owner" | "device";
  isLive: boolean;
}

/** Every edge of these profiles of one shard, undone ones included. */
export async function selectEdges(db: Database, profileIds: ProfileId[]): Promise<Edge[]> {
  const { results } = await db
    .prepare(
      `SELECT profile_id AS profileId, other_id AS otherId, role, unlinked_at IS NULL AS isLive FROM links
       WHERE profile_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(profileIds))
    .all<Omit<Edge, "isLive"> & { isLive: number }>();
  return results.map((row) => ({ ...row, isLive: row.isLive === 1 }));
}

/** Deletes everything, table by table, in the order of the list; one statement a condition. */
export function deleteTraces(db: Database, traces: Traces): { table: string; statement: Statement }[] {
  const bound = JSON.stringify(traces);
  return PERSONAL_TABLES.flatMap(({ table, rows }) =>
    rows.map((condition) => ({ table, statement: db.prepare(`DELETE FROM ${table} WHERE ${condition}`).bind(bound) })),
  );
}

/** A page of one condition's rows, as they are stored. */
export async function selectTraces(
  db: Database,
  traces: Traces,
  { table, key }: PersonalTable,
  condition: string,
  page: { offset: number; limit: number },
): Promise<Record<string, unknown>[]> {
  const { results } = await db
    .prepare(`SELECT * FROM ${table} WHERE ${condition} ORDER BY ${key} LIMIT ?2 OFFSET ?3`)
    .bind(JSON.stringify(traces), page.limit, page.offset)
    .all<Record<string, unknown>>();
  return results;
}

/** Jobs that failed for good can hold a key as the place where they were: the control database's only mention of anybody. */
export async function deleteDeadLetters(control: Database, profileIds: ProfileId[]): Promise<number> {
  const { meta } = await control
    .prepare("DELETE FROM dead_letters WHERE EXISTS (SELECT 1 FROM json_each(?1) WHERE instr(job, value) > 0)")
    .bind(JSON.stringify(profileIds))
    .run();
  return meta.changes;
}

/** Rows of these people that are older than they are kept (epoch ms); one key range a person and table. */
export function deleteOldRows(
  db: Database,
  profileIds: ProfileId[],
  before: { events: number; messages: number; finishedRuns: number },
): Statement[] {
  const ids = JSON.stringify(profileIds);
  const of = "profile_id IN (SELECT value FROM json_each(?1))";
  return [
    db.prepare(`DELETE FROM events WHERE ${of} AND at < ?2`).bind(ids, before.events),
    db.prepare(`DELETE FROM messages WHERE ${of} AND created_at < ?2`).bind(ids, before.messages),
    db.prepare(`DELETE FROM runs WHERE ${of} AND state = 'done' AND entered_at < ?2`).bind(ids, before.finishedRuns),
  ];
}

export async function upsertErased(db: Database, hashes: string[], at: number): Promise<void> {
  await overRows(
    db,
    `INSERT INTO erased_lately (hash, erased_at) SELECT value, ?2 FROM json_each(?1) WHERE true
     ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at`,
    hashes,
    at,
  ).run();
}

/** Which of these were erased at `since` (epoch ms) or later. */
export async function listErased(db: Database, hashes: string[], since: number): Promise<string[]> {
  const { results } = await overRows(
    db,
    "SELECT hash FROM erased_lately WHERE hash IN (SELECT value FROM json_each(?1)) AND erased_at >= ?2",
    hashes,
    since,
  ).all<{ hash: string }>();
  return results.map(({ hash }) => hash);
}

export async function deleteOldErasures(db: Database, before: number): Promise<void> {
  await db.prepare("DELETE FROM erased_lately WHERE erased_at < ?1").bind(before).run();
}

/** Who was there on days before `day` (UTC days since the epoch). */
export async function deleteOldDays(db: Database, siteId: string, day: number): Promise<void> {
  await db
    .prepare("DELETE FROM directory WHERE site_id = ?1 AND key >= 'day:' AND key < ?2")
    .bind(siteId, `day:${day}`)
    .run();
}

/** Of one site, however much its catalog changes. */
const CATALOG_CHANGES_KEPT = 100_000;

/** Times in epoch ms, the day of reports as "2026-03-10". */
export async function deleteOldDefinitions(
  control: Database,
  before: {
    deletedItems: number;
    catalogChanges: number;
    dayReports: string;
    deadLetters: number;
    refusedEvents: number;
    refusalHours: number;
    shopDeliveries: number;
  },
): Promise<void> {
  await control.batch([
    control.prepare("DELETE FROM items WHERE deleted_at < ?1").bind(before.deletedItems),
    control
      .prepare(
        `DELETE FROM catalog_changes WHERE at < ?1 OR (site_id, version, item_id, kind) IN (
           SELECT site_id, version, item_id, kind FROM (
             SELECT site_id, version, item_id, kind,
               row_number() OVER (PARTITION BY site_id ORDER BY version DESC, item_id DESC) AS place
             FROM catalog_changes)
           WHERE place > ?2)`,
      )
      .bind(before.catalogChanges, CATALOG_CHANGES_KEPT),
    control.prepare("DELETE FROM day_reports WHERE day < ?1").bind(before.dayReports),
    control.prepare("DELETE FROM placement_reports WHERE day < ?1").bind(before.dayReports),
    control.prepare("DELETE FROM dead_letters WHERE failed_at < ?1").bind(before.deadLetters),
    control.prepare("DELETE FROM refused_events WHERE at < ?1").bind(before.refusedEvents),
    control.prepare("DELETE FROM refusal_counts WHERE hour < ?1").bind(before.refusalHours),
    control.prepare("DELETE FROM shop_deliveries WHERE at < ?1").bind(before.shopDeliveries),
  ]);
}

type ErasureRow = Omit<Receipt, "rows"> & { rows: string };
const ERASURE = "id, erased_at AS erasedAt, profiles, rows, signature";

export async function insertErasure(control: Database, siteId: string, receipt: Receipt): Promise<void> {
  await control
    .prepare("INSERT INTO erasures (site_id, id, erased_at, profiles, rows, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
    .bind(siteId, receipt.id, receipt.erasedAt, receipt.profiles, JSON.stringify(receipt.rows), receipt.signature)
    .run();
}

export async function selectErasure(control: Database, siteId: string, id: string): Promise<Receipt | undefined> {
  const row = await control
    .prepare(`SELECT ${ERASURE} FROM erasures WHERE site_id = ?1 AND id = ?2`)
    .bind(siteId, id)
    .first<ErasureRow>();
  return row ? { ...row, rows: JSON.parse(row.rows) } : undefined;
}

/** Ids are in the order of time. */
export async function selectErasures(
  control: Database,
  siteId: string,
  after: string | undefined,
  limit: number,
): Promise<Receipt[]> {
  const { results } = await control
    .prepare(`SELECT ${ERASURE} FROM erasures WHERE site_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3`)
    .bind(siteId, after ?? "era_~", limit)
    .all<ErasureRow>();
  return results.map((row) => ({ ...row, rows: JSON.parse(row.rows) }));
}
