/**
 * User shards: who people are and what they agreed to.
 * Writes: this room. Personal: everything here. Kept: until erasure; anonymous profiles 400 days after the last visit.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const profiles = sqliteTable("profiles", {
  profileId: text("profile_id").primaryKey(),
  siteId: text("site_id").notNull(),
  /** Exactly one of the two is set: a signed-in person or a browser. */
  userId: text("user_id"),
  anonymousId: text("anonymous_id"),
  email: text("email"),
  phone: text("phone"),
  /** JSON object of the other traits. */
  traits: text("traits").notNull().default("{}"),
  locale: text("locale"),
  timeZone: text("time_zone"),
  firstSeenAt: integer("first_seen_at").notNull(),
  /** To the minute: someone who goes on clicking costs no row each time. */
  lastSeenAt: integer("last_seen_at").notNull(),
});

/**
 * Ways to find a person other than by their own id: `day:<UTC day>` for who was there that day, `email:<address>`. Tables of
 * their own instead of indexes on `profiles`: an index over a column in an UPDATE is rewritten at every event, a row here
 * is written once.
 */
export const directory = sqliteTable(
  "directory",
  {
    siteId: text("site_id").notNull(),
    key: text("key").notNull(),
    profileId: text("profile_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.key, table.profileId] })],
);

/**
 * "This browser belongs to this user", stored in both persons' shards. History is never rewritten: reading follows the
 * edge, and undoing a merge sets `unlinkedAt`.
 */
export const links = sqliteTable(
  "links",
  {
    profileId: text("profile_id").notNull(),
    otherId: text("other_id").notNull(),
    /** "owner": other is the user whom this browser belongs to. "device": other is a browser of this user. */
    role: text("role", { enum: ["owner", "device"] }).notNull(),
    linkedAt: integer("linked_at").notNull(),
    unlinkedAt: integer("unlinked_at"),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.otherId] })],
);

/** Append-only ledger: the last row of a channel says what holds. */
export const consents = sqliteTable(
  "consents",
  {
    profileId: text("profile_id").notNull(),
    at: integer("at").notNull(),
    id: text("id").notNull(),
    channel: text("channel").notNull(),
    purpose: text("purpose").notNull(),
    granted: integer("granted", { mode: "boolean" }).notNull(),
    /** Separate consent to advertising between 21:00 and 08:00. */
    night: integer("night", { mode: "boolean" }).notNull(),
    source: text("source").notNull(),
    textVersion: text("text_version"),
    /** Where the proof is: a form's number, a recording, a document. */
    proof: text("proof"),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.at, table.id] })],
);

/** Where a device can be reached: a browser's push subscription, an app's push token. Gone when its provider says so. */
export const endpoints = sqliteTable(
  "endpoints",
  {
    /** The browser's or the user's profile. A user is reached on the endpoints of all linked browsers. */
    profileId: text("profile_id").notNull(),
    /** Hash of the token or of the subscription's address: subscribing again is the same endpoint. */
    id: text("id").notNull(),
    channel: text("channel", { enum: ["web_push", "app_push"] }).notNull(),
    /** JSON: a PushSubscription {endpoint, keys}, or {token, platform, appVersion}. */
    address: text("address").notNull(),
    deviceId: text("device_id"),
    createdAt: integer("created_at").notNull(),
    lastSeenAt: integer("last_seen_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.id] })],
);

/**
 * What the law asks to be told or asked again about a word of the ledger: its result within 14 days, a consent every two
 * years. Found by a nightly job, closed by whoever told the person.
 */
export const consentDuties = sqliteTable(
  "consent_duties",
  {
    profileId: text("profile_id").notNull(),
    kind: text("kind", { enum: ["notice", "reconfirm"] }).notNull(),
    channel: text("channel").notNull(),
    /** The ledger's word it is about; a newer word is a duty of its own and takes its place. */
    saidAt: integer("said_at").notNull(),
    granted: integer("granted", { mode: "boolean" }).notNull(),
    dueAt: integer("due_at").notNull(),
    doneAt: integer("done_at"),
  },
  (table) => [primaryKey({ columns: [table.profileId, table.kind, table.channel] })],
);
