/**
 * Control database: what can be recommended, and what has changed about it.
 * Writes: this room. Personal: nothing. Kept: deleted items stay as tombstones for 400 days, so that histories stay readable;
 * changes 30 days, and of each site the newest 100,000.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const items = sqliteTable(
  "items",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    /** Title in the site's locale; other languages in `titles` ({"en": "Wool coat"}). */
    title: text("title").notNull(),
    titles: text("titles"),
    description: text("description"),
    url: text("url").notNull(),
    imageUrl: text("image_url"),
    /** Minor units of `currency`; listPrice is the price before a sale. */
    price: integer("price"),
    listPrice: integer("list_price"),
    /** The price from `saleStartsAt` until before `saleEndsAt`; either end may be open. What is charged is decided when it is read. */
    salePrice: integer("sale_price"),
    saleStartsAt: integer("sale_starts_at"),
    saleEndsAt: integer("sale_ends_at"),
    currency: text("currency").notNull(),
    brand: text("brand"),
    /** Path from broad to narrow, joined by " > ". */
    category: text("category"),
    tags: text("tags"),
    groupId: text("group_id"),
    attributes: text("attributes"),
    inStock: integer("in_stock", { mode: "boolean" }).notNull(),
    /** How many are in stock, where the shop says; at `lowStockThreshold` or less there are few. */
    quantity: integer("quantity"),
    lowStockThreshold: integer("low_stock_threshold"),
    hidden: integer("hidden", { mode: "boolean" }).notNull(),
    /** The feed that it came with first, which alone may remove it; null when a server sent it. */
    feedId: text("feed_id"),
    /** Hash of everything that a feed says: an unchanged import writes nothing. */
    contentHash: text("content_hash").notNull(),
    /** Hash of the text the content vector was made from; null until embedded. */
    embeddedHash: text("embedded_hash"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    index("items_created").on(table.siteId, table.createdAt),
    // Only dated sales are in it: which of them begin is asked every few minutes.
    index("items_sale").on(table.saleStartsAt).where(sql`sale_starts_at IS NOT NULL`),
  ],
);

/** Raised in the same transaction as every change of a site's items, then announced to the user shards (shard-tables.ts). */
export const catalogs = sqliteTable("catalogs", {
  siteId: text("site_id").primaryKey(),
  version: integer("version").notNull(),
});

/**
 * What happened to items that somebody may be waiting for, in the order in which it was stored: `version` is the catalog's
 * version that the change made, so whoever reads on from the last row that they saw misses nothing.
 */
export const catalogChanges = sqliteTable(
  "catalog_changes",
  {
    siteId: text("site_id").notNull(),
    version: integer("version").notNull(),
    itemId: text("item_id").notNull(),
    kind: text("kind").notNull(),
    at: integer("at").notNull(),
    /** Minor units of `currency`, as they were charged at `at`. */
    previousPrice: integer("previous_price"),
    price: integer("price"),
    currency: text("currency").notNull(),
    percent: real("percent"),
    quantity: integer("quantity"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version, table.itemId, table.kind] })],
);
