import type { Database, Statement } from "../deps.ts";
import { overIds, overRows } from "../platform/db.ts";
import type { ModelMetrics } from "./metrics.ts";
import type { Popular } from "./popularity.ts";
import { type Placement, PlacementRules } from "./schema.ts";

interface PlacementRow {
  id: string;
  name: string;
  rules: string;
  updatedAt: number;
}

const USUAL_RULES = PlacementRules.parse({});
/** A rule that did not exist yet when the placement was saved is as usual. */
function toPlacement(row: PlacementRow): Placement {
  return { ...row, rules: { ...USUAL_RULES, ...JSON.parse(row.rules) } };
}

export async function selectPlacements(db: Database, siteId: string): Promise<Placement[]> {
  const { results } = await db
    .prepare("SELECT id, name, rules, updated_at AS updatedAt FROM placements WHERE site_id = ?1 ORDER BY id")
    .bind(siteId)
    .all<PlacementRow>();
  return results.map(toPlacement);
}

export async function selectPlacement(db: Database, siteId: string, id: string): Promise<Placement | undefined> {
  const row = await db
    .prepare("SELECT id, name, rules, updated_at AS updatedAt FROM placements WHERE site_id = ?1 AND id = ?2")
    .bind(siteId, id)
    .first<PlacementRow>();
  return row ? toPlacement(row) : undefined;
}

export async function upsertPlacement(db: Database, siteId: string, placement: Placement): Promise<void> {
  await db
    .prepare(
      `INSERT INTO placements (site_id, id, name, rules, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name, rules = excluded.rules, updated_at = excluded.updated_at`,
    )
    .bind(siteId, placement.id, placement.name, JSON.stringify(placement.rules), placement.updatedAt)
    .run();
}

export async function deletePlacementRow(db: Database, siteId: string, id: string): Promise<boolean> {
  const { meta } = await db.prepare("DELETE FROM placements WHERE site_id = ?1 AND id = ?2").bind(siteId, id).run();
  return meta.changes > 0;
}

/** Of an archived model only its measures are left: it has served, and cannot again. */
export type ModelState = "building" | "active" | "retired" | "rejected" | "archived";

export interface ModelRecord {
  version: string;
  state: ModelState;
  metrics: ModelMetrics;
  createdAt: number;
  promotedAt: number | null;
  /** Light refreshes since it was built, and the last of them. */
  revision: number;
  refreshedAt: number | null;
}

const MODEL_COLUMNS =
  "version, state, metrics, created_at AS createdAt, promoted_at AS promotedAt, revision, refreshed_at AS refreshedAt";

type ModelRow = Omit<ModelRecord, "metrics"> & { metrics: string };

function toModel(row: ModelRow): ModelRecord {
  return { ...row, metrics: JSON.parse(row.metrics) };
}

/** Newest first. */
export async function selectModels(db: Database, siteId: string): Promise<ModelRecord[]> {
  const { results } = await db
    .prepare(`SELECT ${MODEL_COLUMNS} FROM models WHERE site_id = ?1 ORDER BY created_at DESC, version DESC`)
    .bind(siteId)
    .all<ModelRow>();
  return results.map(toModel);
}

export interface Pointer {
  version: string;
  revision: number;
}

export async function selectPointer(db: Database, siteId: string): Promise<Pointer | undefined> {
  const row = await db
    .prepare(
      `SELECT version, revision FROM models WHERE site_id = ?1 AND state = 'active' ORDER BY promoted_at DESC LIMIT 1`,
    )
    .bind(siteId)
    .first<Pointer>();
  return row ?? undefined;
}

/** What of a model lies in the database. */
export async function selectServing(
  db: Database,
  siteId: string,
  version: string,
): Promise<{ popular: Popular; metrics: ModelMetrics } | undefined> {
  const row = await db
    .prepare("SELECT popular, metrics FROM models WHERE site_id = ?1 AND version = ?2")
    .bind(siteId, version)
    .first<{ popular: string; metrics: string }>();
  return row ? { popular: JSON.parse(row.popular), metrics: JSON.parse(row.metrics) } : undefined;
}

/** False when another build of the site began after `since`: two at once would only do the same work twice. */
export async function insertBuilding(
  db: Database,
  model: { siteId: string; version: string; createdAt: number; since: number },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO models (site_id, version, state, metrics, popular, created_at)
       SELECT ?1, ?2, 'building', '{}', '{}', ?3
       WHERE NOT EXISTS (SELECT 1 FROM models WHERE site_id = ?1 AND state = 'building' AND created_at > ?4)`,
    )
    .bind(model.siteId, model.version, model.createdAt, model.since)
    .run();
  return meta.changes > 0;
}

/** Sites that a model serves, or for which one was begun after `since`. */
export async function selectTrained(db: Database, since: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT site_id AS siteId FROM models WHERE state = 'active' OR created_at > ?1")
    .bind(since)
    .all<{ siteId: string }>();
  return results.map((row) => row.siteId);
}

export async function selectBuilding(db: Database, siteId: string): Promise<string | undefined> {
  const row = await db
    .prepare("SELECT version FROM models WHERE site_id = ?1 AND state = 'building' ORDER BY created_at DESC LIMIT 1")
    .bind(siteId)
    .first<{ version: string }>();
  return row?.version;
}

/** Ends a build without serving it. */
export function rejectBuilding(db: Database, siteId: string, version: string, metrics: ModelMetrics): Statement {
  return db
    .prepare(
      "UPDATE models SET state = 'rejected', metrics = ?3 WHERE site_id = ?1 AND version = ?2 AND state = 'building'",
    )
    .bind(siteId, version, JSON.stringify(metrics));
}

/** What was shown and clicked while a model served. */
export async function updateOnline(
  db: Database,
  siteId: string,
  version: string,
  online: { shown: number; clicked: number },
): Promise<void> {
  await db
    .prepare("UPDATE models SET metrics = json_set(metrics, '$.online', json(?3)) WHERE site_id = ?1 AND version = ?2")
    .bind(siteId, version, JSON.stringify(online))
    .run();
}

/** Makes room for the version that serves next, if it is still in this state. */
function retireFor(db: Database, siteId: string, version: string, next: ModelState): Statement {
  return db
    .prepare(
      `UPDATE models SET state = 'retired' WHERE site_id = ?1 AND state = 'active' AND version <> ?2
         AND EXISTS (SELECT 1 FROM models WHERE site_id = ?1 AND version = ?2 AND state = ?3)`,
    )
    .bind(siteId, version, next);
}

/** The pointer's move: the built model serves, the one before it is retired, in one transaction. */
export function promoteBuilding(
  db: Database,
  model: { siteId: string; version: string; metrics: ModelMetrics; popular: Popular; promotedAt: number },
): Statement[] {
  const { siteId, version, metrics, popular, promotedAt } = model;
  return [
    retireFor(db, siteId, version, "building"),
    db
      .prepare(
        `UPDATE models SET state = 'active', metrics = ?3, popular = ?4, promoted_at = ?5
         WHERE site_id = ?1 AND version = ?2 AND state = 'building'`,
      )
      .bind(siteId, version, JSON.stringify(metrics), JSON.stringify(popular), promotedAt),
  ];
}

/** Another model that has served serves again, in one transaction; nothing happens when it is not there. */
export function activateRetired(
  db: Database,
  model: { siteId: string; version: string; promotedAt: number },
): Statement[] {
  const { siteId, version, promotedAt } = model;
  return [
    retireFor(db, siteId, version, "retired"),
    db
      .prepare(
        `UPDATE models SET state = 'active', promoted_at = ?3 WHERE site_id = ?1 AND version = ?2 AND state = 'retired'`,
      )
      .bind(siteId, version, promotedAt),
  ];
}

/** Under this name stand the rows that a refresh has counted anew. */
export const freshRows = (version: string): string => `${version}+`;

/** Keeps what was measured of a model, and nothing that could serve. */
export async function archiveModel(db: Database, siteId: string, version: string): Promise<void> {
  await db.batch([
    db
      .prepare("DELETE FROM model_rows WHERE site_id = ?1 AND version IN (?2, ?3)")
      .bind(siteId, version, freshRows(version)),
    db
      .prepare(
        "UPDATE models SET state = 'archived', popular = '{}' WHERE site_id = ?1 AND version = ?2 AND state = 'retired'",
      )
      .bind(siteId, version),
  ]);
}

export async function deleteModel(db: Database, siteId: string, version: string): Promise<void> {
  await db.batch([
    db
      .prepare("DELETE FROM model_rows WHERE site_id = ?1 AND version IN (?2, ?3)")
      .bind(siteId, version, freshRows(version)),
    db.prepare("DELETE FROM models WHERE site_id = ?1 AND version = ?2").bind(siteId, version),
  ]);
}

/** What a model knows of an item, packed. */
export interface ItemRecord {
  itemId: string;
  row: Uint8Array;
  list: Uint8Array | null;
  taste: Uint8Array | null;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

/** Packed records of some items; writing them again changes nothing, so that a step may be repeated. */
export async function insertModelRows(
  db: Database,
  siteId: string,
  version: string,
  records: ItemRecord[],
): Promise<void> {
  await overRows(
    db,
    `INSERT OR REPLACE INTO model_rows (site_id, version, item_id, row, list, taste)
     SELECT ?2, ?3, value ->> 'itemId', unhex(value ->> 'row'), unhex(value ->> 'list'), unhex(value ->> 'taste')
     FROM json_each(?1)`,
    records.map(({ itemId, row, list, taste }) => ({
      itemId,
      row: hexOf(row),
      list: list && hexOf(list),
      taste: taste && hexOf(taste),
    })),
    siteId,
    version,
  ).run();
}

/** Of each item the record that a refresh has written, where `fresh` and there is one; else the build's. */
export async function selectModelRows(
  db: Database,
  siteId: string,
  version: string,
  itemIds: string[],
  fresh = false,
): Promise<ItemRecord[]> {
  const { results } = await overIds(
    db,
    (list) => `SELECT item_id AS itemId, hex(row) AS row, hex(list) AS list, hex(taste) AS taste FROM model_rows
     WHERE site_id = ?1 AND version IN (?2, ?3) AND item_id IN ${list} ORDER BY version`,
    itemIds,
    siteId,
    version,
    fresh ? freshRows(version) : version,
  ).all<{ itemId: string; row: string; list: string | null; taste: string | null }>();
  const records = new Map(results.map((record) => [record.itemId, record]));
  return [...records.values()].map(({ itemId, row, list, taste }) => ({
    itemId,
    row: bytesOf(row),
    list: list ? bytesOf(list) : null,
    taste: taste ? bytesOf(taste) : null,
  }));
}
