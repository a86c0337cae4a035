/**
 * User shards: every message to a person, sent or not, and why not.
 * Writes: this room (reports set the conversion). Personal: rendered text under a profile key. Kept: 400 days.
 *
 * `id` is the hash of the dedupe key (campaign, version, step, person, occurrence): the primary key is what makes a
 * message happen once.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const messages = sqliteTable(
  "messages",
  {
    profileId: text("profile_id").notNull(),
    id: text("id").notNull(),
    campaignId: text("campaign_id").notNull(),
    campaignVersion: integer("campaign_version").notNull(),
    step: text("step").notNull(),
    channel: text("channel").notNull(),
    provider: text("provider").notNull(),
    /** accepted: passed the gate, not yet confirmed by the provider. */
    state: text("state", { enum: ["accepted", "sent", "failed", "skipped"] }).notNull(),
    /** Why it was skipped or failed (messages/gate.ts). */
    reason: text("reason"),
    isAd: integer("is_ad", { mode: "boolean" }).notNull(),
    /** JSON {title, body, url, imageUrl}: the final text, as handed to the provider. */
    content: text("content"),
    itemId: text("item_id"),
    createdAt: integer("created_at").notNull(),
    sentAt: integer("sent_at"),
    openedAt: integer("opened_at"),
    clickedAt: integer("clicked_at"),
    /** Opens and clicks by machines (mail gateways, preview bots) are counted apart. */
    machineOpens: integer("machine_opens").notNull().default(0),
    machineClicks: integer("machine_clicks").notNull().default(0),
    convertedAt: integer("converted_at"),
    /** Minor units of the site's currency. */
    revenue: integer("revenue"),
  },
  (table) => [
    primaryKey({ columns: [table.profileId, table.id] }),
    index("messages_campaign").on(table.campaignId, table.createdAt),
    index("messages_unconfirmed").on(table.createdAt).where(sql`state = 'accepted'`),
    index("messages_clicked").on(table.clickedAt).where(sql`clicked_at IS NOT NULL`),
  ],
);
