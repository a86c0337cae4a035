/** Vectorize behind the `VectorIndex` contract. Writes are visible after some seconds: callers must not read their own. */
import type { VectorIndex } from "../../deps.ts";

/** Vectorize's own limits: vectors an upsert, ids a delete, neighbours a query (without values). */
const UPSERT_LIMIT = 1000;
const DELETE_LIMIT = 1000;
const NEIGHBOUR_LIMIT = 100;

/** An id is unique in the whole index, not in a namespace, and at most 64 bytes long: `namespace/id`, hashed when too long. */
export type VectorizeBinding = Pick<Vectorize, "upsert" | "query" | "deleteByIds">;

export function openVectorize(index: VectorizeBinding, idOf: (namespace: string, id: string) => string): VectorIndex {
  return {
    async upsert(namespace, vectors) {
      for (let start = 0; start < vectors.length; start += UPSERT_LIMIT) {
        await index.upsert(
          vectors.slice(start, start + UPSERT_LIMIT).map((vector) => ({
            id: idOf(namespace, vector.id),
            namespace,
            values: [...vector.values],
            metadata: { id: vector.id },
          })),
        );
      }
    },
    async remove(namespace, ids) {
      for (let start = 0; start < ids.length; start += DELETE_LIMIT) {
        await index.deleteByIds(ids.slice(start, start + DELETE_LIMIT).map((id) => idOf(namespace, id)));
      }
    },
    async near(namespace, values, count) {
      const { matches } = await index.query([...values], {
        namespace,
        topK: Math.min(count, NEIGHBOUR_LIMIT),
        returnMetadata: "all",
        returnValues: false,
      });
      return matches.flatMap((match) =>
        typeof match.metadata?.id === "string" ? [{ id: match.metadata.id, score: match.score }] : [],
      );
    },
  };
}
