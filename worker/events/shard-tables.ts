/**
 * User shards: what people did. One row written per event: a person's history is one range read. The one index is partial,
 * over the rare events that a recommendation must never miss however long ago they were: what was bought, what was answered,
 * and what somebody did not want to see again.
 * Writes: this room. Personal: behavior under a profile key. Kept: 400 days.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const events = sqliteTable(
  "events",
  {
    profileId: text("profile_id").notNull(),
    at: integer("at").notNull(),
    messageId: text("message_id").notNull(),
    name: text("name").notNull(),
    /** The name that was sent, where `name` is our word for it. */
    sentAs: text("sent_as"),
    itemId: text("item_id"),
    /** JSON object: the event's properties, with the canonical names of `events/alias.ts`. */
    properties: text("properties").notNull(),
    isBot: integer("is_bot", { mode: "boolean" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.profileId, table.at, table.messageId] }),
    index("events_landmarks")
      .on(table.profileId, table.at)
      .where(sql`name IN ('product_purchased', 'survey_answered', 'recommendation_dismissed')`),
  ],
);
