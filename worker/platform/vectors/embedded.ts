/**
 * Exact cosine over int8 vectors kept in the control database and cached in the isolate: the default without an account,
 * right for catalogs of up to a hundred thousand items (a scan of 10,000 × 256 takes about 0.1 ms).
 *
 * What an isolate holds is bounded (held.ts). A counter per namespace, raised in the same transaction as every write, tells a cached copy whether it still holds: a
 * warm isolate reads one row a minute instead of the catalog.
 */
import type { Database, Statement, Vector, VectorIndex } from "../../deps.ts";
import { MINUTE } from "../../lib/time.ts";
import { overRows } from "../db.ts";
import { bytesOf, HELD_BYTES, HeldIndexes, type Index } from "./held.ts";
import { openTable } from "./scan.ts";
import scanModule from "./scan.wasm";

const cache = new HeldIndexes();
/** Another isolate's writes are seen after this long, as with Vectorize. */
const FRESH_MS = MINUTE;
const ROWS_A_STATEMENT = 500;
const ROWS_A_PAGE = 2000;

/** Unit length; undefined for a vector of zeros, which points nowhere. */
function normalized(values: Float32Array): Float32Array | undefined {
  let square = 0;
  for (const value of values) square += value * value;
  if (square === 0) return undefined;
  const scale = 1 / Math.sqrt(square);
  return values.map((value) => value * scale);
}

/** Unit vector → int8 with one scale: an error of at most 1/254 of the largest component. */
function quantize(vector: Vector): { id: string; scale: number; hex: string } {
  const unit = normalized(vector.values) ?? new Float32Array(vector.values.length);
  const largest = unit.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest / 127;
  const bytes = Int8Array.from(unit, (value) => (scale === 0 ? 0 : Math.round(value / scale)));
  return { id: vector.id, scale, hex: Buffer.from(bytes.buffer).toString("hex") };
}

/** After a change of the embedding model both dimensions are there for a while: the smaller part waits to be replaced. */
function mostFrequent(dimensions: number[]): number {
  const counts = new Map<number, number>();
  for (const each of dimensions) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function search(index: Index, query: Float32Array, count: number, without: number) {
  const { table, scales } = index;
  const products = table.products(query);
  const best: { place: number; score: number }[] = [];
  for (let place = 0; place < index.ids.length; place++) {
    if (place === without) continue;
    const score = (products[place] as number) * (scales[place] as number);
    if (best.length === count && score <= (best[count - 1]?.score ?? 1)) continue;
    let slot = best.length;
    while (slot > 0 && (best[slot - 1] as { score: number }).score < score) slot--;
    best.splice(slot, 0, { place, score });
    if (best.length > count) best.pop();
  }
  return best.map(({ place, score }) => ({ id: index.ids[place] as string, score }));
}

/** @param most bytes of tables that the isolate may hold */
export function openEmbeddedVectors(db: Database, now: () => number, most: number = HELD_BYTES): VectorIndex {
  /** A request that asks for several items reads once. Never another request's: what that one awaits is cut off with it. */
  const loading = new Map<string, Promise<Index>>();
  const stampName = (namespace: string) => `vectors:${namespace}`;

  function raiseStamp(namespace: string): Statement {
    return db
      .prepare(
        `INSERT INTO settings (name, value) VALUES (?1, '1')
         ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`,
      )
      .bind(stampName(namespace));
  }

  function load(namespace: string): Promise<Index> {
    const known = cache.get(namespace, now());
    if (known && Math.abs(now() - known.checkedAt) < FRESH_MS) return Promise.resolve(known);
    const begun = loading.get(namespace);
    if (begun) return begun;
    const begins = refresh(namespace, known).finally(() => loading.delete(namespace));
    loading.set(namespace, begins);
    return begins;
  }

  async function refresh(namespace: string, known: Index | undefined): Promise<Index> {
    const time = now();
    const row = await db
      .prepare("SELECT value FROM settings WHERE name = ?1")
      .bind(stampName(namespace))
      .first<{ value: string }>();
    // Read before the vectors: a write in between makes the copy stale, never silently old.
    const stamp = row?.value ?? "0";
    if (known?.stamp === stamp) {
      known.checkedAt = time;
      return known;
    }
    cache.drop(namespace);
    const index = { ...(await read(namespace, time)), stamp, checkedAt: time, usedAt: time };
    cache.hold(namespace, index);
    return index;
  }

  /** Page by page into small blocks, and then into one table: twice its size at most. */
  async function read(
    namespace: string,
    time: number,
  ): Promise<Pick<Index, "ids" | "places" | "dimensions" | "table" | "scales">> {
    const rows: { id: string; scale: number; bytes: Int8Array }[] = [];
    let count = 0;
    for (let after = ""; ; ) {
      cache.makeRoom(namespace, count, most, time);
      const { results } = await db
        .prepare(
          "SELECT id, scale, hex(vector) AS hex FROM vectors WHERE namespace = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        )
        .bind(namespace, after, ROWS_A_PAGE)
        .all<{ id: string; scale: number; hex: string }>();
      const block = new Int8Array(results.reduce((sum, { hex }) => sum + hex.length / 2, 0));
      let at = 0;
      for (const { id, scale, hex } of results) {
        const bytes = block.subarray(at, at + hex.length / 2);
        bytes.set(Buffer.from(hex, "hex"));
        at += bytes.length;
        rows.push({ id, scale, bytes });
        count += bytesOf(1, bytes.length);
      }
      const last = results[results.length - 1];
      if (!last || results.length < ROWS_A_PAGE) break;
      after = last.id;
    }
    cache.makeRoom(namespace, count, most, time);
    const dimensions = mostFrequent(rows.map((row) => row.bytes.length));
    const fitting = rows.filter((row) => row.bytes.length === dimensions);
    const table = openTable(scanModule, fitting.length, dimensions);
    for (const [place, row] of fitting.entries()) table.values.set(row.bytes, place * dimensions);
    return {
      ids: fitting.map((row) => row.id),
      places: new Map(fitting.map((row, place) => [row.id, place])),
      dimensions,
      table,
      scales: Float32Array.from(fitting, (row) => row.scale),
    };
  }

  return {
    async upsert(namespace, vectors) {
      if (vectors.length === 0) return;
      const statements: Statement[] = [];
      for (let start = 0; start < vectors.length; start += ROWS_A_STATEMENT) {
        statements.push(
          overRows(
            db,
            `INSERT INTO vectors (namespace, id, scale, vector)
             SELECT ?2, value ->> 'id', value ->> 'scale', unhex(value ->> 'hex') FROM json_each(?1) WHERE true
             ON CONFLICT (namespace, id) DO UPDATE SET scale = excluded.scale, vector = excluded.vector`,
            vectors.slice(start, start + ROWS_A_STATEMENT).map(quantize),
            namespace,
          ),
        );
      }
      await db.batch([...statements, raiseStamp(namespace)]);
      cache.drop(namespace);
    },
    async remove(namespace, ids) {
      if (ids.length === 0) return;
      await db.batch([
        overRows(
          db,
          "DELETE FROM vectors WHERE namespace = ?2 AND id IN (SELECT value FROM json_each(?1))",
          ids,
          namespace,
        ),
        raiseStamp(namespace),
      ]);
      cache.drop(namespace);
    },
    async near(namespace, values, count) {
      const query = normalized(values);
      const index = await load(namespace);
      return query?.length === index.dimensions ? search(index, query, count, -1) : [];
    },
    async nearItem(namespace, id, count) {
      const index = await load(namespace);
      const place = index.places.get(id);
      if (place === undefined) return [];
      const { dimensions, table } = index;
      const query = normalized(Float32Array.from(table.values.subarray(place * dimensions, (place + 1) * dimensions)));
      return query ? search(index, query, count, place) : [];
    },
  };
}
