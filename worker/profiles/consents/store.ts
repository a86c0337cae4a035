/** The ledger of what people agreed to: rows are only ever added. */
import type { Channel, Database, Statement } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";

/** One word of the ledger: from `at` (epoch ms) on it holds, until the next one of its channel and purpose. */
export interface ConsentRow {
  profileId: ProfileId;
  at: number;
  id: string;
  channel: Channel;
  purpose: string;
  granted: boolean;
  night: boolean;
  source: string;
  textVersion: string | null;
  proof: string | null;
}

/** Written once, however often they are sent: a profile's row with this id stays as it was. */
export function insertConsents(db: Database, rows: ConsentRow[]): Statement {
  return overRows(
    db,
    `INSERT INTO consents (profile_id, at, id, channel, purpose, granted, night, source, text_version, proof)
     SELECT value ->> 'profileId', value ->> 'at', value ->> 'id', value ->> 'channel', value ->> 'purpose',
       value ->> 'granted', value ->> 'night', value ->> 'source', value ->> 'textVersion', value ->> 'proof'
     FROM json_each(?1) AS row
     WHERE NOT EXISTS (SELECT 1 FROM consents WHERE profile_id = row.value ->> 'profileId' AND id = row.value ->> 'id')`,
    rows,
  );
}

export async function hasConsentRow(db: Database, profileId: ProfileId, id: string): Promise<boolean> {
  const row = await db
    .prepare("SELECT 1 AS found FROM consents WHERE profile_id = ?1 AND id = ?2")
    .bind(profileId, id)
    .first<{ found: number }>();
  return row !== null;
}

/** The last word of each channel; of two in the same millisecond the refusal. */
export async function selectLatestConsents(db: Database, ids: ProfileId[], purpose: string): Promise<ConsentRow[]> {
  const { results } = await overRows(
    db,
    // SQLite takes bare columns from the row that has the maximum.
    `SELECT profile_id AS profileId, at, id, channel, purpose, granted, night, source, text_version AS textVersion,
       proof, max(at * 2 - granted) AS latest
     FROM consents WHERE profile_id IN (SELECT value FROM json_each(?1)) AND purpose = ?2 GROUP BY profile_id, channel`,
    ids,
    purpose,
  ).all<Omit<ConsentRow, "granted" | "night"> & { granted: number; night: number }>();
  return results.map(({ granted, night, ...row }) => ({ ...row, granted: granted === 1, night: night === 1 }));
}
