import type { Database, Statement } from "../deps.ts";
import { overIds, overRows } from "../platform/db.ts";
import type { ModelMetrics } from "./metrics.ts";
import type { Popular } from "./popularity.ts";
import type { Placement } from "./schema.ts";

interface PlacementRow {
  id: string;
  name: string;
  rules: string;
  updatedAt: number;
}

function toPlacement(row: PlacementRow): Placement {
  return { ...row, rules: JSON.parse(row.rules) };
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

export type ModelState = "building" | "active" | "retired" | "rejected";

export interface ModelRecord {
  version: string;
  state: ModelState;
  metrics: ModelMetrics;
  createdAt: number;
  promotedAt: number | null;
}

const MODEL_COLUMNS = "version, state, metrics, created_at AS createdAt, promoted_at AS promotedAt";

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

export async function selectActiveVersion(db: Database, siteId: string): Promise<string | undefined> {
  const row = await db
    .prepare("SELECT version FROM models WHERE site_id = ?1 AND state = 'active' ORDER BY promoted_at DESC LIMIT 1")
    .bind(siteId)
    .first<{ version: string }>();
  return row?.version;
}

export async function selectPopular(db: Database, siteId: string, version: string): Promise<Popular | undefined> {
  const row = await db
    .prepare("SELECT popular FROM models WHERE site_id = ?1 AND version = ?2")
    .bind(siteId, version)
    .first<{ popular: string }>();
  return row ? JSON.parse(row.popular) : undefined;
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

/** The pointer's move: the built model serves, the one before it is retired, in one transaction. */
export function promoteBuilding(
  db: Database,
  model: { siteId: string; version: string; metrics: ModelMetrics; popular: Popular; promotedAt: number },
): Statement[] {
  const { siteId, version, metrics, popular, promotedAt } = model;
  return [
    db
      .prepare(
        `UPDATE models SET state = 'retired' WHERE site_id = ?1 AND state = 'active' AND version <> ?2
           AND EXISTS (SELECT 1 FROM models WHERE site_id = ?1 AND version = ?2 AND state = 'building')`,
      )
      .bind(siteId, version),
    db
      .prepare(
        `UPDATE models SET state = 'active', metrics = ?3, popular = ?4, promoted_at = ?5
         WHERE site_id = ?1 AND version = ?2 AND state = 'building'`,
      )
      .bind(siteId, version, JSON.stringify(metrics), JSON.stringify(popular), promotedAt),
  ];
}

export async function deleteModel(db: Database, siteId: string, version: string): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM model_rows WHERE site_id = ?1 AND version = ?2").bind(siteId, version),
    db.prepare("DELETE FROM models WHERE site_id = ?1 AND version = ?2").bind(siteId, version),
  ]);
}

/** Packed rows of some items; writing them again changes nothing, so that a step may be repeated. */
export async function insertModelRows(
  db: Database,
  siteId: string,
  version: string,
  rows: { itemId: string; hex: string }[],
): Promise<void> {
  await overRows(
    db,
    `INSERT OR REPLACE INTO model_rows (site_id, version, item_id, row)
     SELECT ?2, ?3, value ->> 'itemId', unhex(value ->> 'hex') FROM json_each(?1)`,
    rows,
    siteId,
    version,
  ).run();
}

export async function selectModelRows(
  db: Database,
  siteId: string,
  version: string,
  itemIds: string[],
): Promise<{ itemId: string; row: Uint8Array }[]> {
  const { results } = await overIds(
    db,
    (list) => `SELECT item_id AS itemId, hex(row) AS hex FROM model_rows
     WHERE site_id = ?1 AND version = ?2 AND item_id IN ${list}`,
    itemIds,
    siteId,
    version,
  ).all<{ itemId: string; hex: string }>();
  return results.map(({ itemId, hex }) => ({ itemId, row: Uint8Array.from(Buffer.from(hex, "hex")) }));
}
