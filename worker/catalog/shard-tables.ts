/**
 * User shards: which version of a site's catalog is the latest, announced by every change of its items after it is stored.
 * Whoever reads a person's history learns with it, in the same round trip, whether copies of items still hold; the control
 * database, which all sites share, is not asked. Writes: this room. Personal: nothing. Kept: as long as the site.
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const catalogVersions = sqliteTable("catalog_versions", {
  siteId: text("site_id").primaryKey(),
  version: integer("version").notNull(),
});
