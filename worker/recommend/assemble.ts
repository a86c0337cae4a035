/** Second step of a training: the parts of all shards become sessions, and it is decided what learns and what judges. */
import { listLiving } from "../catalog/read.ts";
import { sendEmbedJobs } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import { Categories } from "./categories.ts";
import type { Dictionary } from "./dictionary.ts";
import { cutOf } from "./evaluate.ts";
import { listParts, partsPrefix } from "./export.ts";
import { MaterialBuilder } from "./material.ts";
import { type LearnedFrom, type MaterialColumn, packMaterial, unpackIds, unpackSessions } from "./material-columns.ts";

/** Newest actions that are learned from, by whole days: 10 bytes each in memory, and in places twice. */
const MOST_ACTIONS = 3_000_000;
const ITEMS_A_PAGE = 5000;

export interface Assembled {
  items: number;
  sessions: number;
  actions: number;
  /** Sessions from here on judge; those before it are learned from. */
  cut: number;
}

const materialKey = (siteId: string, version: string, column: MaterialColumn) =>
  `${partsPrefix(siteId, version)}/material/${column}`;

async function readColumn(deps: Deps, siteId: string, version: string, column: MaterialColumn): Promise<Uint8Array> {
  const bytes = await deps.blobs.get(materialKey(siteId, version, column));
  if (!bytes) throw new Error("the training's material is gone");
  return bytes;
}

/** All sessions, in dense item indexes. */
export async function readSessions(deps: Deps, siteId: string, version: string): Promise<LearnedFrom> {
  const read = (column: MaterialColumn) => readColumn(deps, siteId, version, column);
  return unpackSessions({
    visits: await read("visits"),
    items: await read("items"),
    weights: await read("weights"),
    deeds: await read("deeds"),
    judgments: await read("judgments"),
  });
}

/** Dense index → item id. */
export async function readItemIds(deps: Deps, siteId: string, version: string): Promise<Dictionary> {
  return unpackIds(await readColumn(deps, siteId, version, "ids"));
}

/** Everything in the catalog, page by page. */
export async function* pagesOf(deps: Deps, siteId: string) {
  for (let after = ""; ; ) {
    const page = await listLiving(deps, siteId, after, ITEMS_A_PAGE);
    yield page;
    const last = page[page.length - 1];
    if (!last || page.length < ITEMS_A_PAGE) return;
    after = last.id;
  }
}

/** Categories of everything in the catalog. @param ids of the model that they are read for */
export async function readCategories(deps: Deps, siteId: string, ids: Dictionary): Promise<Categories> {
  const categories = new Categories(ids);
  for await (const page of pagesOf(deps, siteId)) {
    for (const { id, category } of page) categories.add(id, category);
  }
  return categories;
}

/** @param servingUntil start of the newest session that the serving model has learned from, epoch ms */
export async function assemble(
  deps: Deps,
  siteId: string,
  version: string,
  servingUntil: number | undefined,
): Promise<Assembled> {
  const keys = await listParts(deps, siteId, version);
  const builder = new MaterialBuilder(MOST_ACTIONS);
  const read = async (key: string): Promise<Uint8Array> => {
    const bytes = await deps.blobs.get(key);
    if (!bytes) throw new Error("a part of the training is gone");
    return bytes;
  };
  for (const key of keys) builder.survey(await read(key));
  for (const key of keys) builder.arrange(await read(key));
  for (const key of keys) builder.add(await read(key));
  const unembedded: string[] = [];
  for await (const page of pagesOf(deps, siteId)) {
    builder.keep(page.map(({ id }) => id));
    for (const { id, embedded } of page) if (!embedded) unembedded.push(id);
  }
  await sendEmbedJobs(deps, siteId, unembedded);
  const material = builder.join();
  for (const [column, bytes] of packMaterial(material)) {
    await deps.blobs.put(materialKey(siteId, version, column), bytes);
  }
  return {
    items: material.ids.length,
    sessions: material.startedAt.length,
    actions: material.sessions.items.length,
    cut: cutOf(material.startedAt, servingUntil),
  };
}
