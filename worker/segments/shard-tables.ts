/**
 * User shards: who is in which segment.
 * Writes: this room. Personal: membership under a profile key. Kept: while it is true.
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
