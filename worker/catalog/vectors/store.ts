/** Which words an item's vectors were made from: a hash in its row. The vectors themselves are in the index. */
import type { Database } from "../../deps.ts";
import { overRows } from "../../platform/db.ts";

/** Ids without vectors are left out. */
export async function selectEmbeddedHashes(db: Database, siteId: string, ids: string[]): Promise<Map<string, string>> {
  const { results } = await overRows(
    db,
    `SELECT id, embedded_hash AS hash FROM items
     WHERE site_id = ?2 AND id IN (SELECT value FROM json_each(?1)) AND embedded_hash IS NOT NULL`,
    ids,
    siteId,
  ).all<{ id: string; hash: string }>();
  return new Map(results.map((row) => [row.id, row.hash]));
}

export async function markEmbedded(db: Database, siteId: string, rows: { id: string; hash: string }[]): Promise<void> {
  // The site is in every row: given as a constant, SQLite walks the site's whole catalog for each of them.
  await overRows(
    db,
    `UPDATE items SET embedded_hash = row.value ->> 'hash' FROM json_each(?1) AS row
     WHERE items.site_id = row.value ->> 'siteId' AND items.id = row.value ->> 'id' AND items.deleted_at IS NULL`,
    rows.map((row) => ({ siteId, ...row })),
  ).run();
}
