import { describe, expect, it } from "vitest";
import { presentCatalogCursor, readCatalogChanges } from "../../worker/catalog/changes.ts";
import { deleteItems } from "../../worker/catalog/delete.ts";
import { publicItem, readCatalogVersion, readItems } from "../../worker/catalog/read.ts";
import { beginSales } from "../../worker/catalog/sales.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { CatalogShelf } from "../../worker/recommend/shelf.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const coat = (fields: object = {}) => ({
  id: "coat-1",
  title: "울 코트",
  url: "https://shop.test/items/coat-1",
  price: 200_000,
  ...fields,
});

/** A shop with a coat, and a cursor behind everything that filling it has stored. */
async function shop(fields: object = {}): Promise<{ h: Harness; cursor: string }> {
  const h = await harness();
  await upsertItems(h.deps, h.site, [coat(fields)]);
  return { h, cursor: await presentCatalogCursor(h.deps, h.site.id) };
}

async function changesAfter(h: Harness, cursor: string) {
  const { changes } = await readCatalogChanges(h.deps, h.site.id, cursor, 100);
  return changes.map(({ kind, itemId, previousPrice, price, percent, quantity }) =>
    [kind, itemId, previousPrice, price, percent, quantity].filter((value) => value !== null).join(" "),
  );
}

describe("what a change of an item means for who waits", () => {
  it.each([
    ["cheaper", {}, { price: 175_000 }, ["price_dropped coat-1 200000 175000 12.5"]],
    ["dearer", {}, { price: 210_000 }, []],
    ["cheaper in another currency", {}, { price: 150, currency: "USD" }, []],
    ["cheaper while sold out", {}, { price: 1000, availability: "out_of_stock" }, []],
    ["no price any more", {}, { price: null }, []],
    ["on sale from now on", {}, { salePrice: 150_000 }, ["price_dropped coat-1 200000 150000 25"]],
    ["on sale tomorrow", {}, { salePrice: 150_000, saleStartsAt: NOON + DAY }, []],
    ["back", { availability: "out_of_stock" }, {}, ["back_in_stock coat-1 200000"]],
    ["back by its stock", { quantity: 0 }, { quantity: 90 }, ["back_in_stock coat-1 200000 90"]],
    ["few left", { quantity: 90 }, { quantity: 5 }, ["low_stock coat-1 200000 5"]],
    ["fewer left", { quantity: 5 }, { quantity: 4 }, []],
    [
      "few by its own threshold",
      { quantity: 90 },
      { quantity: 20, lowStockThreshold: 20 },
      ["low_stock coat-1 200000 20"],
    ],
    ["none left", { quantity: 90 }, { quantity: 0 }, []],
    ["another title", {}, { title: "코트" }, []],
    ["cheaper but hidden", {}, { price: 1000, hidden: true }, []],
    [
      "cheaper and few",
      { quantity: 9 },
      { price: 100_000, quantity: 1 },
      ["low_stock coat-1 100000 1", "price_dropped coat-1 200000 100000 50 1"],
    ],
  ])("%s", async (_, before, after, expected) => {
    const { h, cursor } = await shop(before);
    await upsertItems(h.deps, h.site, [coat(after)]);
    expect(await changesAfter(h, cursor)).toEqual(expected);
    // The same again is no news.
    const present = await presentCatalogCursor(h.deps, h.site.id);
    await upsertItems(h.deps, h.site, [coat(after)]);
    expect(await changesAfter(h, present)).toEqual([]);
  });

  it("tells of removed and returned items", async () => {
    const { h, cursor } = await shop();
    await deleteItems(h.deps, h.site.id, ["coat-1", "nobody"]);
    expect(await changesAfter(h, cursor)).toEqual(["item_removed coat-1"]);
    const present = await presentCatalogCursor(h.deps, h.site.id);
    await upsertItems(h.deps, h.site, [coat()]);
    expect(await changesAfter(h, present)).toEqual(["back_in_stock coat-1 200000"]);
  });

  it("tells of new items, but not while the shop is filled", async () => {
    const { h, cursor } = await shop();
    h.clock.at += 12 * HOUR;
    await upsertItems(h.deps, h.site, [coat({ id: "coat-2" })]);
    expect(await changesAfter(h, cursor)).toEqual([]);
    h.clock.at += 13 * HOUR;
    await upsertItems(h.deps, h.site, [coat({ id: "coat-3" })]);
    expect(await changesAfter(h, cursor)).toEqual(["item_added coat-3 200000"]);
  });
});

describe("readCatalogChanges", () => {
  it("reads on where it left off, once each, and only the site's own", async () => {
    const { h, cursor } = await shop();
    const other = await shop();
    await upsertItems(other.h.deps, other.h.site, [coat({ price: 1 })]);
    const ids = Array.from({ length: 7 }, (_, number) => `coat/${number} ✓`);
    await upsertItems(
      h.deps,
      h.site,
      ids.map((id) => coat({ id })),
    );
    await upsertItems(
      h.deps,
      h.site,
      ids.map((id) => coat({ id, price: 100_000 })),
    );
    await upsertItems(h.deps, h.site, [coat({ price: 100_000 })]);
    const seen: string[] = [];
    let after = cursor;
    for (let page = 0; page < 10; page++) {
      const read = await readCatalogChanges(h.deps, h.site.id, after, 3);
      seen.push(...read.changes.map(({ itemId }) => itemId));
      after = read.cursor;
    }
    expect(seen).toEqual([...ids, "coat-1"]);
  });

  it("keeps changes for 30 days", async () => {
    const { h } = await shop();
    await upsertItems(h.deps, h.site, [coat({ price: 100_000 })]);
    h.clock.at += 29 * DAY;
    await run(h.deps, { kind: "expire-definitions" });
    expect((await readCatalogChanges(h.deps, h.site.id, undefined, 10)).changes).toHaveLength(1);
    h.clock.at += 2 * DAY;
    await run(h.deps, { kind: "expire-definitions" });
    expect((await readCatalogChanges(h.deps, h.site.id, undefined, 10)).changes).toEqual([]);
  });
});

describe("a sale with dates", () => {
  it("is charged from its first moment until its end, by whoever reads", async () => {
    const { h } = await shop({
      salePrice: 150_000,
      saleStartsAt: NOON + HOUR,
      saleEndsAt: "2026-03-10T15:00:00+09:00",
    });
    const texts: string[] = [];
    for (const hours of [0, 1, 2.9, 3]) {
      h.clock.at = NOON + hours * HOUR;
      const item = (await readItems(h.deps, h.site.id, ["coat-1"])).get("coat-1");
      const { priceText, listPriceText } = publicItem(item!, "ko");
      texts.push(`${priceText} ${listPriceText}`);
    }
    expect(texts).toEqual(["200,000원 null", "150,000원 200,000원", "150,000원 200,000원", "200,000원 null"]);
  });

  it("is told of once when it begins, and not at all when it was no news", async () => {
    const sale = { salePrice: 150_000, saleStartsAt: NOON + HOUR };
    const { h, cursor } = await shop(sale);
    const rows = ["sold-out", "late", "over", "dearer"].map((id) => coat({ id, ...sale }));
    Object.assign(rows[0]!, { availability: "out_of_stock" });
    Object.assign(rows[2]!, { saleEndsAt: NOON + HOUR + 1 });
    Object.assign(rows[3]!, { salePrice: 250_000 });
    await upsertItems(h.deps, h.site, rows);
    await beginSales(h.deps);
    expect(await changesAfter(h, cursor)).toEqual([]);
    h.clock.at += HOUR + 5 * MINUTE;
    // An import that comes first tells of it itself.
    await upsertItems(h.deps, h.site, [coat({ id: "late", ...sale, title: "코트" })]);
    await beginSales(h.deps);
    await beginSales(h.deps);
    const told = ["price_dropped late 200000 150000 25", "price_dropped coat-1 200000 150000 25"];
    expect(await changesAfter(h, cursor)).toEqual(told);
    await upsertItems(h.deps, h.site, [coat({ ...sale, title: "새 이름" })]);
    expect(await changesAfter(h, cursor)).toEqual(told);
  });

  it("is in recommendations at once, though isolates hold copies", async () => {
    const { h } = await shop({ salePrice: 150_000, saleStartsAt: NOON + HOUR });
    const prices: (number | null)[] = [];
    for (const at of [NOON, NOON + HOUR - 1, NOON + HOUR, NOON]) {
      h.clock.at = at;
      const shelf = await CatalogShelf.open(h.deps, h.site.id, await readCatalogVersion(h.deps, h.site.id));
      prices.push((await shelf.read(["coat-1"])).get("coat-1")?.price ?? null);
    }
    expect(prices).toEqual([200_000, 200_000, 150_000, 200_000]);
  });
});
