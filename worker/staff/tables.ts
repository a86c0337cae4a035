/**
 * Control database: who may sign in to the admin.
 * Writes: this room. Personal: e-mail. Kept: until the account is deleted.
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const staff = sqliteTable("staff", {
  id: text("id").primaryKey(),
  email: text("email").notNull().unique(),
  /** `scrypt$N$r$p$salt$hash`: algorithm and parameters travel with the hash, so that they can be raised later. */
  passwordHash: text("password_hash").notNull(),
  /** Raised at password change and "sign out everywhere": older session cookies stop working. */
  sessionEpoch: integer("session_epoch").notNull(),
  createdAt: integer("created_at").notNull(),
});
