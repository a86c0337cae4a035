/**
 * Everything that is stored about a person, as JSON: table by table as it is stored, with times as ISO 8601. Written piece
 * by piece, so that a long history needs no memory.
 */
import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { PERSONAL_TABLES, selectTraces } from "./store.ts";
import { findTraces } from "./traces.ts";

const PAGE = 1000;

/** Columns that hold JSON. */
const DOCUMENTS = new Set(["traits", "properties", "content", "address", "change"]);

/** `{exportedAt, tables: {profiles: [row, …], …}}` in pieces. */
export async function* exportPerson(deps: Deps, siteId: string, person: PersonKey): AsyncGenerator<string> {
  const found = await findTraces(deps, siteId, person);
  yield `{"exportedAt":${JSON.stringify(new Date(deps.clock.now()).toISOString())},"tables":{`;
  for (const [index, personal] of PERSONAL_TABLES.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(personal.table)}:[`;
    let isFirst = true;
    for (const { shard, traces } of found) {
      for (const condition of personal.rows) {
        for (let offset = 0; ; offset += PAGE) {
          const rows = await selectTraces(shard.db, traces, personal, condition, { offset, limit: PAGE });
          if (rows.length > 0) yield `${isFirst ? "" : ","}${rows.map(toJson).join(",")}`;
          isFirst &&= rows.length === 0;
          if (rows.length < PAGE) break;
        }
      }
    }
    yield "]";
  }
  yield "}}";
}

function toJson(row: Record<string, unknown>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => {
        if (typeof value === "string" && DOCUMENTS.has(column)) return [column, JSON.parse(value)];
        if (typeof value === "number" && /(^|_)at$/.test(column)) return [column, new Date(value).toISOString()];
        return [column, value];
      }),
    ),
  );
}
