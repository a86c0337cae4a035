import type { Database } from "../deps.ts";
import { overIds, overRows } from "../platform/db.ts";
import {
  type Changed,
  changed,
  type GuardedChange,
  insertChanges,
  insertRemovals,
  raiseVersion,
} from "./changes/store.ts";

/** What is stored of an item. Money in minor units of `currency`, times in epoch ms; see price.ts for what is charged. */
export interface StoredItem {
  siteId: string;
  id: string;
  title: string;
  titles: { ko?: string | undefined; en?: string | undefined };
  description: string | null;
  url: string;
  imageUrl: string | null;
  price: number | null;
  listPrice: number | null;
  salePrice: number | null;
  saleStartsAt: number | null;
  saleEndsAt: number | null;
  currency: string;
  brand: string | null;
  category: string | null;
  tags: string[];
  groupId: string | null;
  attributes: Record<string, string | number | boolean | string[]>;
  inStock: boolean;
  quantity: number | null;
  lowStockThreshold: number | null;
  hidden: boolean;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

/** What a feed says, with the hash by which an unchanged item is recognized. */
export type ItemRow = Omit<StoredItem, "siteId" | "createdAt" | "updatedAt" | "deletedAt"> & { contentHash: string };

/** Of a `StoredItem`, as `toItem` reads it. */
export const COLUMNS = `site_id AS siteId, id, title, titles, description, url, image_url AS imageUrl, price, list_price AS listPrice,
  sale_price AS salePrice, sale_starts_at AS saleStartsAt, sale_ends_at AS saleEndsAt, currency, brand, category, tags,
  group_id AS groupId, attributes, in_stock AS inStock, quantity, low_stock_threshold AS lowStockThreshold, hidden,
  created_at AS createdAt, updated_at AS updatedAt, deleted_at AS deletedAt`;

export type Stored = Omit<StoredItem, "titles" | "tags" | "attributes" | "inStock" | "hidden"> & {
  titles: string | null;
  tags: string | null;
  attributes: string | null;
  inStock: number;
  hidden: number;
};

export function toItem(row: Stored): StoredItem {
  return {
    ...row,
    titles: JSON.parse(row.titles ?? "{}"),
    tags: JSON.parse(row.tags ?? "[]"),
    attributes: JSON.parse(row.attributes ?? "{}"),
    inStock: row.inStock === 1,
    hidden: row.hidden === 1,
  };
}

/**
 * One statement for all rows; ids must be distinct. Rows that say what is already stored are not written. Answers the
 * written ones with the hash of the text that their content vector was made from. `changes` are stored with them. An item
 * that no feed has claimed yet belongs to `feedId` from then on.
 */
export async function upsertRows(
  db: Database,
  siteId: string,
  rows: ItemRow[],
  now: number,
  alongside: { feedId: string | undefined; changes: GuardedChange[] },
): Promise<Changed<{ id: string; embeddedHash: string | null }>> {
  const upsert = overRows(
    db,
    `INSERT INTO items (site_id, id, title, titles, description, url, image_url, price, list_price, sale_price,
       sale_starts_at, sale_ends_at, currency, brand, category, tags, group_id, attributes, in_stock, quantity,
       low_stock_threshold, hidden, feed_id, content_hash, created_at, updated_at)
     SELECT ?2, value ->> 'id', value ->> 'title', value ->> 'titles', value ->> 'description', value ->> 'url',
       value ->> 'imageUrl', value ->> 'price', value ->> 'listPrice', value ->> 'salePrice', value ->> 'saleStartsAt',
       value ->> 'saleEndsAt', value ->> 'currency', value ->> 'brand', value ->> 'category', value ->> 'tags',
       value ->> 'groupId', value ->> 'attributes', value ->> 'inStock', value ->> 'quantity',
       value ->> 'lowStockThreshold', value ->> 'hidden', ?4, value ->> 'contentHash', ?3, ?3
     FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, id) DO UPDATE SET title = excluded.title, titles = excluded.titles,
       description = excluded.description, url = excluded.url, image_url = excluded.image_url, price = excluded.price,
       list_price = excluded.list_price, sale_price = excluded.sale_price, sale_starts_at = excluded.sale_starts_at,
       sale_ends_at = excluded.sale_ends_at, currency = excluded.currency, brand = excluded.brand,
       category = excluded.category, tags = excluded.tags, group_id = excluded.group_id,
       attributes = excluded.attributes, in_stock = excluded.in_stock, quantity = excluded.quantity,
       low_stock_threshold = excluded.low_stock_threshold, hidden = excluded.hidden,
       feed_id = CASE WHEN deleted_at IS NULL THEN coalesce(feed_id, excluded.feed_id) ELSE excluded.feed_id END,
       content_hash = excluded.content_hash, updated_at = excluded.updated_at, deleted_at = NULL
     WHERE content_hash <> excluded.content_hash OR deleted_at IS NOT NULL
       OR (feed_id IS NULL AND excluded.feed_id IS NOT NULL)
     RETURNING id, embedded_hash AS embeddedHash`,
    rows,
    siteId,
    now,
    alongside.feedId ?? null,
  );
  const before = alongside.changes.length > 0 ? [insertChanges(db, siteId, alongside.changes)] : [];
  return changed((await db.batch([...before, upsert, raiseVersion(db, siteId)])).slice(before.length));
}

export async function selectItems(db: Database, siteId: string, ids: string[]): Promise<StoredItem[]> {
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
): Promise<StoredItem[]> {
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
): Promise<StoredItem[]> {
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

/** What a training needs of an item. */
export interface LivingItem {
  id: string;
  title: string;
  category: string | null;
  /** Minor units. */
  price: number | null;
  /** Epoch ms. */
  createdAt: number;
  /** By the embedder that is asked about. */
  embedded: boolean;
}

/** Living items in the order of their ids. @param mark begins the hash of what the embedder has embedded */
export async function selectLiving(
  db: Database,
  siteId: string,
  mark: string,
  after: string,
  limit: number,
): Promise<LivingItem[]> {
  const { results } = await db
    .prepare(
      `SELECT id, title, category, price, created_at AS createdAt, substr(embedded_hash, 1, length(?4)) = ?4 AS embedded
       FROM items
       WHERE site_id = ?1 AND id > ?2 AND deleted_at IS NULL ORDER BY id LIMIT ?3`,
    )
    .bind(siteId, after, limit, mark)
    .all<Omit<LivingItem, "embedded"> & { embedded: number }>();
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
  return changed((await db.batch([insertRemovals(db, siteId, ids, now), bury, raiseVersion(db, siteId)])).slice(1));
}

/** Ids that were in stock. Their hash is that of nothing, so that whatever is said of them next is a change. */
export async function sellOutRows(
  db: Database,
  siteId: string,
  ids: string[],
  now: number,
): Promise<Changed<{ id: string }>> {
  const sellOut = overRows(
    db,
    `UPDATE items SET in_stock = 0, quantity = iif(quantity IS NULL, NULL, 0), content_hash = '', updated_at = ?3
     WHERE site_id = ?2 AND id IN (SELECT value FROM json_each(?1)) AND in_stock = 1 AND deleted_at IS NULL RETURNING id`,
    ids,
    siteId,
    now,
  );
  return changed(await db.batch([sellOut, raiseVersion(db, siteId)]));
}

/** What a new version of an item is compared with. Unknown ids are left out; tombstones are in it. */
export type Known = Pick<
  StoredItem,
  "id" | "price" | "salePrice" | "saleStartsAt" | "saleEndsAt" | "currency" | "quantity" | "lowStockThreshold"
> & {
  inStock: number;
  hidden: number;
  contentHash: string;
  feedId: string | null;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
};

export async function selectKnown(db: Database, siteId: string, ids: string[]): Promise<Map<string, Known>> {
  const { results } = await overIds(
    db,
    (list) => `SELECT id, price, sale_price AS salePrice, sale_starts_at AS saleStartsAt, sale_ends_at AS saleEndsAt,
       currency, quantity, low_stock_threshold AS lowStockThreshold, in_stock AS inStock, hidden,
       content_hash AS contentHash, feed_id AS feedId, created_at AS createdAt, updated_at AS updatedAt,
       deleted_at AS deletedAt
     FROM items WHERE site_id = ?1 AND id IN ${list}`,
    ids,
    siteId,
  ).all<Known>();
  return new Map(results.map((row) => [row.id, row]));
}

/** Whether the catalog had anything before `at`. */
export async function hasItemBefore(db: Database, siteId: string, at: number): Promise<boolean> {
  const row = await db
    .prepare("SELECT 1 FROM items WHERE site_id = ?1 AND created_at < ?2 LIMIT 1")
    .bind(siteId, at)
    .first();
  return row !== null;
}

/** Walks the site's items, the newest first. */
export async function selectAlike(
  db: Database,
  siteId: string,
  { brands, categories }: { brands: string[]; categories: string[] },
  limit: number,
): Promise<{ id: string; brand: string | null; category: string | null }[]> {
  const { results } = await db
    .prepare(
      `SELECT id, brand, category FROM items WHERE site_id = ?1 AND deleted_at IS NULL
         AND (brand IN (SELECT value FROM json_each(?2)) OR category IN (SELECT value FROM json_each(?3)))
       ORDER BY created_at DESC LIMIT ?4`,
    )
    .bind(siteId, JSON.stringify(brands), JSON.stringify(categories), limit)
    .all<{ id: string; brand: string | null; category: string | null }>();
  return results;
}
