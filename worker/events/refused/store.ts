import type { Database } from "../../deps.ts";
import { overRows } from "../../platform/db.ts";

/** Of a reason, about so many examples are kept: a flood costs a row a call, and the table stays small. */
const EXAMPLES_AN_HOUR = 5;

export interface RefusedEvent {
  id: string;
  at: number;
  reason: string;
  caller: string;
  issues: { path: string; message: string }[];
  shape: string;
}

/** One row for each reason, and the examples of those that have had fewer than `EXAMPLES_AN_HOUR` in this hour. */
export async function insertRefusals(
  control: Database,
  siteId: string,
  hour: number,
  counts: [reason: string, count: number][],
  examples: RefusedEvent[],
): Promise<void> {
  await control.batch([
    overRows(
      control,
      `INSERT INTO refused_events (site_id, id, at, reason, caller, issues, shape)
       SELECT ?2, value ->> 'id', value ->> 'at', value ->> 'reason', value ->> 'caller', value -> 'issues', value ->> 'shape'
       FROM json_each(?1) AS row
       WHERE coalesce((SELECT count FROM refusal_counts WHERE site_id = ?2 AND hour = ?3
         AND reason = row.value ->> 'reason'), 0) < ${EXAMPLES_AN_HOUR}`,
      examples,
      siteId,
      hour,
    ),
    overRows(
      control,
      `INSERT INTO refusal_counts (site_id, hour, reason, count)
       SELECT ?2, ?3, value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
       ON CONFLICT (site_id, hour, reason) DO UPDATE SET count = count + excluded.count`,
      counts,
      siteId,
      hour,
    ),
  ]);
}

/** The newest examples first; ids are in order of time. */
export async function listRefused(control: Database, siteId: string, limit: number): Promise<RefusedEvent[]> {
  const { results } = await control
    .prepare("SELECT * FROM refused_events WHERE site_id = ?1 ORDER BY id DESC LIMIT ?2")
    .bind(siteId, limit)
    .all<Omit<RefusedEvent, "issues"> & { issues: string }>();
  return results.map((row) => ({ ...row, issues: JSON.parse(row.issues) }));
}

/** By hour since `sinceHour` (whole hours since 1970) and reason. */
export async function listRefusalCounts(
  control: Database,
  siteId: string,
  sinceHour: number,
): Promise<{ hour: number; reason: string; count: number }[]> {
  const { results } = await control
    .prepare("SELECT hour, reason, count FROM refusal_counts WHERE site_id = ?1 AND hour >= ?2 ORDER BY hour")
    .bind(siteId, sinceHour)
    .all<{ hour: number; reason: string; count: number }>();
  return results;
}
