/** One contract, two adapters each: what the product relies on holds for both, within the limits that Cloudflare states. */
import { describe, expect, it } from "vitest";
import type { Ai, VectorIndex } from "../../worker/deps.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { openEmbeddedAi } from "../../worker/platform/ai/embedded.ts";
import { openWorkersAi } from "../../worker/platform/ai/workers-ai.ts";
import { openEmbeddedVectors } from "../../worker/platform/vectors/embedded.ts";
import { bytesOf } from "../../worker/platform/vectors/held.ts";
import { openVectorize } from "../../worker/platform/vectors/vectorize.ts";
import { fakeVectorize } from "../support/worker/fake-vectorize.ts";
import { fakeWorkersAi } from "../support/worker/fake-workers-ai.ts";
import { harness } from "../support/worker/harness.ts";

const DIMENSIONS = 8;

function vector(...values: number[]): Float32Array {
  const full = new Float32Array(DIMENSIONS);
  full.set(values);
  return full;
}

async function embedded(): Promise<{ index: VectorIndex; namespace: string }> {
  const h = await harness();
  return { index: openEmbeddedVectors(h.deps.control, () => h.clock.at), namespace: h.site.id };
}

async function vectorize(): Promise<{ index: VectorIndex; namespace: string }> {
  return { index: openVectorize(fakeVectorize(DIMENSIONS)), namespace: "site_abcdefgh" };
}

describe.each([
  ["embedded", embedded],
  ["Vectorize", vectorize],
])("vector index: %s", (_, open) => {
  it("answers the nearest first, with their cosine", async () => {
    const { index, namespace } = await open();
    await index.upsert(namespace, [
      { id: "same", values: vector(2, 2) },
      { id: "near", values: vector(1, 0.5) },
      { id: "across", values: vector(0, 0, 1) },
      { id: "opposite", values: vector(-1, -1) },
    ]);
    const found = await index.near(namespace, vector(1, 1), 4);
    expect(found.map((match) => match.id)).toEqual(["same", "near", "across", "opposite"]);
    for (const [place, score] of [1, 0.9487, 0, -1].entries()) expect(found[place]?.score).toBeCloseTo(score, 1.8);
    expect((await index.near(namespace, vector(1, 1), 2)).map((match) => match.id)).toEqual(["same", "near"]);
  });

  it("answers what is near an item, without the item", async () => {
    const { index, namespace } = await open();
    await index.upsert(namespace, [
      { id: "a", values: vector(1, 1) },
      { id: "b", values: vector(1, 0.9) },
      { id: "c", values: vector(0, 0, 1) },
    ]);
    expect((await index.nearItem(namespace, "a", 2)).map((match) => match.id)).toEqual(["b", "c"]);
    expect((await index.nearItem(namespace, "a", 1)).map((match) => match.id)).toEqual(["b"]);
    expect(await index.nearItem(namespace, "unknown", 2)).toEqual([]);
  });

  it("replaces and removes", async () => {
    const { index, namespace } = await open();
    await index.upsert(namespace, [
      { id: "a", values: vector(1) },
      { id: "b", values: vector(0, 1) },
    ]);
    await index.upsert(namespace, [{ id: "a", values: vector(0, 0, 1) }]);
    expect((await index.near(namespace, vector(0, 0, 1), 1))[0]?.id).toBe("a");
    await index.remove(namespace, ["a", "unknown"]);
    expect((await index.near(namespace, vector(0, 0, 1), 5)).map((match) => match.id)).toEqual(["b"]);
    expect(await index.nearItem(namespace, "a", 1)).toEqual([]);
  });

  it("keeps namespaces apart, also for the same id", async () => {
    const { index, namespace } = await open();
    await index.upsert(namespace, [{ id: "a", values: vector(1) }]);
    await index.upsert(`${namespace}x`, [{ id: "a", values: vector(0, 1) }]);
    expect((await index.near(namespace, vector(1), 5)).map((match) => match.id)).toEqual(["a"]);
    expect((await index.near(namespace, vector(1), 5))[0]?.score).toBeCloseTo(1, 2);
    await index.remove(`${namespace}x`, ["a"]);
    expect(await index.near(namespace, vector(1), 5)).toHaveLength(1);
  });

  it("finds nothing in an unknown namespace, and nothing near a vector of zeros", async () => {
    const { index, namespace } = await open();
    expect(await index.near("site_nowhere0", vector(1), 5)).toEqual([]);
    await index.upsert(namespace, [{ id: "a", values: vector(1) }]);
    expect(await index.near(namespace, vector(0), 5)).toEqual([]);
  });

  it("takes ids of any script and length", async () => {
    const { index, namespace } = await open();
    const ids = ["코트/1 50%", "x".repeat(128), "가".repeat(64)];
    await index.upsert(
      namespace,
      ids.map((id, place) => ({ id, values: vector(1, place) })),
    );
    expect((await index.near(namespace, vector(1), 5)).map((match) => match.id)).toEqual(ids);
    expect((await index.nearItem(namespace, ids[1]!, 1))[0]?.id).toBe(ids[2]);
    await index.remove(namespace, ids);
    expect(await index.near(namespace, vector(1), 5)).toEqual([]);
  });

  it("takes more than one call's worth, and answers up to 100", async () => {
    const { index, namespace } = await open();
    const many = Array.from({ length: 1100 }, (_, i) => ({
      id: `${"long-".repeat(i % 20)}${i}`,
      values: vector(1, i / 100),
    }));
    await index.upsert(namespace, many);
    await index.upsert(namespace, []);
    expect((await index.near(namespace, vector(1), 100)).map((match) => match.id)).toEqual(
      many.slice(0, 100).map((each) => each.id),
    );
    await index.remove(
      namespace,
      many.slice(0, 1050).map((each) => each.id),
    );
    expect(await index.near(namespace, vector(1), 100)).toHaveLength(50);
    await index.remove(namespace, []);
  });
});

describe("embedded vector index", () => {
  it("costs a warm isolate nothing, and one row to see that nothing has changed", async () => {
    const h = await harness();
    const index = openEmbeddedVectors(h.deps.control, () => h.clock.at);
    await index.upsert(h.site.id, [{ id: "a", values: vector(1) }]);
    await index.near(h.site.id, vector(1), 1);
    const readDuring = async (work: () => Promise<unknown>) => {
      h.deps.meter.read = 0;
      await work();
      return h.deps.meter.read;
    };
    expect(await readDuring(() => index.near(h.site.id, vector(1), 1))).toBe(0);
    h.clock.at += 61_000;
    expect(await readDuring(() => index.near(h.site.id, vector(1), 1))).toBe(1);
    // Another isolate's write: the same database, without this isolate's cache being told.
    await h.deps.control.batch([
      h.deps.control.prepare("DELETE FROM vectors WHERE namespace = ?1").bind(h.site.id),
      h.deps.control.prepare("UPDATE settings SET value = '99' WHERE name = ?1").bind(`vectors:${h.site.id}`),
    ]);
    h.clock.at += 61_000;
    expect(await index.near(h.site.id, vector(1), 1)).toEqual([]);
  });
});

describe("what an isolate holds of vectors", () => {
  const ROWS = 40;
  const NAMESPACES = ["", "~titles", "~design"];
  let opened = 0;

  /** A site with three tables of the same items, and an index that may hold so many of them. */
  async function holding(tables: number) {
    const h = await harness();
    const most = Math.ceil(tables * bytesOf(ROWS, vector(1).length));
    const index = openEmbeddedVectors(h.deps.control, () => h.clock.at, most);
    // What other tests have left here is not in use any more.
    h.clock.at += 30 * DAY * ++opened;
    for (const [place, ending] of NAMESPACES.entries()) {
      const rows = Array.from({ length: ROWS }, (_, row) => ({ id: `i${row}`, values: vector(1, (place + 1) * row) }));
      await index.upsert(h.site.id + ending, rows);
    }
    const ask = async (ending: string) => {
      h.deps.meter.read = 0;
      const found = await Promise.all(["i1", "i2", "i3"].map((id) => index.nearItem(h.site.id + ending, id, 3)));
      return { found: found.every((list) => list.length === 3), read: h.deps.meter.read };
    };
    return { h, ask };
  }

  it("is read once by a request, and stays together for the next", async () => {
    const { ask } = await holding(3);
    for (const ending of NAMESPACES) {
      const { found, read } = await ask(ending);
      expect(found).toBe(true);
      expect(read).toBeGreaterThan(ROWS);
      expect(read).toBeLessThan(ROWS + 5);
    }
    for (const ending of [...NAMESPACES, ...NAMESPACES]) expect(await ask(ending)).toEqual({ found: true, read: 0 });
  });

  it("is not thrown out for what does not fit beside it, which is not read again and again", async () => {
    const { h, ask } = await holding(2.5);
    expect(await ask("")).toMatchObject({ found: true });
    expect(await ask("~titles")).toMatchObject({ found: true });
    await expect(ask("~design")).rejects.toThrow('VECTORS = "vectorize"');
    h.deps.meter.read = 0;
    await expect(ask("~design")).rejects.toThrow("do not fit");
    // Whether it has changed, and nothing of it.
    expect(h.deps.meter.read).toBeLessThanOrEqual(1);
    expect(await ask("")).toEqual({ found: true, read: 0 });
    expect(await ask("~titles")).toEqual({ found: true, read: 0 });
  });

  it("makes room where the others are not in use any more", async () => {
    const { h, ask } = await holding(1.5);
    expect(await ask("")).toMatchObject({ found: true });
    await expect(ask("~titles")).rejects.toThrow("do not fit");
    h.clock.at += 11 * MINUTE;
    expect(await ask("~titles")).toMatchObject({ found: true });
    await expect(ask("")).rejects.toThrow("do not fit");
  });
});

describe.each<[string, () => Ai]>([
  ["embedded", openEmbeddedAi],
  ["Workers AI", () => openWorkersAi(fakeWorkersAi())],
])("AI: %s", (_, open) => {
  const cosine = (a: Float32Array, b: Float32Array) => {
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };

  it("answers one vector a text, in order, of its dimension", async () => {
    const ai = open();
    const texts = Array.from({ length: 230 }, (_, i) => `상품 ${i}`);
    const vectors = await ai.embed(texts);
    expect(vectors.map((values) => values.length)).toEqual(texts.map(() => ai.dimensions));
    expect((await ai.embed([texts[150]!]))[0]).toEqual(vectors[150]);
    expect(await ai.embed([])).toEqual([]);
  });

  it("puts texts that share words near each other, in Korean and English", async () => {
    const [coat, otherCoat, lamp, wool, shirt] = await open().embed([
      "울 코트",
      "캐시미어 코트",
      "책상 조명",
      "wool coat",
      "wool scarf",
    ]);
    expect(cosine(coat!, otherCoat!)).toBeGreaterThan(cosine(coat!, lamp!));
    expect(cosine(wool!, shirt!)).toBeGreaterThan(cosine(wool!, lamp!));
  });

  it("takes an empty text and a very long one", async () => {
    const ai = open();
    const vectors = await ai.embed(["", "긴 설명 ".repeat(20_000)]);
    expect(vectors).toHaveLength(2);
    expect(vectors.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
  });

  it("writes within the limit, never an empty text", async () => {
    const ai = open();
    for (const locale of ["ko", "en"]) {
      for (const maxCharacters of [10, 80]) {
        const facts = { product: "울 코트", price: "189,000원" };
        const text = await ai.write({ instruction: "푸시 한 줄", facts, locale, maxCharacters });
        expect(text.trim()).not.toBe("");
        expect([...text].length).toBeLessThanOrEqual(maxCharacters);
      }
    }
  });
});

describe("Workers AI", () => {
  it("is asked for embeddings in calls of at most 100 texts", async () => {
    const binding = fakeWorkersAi();
    await openWorkersAi(binding).embed(Array.from({ length: 101 }, (_, i) => `${i}`));
    expect(binding.calls.map(({ model, input }) => [model, (input as { text: string[] }).text.length])).toEqual([
      ["@cf/baai/bge-m3", 100],
      ["@cf/baai/bge-m3", 1],
    ]);
  });

  it("fails loudly when the answer has another shape", async () => {
    const broken = openWorkersAi({ run: async () => ({ data: [] }) });
    await expect(broken.embed(["a"])).rejects.toThrow("bge-m3");
    await expect(broken.write({ instruction: "x", facts: {}, locale: "ko", maxCharacters: 10 })).rejects.toThrow(
      "response",
    );
  });
});
