/**
 * Control database: that erasures happened.
 * Writes: this room. Personal: nothing: who was erased cannot be told from it. Kept: as long as the site; it is the proof.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const erasures = sqliteTable(
  "erasures",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    erasedAt: integer("erased_at").notNull(),
    profiles: integer("profiles").notNull(),
    /** JSON object: rows deleted, by table. */
    rows: text("rows").notNull(),
    /** Over all of the above, by the installation: a receipt that was changed, or is not ours, does not verify. */
    signature: text("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
