/**
 * Control database: what a site's attributes of people are.
 * Writes: this room. Personal: nothing (names and types, never values). Kept: as long as the site.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const attributes = sqliteTable(
  "attributes",
  {
    siteId: text("site_id").notNull(),
    name: text("name").notNull(),
    type: text("type", { enum: ["string", "number", "boolean", "date", "list", "object"] }).notNull(),
    /** Names or describes somebody: hidden in the admin's lists. */
    isPersonal: integer("is_personal", { mode: "boolean" }).notNull(),
    /** Decided by a marketer; otherwise it is what was sent first. */
    isDeclared: integer("is_declared", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.name] })],
);
