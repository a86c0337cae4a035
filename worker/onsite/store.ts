import type { Database } from "../deps.ts";
import type { OnsiteMessage } from "./definition.ts";

const COLUMNS =
  "site_id AS siteId, id, name, state, version, definition, updated_at AS updatedAt, launched_at AS launchedAt";

type Row = Omit<OnsiteMessage, "definition"> & { definition: string };

function toMessage(row: Row): OnsiteMessage {
  return { ...row, definition: JSON.parse(row.definition) };
}

export async function selectMessages(db: Database, siteId: string): Promise<OnsiteMessage[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM onsite_messages WHERE site_id = ?1 ORDER BY id`)
    .bind(siteId)
    .all<Row>();
  return results.map(toMessage);
}

export async function selectMessage(db: Database, siteId: string, id: string): Promise<OnsiteMessage | undefined> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM onsite_messages WHERE site_id = ?1 AND id = ?2`)
    .bind(siteId, id)
    .first<Row>();
  return row ? toMessage(row) : undefined;
}

/** Makes a draft of version 1, or replaces name and definition: the version grows only when the definition is another one. */
export async function upsertMessage(
  db: Database,
  message: Pick<OnsiteMessage, "siteId" | "id" | "name" | "definition" | "updatedAt">,
): Promise<OnsiteMessage> {
  const row = await db
    .prepare(
      `INSERT INTO onsite_messages (site_id, id, name, state, version, definition, updated_at)
       VALUES (?1, ?2, ?3, 'draft', 1, ?4, ?5)
       ON CONFLICT (site_id, id) DO UPDATE SET name = excluded.name,
         version = version + (definition <> excluded.definition), definition = excluded.definition,
         updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
    )
    .bind(message.siteId, message.id, message.name, JSON.stringify(message.definition), message.updatedAt)
    .first<Row>();
  if (!row) throw new Error("the message was not written");
  return toMessage(row);
}

/** Undefined when its state is not one of `from`. */
export async function moveMessage(
  db: Database,
  key: { siteId: string; id: string },
  from: OnsiteMessage["state"][],
  to: OnsiteMessage["state"],
  now: number,
): Promise<OnsiteMessage | undefined> {
  const row = await db
    .prepare(
      `UPDATE onsite_messages SET state = ?4, launched_at = iif(?4 = 'running', coalesce(launched_at, ?5), launched_at)
       WHERE site_id = ?1 AND id = ?2 AND state IN (SELECT value FROM json_each(?3)) RETURNING ${COLUMNS}`,
    )
    .bind(key.siteId, key.id, JSON.stringify(from), to, now)
    .first<Row>();
  return row ? toMessage(row) : undefined;
}

export async function removeMessage(db: Database, siteId: string, id: string): Promise<boolean> {
  const { meta } = await db
    .prepare("DELETE FROM onsite_messages WHERE site_id = ?1 AND id = ?2")
    .bind(siteId, id)
    .run();
  return meta.changes > 0;
}
