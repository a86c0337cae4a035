/** D1 behind the `Database` contract, with the rows of a request counted: rows written are what D1 bills. */
import type { D1Database, D1Meta, D1PreparedStatement } from "@cloudflare/workers-types";
import { type AnyD1Database, drizzle } from "drizzle-orm/d1";
import type { Database, RowMeta, Statement } from "../deps.ts";

export interface RowMeter {
  read: number;
  written: number;
}

class MeteredStatement implements Statement {
  readonly inner: D1PreparedStatement;
  readonly #meter: RowMeter;

  constructor(inner: D1PreparedStatement, meter: RowMeter) {
    this.inner = inner;
    this.#meter = meter;
  }

  bind(...values: unknown[]): Statement {
    return new MeteredStatement(this.inner.bind(...values), this.#meter);
  }

  async all<T>(): Promise<{ results: T[]; meta: RowMeta }> {
    const result = await this.inner.all<T>();
    return { results: result.results, meta: count(this.#meter, result.meta) };
  }

  async first<T>(): Promise<T | null> {
    return (await this.all<T>()).results[0] ?? null;
  }

  /** Only for Drizzle, which reads definitions (cached per isolate) this way; D1 tells no row counts for it. */
  raw(): Promise<unknown[]> {
    return this.inner.raw();
  }

  async run(): Promise<{ meta: RowMeta }> {
    const result = await this.inner.run();
    return { meta: count(this.#meter, result.meta) };
  }
}

function count(meter: RowMeter, meta: D1Meta): RowMeta {
  meter.read += meta.rows_read;
  meter.written += meta.rows_written;
  return { changes: meta.changes, rows_read: meta.rows_read, rows_written: meta.rows_written };
}

export function openDatabase(d1: D1Database, meter: RowMeter): Database {
  return {
    prepare: (sql) => new MeteredStatement(d1.prepare(sql), meter),
    async batch<T>(statements: Statement[]) {
      if (statements.length === 0) return [];
      const results = await d1.batch<T>(statements.map((statement) => (statement as MeteredStatement).inner));
      return results.map((result) => ({ results: result.results, meta: count(meter, result.meta) }));
    },
  };
}

/** Drizzle's query builder over a `Database`: for the control database's definitions; hot paths write their SQL. */
export function orm(database: Database) {
  return drizzle(database as unknown as AnyD1Database);
}

/**
 * A statement over many rows with one bound parameter: `sql` reads them from `json_each(?1)` as `value ->> 'field'`.
 * D1 binds at most 100 parameters, and one statement is four times as fast as a batch of inserts.
 */
export function overRows(database: Database, sql: string, rows: unknown[], ...more: unknown[]): Statement {
  return database.prepare(sql).bind(JSON.stringify(rows), ...more);
}

/** D1 takes texts of two million bytes, also as a parameter; the margin is for what a statement adds to its rows. */
const MOST_BYTES = 1_800_000;

/** Rows in their order, in parts that a parameter of `overRows` can hold. No single row may be larger. */
export function partsOf<T>(rows: T[]): T[][] {
  const parts: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    // And a comma.
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    bytes += size;
    const part = parts.at(-1);
    if (part && bytes <= MOST_BYTES) part.push(row);
    else {
      parts.push([row]);
      bytes = size;
    }
  }
  return parts;
}

/** Beyond this many ids a list is one JSON parameter: D1 binds at most 100. */
const MOST_ID_PARAMETERS = 90;

/**
 * A statement about some rows by their ids: `sql` gets the list for `IN`, `more` are its parameters ?1, ?2, …. A short list
 * is bound id by id, because SQLite counts each entry of `json_each` as two rows read on top of the row itself.
 */
export function overIds(
  database: Database,
  sql: (list: string) => string,
  ids: string[],
  ...more: unknown[]
): Statement {
  if (ids.length > MOST_ID_PARAMETERS) {
    const list = `(SELECT value FROM json_each(?${more.length + 1}))`;
    return database.prepare(sql(list)).bind(...more, JSON.stringify(ids));
  }
  const list = `(${ids.map((_, place) => `?${more.length + 1 + place}`).join(", ")})`;
  return database.prepare(sql(list)).bind(...more, ...ids);
}
