/**
 * Control database: what was refused at the door, and why.
 * Writes: this room, and only for events that are refused: a good one costs nothing here. Personal: nothing: an example is the
 * shape of what was sent, names of fields without a value. Kept: examples 7 days, counts 90 days.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Bounded by how many examples an hour and a reason keep. */
export const refusedEvents = sqliteTable(
  "refused_events",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    at: integer("at").notNull(),
    reason: text("reason").notNull(),
    /** "browser" or "server". */
    caller: text("caller").notNull(),
    /** JSON array of `{path, message}`, as the caller was told. */
    issues: text("issues").notNull(),
    /** JSON text: field names with the kinds of their values, cut off where it is long. */
    shape: text("shape").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);

export const refusalCounts = sqliteTable(
  "refusal_counts",
  {
    siteId: text("site_id").notNull(),
    /** Whole hours since 1970. */
    hour: integer("hour").notNull(),
    reason: text("reason").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.hour, table.reason] })],
);
