/** Which feed an item came with, so that a feed can remove what it no longer names and nothing else. */
import type { Database } from "../../deps.ts";

/** Living items that came with the feed, in the order of their ids. */
export async function selectFeedIds(
  db: Database,
  siteId: string,
  feedId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM items WHERE site_id = ?1 AND id > ?3 AND feed_id = ?2 AND deleted_at IS NULL
       ORDER BY id LIMIT ?4`,
    )
    .bind(siteId, feedId, after, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** From then on they belong to no feed, and the next one that names them may claim them. */
export async function disownFeed(db: Database, siteId: string, feedId: string): Promise<void> {
  await db.prepare("UPDATE items SET feed_id = NULL WHERE site_id = ?1 AND feed_id = ?2").bind(siteId, feedId).run();
}
