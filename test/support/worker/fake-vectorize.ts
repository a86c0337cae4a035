/**
 * Vectorize as Cloudflare documents it: refuses what the real one refuses, answers in its shapes. Limits:
 * developers.cloudflare.com/vectorize/platform/limits; ids a delete and ids a lookup as error 40007 states them.
 */
import type { VectorizeBinding } from "../../../worker/platform/vectors/vectorize.ts";

function fail(code: string, message: string): never {
  throw new Error(`${code} (code = 40007): ${message}`);
}

function cosine(a: number[], b: number[]): number {
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
  }
  return dot / Math.sqrt(squareA * squareB);
}

export function fakeVectorize(dimensions: number): VectorizeBinding & { calls: string[] } {
  const stored = new Map<
    string,
    { id: string; namespace: string; values: number[]; metadata: Record<string, unknown> }
  >();
  const calls: string[] = [];
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const checkValues = (values: unknown): number[] => {
    if (!Array.isArray(values) || values.some((value) => !Number.isFinite(value))) fail("VECTOR_ERROR", "not numbers");
    if ((values as number[]).length !== dimensions) fail("VECTOR_ERROR", `expected ${dimensions} dimensions`);
    // Stored as 32-bit floats.
    return [...Float32Array.from(values as number[])];
  };
  return {
    calls,
    async upsert(vectors) {
      calls.push(`upsert ${vectors.length}`);
      if (vectors.length === 0 || vectors.length > 1000) fail("VECTOR_UPSERT_ERROR", "1 to 1000 vectors");
      for (const { id, namespace = "", values, metadata = {} } of vectors) {
        if (id === "" || bytes(id) > 64) fail("VECTOR_UPSERT_ERROR", "id of 1 to 64 bytes");
        if (bytes(namespace) > 64) fail("VECTOR_UPSERT_ERROR", "namespace of at most 64 bytes");
        if (bytes(JSON.stringify(metadata)) > 10_240) fail("VECTOR_UPSERT_ERROR", "metadata of at most 10 KiB");
        for (const key of Object.keys(metadata)) {
          if (key === "" || /["."]/.test(key) || key.startsWith("$")) fail("VECTOR_UPSERT_ERROR", "metadata key");
        }
        stored.set(id, { id, namespace, values: checkValues(values), metadata });
      }
      return { mutationId: crypto.randomUUID() };
    },
    async query(vector, options = {}) {
      const { topK = 5, namespace, returnValues = false, returnMetadata = "none" } = options;
      calls.push(`query ${topK}`);
      const full = returnValues || returnMetadata === true || returnMetadata === "all";
      if (topK < 1 || topK > (full ? 20 : 100)) fail("VECTOR_QUERY_ERROR", `max top K is ${full ? 20 : 100}`);
      const values = checkValues(vector);
      const matches = [...stored.values()]
        .filter((each) => namespace === undefined || each.namespace === namespace)
        .map((each) => ({
          id: each.id,
          namespace: each.namespace,
          score: cosine(values, each.values),
          ...(full ? { metadata: each.metadata as Record<string, string> } : {}),
        }))
        .sort((a, b) => b.score - a.score)
        .slice(0, topK);
      return { count: matches.length, matches };
    },
    async getByIds(ids) {
      calls.push(`get ${ids.length}`);
      if (ids.length > 20) fail("VECTOR_GET_ERROR", `too many ids in payload; max id count is 20, got ${ids.length}`);
      return ids.flatMap((id) => {
        const found = stored.get(id);
        return found ? [{ ...found, metadata: found.metadata as Record<string, string> }] : [];
      });
    },
    async deleteByIds(ids) {
      calls.push(`delete ${ids.length}`);
      if (ids.length > 100)
        fail("VECTOR_DELETE_ERROR", `too many ids in payload; max id count is 100, got ${ids.length}`);
      for (const id of ids) stored.delete(id);
      return { mutationId: crypto.randomUUID() };
    },
  };
}
