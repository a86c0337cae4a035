/**
 * Control database: placements and models.
 * Writes: this room. Personal: nothing (counts over many people). Kept: the last three models of a site, and what was measured of the
 * last ninety.
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
    state: text("state", { enum: ["building", "active", "retired", "rejected", "archived"] }).notNull(),
    /** JSON: sizes, durations and the offline evaluation. */
    metrics: text("metrics").notNull(),
    /** JSON: popular and trending items, best first. */
    popular: text("popular").notNull(),
    createdAt: integer("created_at").notNull(),
    promotedAt: integer("promoted_at"),
    /** Counted up by every light refresh: what an isolate holds of an older one is read again. */
    revision: integer("revision").notNull().default(0),
    refreshedAt: integer("refreshed_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version] })],
);

/**
 * One packed neighbor row per item and model, with the items most alike in use. What a refresh has counted since the build
 * stands beside it under the version's `freshRows` name.
 */
export const modelRows = sqliteTable(
  "model_rows",
  {
    siteId: text("site_id").notNull(),
    version: text("version").notNull(),
    itemId: text("item_id").notNull(),
    row: blob("row").notNull(),
    /** Null: the model has no embeddings. */
    list: blob("list"),
    /** What the item says in a long history. Null: nothing, or too few people have one. */
    taste: blob("taste"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version, table.itemId] })],
);
