/**
 * Control database: segment definitions.
 * Writes: this room. Personal: nothing. Kept: until deleted.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const segments = sqliteTable(
  "segments",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** JSON of `Rule` (segments/rule.ts). */
    rule: text("rule").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
