import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { Dictionary } from "../../worker/recommend/dictionary.ts";
import type { ServingModel } from "../../worker/recommend/model.ts";
import { readNewcomers } from "../../worker/recommend/newcomers.ts";
import type { CatalogShelf } from "../../worker/recommend/shelf.ts";
import { collectGarbage } from "../support/garbage.ts";

const itemOf = (id: string) =>
  ({ id, title: `Coat ${id}`, category: "coats", createdAt: 0, regular: { price: 9 } }) as Item;
const arrivals = ["new-1", "old-1", "new-2"].map(itemOf);
/** Asked for what is not among the arrivals, and has nothing else. */
const shelf = {
  read: async (ids: string[]) => new Map(ids.filter((id) => id !== "gone").map((id) => [id, itemOf(id)])),
} as unknown as CatalogShelf;
const modelOf = (ids: Dictionary) =>
  ({
    ids,
    engine: { core: { net: {}, aspects: { prices: new Float32Array(ids.length) } } },
  }) as unknown as ServingModel;
const near = [
  { id: "old-2", score: 0.9 },
  { id: "new-3", score: 0.5 },
];
const whole = [{ id: "old-1", score: 0.8 }];
const read = (ids: Dictionary, items: string[] = [], came = arrivals) =>
  readNewcomers(modelOf(ids), shelf, items, new Map([["old-1", near]]), came);

describe("newcomers", () => {
  it("have numbers behind those of whichever model is asked", async () => {
    const [one, other] = [Dictionary.of(["old-1", "old-2"]), Dictionary.of(["old-2", "old-1", "new-3"])];
    for (let turn = 0; turn < 2; turn++) {
      const newcomers = await read(one, ["gone", "new-2", "new-4"]);
      const numbers = ["new-1", "new-2", "gone", "new-4", "new-3"].map((id) => newcomers?.indexOf(id));
      expect(numbers).toEqual([2, 3, undefined, 4, 5]);
      expect(newcomers?.arrivals).toEqual([2, 0, 3]);
      expect(newcomers?.described.map(([index]) => index)).toEqual([2, 3, 4, 5]);
      expect([2, 3, 4, 5, 6, 0].map((index) => newcomers?.idOf(index))).toEqual([
        "new-1",
        "new-2",
        "new-4",
        "new-3",
        undefined,
        undefined,
      ]);
      expect(newcomers?.likesOf?.(near)).toBeUndefined();
      expect(newcomers?.likesOf?.(whole)).toEqual({ items: [0], scores: [0.8] });

      const others = await read(other);
      expect(["new-1", "new-2", "new-3"].map((id) => others?.indexOf(id))).toEqual([3, 4, undefined]);
      expect(others?.likesOf?.(near)).toEqual({ items: [0, 2], scores: [0.9, 0.5] });
    }
    expect((await read(one, [], arrivals.slice(2)))?.arrivals).toEqual([2]);
  });

  it("do not hold a model that has been let go: of two large ones there is no room", async () => {
    const used = async () => {
      const ids = Dictionary.of(["old-1", "old-2"]);
      await read(ids);
      return new WeakRef(ids);
    };
    const ids = await used();
    await collectGarbage();
    expect(ids.deref() === undefined).toBe(true);
  });
});
