/**
 * Control database: on-site messages. What a person was shown, clicked and closed is in their events: the decision reads
 * these anyway, so that a showing costs one row.
 * Writes: this room. Personal: nothing. Kept: until deleted.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const onsiteMessages = sqliteTable(
  "onsite_messages",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    state: text("state", { enum: ["draft", "running", "paused"] }).notNull(),
    /** Grows with every change of the definition. */
    version: integer("version").notNull(),
    /** JSON of `OnsiteDefinition` (onsite/schema.ts). */
    definition: text("definition").notNull(),
    updatedAt: integer("updated_at").notNull(),
    launchedAt: integer("launched_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
