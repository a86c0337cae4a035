import type { Database } from "../deps.ts";
import type { Feed, FeedImport, FeedInput, ImportState, Progress } from "./schema.ts";

const FEED = `site_id AS siteId, id, name, definition, etag, last_modified AS lastModified, next_at AS nextAt,
  created_at AS createdAt, updated_at AS updatedAt`;

type StoredFeed = Omit<Feed, keyof FeedInput> & { name: string; definition: string };

function toFeed({ definition, ...row }: StoredFeed): Feed {
  return { ...(JSON.parse(definition) as Omit<FeedInput, "name">), ...row };
}

export async function selectFeeds(db: Database, siteId: string): Promise<Feed[]> {
  const { results } = await db
    .prepare(`SELECT ${FEED} FROM feeds WHERE site_id = ?1 ORDER BY id`)
    .bind(siteId)
    .all<StoredFeed>();
  return results.map(toFeed);
}

export async function selectFeed(db: Database, siteId: string, id: string): Promise<Feed | undefined> {
  const row = await db
    .prepare(`SELECT ${FEED} FROM feeds WHERE site_id = ?1 AND id = ?2`)
    .bind(siteId, id)
    .first<StoredFeed>();
  return row ? toFeed(row) : undefined;
}

/** Another address or another reading of the file makes what its server said of the last one worthless. */
export async function upsertFeed(
  db: Database,
  feed: Pick<Feed, "siteId" | "id" | "name" | "nextAt" | "updatedAt"> & { definition: Omit<FeedInput, "name"> },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO feeds (site_id, id, name, definition, next_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name, definition = excluded.definition,
         next_at = excluded.next_at, updated_at = excluded.updated_at, etag = NULL, last_modified = NULL`,
    )
    .bind(feed.siteId, feed.id, feed.name, JSON.stringify(feed.definition), feed.nextAt, feed.updatedAt)
    .run();
}

export async function deleteFeedRows(db: Database, siteId: string, id: string): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2").bind(siteId, id),
    db.prepare("DELETE FROM feeds WHERE site_id = ?1 AND id = ?2").bind(siteId, id),
  ]);
}

export async function selectDueFeeds(db: Database, now: number, limit: number): Promise<Feed[]> {
  const { results } = await db
    .prepare(`SELECT ${FEED} FROM feeds WHERE next_at <= ?1 ORDER BY next_at LIMIT ?2`)
    .bind(now, limit)
    .all<StoredFeed>();
  return results.map(toFeed);
}

export async function updateNext(db: Database, siteId: string, id: string, nextAt: number | null): Promise<void> {
  await db.prepare("UPDATE feeds SET next_at = ?3 WHERE site_id = ?1 AND id = ?2").bind(siteId, id, nextAt).run();
}

/** A feed without a schedule stays without one. */
export async function pullSooner(db: Database, siteId: string, id: string, at: number): Promise<void> {
  await db
    .prepare("UPDATE feeds SET next_at = ?3 WHERE site_id = ?1 AND id = ?2 AND next_at > ?3")
    .bind(siteId, id, at)
    .run();
}

/** What to ask the shop's server with next time: said of a file that is in the catalog to its end. */
export async function updateValidators(db: Database, run: FeedImport): Promise<void> {
  await db
    .prepare("UPDATE feeds SET etag = ?3, last_modified = ?4 WHERE site_id = ?1 AND id = ?2 AND updated_at <= ?5")
    .bind(run.siteId, run.feedId, run.etag, run.lastModified, run.startedAt)
    .run();
}

const IMPORT = `site_id AS siteId, feed_id AS feedId, id, state, slice, progress, started_at AS startedAt,
  updated_at AS updatedAt, ended_at AS endedAt`;

/** Without what the row says itself. */
export function progressOf(run: FeedImport): Progress {
  const { siteId, feedId, id, state, slice, startedAt, updatedAt, endedAt, ...progress } = run;
  return progress;
}

type StoredImport = Omit<FeedImport, keyof Progress> & { progress: string };

function toImport({ progress, ...row }: StoredImport): FeedImport {
  return { ...(JSON.parse(progress) as Progress), ...row };
}

/** False when another import of the feed is at work: there is one at a time. */
export async function insertImport(
  db: Database,
  run: Pick<FeedImport, "siteId" | "feedId" | "id" | "startedAt">,
  progress: Progress,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO feed_imports (site_id, feed_id, id, state, slice, progress, started_at, updated_at)
       SELECT ?1, ?2, ?3, 'running', 0, ?4, ?5, ?5
       WHERE NOT EXISTS (SELECT 1 FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2 AND ended_at IS NULL)`,
    )
    .bind(run.siteId, run.feedId, run.id, JSON.stringify(progress), run.startedAt)
    .run();
  return meta.changes > 0;
}

/** What slice `slice` has done, and that the next one may begin; false when it was done before, by another delivery. */
export async function updateImport(
  db: Database,
  run: Pick<FeedImport, "siteId" | "feedId" | "id" | "slice">,
  next: { state: ImportState; progress: Progress; now: number; endedAt: number | null },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE feed_imports SET state = ?5, slice = slice + 1, progress = ?6, updated_at = ?7, ended_at = ?8
       WHERE site_id = ?1 AND feed_id = ?2 AND id = ?3 AND slice = ?4`,
    )
    .bind(run.siteId, run.feedId, run.id, run.slice, next.state, JSON.stringify(next.progress), next.now, next.endedAt)
    .run();
  return meta.changes > 0;
}

export async function selectImport(
  db: Database,
  siteId: string,
  feedId: string,
  id: string,
): Promise<FeedImport | undefined> {
  const row = await db
    .prepare(`SELECT ${IMPORT} FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2 AND id = ?3`)
    .bind(siteId, feedId, id)
    .first<StoredImport>();
  return row ? toImport(row) : undefined;
}

/** Newest first. */
export async function selectImports(
  db: Database,
  siteId: string,
  feedId: string,
  limit: number,
): Promise<FeedImport[]> {
  const { results } = await db
    .prepare(`SELECT ${IMPORT} FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2 ORDER BY id DESC LIMIT ?3`)
    .bind(siteId, feedId, limit)
    .all<StoredImport>();
  return results.map(toImport);
}

export async function selectStalled(db: Database, before: number, limit: number): Promise<FeedImport[]> {
  const { results } = await db
    .prepare(
      `SELECT ${IMPORT} FROM feed_imports WHERE ended_at IS NULL AND updated_at < ?1 ORDER BY updated_at LIMIT ?2`,
    )
    .bind(before, limit)
    .all<StoredImport>();
  return results.map(toImport);
}

/** All but the newest `kept` of a feed. */
export async function deleteOldImports(db: Database, siteId: string, feedId: string, kept: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2 AND ended_at IS NOT NULL AND id <=
         (SELECT id FROM feed_imports WHERE site_id = ?1 AND feed_id = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)`,
    )
    .bind(siteId, feedId, kept)
    .run();
}
