/**
 * The catalog's version, and what happened to items under it: statements that go into the batches that change items, and those
 * that read what was written.
 */
import type { Database, Statement } from "../../deps.ts";
import { overRows } from "../../platform/db.ts";

/** What a change of items answers: its rows, and the catalog's new version if any row was changed. */
export interface Changed<T> {
  rows: T[];
  version: number | undefined;
}

/** Right behind a statement that changes items, in the same batch: the catalog's version is raised if any row was changed. */
export function raiseVersion(db: Database, siteId: string): Statement {
  return db
    .prepare(
      `INSERT INTO catalogs (site_id, version) SELECT ?1, 1 WHERE changes() > 0
       ON CONFLICT (site_id) DO UPDATE SET version = version + 1 RETURNING version`,
    )
    .bind(siteId);
}

export function changed<T>([rows, raised]: { results: unknown[] }[]): Changed<T> {
  const version = (raised?.results[0] as { version: number } | undefined)?.version;
  return { rows: (rows?.results ?? []) as T[], version };
}

/** In a user shard. An older announcement that comes late changes nothing. */
export async function announceVersion(shard: Database, siteId: string, version: number): Promise<void> {
  await shard
    .prepare(
      `INSERT INTO catalog_versions (site_id, version) VALUES (?1, ?2)
       ON CONFLICT (site_id) DO UPDATE SET version = excluded.version WHERE excluded.version > version`,
    )
    .bind(siteId, version)
    .run();
}

/** In a user shard: `{version}`, or nothing before the first announcement. */
export function selectAnnounced(shard: Database, siteId: string): Statement {
  return shard.prepare("SELECT version FROM catalog_versions WHERE site_id = ?1").bind(siteId);
}

/** Changes with every change of the site's items; 0 before the first. */
export async function selectVersion(db: Database, siteId: string): Promise<number> {
  const row = await db
    .prepare("SELECT version FROM catalogs WHERE site_id = ?1")
    .bind(siteId)
    .first<{ version: number }>();
  return row?.version ?? 0;
}

export const CHANGE_KINDS = ["price_dropped", "back_in_stock", "low_stock", "item_added", "item_removed"] as const;

export interface CatalogChange {
  itemId: string;
  kind: (typeof CHANGE_KINDS)[number];
  /** Epoch ms. */
  at: number;
  /** Minor units of `currency`; null where the change is not about a price, `price` also where there is none. */
  previousPrice: number | null;
  price: number | null;
  currency: string;
  /** Of `previousPrice`, with one decimal; 12.5 means an eighth less. */
  percent: number | null;
  /** How many are left, where the shop says. */
  quantity: number | null;
}

/** A change as it follows from `previousHash`, what was stored when it was found: null, no such item. */
export type GuardedChange = CatalogChange & { previousHash: string | null };

/**
 * Before the statement that makes the changes, in the same batch. What has been stored otherwise since it was read is left
 * out: whoever did that wrote the change.
 */
export function insertChanges(db: Database, siteId: string, changes: GuardedChange[]): Statement {
  return overRows(
    db,
    `INSERT INTO catalog_changes (site_id, version, item_id, kind, at, previous_price, price, currency, percent, quantity)
     SELECT ?2, coalesce((SELECT version FROM catalogs WHERE site_id = ?2), 0) + 1, row.value ->> 'itemId',
       row.value ->> 'kind', row.value ->> 'at', row.value ->> 'previousPrice', row.value ->> 'price',
       row.value ->> 'currency', row.value ->> 'percent', row.value ->> 'quantity'
     FROM json_each(?1) AS row
     LEFT JOIN items ON items.site_id = row.value ->> 'siteId' AND items.id = row.value ->> 'itemId'
     WHERE items.content_hash IS row.value ->> 'previousHash'`,
    changes.map((change) => ({ siteId, ...change })),
    siteId,
  );
}

/** Before the statement that buries the items, in the same batch. */
export function insertRemovals(db: Database, siteId: string, ids: string[], now: number): Statement {
  return overRows(
    db,
    `INSERT INTO catalog_changes (site_id, version, item_id, kind, at, previous_price, price, currency, percent, quantity)
     SELECT site_id, coalesce((SELECT version FROM catalogs WHERE site_id = ?2), 0) + 1, id, 'item_removed', ?3, NULL,
       NULL, currency, NULL, NULL
     FROM items WHERE site_id = ?2 AND id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NULL`,
    ids,
    siteId,
    now,
  );
}

export type ChangePlace = Pick<CatalogChange, "itemId"> & { version: number; kind: string };

/** In the order in which they were stored, from behind `after`. */
export async function selectChanges(
  db: Database,
  siteId: string,
  after: ChangePlace,
  limit: number,
): Promise<(CatalogChange & { version: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT version, item_id AS itemId, kind, at, previous_price AS previousPrice, price, currency, percent, quantity
       FROM catalog_changes WHERE site_id = ?1 AND (version, item_id, kind) > (?2, ?3, ?4)
       ORDER BY version, item_id, kind LIMIT ?5`,
    )
    .bind(siteId, after.version, after.itemId, after.kind, limit)
    .all<CatalogChange & { version: number }>();
  return results;
}

/** Sales that began so long ago are no news, whatever was missed. */
const SALE_IS_NEWS_MS = 24 * 60 * 60 * 1000;

const BEGUN = `items.sale_starts_at > ?1 - ${SALE_IS_NEWS_MS} AND items.sale_starts_at <= ?1
  AND items.updated_at < items.sale_starts_at AND items.sale_price < items.price
  AND (items.sale_ends_at IS NULL OR items.sale_ends_at > ?1)
  AND items.in_stock = 1 AND items.hidden = 0 AND items.deleted_at IS NULL`;

/** Sites in which a sale has begun that nobody was told of. */
export async function selectSitesWithSales(db: Database, now: number): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT site_id AS siteId FROM items WHERE ${BEGUN}`)
    .bind(now)
    .all<{ siteId: string }>();
  return results.map(({ siteId }) => siteId);
}

/**
 * Tells of a site's sales that have begun, once: an item that was stored after its sale began is none of them. The plus keeps
 * SQLite from walking the site's whole catalog instead of the sales.
 */
export async function insertBegunSales(db: Database, siteId: string, now: number): Promise<Changed<{ id: string }>> {
  const told = db
    .prepare(
      `INSERT INTO catalog_changes (site_id, version, item_id, kind, at, previous_price, price, currency, percent, quantity)
       SELECT site_id, coalesce((SELECT version FROM catalogs WHERE site_id = ?2), 0) + 1, id, 'price_dropped', ?1, price,
         sale_price, currency, round((1 - sale_price * 1.0 / price) * 100, 1), quantity
       FROM items WHERE +site_id = ?2 AND ${BEGUN}`,
    )
    .bind(now, siteId);
  const stored = db
    .prepare(`UPDATE items SET updated_at = ?1 WHERE +site_id = ?2 AND ${BEGUN} RETURNING id`)
    .bind(now, siteId);
  return changed((await db.batch([told, stored, raiseVersion(db, siteId)])).slice(1));
}
