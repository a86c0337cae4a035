import type { Database } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";

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
