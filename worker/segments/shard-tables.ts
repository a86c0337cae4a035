/**
 * User shards: who is in which segment, and what the refresh still has to look at.
 * Writes: this room. Personal: membership under a profile key. Kept: memberships while they are true, changes until they
 * are looked at.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const memberships = sqliteTable(
  "memberships",
  {
    segmentId: text("segment_id").notNull(),
    profileId: text("profile_id").notNull(),
    enteredAt: integer("entered_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.segmentId, table.profileId] })],
);

/**
 * People whose history changed in a way that "seen since the last refresh" does not show: events that came in late, and
 * what was done to them. Rare, so that an ordinary event costs nothing here.
 */
export const segmentChanges = sqliteTable(
  "segment_changes",
  {
    siteId: text("site_id").notNull(),
    profileId: text("profile_id").notNull(),
    notedAt: integer("noted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.profileId] })],
);

/** Until when the memberships of a site in this shard are up to date. */
export const segmentProgress = sqliteTable("segment_progress", {
  siteId: text("site_id").primaryKey(),
  refreshedAt: integer("refreshed_at").notNull(),
});
