/** The state of a model between two light refreshes: one is made at a time, and served by one statement. */
import type { Database } from "../../deps.ts";
import type { Popular } from "../popularity.ts";
import type { ModelRecord } from "../store.ts";

/** A model as a refresh has read it. */
type Read = Pick<ModelRecord, "version" | "revision" | "refreshedAt">;

/**
 * Takes the next refresh of a model for oneself, before anything of it is written. False when another one has begun, or is
 * done, since the model was read, or the model serves no longer.
 */
export async function claimRefresh(db: Database, siteId: string, read: Read, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE models SET refreshed_at = ?4 WHERE site_id = ?1 AND version = ?2 AND revision = ?3
         AND state = 'active' AND refreshed_at IS ?5`,
    )
    .bind(siteId, read.version, read.revision, now, read.refreshedAt)
    .run();
  return meta.changes > 0;
}

/** Gives a claimed refresh back that came to nothing, so that the next one need not wait. */
export async function releaseRefresh(db: Database, siteId: string, read: Read, claimedAt: number): Promise<void> {
  await db
    .prepare(
      `UPDATE models SET refreshed_at = ?4 WHERE site_id = ?1 AND version = ?2 AND revision = ?3 AND refreshed_at = ?5`,
    )
    .bind(siteId, read.version, read.revision, read.refreshedAt, claimedAt)
    .run();
}

/** A refresh is served from here on. False when the model serves no longer, or another refresh was faster after all. */
export async function advanceRevision(
  db: Database,
  model: { siteId: string; version: string; revision: number; popular: Popular; refreshedAt: number },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE models SET revision = ?3, popular = ?4, refreshed_at = ?5
       WHERE site_id = ?1 AND version = ?2 AND revision = ?3 - 1 AND state = 'active'`,
    )
    .bind(model.siteId, model.version, model.revision, JSON.stringify(model.popular), model.refreshedAt)
    .run();
  return meta.changes > 0;
}
