/** Edges between a user and the browsers they used, one end in the shard of each. */
import type { Database, Statement } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";

/**
 * An edge that was undone only because an earlier claim came in late (`unlinked_at = linked_at`) can come back; one that a
 * person undid cannot. The earliest time at which it was said counts.
 */
const REVIVE = `ON CONFLICT (profile_id, other_id) DO UPDATE SET linked_at = min(linked_at, excluded.linked_at), unlinked_at = NULL
  WHERE unlinked_at = linked_at OR unlinked_at IS NULL AND excluded.linked_at < linked_at`;

/**
 * In the browser's shard: the browser belongs to this user, unless it already belongs to another (two known people are
 * never merged). At most one claim of each browser. Answers who owns it now.
 */
export async function claimDevices(
  db: Database,
  claims: { anonymousProfileId: ProfileId; userProfileId: ProfileId; at: number }[],
): Promise<{ deviceId: ProfileId; ownerId: ProfileId }[]> {
  const results = await db.batch<{ deviceId: ProfileId; ownerId: ProfileId }>([
    overRows(
      db,
      `INSERT INTO links (profile_id, other_id, role, linked_at)
       SELECT value ->> 'anonymousProfileId', value ->> 'userProfileId', 'owner', value ->> 'at' FROM json_each(?1) AS claim
       WHERE NOT EXISTS (SELECT 1 FROM links WHERE profile_id = claim.value ->> 'anonymousProfileId'
         AND other_id <> claim.value ->> 'userProfileId' AND role = 'owner' AND unlinked_at IS NULL) ${REVIVE}`,
      claims,
    ),
    overRows(
      db,
      `SELECT profile_id AS deviceId, other_id AS ownerId FROM links
       WHERE profile_id IN (SELECT value ->> 'anonymousProfileId' FROM json_each(?1)) AND role = 'owner' AND unlinked_at IS NULL`,
      claims,
    ),
  ]);
  return results[1]?.results ?? [];
}

/**
 * In the browser's shard: whoever claimed the browser after a claim that comes in late no longer owns it. Answers the edges
 * that are undone now, with those of an earlier call that was killed before it told the owners.
 */
export async function unclaimDevices(
  db: Database,
  claims: { anonymousProfileId: ProfileId; userProfileId: ProfileId; at: number }[],
): Promise<{ deviceId: ProfileId; ownerId: ProfileId; at: number }[]> {
  const superseded = `role = 'owner' AND (profile_id, other_id, linked_at) IN (
     SELECT links.profile_id, links.other_id, links.linked_at FROM json_each(?1) AS claim
     JOIN links ON links.profile_id = claim.value ->> 'anonymousProfileId'
     WHERE links.other_id <> claim.value ->> 'userProfileId' AND links.linked_at > claim.value ->> 'at')`;
  const results = await db.batch<{ deviceId: ProfileId; ownerId: ProfileId; at: number }>([
    overRows(db, `UPDATE links SET unlinked_at = linked_at WHERE unlinked_at IS NULL AND ${superseded}`, claims),
    overRows(
      db,
      `SELECT profile_id AS deviceId, other_id AS ownerId, linked_at AS at FROM links
       WHERE unlinked_at = linked_at AND ${superseded}`,
      claims,
    ),
  ]);
  return results[1]?.results ?? [];
}

/** In the owner's shard: the other end of an edge that was undone. */
export function unlinkDevices(
  db: Database,
  edges: { deviceId: ProfileId; ownerId: ProfileId; at: number }[],
): Statement {
  return overRows(
    db,
    `UPDATE links SET unlinked_at = linked_at WHERE unlinked_at IS NULL AND role = 'device' AND (profile_id, other_id) IN (
       SELECT value ->> 'ownerId', value ->> 'deviceId' FROM json_each(?1))`,
    edges,
  );
}

/** In the user's shard: the other end of the edge. */
export function linkDevices(db: Database, edges: { deviceId: ProfileId; ownerId: ProfileId; at: number }[]): Statement {
  return overRows(
    db,
    `INSERT INTO links (profile_id, other_id, role, linked_at)
     SELECT value ->> 'ownerId', value ->> 'deviceId', 'device', value ->> 'at' FROM json_each(?1) WHERE true ${REVIVE}`,
    edges,
  );
}

/** The browsers of one user in no order, which would cost a row each: rows of `{ otherId, linkedAt }`. */
export function selectBrowsers(db: Database, userProfileId: ProfileId): Statement {
  return db
    .prepare(
      "SELECT other_id AS otherId, linked_at AS linkedAt FROM links WHERE profile_id = ?1 AND role = 'device' AND unlinked_at IS NULL",
    )
    .bind(userProfileId);
}

/** Browsers of each user (device) or user of each browser (owner), live edges only, in the order in which they were linked. */
export async function listLinks(
  db: Database,
  ids: ProfileId[],
  role: "owner" | "device",
): Promise<{ profileId: ProfileId; otherId: ProfileId }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, other_id AS otherId FROM links
     WHERE profile_id IN (SELECT value FROM json_each(?1)) AND role = ?2 AND unlinked_at IS NULL
     ORDER BY linked_at, other_id`,
    ids,
    role,
  ).all<{ profileId: ProfileId; otherId: ProfileId }>();
  return results;
}

/** One end of an edge: undone at `at`, or live again with null. True when that changed it. */
export async function markUnlinked(
  db: Database,
  { profileId, otherId }: { profileId: ProfileId; otherId: ProfileId },
  at: number | null,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      // Never the moment of the link itself, by which an edge is known that may come back (`claimDevices`).
      `UPDATE links SET unlinked_at = CASE WHEN ?3 IS NULL THEN NULL ELSE max(?3, linked_at + 1) END
       WHERE profile_id = ?1 AND other_id = ?2 AND (unlinked_at IS NULL) <> (?3 IS NULL)`,
    )
    .bind(profileId, otherId, at)
    .run();
  return meta.changes > 0;
}

/** In the browser's shard: theirs again, unless it is another user's meanwhile. */
export async function relinkDevice(
  db: Database,
  { profileId, otherId }: { profileId: ProfileId; otherId: ProfileId },
): Promise<"linked" | "owned" | "unknown"> {
  await db
    .prepare(
      `UPDATE links SET unlinked_at = NULL WHERE profile_id = ?1 AND other_id = ?2 AND role = 'owner' AND NOT EXISTS (
         SELECT 1 FROM links WHERE profile_id = ?1 AND role = 'owner' AND unlinked_at IS NULL)`,
    )
    .bind(profileId, otherId)
    .run();
  const row = await db
    .prepare("SELECT unlinked_at AS unlinkedAt FROM links WHERE profile_id = ?1 AND other_id = ?2 AND role = 'owner'")
    .bind(profileId, otherId)
    .first<{ unlinkedAt: number | null }>();
  if (!row) return "unknown";
  return row.unlinkedAt === null ? "linked" : "owned";
}

/** Of a user, undone ones included, the latest first. */
export async function selectDeviceEdges(
  db: Database,
  user: ProfileId,
): Promise<{ profileId: ProfileId; linkedAt: number; unlinkedAt: number | null }[]> {
  const { results } = await db
    .prepare(
      `SELECT other_id AS profileId, linked_at AS linkedAt, unlinked_at AS unlinkedAt FROM links
       WHERE profile_id = ?1 AND role = 'device' ORDER BY linked_at DESC, other_id`,
    )
    .bind(user)
    .all<{ profileId: ProfileId; linkedAt: number; unlinkedAt: number | null }>();
  return results;
}
