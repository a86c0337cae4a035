/**
 * Last part of a training: the model over everything, in the form that is served. One record an item in the database; the
 * dictionary, what the engine holds in memory and the sums that a refresh adds to in R2.
 */
import type { Deps } from "../deps.ts";
import { packArrays } from "../lib/arrays.ts";
import { SEAL, seal, sealInPlace } from "../lib/seal.ts";
import { readCategories, readItemIds, readSessions } from "./assemble.ts";
import { aspectsBytes, readAspects, resized } from "./engine/aspects.ts";
import { type Embedding, readEmbedding } from "./engine/embedding.ts";
import { packEngine } from "./engine/engine.ts";
import { buildLists, listOf, packList } from "./engine/lists.ts";
import { netBytes, readNet } from "./engine/net.ts";
import { buildRows, countTotals, packRow, readRows, rowsBytes } from "./engine/rows.ts";
import { countStatistics, type ItemStatistics, statisticsBytes } from "./engine/statistics.ts";
import { packTaste } from "./engine/taste.ts";
import type { Shelf } from "./engine/training.ts";
import { tasteRowsIn } from "./engine/training-taste.ts";
import { keepVectors, learningShelf, tuningOf } from "./learn.ts";
import { artifactKey, dictionaryKey } from "./model.ts";
import { countInterest, listPopular, type Popular } from "./popularity.ts";
import { type ItemRecord, insertModelRows } from "./store.ts";

/** Items whose rows are built at once: bounds a step's memory whatever the catalog's size. */
export const ITEMS_A_PARTITION = 20_000;
const RECORDS_A_STATEMENT = 1000;

async function require(shelf: Shelf, name: string): Promise<Uint8Array> {
  const bytes = await shelf.get(name);
  if (!bytes) throw new Error(`an earlier training step left no ${name}`);
  return bytes;
}

/** Rows of a partition over all sessions, for the next step. */
export async function buildPartition(deps: Deps, siteId: string, version: string, from: number): Promise<null> {
  const { itemCount, sessions } = await readSessions(deps, siteId, version);
  const to = Math.min(itemCount, from + ITEMS_A_PARTITION);
  const { rows: constants } = await tuningOf(deps, siteId, version);
  const totals = countTotals(sessions, itemCount, constants);
  const rows = buildRows(sessions, itemCount, { from, to, totals, constants });
  await learningShelf(deps, siteId, version).put(`served/rows/${from}`, rowsBytes(rows));
  return null;
}

/** Writes a partition's records: rows, and with a net the lists of items that are alike in use and what they say of taste. */
export async function writePartition(
  deps: Deps,
  siteId: string,
  version: string,
  from: number,
  ranker: "net" | "rows",
): Promise<null> {
  const ids = await readItemIds(deps, siteId, version);
  const to = Math.min(ids.length, from + ITEMS_A_PARTITION);
  const shelf = learningShelf(deps, siteId, version);
  const own = readRows(await require(shelf, `served/rows/${from}`));
  const lists =
    ranker === "net" ? buildLists(await readFirst(shelf), await readTargets(shelf, ids.length), from, to) : undefined;
  const tasteOf = ranker === "net" ? await tasteRowsIn(shelf, "full", from, to) : () => undefined;
  let records: ItemRecord[] = [];
  const flush = async () => {
    if (records.length > 0) await insertModelRows(deps.control, siteId, version, records);
    records = [];
  };
  for (let item = from; item < to; item++) {
    const row = packRow(own, item);
    const list = lists && listOf(lists, item);
    const taste = tasteOf(item);
    if (row.length > 0) {
      const packed = { list: list ? packList(list) : null, taste: taste ? packTaste(taste) : null };
      records.push({ itemId: ids.at(item) as string, row, ...packed });
    }
    if (records.length === RECORDS_A_STATEMENT) await flush();
  }
  await flush();
  return null;
}

async function readFirst(shelf: Shelf): Promise<Embedding> {
  return readEmbedding(await require(shelf, "full/embedding-1"));
}

/** Second neighbors may lie in any partition: of the rows only the targets are kept. */
async function readTargets(shelf: Shelf, itemCount: number): Promise<(item: number) => Int32Array | undefined> {
  const parts: { starts: Int32Array; targets: Int32Array }[] = [];
  for (let from = 0; from < itemCount; from += ITEMS_A_PARTITION) {
    const { starts, targets } = readRows(await require(shelf, `served/rows/${from}`));
    parts.push({ starts: starts.slice(), targets: targets.slice() });
  }
  return (item) => {
    const part = parts[Math.floor(item / ITEMS_A_PARTITION)];
    const place = item % ITEMS_A_PARTITION;
    return part?.targets.subarray(part.starts[place], part.starts[place + 1]);
  };
}

/**
 * Everything of the model that is not a record of one item. Answers the popular lists. One after the other: what the parts are
 * made from does not fit an isolate together.
 */
export async function publish(deps: Deps, siteId: string, version: string, ranker: "net" | "rows"): Promise<Popular> {
  const { interest, statistics } = await publishSums(deps, siteId, version);
  if (ranker === "net") {
    // By itself too: a light refresh has room for it, and not for all of the engine.
    await deps.blobs.put(artifactKey(siteId, version, "statistics"), seal(statisticsBytes(statistics)));
    await publishEngine(deps, siteId, version, statistics);
    await keepVectors(deps, siteId, version);
  }
  const ids = await readItemIds(deps, siteId, version);
  await deps.blobs.put(dictionaryKey(siteId, version), ids.bytes());
  const categories = await readCategories(deps, siteId, ids);
  return listPopular(ids, interest, (id) => categories.of(id));
}

async function publishSums(deps: Deps, siteId: string, version: string) {
  const { constants, interest, statistics, sums } = await countEverything(deps, siteId, version);
  const packed = packArrays({ sessions: statistics.sessions, constants }, sums);
  await deps.blobs.put(artifactKey(siteId, version, "sums"), seal(packed));
  return { interest, statistics };
}

/** The sessions are let go of before anything is packed. */
async function countEverything(deps: Deps, siteId: string, version: string) {
  const { itemCount, sessions, startedAt } = await readSessions(deps, siteId, version);
  const { rows: constants } = await tuningOf(deps, siteId, version);
  const statistics = countStatistics(sessions, itemCount);
  const totals = narrowed({ ...countTotals(sessions, itemCount, constants) });
  const interest = countInterest({ itemCount, sessions, startedAt });
  return { constants, statistics, interest, sums: { ...totals, ...narrowed(interest) } };
}

function narrowed(counts: Record<string, Float64Array>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(counts).map(([name, values]) => [name, Float32Array.from(values)]));
}

async function publishEngine(deps: Deps, siteId: string, version: string, statistics: ItemStatistics): Promise<void> {
  const engine = await packServed(learningShelf(deps, siteId, version), statistics);
  await deps.blobs.put(artifactKey(siteId, version, "engine"), sealInPlace(engine));
}

/** What the steps before have packed already stays as it is. With room for a seal. */
async function packServed(shelf: Shelf, statistics: ItemStatistics): Promise<Uint8Array> {
  const net = readNet(await require(shelf, "net"));
  const parts = {
    embeddings: [1, 2].map((reach) => () => require(shelf, `full/embedding-${reach}`)),
    statistics: () => statisticsBytes(statistics),
    net: () => net && netBytes(net),
    aspects: () => servedAspects(shelf, statistics.all.length),
    taste: () => shelf.get("full/taste/vectors"),
  };
  return packEngine(parts, SEAL);
}

/** What the net was trained with besides the model's own items stays behind. */
async function servedAspects(shelf: Shelf, items: number): Promise<Uint8Array | undefined> {
  const bytes = await shelf.get("aspects");
  const aspects = bytes && readAspects(bytes);
  return aspects && aspects.prices.length > items ? aspectsBytes(resized(aspects, items)) : bytes;
}
