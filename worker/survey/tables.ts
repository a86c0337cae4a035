/**
 * Control database: the taste questions.
 * Writes: this room. Personal: nothing (answers are events and traits in the user shards). Kept: until deleted.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const surveys = sqliteTable(
  "surveys",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    version: integer("version").notNull(),
    /** JSON of `SurveyDefinition` (survey/schema.ts). */
    definition: text("definition").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
