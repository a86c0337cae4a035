import type { Database } from "../deps.ts";
import { overRows } from "../platform/db.ts";
import type { Experiment, ExperimentState } from "./schema.ts";
import type { Tally } from "./tally.ts";
import type { Arm } from "./thompson.ts";

const COLUMNS = `site_id AS siteId, id, name, state, definition, created_at AS createdAt, updated_at AS updatedAt,
  started_at AS startedAt, ended_at AS endedAt`;

type Row = Omit<Experiment, "definition"> & { definition: string };

function toExperiment(row: Row): Experiment {
  return { ...row, definition: JSON.parse(row.definition) };
}

/** Newest first. */
export async function selectExperiments(db: Database, siteId: string): Promise<Experiment[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM experiments WHERE site_id = ?1 ORDER BY created_at DESC, id`)
    .bind(siteId)
    .all<Row>();
  return results.map(toExperiment);
}

export async function selectExperiment(db: Database, siteId: string, id: string): Promise<Experiment | undefined> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM experiments WHERE site_id = ?1 AND id = ?2`)
    .bind(siteId, id)
    .first<Row>();
  return row ? toExperiment(row) : undefined;
}

/** Makes it, or replaces name and definition if it is still in the state that was looked at; false when it is not. */
export async function upsertExperiment(db: Database, experiment: Experiment): Promise<boolean> {
  const { siteId, id, name, definition, state, createdAt, updatedAt } = experiment;
  const { meta } = await db
    .prepare(
      `INSERT INTO experiments (site_id, id, name, placement, state, definition, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name, placement = excluded.placement,
         definition = excluded.definition, updated_at = excluded.updated_at
       WHERE state = excluded.state`,
    )
    .bind(siteId, id, name, definition.placement, state, JSON.stringify(definition), createdAt, updatedAt)
    .run();
  return meta.changes > 0;
}

/** Undefined when it is no draft any more, or when another one runs on the placement. */
export async function startRow(db: Database, siteId: string, id: string, now: number): Promise<Experiment | undefined> {
  const row = await db
    .prepare(
      `UPDATE experiments SET state = 'running', started_at = ?3 WHERE site_id = ?1 AND id = ?2 AND state = 'draft'
         AND NOT EXISTS (SELECT 1 FROM experiments AS other WHERE other.site_id = ?1 AND other.state = 'running'
           AND other.placement = experiments.placement)
       RETURNING ${COLUMNS}`,
    )
    .bind(siteId, id, now)
    .first<Row>();
  return row ? toExperiment(row) : undefined;
}

export async function stopRow(db: Database, siteId: string, id: string, now: number): Promise<Experiment | undefined> {
  const row = await db
    .prepare(
      `UPDATE experiments SET state = 'ended', ended_at = ?3 WHERE site_id = ?1 AND id = ?2 AND state = 'running'
       RETURNING ${COLUMNS}`,
    )
    .bind(siteId, id, now)
    .first<Row>();
  return row ? toExperiment(row) : undefined;
}

/** With everything that was counted. False when there was none, or when it runs. */
export async function deleteExperimentRow(db: Database, siteId: string, id: string): Promise<boolean> {
  const isGone = "NOT EXISTS (SELECT 1 FROM experiments WHERE site_id = ?1 AND id = ?2)";
  const [deleted] = await db.batch([
    db.prepare("DELETE FROM experiments WHERE site_id = ?1 AND id = ?2 AND state <> 'running'").bind(siteId, id),
    db.prepare(`DELETE FROM experiment_scans WHERE site_id = ?1 AND experiment_id = ?2 AND ${isGone}`).bind(siteId, id),
    db.prepare(`DELETE FROM experiment_arms WHERE site_id = ?1 AND experiment_id = ?2 AND ${isGone}`).bind(siteId, id),
  ]);
  return (deleted?.meta.changes ?? 0) > 0;
}

export interface ArmRow extends Arm {
  experimentId: string;
  context: string;
  share: number;
}

/** What runs on a site and what it has learned: one round trip, a row each. */
export async function selectRunning(
  db: Database,
  siteId: string,
): Promise<{ experiments: Experiment[]; arms: ArmRow[] }> {
  const [experiments, arms] = await db.batch<unknown>([
    db.prepare(`SELECT ${COLUMNS} FROM experiments WHERE site_id = ?1 AND state = 'running'`).bind(siteId),
    db
      .prepare(
        `SELECT experiment_id AS experimentId, context, variant, trials, successes, share FROM experiment_arms
         WHERE site_id = ?1 AND experiment_id IN (
           SELECT id FROM experiments WHERE site_id = ?1 AND state = 'running')`,
      )
      .bind(siteId),
  ]);
  return {
    experiments: ((experiments?.results ?? []) as Row[]).map(toExperiment),
    arms: (arms?.results ?? []) as ArmRow[],
  };
}

export async function selectArms(db: Database, siteId: string, experimentId: string): Promise<ArmRow[]> {
  const { results } = await db
    .prepare(
      `SELECT experiment_id AS experimentId, context, variant, trials, successes, share FROM experiment_arms
       WHERE site_id = ?1 AND experiment_id = ?2`,
    )
    .bind(siteId, experimentId)
    .all<ArmRow>();
  return results;
}

/** What was learned, in place of what was known before. */
export async function upsertArms(db: Database, siteId: string, rows: ArmRow[], now: number): Promise<void> {
  await overRows(
    db,
    `INSERT INTO experiment_arms (site_id, experiment_id, context, variant, trials, successes, share, updated_at)
     SELECT ?2, value ->> 'experimentId', value ->> 'context', value ->> 'variant', value ->> 'trials',
       value ->> 'successes', value ->> 'share', ?3
     FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, experiment_id, context, variant) DO UPDATE SET trials = excluded.trials,
       successes = excluded.successes, share = excluded.share, updated_at = excluded.updated_at`,
    rows,
    siteId,
    now,
  ).run();
}

export interface ScanKey {
  siteId: string;
  experimentId: string;
  shard: number;
}

/** False when another count of the shard is under way that began after `abandonedBefore`. */
export async function beginScan(db: Database, key: ScanKey, now: number, abandonedBefore: number): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO experiment_scans (site_id, experiment_id, shard, began_at, slice, partial)
       VALUES (?1, ?2, ?3, ?4, 0, '')
       ON CONFLICT (site_id, experiment_id, shard) DO UPDATE SET began_at = excluded.began_at, slice = 0, partial = ''
       WHERE partial IS NULL OR began_at < ?5`,
    )
    .bind(key.siteId, key.experimentId, key.shard, now, abandonedBefore)
    .run();
  return meta.changes > 0;
}

export interface ScanStep {
  beganAt: number;
  slice: number;
}

/** What this count has so far; undefined when it is another one's turn, or when this slice is done already. */
export async function selectPartial<T = Tally>(
  db: Database,
  key: ScanKey,
  step: ScanStep,
): Promise<T | "none" | undefined> {
  const row = await db
    .prepare(
      `SELECT partial FROM experiment_scans WHERE site_id = ?1 AND experiment_id = ?2 AND shard = ?3
         AND began_at = ?4 AND slice = ?5 AND partial IS NOT NULL`,
    )
    .bind(key.siteId, key.experimentId, key.shard, step.beganAt, step.slice)
    .first<{ partial: string }>();
  if (!row) return undefined;
  return row.partial === "" ? "none" : JSON.parse(row.partial);
}

/** Ends a slice, and the whole count with `finishedAt`. False when somebody else has done it. */
export async function advanceScan(
  db: Database,
  key: ScanKey,
  step: ScanStep,
  tally: unknown,
  finishedAt: number | null,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE experiment_scans SET slice = slice + 1, partial = iif(?7 IS NULL, ?6, NULL),
         finished = iif(?7 IS NULL, finished, ?6), finished_at = coalesce(?7, finished_at)
       WHERE site_id = ?1 AND experiment_id = ?2 AND shard = ?3 AND began_at = ?4 AND slice = ?5 AND partial IS NOT NULL`,
    )
    .bind(key.siteId, key.experimentId, key.shard, step.beganAt, step.slice, JSON.stringify(tally), finishedAt)
    .run();
  return meta.changes > 0;
}

/** The last whole count of each shard that has one. */
export async function selectFinished<T = Tally>(
  db: Database,
  siteId: string,
  experimentId: string,
): Promise<{ shard: number; tally: T; finishedAt: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT shard, finished, finished_at AS finishedAt FROM experiment_scans
       WHERE site_id = ?1 AND experiment_id = ?2 AND finished IS NOT NULL`,
    )
    .bind(siteId, experimentId)
    .all<{ shard: number; finished: string; finishedAt: number }>();
  return results.map(({ finished, ...row }) => ({ ...row, tally: JSON.parse(finished) }));
}

export interface Counted {
  siteId: string;
  id: string;
  state: ExperimentState;
  windowSeconds: number;
  startedAt: number;
  endedAt: number | null;
  /** Shards that were counted, and when the oldest of their counts ended. */
  shards: number;
  countedAt: number | null;
}

/** Experiments of all sites that run, or ended since then. */
export async function selectCounted(db: Database, endedSince: number): Promise<Counted[]> {
  const { results } = await db
    .prepare(
      `SELECT experiments.site_id AS siteId, id, state, definition ->> '$.metric.windowSeconds' AS windowSeconds,
         started_at AS startedAt, ended_at AS endedAt, count(finished_at) AS shards, min(finished_at) AS countedAt
       FROM experiments LEFT JOIN experiment_scans
         ON experiment_scans.site_id = experiments.site_id AND experiment_scans.experiment_id = experiments.id
       WHERE state = 'running' OR (state = 'ended' AND ended_at >= ?1)
       GROUP BY experiments.site_id, id`,
    )
    .bind(endedSince)
    .all<Counted>();
  return results;
}
