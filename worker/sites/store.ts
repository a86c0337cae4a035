import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "../deps.ts";
import { orm } from "../platform/db.ts";
import type { Site } from "./schema.ts";
import { keys, sites } from "./tables.ts";

export interface Key {
  id: string;
  siteId: string;
  kind: "public" | "secret";
  label: string;
  lookup: string;
  hint: string;
  createdAt: number;
  revokedAt: number | null;
}

export async function insertSite(db: Database, site: Site): Promise<void> {
  await orm(db).insert(sites).values(site);
}

export async function updateSite(db: Database, id: string, settings: Partial<Site>): Promise<void> {
  await orm(db).update(sites).set(settings).where(eq(sites.id, id));
}

export async function listSites(db: Database): Promise<Site[]> {
  return (await orm(db).select().from(sites).orderBy(sites.createdAt)) as Site[];
}

export async function getSite(db: Database, id: string): Promise<Site | undefined> {
  return (await orm(db).select().from(sites).where(eq(sites.id, id)))[0] as Site | undefined;
}

export async function insertKey(db: Database, key: Key): Promise<void> {
  await orm(db).insert(keys).values(key);
}

export async function listKeys(db: Database, siteId: string): Promise<Key[]> {
  return orm(db).select().from(keys).where(eq(keys.siteId, siteId)).orderBy(keys.createdAt);
}

/** A key that is not revoked, with its site. */
export async function findKey(db: Database, lookup: string): Promise<{ key: Key; site: Site } | undefined> {
  const rows = await orm(db)
    .select()
    .from(keys)
    .innerJoin(sites, eq(sites.id, keys.siteId))
    .where(and(eq(keys.lookup, lookup), isNull(keys.revokedAt)));
  const row = rows[0];
  return row ? { key: row.keys, site: row.sites as Site } : undefined;
}

/** The key's lookup value when this call revoked it, undefined when it was revoked or never there. */
export async function revokeKey(db: Database, siteId: string, id: string, now: number): Promise<string | undefined> {
  const rows = await orm(db)
    .update(keys)
    .set({ revokedAt: sql`${now}` })
    .where(and(eq(keys.siteId, siteId), eq(keys.id, id), isNull(keys.revokedAt)))
    .returning({ lookup: keys.lookup });
  return rows[0]?.lookup;
}
