import type { Database, Statement } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";

/** Identify calls of these profiles of one shard behind a time of each, with the names of the traits that they set. */
export async function listIdentifies(
  db: Database,
  people: { profileId: ProfileId; after: number }[],
): Promise<{ profileId: ProfileId; at: number; traits: string[] }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, at, coalesce(properties -> 'traits', '[]') AS traits FROM json_each(?1) AS person
     JOIN events ON events.profile_id = person.value ->> 'profileId' AND events.at > person.value ->> 'after'
     WHERE name = 'identify'`,
    people,
  ).all<{ profileId: ProfileId; at: number; traits: string }>();
  return results.map((row) => ({ ...row, traits: JSON.parse(row.traits) }));
}

/** First in a batch: fails all of it unless `listIdentifies` would find exactly `count` now. */
export function requireIdentifies(
  db: Database,
  people: { profileId: ProfileId; after: number }[],
  count: number,
): Statement {
  // SQLite raises errors by name only in triggers: what is no JSON is one as well.
  return overRows(
    db,
    `SELECT json(CASE WHEN count(*) = ?2 THEN 'null' ELSE 'somebody identified meanwhile' END) FROM json_each(?1) AS person
     JOIN events ON events.profile_id = person.value ->> 'profileId' AND events.at > person.value ->> 'after'
     WHERE name = 'identify'`,
    people,
    count,
  );
}
