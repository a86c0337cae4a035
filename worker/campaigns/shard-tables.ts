/**
 * User shards: one person's way through one campaign.
 * Writes: this room. Personal: behavior under a profile key. Kept: finished runs 90 days.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const runs = sqliteTable(
  "runs",
  {
    profileId: text("profile_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    /** Which entry of this person it is, by the re-entry policy ("20412" = that day): entering twice is one run. */
    occurrence: text("occurrence").notNull(),
    version: integer("version").notNull(),
    state: text("state", { enum: ["waiting", "done"] }).notNull(),
    /** While waiting: when it moves on. A claim pushes it past the lease, so that a killed worker's runs come back. */
    dueAt: integer("due_at").notNull(),
    enteredAt: integer("entered_at").notNull(),
    /** JSON of the catalog's change that started it (campaigns/watch.ts); null when an event did. */
    change: text("change"),
    /** How it ended: "sent", or why not. */
    outcome: text("outcome"),
  },
  (table) => [
    primaryKey({ columns: [table.profileId, table.campaignId, table.occurrence] }),
    index("runs_due").on(table.dueAt).where(sql`state = 'waiting'`),
    index("runs_campaign").on(table.campaignId, table.enteredAt),
  ],
);

/**
 * How far the catalog's changes have been told to the people of this shard: the changes behind `cursor` are being worked on,
 * and everybody up to `place` has been looked at. Writes: this room. Personal: nothing. Kept: as long as the site.
 */
export const catalogWatches = sqliteTable("catalog_watches", {
  siteId: text("site_id").primaryKey(),
  /** Of `readCatalogChanges`. */
  cursor: text("cursor").notNull(),
  /** How many changes are being worked on together; 0: none. */
  size: integer("size").notNull(),
  /** The last entry of the directory that was looked at: "day:20522 p_…"; empty: nobody yet. */
  place: text("place").notNull(),
  /** Until when a worker is at it; it comes free by itself when that one is killed. */
  leaseUntil: integer("lease_until").notNull(),
});
