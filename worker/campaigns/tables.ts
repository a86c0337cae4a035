/**
 * Control database: campaign definitions.
 * Writes: this room. Personal: nothing. Kept: until deleted.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const campaigns = sqliteTable(
  "campaigns",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    state: text("state", { enum: ["draft", "running", "paused", "ended"] }).notNull(),
    /** Raised at every launch after a change; part of a message's dedupe key. */
    version: integer("version").notNull(),
    /** JSON of `CampaignDefinition` (campaigns/schema.ts). */
    definition: text("definition").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    launchedAt: integer("launched_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
