/**
 * User shards: what people did. One row written per event, no secondary index: a person's history is one range read.
 * Writes: this room. Personal: behaviour under a profile key. Kept: 400 days.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const events = sqliteTable(
  "events",
  {
    profileId: text("profile_id").notNull(),
    at: integer("at").notNull(),
    messageId: text("message_id").notNull(),
    name: text("name").notNull(),
    itemId: text("item_id"),
    /** JSON object: the event's properties, with the canonical names of `events/alias.ts`. */
    properties: text("properties").notNull(),
    isBot: integer("is_bot", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.at, table.messageId] })],
);
