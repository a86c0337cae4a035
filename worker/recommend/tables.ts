/**
 * Control database: placements and models.
 * Writes: this room. Personal: nothing (counts over many people). Kept: the last three models of a site.
 */
import { blob, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const placements = sqliteTable(
  "placements",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** JSON of `PlacementRules` (recommend/schema.ts). */
    rules: text("rules").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);

export const models = sqliteTable(
  "models",
  {
    siteId: text("site_id").notNull(),
    version: text("version").notNull(),
    state: text("state", { enum: ["building", "active", "retired", "rejected"] }).notNull(),
    /** JSON: sizes, durations and the offline evaluation. */
    metrics: text("metrics").notNull(),
    /** JSON: popular and trending items, best first. */
    popular: text("popular").notNull(),
    createdAt: integer("created_at").notNull(),
    promotedAt: integer("promoted_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version] })],
);

/** One packed neighbour row per item and model (recommender.md §A). */
export const modelRows = sqliteTable(
  "model_rows",
  {
    siteId: text("site_id").notNull(),
    version: text("version").notNull(),
    itemId: text("item_id").notNull(),
    row: blob("row").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version, table.itemId] })],
);
