/**
 * User shards: whose events that still wait in the queue must not be written any more.
 * Writes: this room, with an erasure. Personal: nothing that names anybody: a hash of a key that is a hash itself, in which
 * only an event of the same person can be recognized. Kept: 30 days, longer than a queue keeps a message.
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const erasedLately = sqliteTable("erased_lately", {
  hash: text("hash").primaryKey(),
  erasedAt: integer("erased_at").notNull(),
});
