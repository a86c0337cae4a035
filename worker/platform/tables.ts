/**
 * Control database: facts of the installation itself, jobs that failed for good, and the embedded vectors.
 * Writes: settings by the demo's clock; dead_letters by the queue door; vectors by the embedded vector index.
 * Personal: nothing. Kept: dead letters 30 days; vectors as long as their items.
 */
import { blob, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const settings = sqliteTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});

export const deadLetters = sqliteTable("dead_letters", {
  id: text("id").primaryKey(),
  kind: text("kind").notNull(),
  job: text("job").notNull(),
  failedAt: integer("failed_at").notNull(),
});

/** The embedded vector index: one quantized vector per item. A value is `scale` × int8. */
export const vectors = sqliteTable(
  "vectors",
  {
    namespace: text("namespace").notNull(),
    id: text("id").notNull(),
    scale: real("scale").notNull(),
    values: blob("vector").notNull(),
  },
  (table) => [primaryKey({ columns: [table.namespace, table.id] })],
);
