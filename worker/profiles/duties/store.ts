import type { Channel, Database, Statement } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";
import type { Duty } from "../duty.ts";

/** When each was last asked to confirm. */
export async function selectConfirmed(
  db: Database,
  profileIds: ProfileId[],
): Promise<{ profileId: ProfileId; channel: Channel; doneAt: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, channel, done_at AS doneAt FROM consent_duties
     WHERE profile_id IN (SELECT value FROM json_each(?1)) AND kind = 'reconfirm' AND done_at IS NOT NULL`,
    profileIds,
  ).all<{ profileId: ProfileId; channel: Channel; doneAt: number }>();
  return results;
}

/** A newer word takes an older one's place; a confirmation that is due again is open again; who refused is asked no more. */
export function writeDuties(
  db: Database,
  duties: Duty[],
  refusals: { profileId: ProfileId; channel: Channel }[],
): Statement[] {
  return [
    overRows(
      db,
      `INSERT INTO consent_duties (profile_id, kind, channel, said_at, granted, due_at)
       SELECT value ->> 'profileId', value ->> 'kind', value ->> 'channel', value ->> 'saidAt', value ->> 'granted',
         value ->> 'dueAt'
       FROM json_each(?1) WHERE true
       ON CONFLICT (profile_id, kind, channel) DO UPDATE SET said_at = excluded.said_at, granted = excluded.granted,
         due_at = excluded.due_at, done_at = NULL
       WHERE excluded.said_at > said_at OR done_at IS NOT NULL AND excluded.due_at > due_at`,
      duties,
    ),
    overRows(
      db,
      `DELETE FROM consent_duties WHERE kind = 'reconfirm' AND (profile_id, channel) IN (
         SELECT value ->> 'profileId', value ->> 'channel' FROM json_each(?1))`,
      refusals,
    ),
  ];
}

export interface OpenDuty extends Duty {
  userId: string | null;
  anonymousId: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
}

export async function selectDuties(
  db: Database,
  place: { profileId: ProfileId; kind: string; channel: string; to: string },
  kind: string | undefined,
  limit: number,
): Promise<OpenDuty[]> {
  const { results } = await db
    .prepare(
      `SELECT profile_id AS profileId, kind, channel, said_at AS saidAt, granted, due_at AS dueAt, user_id AS userId,
         anonymous_id AS anonymousId, email, phone, locale
       FROM consent_duties JOIN profiles USING (profile_id)
       WHERE (profile_id, kind, channel) > (?1, ?2, ?3) AND profile_id < ?4 AND done_at IS NULL AND kind = coalesce(?5, kind)
       ORDER BY profile_id, kind, channel LIMIT ?6`,
    )
    .bind(place.profileId, place.kind, place.channel, place.to, kind ?? null, limit)
    .all<Omit<OpenDuty, "granted"> & { granted: number }>();
  return results.map((row) => ({ ...row, granted: row.granted === 1 }));
}

export async function countDuties(
  db: Database,
  range: { from: string; to: string },
  now: number,
): Promise<{ kind: Duty["kind"]; channel: Channel; open: number; overdue: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT kind, channel, count(*) AS open, sum(due_at < ?3) AS overdue FROM consent_duties
       WHERE profile_id >= ?1 AND profile_id < ?2 AND done_at IS NULL GROUP BY kind, channel`,
    )
    .bind(range.from, range.to, now)
    .all<{ kind: Duty["kind"]; channel: Channel; open: number; overdue: number }>();
  return results;
}

export async function closeDuties(
  db: Database,
  done: Pick<Duty, "profileId" | "kind" | "channel">[],
  now: number,
): Promise<number> {
  const { meta } = await overRows(
    db,
    `UPDATE consent_duties SET done_at = ?2 WHERE done_at IS NULL AND (profile_id, kind, channel) IN (
       SELECT value ->> 'profileId', value ->> 'kind', value ->> 'channel' FROM json_each(?1))`,
    done,
    now,
  ).run();
  return meta.changes;
}
