/**
 * Control database: shop systems that report to a site by webhook, and what they delivered.
 * Writes: this room. Personal: nothing (a delivery's row names neither member nor order). Kept: connections until removed,
 * deliveries 30 days, product times as long as the site.
 */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const shopConnections = sqliteTable(
  "shop_connections",
  {
    provider: text("provider").notNull(),
    /** How a delivery names the shop: Cafe24's mall id, Shopify's domain, our own site id. One site each. */
    account: text("account").notNull(),
    siteId: text("site_id").notNull(),
    /** Sealed by the vault: a signature can only be checked with the secret itself. */
    secret: text("secret").notNull(),
    /** Last four characters, to tell secrets apart in the admin. */
    hint: text("hint").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.account] })],
);

/** Every verified delivery by the provider's own id: what makes a repeated one do nothing. */
export const shopDeliveries = sqliteTable(
  "shop_deliveries",
  {
    siteId: text("site_id").notNull(),
    provider: text("provider").notNull(),
    deliveryId: text("delivery_id").notNull(),
    topic: text("topic").notNull(),
    outcome: text("outcome", { enum: ["done", "ignored", "refused"] }).notNull(),
    /** Why it was ignored or refused: fields and reasons, never values. */
    detail: text("detail"),
    at: integer("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.provider, table.deliveryId] }),
    index("shop_deliveries_at").on(table.siteId, table.at),
  ],
);

/** When the shop last changed a product, by its own clock: deliveries overtake each other, and an older one must not win. */
export const shopProducts = sqliteTable(
  "shop_products",
  {
    siteId: text("site_id").notNull(),
    itemId: text("item_id").notNull(),
    saidAt: integer("said_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.itemId] })],
);
