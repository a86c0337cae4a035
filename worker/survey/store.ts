import type { Database } from "../deps.ts";
import type { Survey } from "./schema.ts";

const COLUMNS = "site_id AS siteId, id, name, version, definition, updated_at AS updatedAt";

type Row = Omit<Survey, "definition"> & { definition: string };

function toSurvey(row: Row): Survey {
  return { ...row, definition: JSON.parse(row.definition) };
}

export async function selectSurveys(db: Database, siteId: string): Promise<Survey[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM surveys WHERE site_id = ?1 ORDER BY id`)
    .bind(siteId)
    .all<Row>();
  return results.map(toSurvey);
}

export async function selectSurvey(db: Database, siteId: string, id: string): Promise<Survey | undefined> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM surveys WHERE site_id = ?1 AND id = ?2`)
    .bind(siteId, id)
    .first<Row>();
  return row ? toSurvey(row) : undefined;
}

/** Makes it as version 1, or replaces it: the version grows only when the definition is another one. */
export async function upsertSurvey(db: Database, survey: Omit<Survey, "version">): Promise<Survey> {
  const row = await db
    .prepare(
      `INSERT INTO surveys (site_id, id, name, version, definition, updated_at) VALUES (?1, ?2, ?3, 1, ?4, ?5)
       ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name,
         version = version + (definition <> excluded.definition), definition = excluded.definition,
         updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
    )
    .bind(survey.siteId, survey.id, survey.name, JSON.stringify(survey.definition), survey.updatedAt)
    .first<Row>();
  if (!row) throw new Error("the survey was not written");
  return toSurvey(row);
}

export async function removeSurvey(db: Database, siteId: string, id: string): Promise<boolean> {
  const { meta } = await db.prepare("DELETE FROM surveys WHERE site_id = ?1 AND id = ?2").bind(siteId, id).run();
  return meta.changes > 0;
}
