/** Days that were counted once, one row a site and day: the overview's in one table, all placements' in the other. */
import type { Database } from "../../deps.ts";
import { overRows } from "../../platform/db.ts";

export type DayTable = "day_reports" | "placement_reports";

export async function selectDays(
  db: Database,
  table: DayTable,
  siteId: string,
  days: string[],
): Promise<{ day: string; figures: string }[]> {
  const { results } = await overRows(
    db,
    `SELECT day, figures FROM ${table} WHERE site_id = ?2 AND day IN (SELECT value FROM json_each(?1))`,
    days,
    siteId,
  ).all<{ day: string; figures: string }>();
  return results;
}

export async function upsertDays(
  db: Database,
  table: DayTable,
  siteId: string,
  days: { day: string; figures: unknown }[],
  now: number,
): Promise<void> {
  await overRows(
    db,
    `INSERT INTO ${table} (site_id, day, figures, counted_at)
     SELECT ?2, value ->> 'day', value -> 'figures', ?3 FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, day) DO UPDATE SET figures = excluded.figures, counted_at = excluded.counted_at`,
    days,
    siteId,
    now,
  ).run();
}

export async function deleteDays(db: Database, table: DayTable, siteId: string): Promise<void> {
  await db.prepare(`DELETE FROM ${table} WHERE site_id = ?1`).bind(siteId).run();
}
