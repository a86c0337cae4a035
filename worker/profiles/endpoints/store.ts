import type { Database, Statement } from "../../deps.ts";
import { type ProfileId, siteIdOf } from "../../lib/ids.ts";
import { DAY } from "../../lib/time.ts";
import { overRows } from "../../platform/db.ts";
import type { AppPushAddress, WebPushAddress } from "../schema.ts";

export interface Endpoint {
  profileId: ProfileId;
  id: string;
  channel: "web_push" | "app_push";
  address: WebPushAddress | AppPushAddress;
  deviceId: string | null;
  createdAt: number;
  lastSeenAt: number;
}

/** Of one profile: a browser has one subscription and a person some devices; more is somebody playing. */
const MOST_ENDPOINTS = 20;

export function upsertEndpoint(db: Database, siteId: string, endpoint: Endpoint): Statement[] {
  return [
    db
      .prepare("INSERT OR IGNORE INTO directory (site_id, key, profile_id) VALUES (?1, ?2, ?3)")
      .bind(siteId, endpointKey(endpoint.id), endpoint.profileId),
    overRows(
      db,
      `INSERT INTO endpoints (profile_id, id, channel, address, device_id, created_at, last_seen_at)
       SELECT value ->> 'profileId', value ->> 'id', value ->> 'channel', value -> 'address', value ->> 'deviceId',
         value ->> 'createdAt', value ->> 'lastSeenAt'
       FROM json_each(?1) WHERE true
       ON CONFLICT (profile_id, id) DO UPDATE SET address = excluded.address,
         device_id = coalesce(excluded.device_id, device_id), last_seen_at = max(last_seen_at, excluded.last_seen_at)
       WHERE excluded.last_seen_at >= last_seen_at + ${DAY} OR address <> excluded.address
         OR coalesce(excluded.device_id, device_id) IS NOT device_id`,
      [endpoint],
    ),
    db
      .prepare(
        `DELETE FROM endpoints WHERE profile_id = ?1 AND id NOT IN (
           SELECT id FROM endpoints WHERE profile_id = ?1 ORDER BY last_seen_at DESC, id LIMIT ${MOST_ENDPOINTS})`,
      )
      .bind(endpoint.profileId),
  ];
}

function endpointKey(id: string): string {
  return `endpoint:${id}`;
}

/** Who of this shard has, or had, this endpoint. */
export async function selectHolders(db: Database, siteId: string, id: string): Promise<ProfileId[]> {
  const { results } = await db
    .prepare("SELECT profile_id AS profileId FROM directory WHERE site_id = ?1 AND key = ?2")
    .bind(siteId, endpointKey(id))
    .all<{ profileId: ProfileId }>();
  return results.map(({ profileId }) => profileId);
}

export async function selectEndpoints(db: Database, profileIds: ProfileId[]): Promise<Endpoint[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, id, channel, address, device_id AS deviceId, created_at AS createdAt,
       last_seen_at AS lastSeenAt
     FROM endpoints WHERE profile_id IN (SELECT value FROM json_each(?1))`,
    profileIds,
  ).all<Omit<Endpoint, "address"> & { address: string }>();
  return results.map((row) => ({ ...row, address: JSON.parse(row.address) }));
}

export async function deleteEndpoints(db: Database, gone: { profileId: ProfileId; id: string }[]): Promise<number> {
  if (gone.length === 0) return 0;
  const rows = gone.map(({ profileId, id }) => ({ profileId, id, siteId: siteIdOf(profileId), key: endpointKey(id) }));
  const [removed] = await db.batch([
    overRows(
      db,
      `DELETE FROM endpoints WHERE (profile_id, id) IN (
         SELECT value ->> 'profileId', value ->> 'id' FROM json_each(?1))`,
      rows,
    ),
    overRows(
      db,
      `DELETE FROM directory WHERE (site_id, key, profile_id) IN (
         SELECT value ->> 'siteId', value ->> 'key', value ->> 'profileId' FROM json_each(?1))`,
      rows,
    ),
  ]);
  return removed?.meta.changes ?? 0;
}
