/**
 * Control database: sites and their keys.
 * Writes: this room. Personal: nothing (a key's label is free text of a marketer). Kept: until the site is deleted.
 */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Limits, Privacy } from "./schema.ts";

export const sites = sqliteTable("sites", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  /** JSON array of origins that may use the public keys ("https://shop.example"). */
  origins: text("origins", { mode: "json" }).$type<string[]>().notNull(),
  timeZone: text("time_zone").notNull(),
  locale: text("locale").notNull(),
  currency: text("currency").notNull(),
  /** Sender of advertising messages: name, contact and free way out, required by law before a campaign may start. */
  sender: text("sender", { mode: "json" }).$type<{ name: string; contact: string } | null>(),
  /** Global frequency cap: messages per day over all channels. */
  dailyCap: integer("daily_cap").notNull(),
  /** JSON: what browsers' signals about privacy change (`Privacy`). */
  privacy: text("privacy", { mode: "json" }).$type<Privacy>().notNull(),
  /** JSON: calls a minute (`Limits`). */
  limits: text("limits", { mode: "json" }).$type<Limits>().notNull(),
  imageTemplate: text("image_template"),
  /** JSON: what the site's own names of events mean (`EventAliases`). */
  eventAliases: text("event_aliases", { mode: "json" }).$type<Record<string, string>>().notNull(),
  verifyUsers: integer("verify_users", { mode: "boolean" }).notNull(),
  identityGeneration: integer("identity_generation").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const keys = sqliteTable(
  "keys",
  {
    id: text("id").primaryKey(),
    siteId: text("site_id").notNull(),
    kind: text("kind", { enum: ["public", "secret"] }).notNull(),
    label: text("label").notNull(),
    /** SHA-256 of a secret key; a public key as it is. Unique: a request finds its site by it. */
    lookup: text("lookup").notNull().unique(),
    /** Last four characters, to tell secret keys apart in the admin. */
    hint: text("hint").notNull(),
    createdAt: integer("created_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("keys_site").on(table.siteId)],
);
