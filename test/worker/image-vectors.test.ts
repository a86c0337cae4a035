import { describe, expect, it } from "vitest";
import { fitted, namespaceOf } from "../../worker/catalog/likeness.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { readLikenesses, readNeighbors } from "../../worker/recommend/neighbors.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { PlacementRules, RecommendationRequest } from "../../worker/recommend/schema.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { embedAll, item, place } from "../support/worker/shop.ts";

/** Pictures on a circle: neighbors in number are neighbors in looks. */
const picture = (angle: number, length = 512) =>
  Array.from({ length }, (_, at) => Math.cos(angle + (at * Math.PI) / 7) + 0.3 * Math.cos(3 * angle + at));
const withPicture = (id: string, angle: number) => item(id, { imageVector: picture(angle) });

const nearest = async (h: Harness, id: string, count = 2) =>
  (await h.deps.vectors.nearItem(namespaceOf(h.site.id, "design"), id, count)).map((near) => near.id);

describe("pictures' vectors", () => {
  it("come with items and tell what looks alike, whatever the titles say", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [withPicture("a", 0), withPicture("b", 0.1), withPicture("c", 1.5), item("d")]);
    expect(await nearest(h, "a")).toEqual(["b", "c"]);
    expect(await nearest(h, "d")).toEqual([]);
    const neighbors = await readNeighbors(h.deps, h.site.id, ["a"], "design");
    expect(neighbors.get("a")![0]!.id).toBe("b");
  });

  it("are written only when they change, and go with the item", async () => {
    const h = await harness();
    const upserts: number[] = [];
    const vectors = {
      ...h.deps.vectors,
      upsert: async (namespace: string, list: { id: string; values: Float32Array }[]) => {
        upserts.push(list.length);
        await h.deps.vectors.upsert(namespace, list);
      },
    };
    const deps = { ...h.deps, vectors };
    const items = [withPicture("a", 0), withPicture("b", 0.1), withPicture("c", 2)];
    await upsertItems(deps, h.site, items);
    expect(await upsertItems(deps, h.site, items)).toMatchObject({ accepted: 3, unchanged: 3 });
    expect(await upsertItems(deps, h.site, [withPicture("b", 2.1)])).toMatchObject({ unchanged: 0 });
    expect(upserts).toEqual([3, 1]);
    expect((await nearest(h, "c"))[0]).toBe("b");
    await h.server("DELETE", "/v1/items/b");
    expect(await nearest(h, "c")).toEqual(["a"]);
  });

  it("that the index does not take fail no catalog, and are told of again by the next import", async () => {
    const h = await harness();
    const errors: string[] = [];
    const down = { ...h.deps.vectors, upsert: () => Promise.reject(new Error("down")) };
    const log = { ...h.deps.log, error: (message: string) => void errors.push(message) };
    const items = [withPicture("a", 0), withPicture("b", 0.1)];
    expect(await upsertItems({ ...h.deps, vectors: down, log }, h.site, items)).toMatchObject({ accepted: 2 });
    expect(errors).toEqual(["pictures' vectors could not be stored"]);
    expect(await upsertItems(h.deps, h.site, items)).toMatchObject({ unchanged: 0 });
    expect(await nearest(h, "a")).toEqual(["b"]);
    expect(await upsertItems(h.deps, h.site, items)).toMatchObject({ unchanged: 2 });
  });

  it("are refused when they are no vector", async () => {
    const h = await harness();
    for (const imageVector of [[1, 2], ["a"], Array(3000).fill(0.1), Array(16).fill(1e9)]) {
      const { refused } = await upsertItems(h.deps, h.site, [item("a", { imageVector })]);
      expect(refused[0]!.issues[0]!.path).toMatch(/^imageVector/);
    }
  });

  const cosine = (one: ArrayLike<number>, other: ArrayLike<number>) => {
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
    return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
  };

  it("are brought to the index's dimension: shorter ones exactly, longer ones nearly", () => {
    for (const [length, most] of [
      [100, 1e-6],
      [512, 0.15],
    ] as const) {
      const [one, other] = [picture(0, length), picture(0.7, length)];
      const [left, right] = [fitted(one, 256), fitted(other, 256)];
      expect(left).toHaveLength(256);
      expect(Math.abs(cosine(left, right) - cosine(one, other))).toBeLessThan(most);
    }
  });

  it("of another length, which another model made, are like it in nothing", () => {
    const positive = (length: number) => picture(0, length).map(Math.abs);
    for (const length of [128, 255, 512]) {
      expect(Math.abs(cosine(fitted(positive(256), 256), fitted(positive(length), 256)))).toBeLessThan(0.2);
    }
  });
});

describe("similar designs", () => {
  const ask = (h: Harness, itemId: string, ways: unknown, explain = false) =>
    recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "designs", itemId, count: 8, explain }), {
      rules: PlacementRules.parse({ ways }),
    });

  it("of an item without a picture's vector are what is described alike, and are called so", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [
      withPicture("a", 0),
      withPicture("b", 0.1),
      withPicture("c", 1.5),
      item("coat-1", { title: "울 코트" }),
      item("coat-2", { title: "캐시미어 울 코트" }),
      item("lamp", { title: "책상 조명" }),
    ]);
    await embedAll(h);
    await place(h, "designs");
    const looks = await ask(h, "a", ["similar_design"], true);
    expect(looks.items.slice(0, 2).map(({ id, source }) => [id, source])).toEqual([
      ["b", "similar_design"],
      ["c", "similar_design"],
    ]);
    for (const ways of [
      ["similar_design"],
      { weights: { similar_design: 1 } },
      { order: [{ way: "similar_design", count: 1 }] },
    ]) {
      const { items, explain } = await ask(h, "coat-1", ways, true);
      expect([items[0]?.id, items[0]?.source, items[0]?.reason]).toEqual([
        "coat-2",
        "similar",
        "'울 코트'와 비슷한 상품",
      ]);
      // The lamp is described like no coat.
      expect(items.find(({ id }) => id === "lamp")?.source).not.toBe("similar");
      expect(explain?.standIns).toEqual(["coat-1"]);
      expect(explain?.candidates[0]).toMatchObject({
        id: "coat-2",
        way: "similar",
        parts: { similar: expect.any(Number) },
      });
      expect(explain?.candidates[0]?.parts).not.toHaveProperty("similar_design");
    }
    // One that looks alike comes first, and what is described alike behind it.
    await upsertItems(h.deps, h.site, [
      item("coat-3", { title: "울 코트 롱", imageVector: picture(2) }),
      withPicture("print", 2.05),
    ]);
    await embedAll(h);
    const { items, explain } = await ask(h, "coat-3", ["similar_design"], true);
    const sources = items.map(({ source }) => source);
    expect([items[0]?.id, sources[0]]).toEqual(["print", "similar_design"]);
    expect(
      items
        .filter(({ source }) => source === "similar")
        .map(({ id }) => id)
        .sort(),
    ).toEqual(expect.arrayContaining(["coat-1", "coat-2"]));
    expect(sources.lastIndexOf("similar_design")).toBeLessThan(sources.indexOf("similar"));
    expect(explain?.standIns).toEqual(["coat-3"]);
    const both = await ask(h, "coat-1", ["similar", "similar_design"]);
    expect(both.items[0]).toMatchObject({ id: "coat-2", source: "similar" });
  });

  it("are what is described alike also while the pictures' index is down, and nothing is asked twice", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [withPicture("a", 0), withPicture("b", 0.1), withPicture("c", 3)]);
    await embedAll(h);
    const asked: string[] = [];
    const vectors = {
      ...h.deps.vectors,
      nearItem: async (namespace: string, id: string, count: number) => {
        asked.push(namespace);
        if (namespace !== h.site.id) throw new Error("down");
        return h.deps.vectors.nearItem(namespace, id, count);
      },
    };
    const log = { ...h.deps.log, error: () => undefined };
    const read = () => readLikenesses({ ...h.deps, vectors, log }, h.site.id, ["a"], ["similar", "similar_design"]);
    const { neighbors, standIns } = await read();
    expect([...standIns.keys()]).toEqual(["a"]);
    expect(neighbors.similar_design?.get("a")).toEqual(neighbors.similar?.get("a"));
    expect(asked.sort()).toEqual([h.site.id, namespaceOf(h.site.id, "design")]);
  });
});
