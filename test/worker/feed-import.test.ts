import { describe, expect, it } from "vitest";
import { readCatalogChanges } from "../../worker/catalog/changes.ts";
import { listItems, readItems } from "../../worker/catalog/read.ts";
import { advanceImport } from "../../worker/feeds/advance.ts";
import { listImports, putFeed, requireFeed } from "../../worker/feeds/feeds.ts";
import { FeedInput } from "../../worker/feeds/schema.ts";
import { applyHeld, pushFeed } from "../../worker/feeds/start.ts";
import type { Job } from "../../worker/job.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import * as files from "../support/feed-files.ts";
import { type Harness, harness } from "../support/worker/harness.ts";

type FeedJob = Extract<Job, { kind: "import-feed" }>;

const body = (file: string | Uint8Array) => new Response(file as never).body as ReadableStream<Uint8Array>;

async function feedOf(h: Harness, input: object = {}, id = "main") {
  await putFeed(h.deps, h.site, id, FeedInput.parse({ name: "본점", ...input }));
  return requireFeed(h.deps, h.site.id, id);
}

/** Runs the import's jobs to its end; answers the import. */
async function work(h: Harness, recordsASlice?: number) {
  for (;;) {
    const place = h.jobs.findIndex((job) => (job as Job).kind === "import-feed");
    if (place < 0) break;
    const [job] = h.jobs.splice(place, 1);
    await advanceImport(h.deps, job as FeedJob, recordsASlice);
  }
  const [run] = await listImports(h.deps, h.site.id, "main", 1);
  return run!;
}

async function importFile(h: Harness, file: string | Uint8Array, recordsASlice?: number) {
  h.clock.at += MINUTE;
  await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), body(file));
  return work(h, recordsASlice);
}

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
