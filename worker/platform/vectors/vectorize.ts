/**
 * Vectorize behind the `VectorIndex` contract. Writes are visible after some seconds: callers must not read their own.
 * Queries ask for no metadata, because with metadata an answer is limited to 20 neighbors instead of 100: an item's id is
 * read from the vector's own, and only an id too long for that is looked up.
 */
import type { VectorIndex } from "../../deps.ts";
import { sha256 } from "../../lib/hash.ts";

/** Vectorize's own limits: vectors an upsert, ids a delete, ids a lookup, neighbors a query (without metadata). */
const UPSERT_LIMIT = 1000;
const DELETE_LIMIT = 100;
const LOOKUP_LIMIT = 20;
const NEIGHBOUR_LIMIT = 100;
const ID_LIMIT_BYTES = 64;

export type VectorizeBinding = Pick<Vectorize, "upsert" | "query" | "getByIds" | "deleteByIds">;

/** Unique in the whole index, not only in its namespace: `namespace/id`, or `namespace#hash` when that is too long. */
function vectorId(namespace: string, id: string): string {
  const plain = `${namespace}/${id}`;
  return Buffer.byteLength(plain) <= ID_LIMIT_BYTES ? plain : `${namespace}#${sha256(id)}`;
}

export function openVectorize(index: VectorizeBinding): VectorIndex {
  async function itemIds(namespace: string, vectorIds: string[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    const hashed: string[] = [];
    for (const each of vectorIds) {
      if (each.startsWith(`${namespace}/`)) ids.set(each, each.slice(namespace.length + 1));
      else hashed.push(each);
    }
    for (let start = 0; start < hashed.length; start += LOOKUP_LIMIT) {
      for (const vector of await index.getByIds(hashed.slice(start, start + LOOKUP_LIMIT))) {
        if (typeof vector.metadata?.id === "string") ids.set(vector.id, vector.metadata.id);
      }
    }
    return ids;
  }

  async function query(namespace: string, values: number[], count: number) {
    if (!values.some((value) => value !== 0)) return [];
    const { matches } = await index.query(values, { namespace, topK: Math.min(count, NEIGHBOUR_LIMIT) });
    const ids = await itemIds(
      namespace,
      matches.map((match) => match.id),
    );
    return matches.flatMap(({ id, score }) => {
      const itemId = ids.get(id);
      return itemId === undefined ? [] : [{ id: itemId, score }];
    });
  }

  return {
    async upsert(namespace, vectors) {
      for (let start = 0; start < vectors.length; start += UPSERT_LIMIT) {
        await index.upsert(
          vectors.slice(start, start + UPSERT_LIMIT).map((vector) => ({
            id: vectorId(namespace, vector.id),
            namespace,
            values: [...vector.values],
            metadata: { id: vector.id },
          })),
        );
      }
    },
    async remove(namespace, ids) {
      for (let start = 0; start < ids.length; start += DELETE_LIMIT) {
        await index.deleteByIds(ids.slice(start, start + DELETE_LIMIT).map((id) => vectorId(namespace, id)));
      }
    },
    near: (namespace, values, count) => query(namespace, [...values], count),
    async nearItem(namespace, id, count) {
      const [vector] = await index.getByIds([vectorId(namespace, id)]);
      if (!vector) return [];
      const found = await query(namespace, [...vector.values], count + 1);
      return found.filter((match) => match.id !== id).slice(0, count);
    },
  };
}
