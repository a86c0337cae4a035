/**
 * Control database: what can be recommended.
 * Writes: this room. Personal: nothing. Kept: deleted items stay as tombstones for 400 days, so that histories stay readable.
 */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

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
    currency: text("currency").notNull(),
    brand: text("brand"),
    /** Path from broad to narrow, joined by " > ". */
    category: text("category"),
    tags: text("tags"),
    groupId: text("group_id"),
    attributes: text("attributes"),
    inStock: integer("in_stock", { mode: "boolean" }).notNull(),
    hidden: integer("hidden", { mode: "boolean" }).notNull(),
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
  ],
);

/** Raised in the same transaction as every change of a site's items, then announced to the user shards (shard-tables.ts). */
export const catalogs = sqliteTable("catalogs", {
  siteId: text("site_id").primaryKey(),
  version: integer("version").notNull(),
});
