/**
 * Control database: where a shop's catalog comes from, and what each import brought.
 * Writes: this room. Personal: nothing. Kept: feeds until deleted; the last 100 imports of each feed.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const feeds = sqliteTable(
  "feeds",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    definition: text("definition").notNull(),
    /** What the shop's server said of the file that was imported last: asked again, it answers 304 when nothing has changed. */
    etag: text("etag"),
    lastModified: text("last_modified"),
    /** When it is pulled next; null: only when somebody asks. */
    nextAt: integer("next_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    index("feeds_due").on(table.nextAt).where(sql`next_at IS NOT NULL`),
  ],
);

/** One row an import: its state, how far it has come (`progress`, one update a slice), and what came of it. */
export const feedImports = sqliteTable(
  "feed_imports",
  {
    siteId: text("site_id").notNull(),
    feedId: text("feed_id").notNull(),
    /** Ids are time-ordered: the newest is the last. */
    id: text("id").notNull(),
    state: text("state").notNull(),
    /** Raised by each slice: the one that finds another number than its own has been done already. */
    slice: integer("slice").notNull(),
    progress: text("progress").notNull(),
    startedAt: integer("started_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.feedId, table.id] }),
    // Those at work: one that stands still is taken up again.
    index("feed_imports_open").on(table.updatedAt).where(sql`ended_at IS NULL`),
  ],
);
