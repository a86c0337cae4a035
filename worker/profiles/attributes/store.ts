import type { Database } from "../../deps.ts";
import { overRows } from "../../platform/db.ts";
import type { Attribute } from "../attribute.ts";

type AttributeRow = Omit<Attribute, "isPersonal" | "isDeclared"> & { isPersonal: number; isDeclared: number };

export async function selectAttributes(control: Database, siteId: string): Promise<Attribute[]> {
  const { results } = await control
    .prepare(
      `SELECT name, type, is_personal AS isPersonal, is_declared AS isDeclared FROM attributes
       WHERE site_id = ?1 ORDER BY name`,
    )
    .bind(siteId)
    .all<AttributeRow>();
  return results.map((row) => ({ ...row, isPersonal: row.isPersonal === 1, isDeclared: row.isDeclared === 1 }));
}

export async function countAttributes(control: Database, siteId: string): Promise<number> {
  const row = await control
    .prepare("SELECT count(*) AS count FROM attributes WHERE site_id = ?1")
    .bind(siteId)
    .first<{ count: number }>();
  return row?.count ?? 0;
}

/** Those that are there stay as they are. */
export async function insertAttributes(
  control: Database,
  siteId: string,
  attributes: Attribute[],
  now: number,
): Promise<void> {
  await overRows(
    control,
    `INSERT INTO attributes (site_id, name, type, is_personal, is_declared, created_at)
     SELECT ?2, value ->> 'name', value ->> 'type', value ->> 'isPersonal', value ->> 'isDeclared', ?3
     FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
    attributes,
    siteId,
    now,
  ).run();
}

export async function upsertAttribute(
  control: Database,
  siteId: string,
  attribute: Attribute,
  now: number,
): Promise<void> {
  await overRows(
    control,
    `INSERT INTO attributes (site_id, name, type, is_personal, is_declared, created_at)
     SELECT ?2, value ->> 'name', value ->> 'type', value ->> 'isPersonal', value ->> 'isDeclared', ?3
     FROM json_each(?1) WHERE true
     ON CONFLICT (site_id, name) DO UPDATE SET type = excluded.type, is_personal = excluded.is_personal,
       is_declared = excluded.is_declared`,
    [attribute],
    siteId,
    now,
  ).run();
}
