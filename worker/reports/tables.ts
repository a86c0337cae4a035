/**
 * Control database: figures of a site's finished days, so that a chart does not count the same day twice.
 * Writes: this room. Personal: nothing (sums). Kept: 400 days.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What placements did on a finished day, all of a site's in one row. */
export const placementReports = sqliteTable(
  "placement_reports",
  {
    siteId: text("site_id").notNull(),
    /** The site's local day: "2026-03-10". */
    day: text("day").notNull(),
    /** JSON: placement → `PlacementFigures` (reports/placement-sums.ts). */
    figures: text("figures").notNull(),
    countedAt: integer("counted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.day] })],
);

export const dayReports = sqliteTable(
  "day_reports",
  {
    siteId: text("site_id").notNull(),
    /** The site's local day: "2026-03-10". */
    day: text("day").notNull(),
    /** JSON of `DayFigures` (reports/overview.ts). */
    figures: text("figures").notNull(),
    countedAt: integer("counted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.day] })],
);
