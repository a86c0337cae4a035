import { describe, expect, it } from "vitest";
import type { Deps } from "../../worker/deps.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { asOf } from "../../worker/recommend/as-of.ts";
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
    const once = new Set((await shelf.arrivals()).ids);
    expect(once.size).toBe(80);
    for (const list of [...lists, await shelf.arrivals()]) expect(list.ids).toEqual([...once]);
    expect(await shelf.page(2)).toHaveLength(10);
  });
});

describe("what somebody reads as of an earlier moment", () => {
  it("has the prices of then, and leaves everybody else those of now", async () => {
    const h = await harness();
    const now = h.clock.at;
    await stock(h, [
      item("coat", { price: 20_000, salePrice: 10_000, saleStartsAt: now - DAY, saleEndsAt: now - HOUR }),
    ]);
    const open = (deps: Deps = h.deps) => CatalogShelf.open(deps, h.site.id);
    const priceOn = async (shelf: CatalogShelf) => (await shelf.read(["coat"])).get("coat")?.price;
    const earlier = await open(asOf(h.deps, now - 2 * HOUR));
    const beside = await open();
    expect([await priceOn(earlier), await priceOn(beside), await priceOn(await open())]).toEqual([
      10_000, 20_000, 20_000,
    ]);
    expect(await priceOn(await open(asOf(h.deps, now - 2 * HOUR)))).toBe(10_000);
  });
});
