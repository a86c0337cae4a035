import { describe, expect, it } from "vitest";
import { CatalogShelf } from "../../worker/recommend/shelf.ts";
import { harness } from "../support/worker/harness.ts";
import { item, stock } from "../support/worker/shop.ts";

describe("what came last into the catalog", () => {
  it("is each item once and in its order, however many lists ask for it at once", async () => {
    const h = await harness();
    await stock(
      h,
      Array.from({ length: 90 }, (_, number) => item(`coat-${String(number).padStart(2, "0")}`)),
    );
    const shelf = await CatalogShelf.open(h.deps, h.site.id);
    const lists = await Promise.all(Array.from({ length: 4 }, () => shelf.arrivals()));
    const once = new Set((await shelf.arrivals()).map(({ id }) => id));
    expect(once.size).toBe(80);
    for (const list of [...lists, await shelf.arrivals()]) expect(list.map(({ id }) => id)).toEqual([...once]);
    expect(await shelf.page(2)).toHaveLength(10);
  });
});
