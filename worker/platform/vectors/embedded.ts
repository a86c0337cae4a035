/**
 * Exact cosine over int8 vectors kept in the control database and cached in the isolate: the default without an account,
 * right for catalogs of some ten thousand items (a scan of 10,000 × 256 takes about 3 ms).
 */
import type { Database, Vector, VectorIndex } from "../../deps.ts";
import { MINUTE } from "../../lib/time.ts";

interface Index {
  ids: string[];
  dimensions: number;
  /** Row-major unit vectors. */
  values: Float32Array;
  loadedAt: number;
}

const cache = new Map<string, Index>();
/** Another isolate's writes are seen after this long, as with Vectorize. */
const FRESH_MS = MINUTE;

function normalized(values: Float32Array): Float32Array {
  let square = 0;
  for (const value of values) square += value * value;
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return values.map((value) => value * scale);
}

/** Unit vector → int8 with one scale: an error of at most 1/254 of the largest component. */
function quantize(vector: Vector): { id: string; scale: number; hex: string } {
  const unit = normalized(vector.values);
  const largest = unit.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest / 127;
  const bytes = Int8Array.from(unit, (value) => (scale === 0 ? 0 : Math.round(value / scale)));
  return { id: vector.id, scale, hex: Buffer.from(bytes.buffer).toString("hex") };
}

export function openEmbeddedVectors(db: Database, now: () => number): VectorIndex {
  async function load(namespace: string): Promise<Index> {
    const known = cache.get(namespace);
    if (known && Math.abs(now() - known.loadedAt) < FRESH_MS) return known;
    const { results } = await db
      .prepare("SELECT id, scale, vector FROM vectors WHERE namespace = ?1")
      .bind(namespace)
      .all<{ id: string; scale: number; vector: ArrayBuffer | number[] }>();
    const dimensions = results[0] ? new Int8Array(results[0].vector).length : 0;
    const values = new Float32Array(results.length * dimensions);
    for (const [row, { scale, vector }] of results.entries()) {
      const bytes = new Int8Array(vector);
      for (let i = 0; i < dimensions; i++) values[row * dimensions + i] = (bytes[i] ?? 0) * scale;
    }
    const index = { ids: results.map((row) => row.id), dimensions, values, loadedAt: now() };
    cache.set(namespace, index);
    return index;
  }

  return {
    async upsert(namespace, vectors) {
      for (let start = 0; start < vectors.length; start += 500) {
        const rows = vectors.slice(start, start + 500).map(quantize);
        await db
          .prepare(
            `INSERT INTO vectors (namespace, id, scale, vector)
             SELECT ?2, value ->> 'id', value ->> 'scale', unhex(value ->> 'hex') FROM json_each(?1) WHERE true
             ON CONFLICT (namespace, id) DO UPDATE SET scale = excluded.scale, vector = excluded.vector`,
          )
          .bind(JSON.stringify(rows), namespace)
          .run();
      }
      cache.delete(namespace);
    },
    async remove(namespace, ids) {
      await db
        .prepare("DELETE FROM vectors WHERE namespace = ?2 AND id IN (SELECT value FROM json_each(?1))")
        .bind(JSON.stringify(ids), namespace)
        .run();
      cache.delete(namespace);
    },
    async near(namespace, values, count) {
      const index = await load(namespace);
      const query = normalized(values);
      if (index.dimensions !== query.length) return [];
      const best: { id: string; score: number }[] = [];
      for (const [row, id] of index.ids.entries()) {
        let score = 0;
        const start = row * index.dimensions;
        for (let i = 0; i < query.length; i++) score += (query[i] ?? 0) * (index.values[start + i] ?? 0);
        if (best.length < count || score > (best[best.length - 1]?.score ?? -1)) {
          let place = best.length;
          while (place > 0 && (best[place - 1]?.score ?? 2) < score) place--;
          best.splice(place, 0, { id, score });
          if (best.length > count) best.pop();
        }
      }
      return best;
    },
  };
}
