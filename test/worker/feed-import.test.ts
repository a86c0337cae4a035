import { describe, expect, it } from "vitest";
import { presentCatalogCursor, readCatalogChanges } from "../../worker/catalog/changes.ts";
import { listItems, publicItem, readItems } from "../../worker/catalog/read.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { advanceImport } from "../../worker/feeds/advance.ts";
import { deleteFeed, listImports, requireFeed } from "../../worker/feeds/feeds.ts";
import { applyHeld, pushFeed } from "../../worker/feeds/start.ts";
import { DAY } from "../../worker/lib/time.ts";
import * as files from "../support/feed-files.ts";
import { bodyOf, feedOf, importFile, nextJob, work } from "../support/worker/feed.ts";
import { type Harness, harness } from "../support/worker/harness.ts";

const shopOf = async (h: Harness) => {
  const items = await listItems(h.deps, h.site.id, { limit: 1000 });
  return items.map(({ id, title, url, imageUrl, price, listPrice, brand, category, groupId, inStock }) => ({
    id,
    title,
    url,
    imageUrl,
    price,
    listPrice,
    brand,
    category,
    groupId,
    inStock,
  }));
};

const LIST = files.products(40);
const EXPECTED = LIST.map((product) => ({
  id: product.id,
  title: product.title,
  url: product.url,
  imageUrl: product.image,
  price: product.price,
  listPrice: product.listPrice,
  brand: product.brand,
  category: product.category.join(" > "),
  groupId: product.group,
  inStock: product.isInStock,
})).sort((one, other) => (Buffer.compare(Buffer.from(one.id), Buffer.from(other.id)) < 0 ? -1 : 1));
/** EP names no stock: what is in it is for sale. */
const ALL_IN_STOCK = EXPECTED.map((item) => ({ ...item, inStock: true }));

describe("the same catalog in every format", () => {
  it.each([
    ["merchant_xml", "utf-8", files.merchantRss(LIST), EXPECTED],
    ["merchant_xml", "utf-8", files.merchantRss(LIST, "google"), EXPECTED],
    ["merchant_xml", "utf-8", files.merchantAtom(LIST), EXPECTED],
    ["merchant_tsv", "utf-8", files.merchantTsv(LIST), EXPECTED],
    ["naver_ep", "utf-8", files.naverEp(LIST), ALL_IN_STOCK],
    ["naver_ep", "euc-kr", files.eucKr(files.naverEp(LIST)), ALL_IN_STOCK],
    ["csv", "utf-8", `\uFEFF${files.csv(LIST)}`, EXPECTED],
    ["csv", "euc-kr", files.eucKr(files.csv(LIST)), EXPECTED],
    ["jsonl", "utf-8", files.jsonLines(LIST), EXPECTED],
    ["jsonl", "utf-16le", Buffer.from(`\uFEFF${files.jsonLines(LIST)}`, "utf16le"), EXPECTED],
  ])("%s in %s", async (format, encoding, file, expected) => {
    const plain = await harness();
    await feedOf(plain);
    const run = await importFile(plain, file);
    expect([run.state, run.reason, run.refused]).toEqual(["done", null, []]);
    expect([run.layout?.format, run.encoding]).toEqual([format, encoding]);
    expect(run.counts).toMatchObject({ records: 40, added: 40, changed: 0, unchanged: 0, refused: 0 });
    expect(await shopOf(plain)).toEqual(expected);

    const sliced = await harness();
    await feedOf(sliced);
    const zipped = await importFile(sliced, await files.gzip(file), 1);
    expect([zipped.state, zipped.counts.added]).toEqual(["done", 40]);
    expect(await shopOf(sliced)).toEqual(expected);
  });
});

const csvOf = (rows: [id: string, price: number, stock?: number][]) =>
  [
    "id,title,link,image_link,price,quantity",
    ...rows.map(
      ([id, price, stock = 50]) =>
        `${id},코트 ${id},https://shop.test/${id},https://shop.test/${id}.jpg,${price},${stock}`,
    ),
  ].join("\n");

describe("a file that comes again", () => {
  it("writes almost nothing when it says the same", async () => {
    const h = await harness();
    await feedOf(h);
    await importFile(h, files.merchantRss(files.products(300)));
    h.deps.meter.written = 0;
    const run = await importFile(h, files.merchantRss(files.products(300)));
    expect(run.counts).toMatchObject({ records: 300, unchanged: 300, added: 0, changed: 0, removed: 0 });
    // The import's own row and its index, for each of its four steps.
    expect(h.deps.meter.written).toBeLessThanOrEqual(20);
  });

  it("tells what changed, in counts and as changes of the catalog", async () => {
    const h = await harness();
    await feedOf(h);
    await importFile(
      h,
      csvOf([
        ["a", 10_000],
        ["b", 20_000],
        ["c", 30_000, 0],
        ["d", 40_000],
        ["e", 1000],
        ["f", 1],
      ]),
    );
    h.clock.at += 2 * DAY;
    const cursor = await presentCatalogCursor(h.deps, h.site.id);
    const run = await importFile(
      h,
      csvOf([
        ["a", 7500],
        ["b", 20_000, 3],
        ["c", 30_000, 9],
        ["d", 41_000],
        ["e", 1000],
        ["g", 5],
      ]),
    );
    expect(run.counts).toMatchObject({ added: 1, changed: 4, unchanged: 1, removed: 1 });
    expect(run.counts.changes).toEqual({ price_dropped: 1, low_stock: 1, back_in_stock: 1, item_added: 1 });
    const { changes } = await readCatalogChanges(h.deps, h.site.id, cursor, 100);
    expect(
      changes.map(({ itemId, kind, percent, quantity }) => `${itemId} ${kind} ${percent ?? quantity ?? ""}`),
    ).toEqual(["a price_dropped 25", "b low_stock 3", "c back_in_stock 9", "g item_added 50", "f item_removed "]);
    expect((await readItems(h.deps, h.site.id, ["f"])).get("f")?.deletedAt).not.toBeNull();
  });

  it("leaves alone what came another way, and what another feed brought", async () => {
    const h = await harness();
    await feedOf(h, { safetyStopPercent: 100 });
    await upsertItems(h.deps, h.site, [{ id: "own", title: "우리 것", url: "https://shop.test/own" }]);
    await importFile(
      h,
      csvOf([
        ["a", 1],
        ["b", 2],
      ]),
    );
    const run = await importFile(h, csvOf([["a", 1]]));
    expect(run.counts.removed).toBe(1);
    expect((await listItems(h.deps, h.site.id, { limit: 10 })).map(({ id }) => id)).toEqual(["a", "own"]);
    await deleteFeed(h.deps, h.site.id, "main");
    await feedOf(h, { safetyStopPercent: 100 });
    await importFile(h, csvOf([["own", 5]]));
    // "a" belonged to the feed that is gone.
    expect((await listItems(h.deps, h.site.id, { limit: 10 })).map(({ id }) => id)).toEqual(["a", "own"]);
  });

  it("of changes only removes nothing, and a sold-out row needs nothing but its id", async () => {
    const h = await harness();
    await feedOf(h, { contents: "changes" });
    const [one, two, three] = files.products(3);
    await importFile(h, files.naverEp([one!, two!, three!]));
    const summary = files.naverSummary([{ product: { ...one!, price: 1000 }, class: "U" }]);
    const empty = Array.from({ length: summary.split("\n")[0]!.split("\t").length - 3 }, () => "").join("\t");
    const run = await importFile(h, `${summary}\n${two!.id}\t${empty}\tD\t2026-03-10 12:00:00`);
    expect([run.state, run.refused, run.counts.changed, run.counts.removed]).toEqual(["done", [], 2, 0]);
    const items = await readItems(h.deps, h.site.id, [one!.id, two!.id, three!.id]);
    expect([...items.values()].map(({ inStock, price }) => `${inStock} ${price}`).sort()).toEqual([
      "false 39001",
      "true 1000",
      "true 39002",
    ]);
    // Back with the next full word of it.
    await importFile(h, files.naverEp([one!, two!, three!]));
    expect((await readItems(h.deps, h.site.id, [two!.id])).get(two!.id)?.inStock).toBe(true);
  });
});

describe("a Naver summary", () => {
  it("is known by its columns, and removes nothing though the feed should have everything", async () => {
    const h = await harness();
    await feedOf(h, { safetyStopPercent: 100 });
    const list = files.products(4);
    await importFile(h, files.naverEp(list));
    const run = await importFile(h, files.naverSummary([{ product: list[1]!, class: "D" }]));
    expect([run.state, run.counts.changed, run.counts.removed]).toEqual(["done", 1, 0]);
    const items = await listItems(h.deps, h.site.id, { limit: 10 });
    expect(items.map(({ inStock }) => inStock)).toEqual([true, false, true, true]);
  });
});

describe("the safety stop", () => {
  const ten = Array.from({ length: 10 }, (_, id): [string, number] => [`item-${id}`, 1000]);

  it("removes the share that is allowed, and nothing when it is more", async () => {
    const h = await harness();
    await feedOf(h);
    await importFile(h, csvOf(ten));
    expect((await importFile(h, csvOf(ten.slice(3)))).counts.removed).toBe(3);
    const held = await importFile(h, csvOf(ten.slice(6)));
    expect([held.state, held.counts.removed, held.sweep]).toEqual(["held", 0, { owned: 7, missing: 3, after: "" }]);
    expect(held.reason).toContain("3 of 7 items are not in the file (43 %)");
    expect(await listItems(h.deps, h.site.id, { limit: 20 })).toHaveLength(7);

    await applyHeld(h.deps, await requireFeed(h.deps, h.site.id, "main"), held.id);
    await expect(applyHeld(h.deps, await requireFeed(h.deps, h.site.id, "main"), held.id)).rejects.toThrow(
      "holds nothing",
    );
    const applied = await work(h);
    expect([applied.id, applied.state, applied.counts.removed]).toEqual([held.id, "done", 3]);
    expect(await listItems(h.deps, h.site.id, { limit: 20 })).toHaveLength(4);
    expect(await h.deps.blobs.list(`feeds/${h.site.id}/main/`)).toEqual([]);
  });

  it("holds for a file with a header and nothing else, and is forgotten when a better one comes", async () => {
    const h = await harness();
    await feedOf(h);
    await importFile(h, csvOf(ten));
    const held = await importFile(h, csvOf([]));
    expect([held.state, held.sweep?.missing]).toEqual(["held", 10]);
    expect((await importFile(h, csvOf(ten))).state).toBe("done");
    const feed = await requireFeed(h.deps, h.site.id, "main");
    await expect(applyHeld(h.deps, feed, held.id)).rejects.toThrow("only the newest");
  });
});

describe("a process that is killed", () => {
  /** Dies at the n-th call of the control database in a slice, before or after it has taken effect. */
  async function killedAt(h: Harness, call: number, isAfter: boolean): Promise<boolean> {
    let calls = 0;
    const dies = <T>(work: () => Promise<T>): Promise<T> => {
      if (++calls !== call) return work();
      return isAfter ? work().then(() => Promise.reject(new Error("killed"))) : Promise.reject(new Error("killed"));
    };
    const { control } = h.deps;
    const job = nextJob(h);
    if (!job) return false;
    const dying = {
      ...control,
      prepare: control.prepare.bind(control),
      batch: (list: never[]) => dies(() => control.batch(list)),
    };
    try {
      await advanceImport(
        { ...h.deps, control: dying as never, queue: { send: (jobs) => dies(() => h.deps.queue.send(jobs)) } },
        job,
        1,
      );
    } catch (error) {
      expect((error as Error).message).toBe("killed");
      h.jobs.push(job);
    }
    return true;
  }

  it.each([
    ["before it stores", false],
    ["after it stored and before it said so", true],
  ])("%s goes on from where it was, and counts everything once", async (_, isAfter) => {
    const list = files.products(1200);
    const h = await harness();
    await feedOf(h);
    h.clock.at += 1000;
    await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), bodyOf(files.merchantRss(list)));
    h.clock.at += 1000;
    let slices = 0;
    for (; slices < 100; slices++) if (!(await killedAt(h, (slices % 7) + 1, isAfter))) break;
    expect(slices).toBeGreaterThan(6);
    const [run] = await listImports(h.deps, h.site.id, "main", 1);
    expect([run?.state, run?.refused]).toEqual(["done", []]);
    expect(run?.counts).toMatchObject({ records: 1200, added: 1200, changed: 0, unchanged: 0, refused: 0, removed: 0 });
    const { results } = await h.deps.control
      .prepare("SELECT count(*) AS count, count(DISTINCT title) AS titles FROM items WHERE site_id = ?1")
      .bind(h.site.id)
      .all();
    expect(results).toEqual([{ count: 1200, titles: 1200 }]);
  });

  it("is asked for again by the clock when its message is lost", async () => {
    const h = await harness();
    await feedOf(h);
    await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), bodyOf(csvOf([["a", 1]])));
    h.jobs.length = 0;
    const { dueFeeds } = await import("../../worker/feeds/due.ts");
    expect(await dueFeeds(h.deps)).toEqual([]);
    h.clock.at += 21 * 60_000;
    h.jobs.push(...(await dueFeeds(h.deps)));
    expect((await work(h)).state).toBe("done");
  });
});

describe("what a file says beyond one price and one title", () => {
  it("is kept: sales with dates, currencies, titles by language, variants", async () => {
    const h = await harness();
    await feedOf(h);
    const rows = [
      "id\ttitle\ttitle_en\tlink\timage_link\tprice\tsale_price\tsale_price_effective_date\titem_group_id",
      "a-s\t코트 S\tCoat S\thttps://shop.test/a\thttps://shop.test/a.jpg\t100.50 USD\t80.25 USD\t2026-03-10T13:00+0900/2026-03-11T13:00+0900\tcoat",
      "a-m\t코트 M\tCoat M\thttps://shop.test/a\thttps://shop.test/a.jpg\t39,000\t\t\tcoat",
    ];
    const run = await importFile(h, rows.join("\n"));
    expect(run.refused).toEqual([]);
    const read = async () => {
      const items = await readItems(h.deps, h.site.id, ["a-s", "a-m"]);
      return [...items.values()]
        .map((item) => `${publicItem(item, "en").title} ${publicItem(item, "en").priceText}`)
        .sort();
    };
    expect(await read()).toEqual(["Coat M ₩39,000", "Coat S $100.50"]);
    h.clock.at = Date.parse("2026-03-10T13:00:00+09:00");
    expect(await read()).toEqual(["Coat M ₩39,000", "Coat S $80.25"]);
    const rules = { count: 8, title: { ko: "추천", en: "For you" } };
    expect((await h.server("PUT", "/v1/placements/home", { name: "Home", rules })).status).toBe(200);
    const answer = await h.server("POST", "/v1/recommendations", { placement: "home", anonymousId: "b1", count: 2 });
    const { items } = (await answer.json()) as { items: { id: string }[] };
    // Two sizes of one coat: while there is something else, one of them; here there is nothing else.
    expect(items.map(({ id }) => id).sort()).toEqual(["a-m", "a-s"]);
    await upsertItems(h.deps, h.site, [{ id: "b", title: "모자", url: "https://shop.test/b" }]);
    const other = await h.server("POST", "/v1/recommendations", { placement: "home", anonymousId: "b1", count: 2 });
    const groups = ((await other.json()) as { items: { id: string }[] }).items.map(({ id }) => id.split("-")[0]);
    expect(groups.sort()).toEqual(["a", "b"]);
  });
});
