import type { Database, Statement } from "../deps.ts";
import { overIds, overRows } from "../platform/db.ts";

/** One thing that can be recommended. Money in minor units of `currency`, times in epoch ms. */
export interface Item {
  siteId: string;
  id: string;
  title: string;
  titles: { ko?: string | undefined; en?: string | undefined };
  description: string | null;
  url: string;
  imageUrl: string | null;
  price: number | null;
  listPrice: number | null;
  currency: string;
  brand: string | null;
  category: string | null;
  tags: string[];
  groupId: string | null;
  attributes: Record<string, string | number | boolean | string[]>;
  inStock: boolean;
  hidden: boolean;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

/** What a feed says, with the hash by which an unchanged item is recognised. */
export type ItemRow = Omit<Item, "siteId" | "createdAt" | "updatedAt" | "deletedAt"> & { contentHash: string };

const COLUMNS = `site_id AS siteId, id, title, titles, description, url, image_url AS imageUrl, price, list_price AS listPrice,
  currency, brand, category, tags, group_id AS groupId, attributes, in_stock AS inStock, hidden, created_at AS createdAt,
  updated_at AS updatedAt, deleted_at AS deletedAt`;

type Stored = Omit<Item, "titles" | "tags" | "attributes" | "inStock" | "hidden"> & {
  titles: string | null;
  tags: string | null;
  attributes: string | null;
  inStock: number;
  hidden: number;
};

function toItem(row: Stored): Item {
  return {
    ...row,
    titles: JSON.parse(row.titles ?? "{}"),
    tags: JSON.parse(row.tags ?? "[]"),
    attributes: JSON.parse(row.attributes ?? "{}"),
    inStock: row.inStock === 1,
    hidden: row.hidden === 1,
  };
}

/** What a change of items answers: its rows, and the catalog's new version if any row was changed. */
export interface Changed<T> {
  rows: T[];
  version: number | undefined;
}

/** Right behind a statement that changes items, in the same batch: the catalog's version is raised if any row was changed. */
function raiseVersion(db: Database, siteId: string): Statement {
  return db
    .prepare(
      `INSERT INTO catalogs (site_id, version) SELECT ?1, 1 WHERE changes() > 0
       ON CONFLICT (site_id) DO UPDATE SET version = version + 1 RETURNING version`,
    )
    .bind(siteId);
}

function changed<T>([rows, raised]: { results: unknown[] }[]): Changed<T> {
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

/**
 * One statement for all rows; ids must be distinct. Rows that say what is already stored are not written. Answers the
 * written ones with the hash of the text that their content vector was made from.
 */
export async function upsertRows(
  db: Database,
  siteId: string,
  rows: ItemRow[],
  now: number,
): Promise<Changed<{ id: string; embeddedHash: string | null }>> {
  const upsert = overRows(
    db,
    `INSERT INTO items (site_id, id, title, titles, description, url, image_url, price, list_price, currency, brand,
       category, tags, group_id, attributes, in_stock, hidden, content_hash, created_at, updated_at)
     SELECT ?2, value ->> 'id', value ->> 'title', value ->> 'titles', value ->> 'description', value ->> 'url',
       value ->> 'imageUrl', value ->> 'price', value ->> 'listPrice', value ->> 'currency', value ->> 'brand',
       value ->> 'category', value ->> 'tags', value ->> 'groupId', value ->> 'attributes', value ->> 'inStock',
       value ->> 'hidden', value ->> 'contentHash', ?3, ?3
     FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, id) DO UPDATE SET title = excluded.title, titles = excluded.titles,
       description = excluded.description, url = excluded.url, image_url = excluded.image_url, price = excluded.price,
       list_price = excluded.list_price, currency = excluded.currency, brand = excluded.brand,
       category = excluded.category, tags = excluded.tags, group_id = excluded.group_id,
       attributes = excluded.attributes, in_stock = excluded.in_stock, hidden = excluded.hidden,
       content_hash = excluded.content_hash, updated_at = excluded.updated_at, deleted_at = NULL
     WHERE content_hash <> excluded.content_hash OR deleted_at IS NOT NULL
     RETURNING id, embedded_hash AS embeddedHash`,
    rows,
    siteId,
    now,
  );
  return changed(await db.batch([upsert, raiseVersion(db, siteId)]));
}

export async function selectItems(db: Database, siteId: string, ids: string[]): Promise<Item[]> {
  const { results } = await overIds(
    db,
    (list) => `SELECT ${COLUMNS} FROM items WHERE site_id = ?1 AND id IN ${list}`,
    ids,
    siteId,
  ).all<Stored>();
  return results.map(toItem);
}

/** Living items in the order of their ids; `search` is a part of the id or of a title. */
export async function searchItems(
  db: Database,
  siteId: string,
  query: { search: string | undefined; after: string | undefined; limit: number },
): Promise<Item[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM items WHERE site_id = ?1 AND id > ?2 AND deleted_at IS NULL
         AND (?3 = '' OR instr(lower(id), lower(?3)) OR instr(lower(title), lower(?3)) OR instr(lower(coalesce(titles, '')), lower(?3)))
       ORDER BY id LIMIT ?4`,
    )
    .bind(siteId, query.after ?? "", query.search ?? "", query.limit)
    .all<Stored>();
  return results.map(toItem);
}

/** Items that may be shown, newest first; `after` is the last item of the page before. */
export async function selectServable(
  db: Database,
  siteId: string,
  after: { createdAt: number; id: string } | undefined,
  limit: number,
): Promise<Item[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM items WHERE site_id = ?1 AND (created_at, id) < (?2, ?3)
         AND in_stock = 1 AND hidden = 0 AND deleted_at IS NULL
       ORDER BY created_at DESC, id DESC LIMIT ?4`,
    )
    .bind(siteId, after?.createdAt ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", limit)
    .all<Stored>();
  return results.map(toItem);
}

/** What training needs of every living item, in the order of their ids. */
export async function selectLiving(
  db: Database,
  siteId: string,
  after: string,
  limit: number,
): Promise<{ id: string; category: string | null; embedded: boolean }[]> {
  const { results } = await db
    .prepare(
      `SELECT id, category, embedded_hash IS NOT NULL AS embedded FROM items
       WHERE site_id = ?1 AND id > ?2 AND deleted_at IS NULL ORDER BY id LIMIT ?3`,
    )
    .bind(siteId, after, limit)
    .all<{ id: string; category: string | null; embedded: number }>();
  return results.map((row) => ({ ...row, embedded: row.embedded === 1 }));
}

/** Ids that were alive. The tombstone keeps what histories and messages refer to; its vector is made anew if it returns. */
export async function buryItems(
  db: Database,
  siteId: string,
  ids: string[],
  now: number,
): Promise<Changed<{ id: string }>> {
  const bury = overRows(
    db,
    `UPDATE items SET deleted_at = ?3, updated_at = ?3, embedded_hash = NULL
     WHERE site_id = ?2 AND id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NULL RETURNING id`,
    ids,
    siteId,
    now,
  );
  return changed(await db.batch([bury, raiseVersion(db, siteId)]));
}

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
