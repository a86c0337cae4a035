import type { Database } from "../deps.ts";
import { overRows } from "../platform/db.ts";
import type { ShopProvider } from "./schema.ts";

export interface Connection {
  provider: ShopProvider;
  account: string;
  siteId: string;
  hint: string;
  createdAt: number;
}

/** True when it is stored: new, or this site's own with another secret. False when the account is another site's. */
export async function upsertConnection(db: Database, connection: Connection & { secret: string }): Promise<boolean> {
  const { results } = await overRows(
    db,
    `INSERT INTO shop_connections (provider, account, site_id, secret, hint, created_at)
     SELECT value ->> 'provider', value ->> 'account', value ->> 'siteId', value ->> 'secret', value ->> 'hint',
       value ->> 'createdAt'
     FROM json_each(?1) WHERE true
     ON CONFLICT (provider, account) DO UPDATE SET secret = excluded.secret, hint = excluded.hint
     WHERE site_id = excluded.site_id RETURNING account`,
    [connection],
  ).all<{ account: string }>();
  return results.length > 0;
}

export async function deleteConnection(
  db: Database,
  siteId: string,
  provider: string,
  account: string,
): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM shop_connections WHERE provider = ?1 AND account = ?2 AND site_id = ?3")
    .bind(provider, account, siteId)
    .run();
  return meta.changes > 0;
}

export async function selectConnection(
  db: Database,
  provider: ShopProvider,
  account: string,
): Promise<{ siteId: string; secret: string } | undefined> {
  const row = await db
    .prepare("SELECT site_id AS siteId, secret FROM shop_connections WHERE provider = ?1 AND account = ?2")
    .bind(provider, account)
    .first<{ siteId: string; secret: string }>();
  return row ?? undefined;
}

export async function selectConnections(db: Database, siteId: string): Promise<Connection[]> {
  const { results } = await db
    .prepare(
      `SELECT provider, account, site_id AS siteId, hint, created_at AS createdAt FROM shop_connections
       WHERE site_id = ?1 ORDER BY created_at`,
    )
    .bind(siteId)
    .all<Connection>();
  return results;
}

export type Outcome = "done" | "ignored" | "refused";

export interface Delivery {
  siteId: string;
  provider: ShopProvider;
  deliveryId: string;
  topic: string;
  outcome: Outcome;
  detail: string | null;
  at: number;
}

export async function selectDelivery(
  db: Database,
  key: Pick<Delivery, "siteId" | "provider" | "deliveryId">,
): Promise<{ outcome: Outcome } | undefined> {
  const row = await db
    .prepare("SELECT outcome FROM shop_deliveries WHERE site_id = ?1 AND provider = ?2 AND delivery_id = ?3")
    .bind(key.siteId, key.provider, key.deliveryId)
    .first<{ outcome: Outcome }>();
  return row ?? undefined;
}

export async function insertDelivery(db: Database, delivery: Delivery): Promise<void> {
  await overRows(
    db,
    `INSERT INTO shop_deliveries (site_id, provider, delivery_id, topic, outcome, detail, at)
     SELECT value ->> 'siteId', value ->> 'provider', value ->> 'deliveryId', value ->> 'topic', value ->> 'outcome',
       value ->> 'detail', value ->> 'at'
     FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
    [delivery],
  ).run();
}

/** The newest first. */
export async function selectDeliveries(db: Database, siteId: string, limit: number): Promise<Delivery[]> {
  const { results } = await db
    .prepare(
      `SELECT site_id AS siteId, provider, delivery_id AS deliveryId, topic, outcome, detail, at FROM shop_deliveries
       WHERE site_id = ?1 ORDER BY at DESC LIMIT ?2`,
    )
    .bind(siteId, limit)
    .all<Delivery>();
  return results;
}

export interface DeliveryCount {
  provider: ShopProvider;
  topic: string;
  outcome: Outcome;
  count: number;
  lastAt: number;
}

/** Since then (epoch ms), by provider, topic and outcome. */
export async function countDeliveries(db: Database, siteId: string, since: number): Promise<DeliveryCount[]> {
  const { results } = await db
    .prepare(
      `SELECT provider, topic, outcome, count(*) AS count, max(at) AS lastAt FROM shop_deliveries
       WHERE site_id = ?1 AND at >= ?2 GROUP BY provider, topic, outcome ORDER BY count DESC, topic`,
    )
    .bind(siteId, since)
    .all<DeliveryCount>();
  return results;
}

/** Of these changes those that are not older than what the shop said before; they are noted as the latest. */
export async function advanceProducts(
  db: Database,
  siteId: string,
  changes: { itemId: string; saidAt: number }[],
): Promise<Set<string>> {
  const { results } = await overRows(
    db,
    `INSERT INTO shop_products (site_id, item_id, said_at)
     SELECT value ->> 'siteId', value ->> 'itemId', value ->> 'saidAt' FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, item_id) DO UPDATE SET said_at = excluded.said_at WHERE excluded.said_at >= said_at
     RETURNING item_id AS itemId`,
    changes.map((change) => ({ siteId, ...change })),
  ).all<{ itemId: string }>();
  return new Set(results.map(({ itemId }) => itemId));
}
