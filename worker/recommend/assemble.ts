/** Second step of a training: the parts of all shards become sessions, and it is decided what learns and what judges. */
import { listLiving } from "../catalog/read.ts";
import { sendEmbedJobs } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import { cutOf } from "./evaluate.ts";
import { partsPrefix } from "./export.ts";
import { type Material, MaterialBuilder, packMaterial, unpackMaterial } from "./material.ts";

/** Newest actions that are learned from: 10 bytes each in memory, twice. */
const MOST_ACTIONS = 3_000_000;
const ITEMS_A_PAGE = 5000;

export interface Assembled {
  items: number;
  sessions: number;
  actions: number;
  /** Sessions from here on judge; those before it are learned from. */
  cut: number;
}

const materialKey = (siteId: string, version: string) => `${partsPrefix(siteId, version)}/material`;

export async function readMaterial(deps: Deps, siteId: string, version: string): Promise<Material> {
  const bytes = await deps.blobs.get(materialKey(siteId, version));
  if (!bytes) throw new Error("the training's material is gone");
  return unpackMaterial(bytes);
}

/** Categories of everything in the catalog, by item id, and what of it has no vector yet. */
export async function readCategories(
  deps: Deps,
  siteId: string,
): Promise<{ categories: Map<string, string | null>; unembedded: string[] }> {
  const categories = new Map<string, string | null>();
  const unembedded: string[] = [];
  for (let after = ""; ; ) {
    const page = await listLiving(deps, siteId, after, ITEMS_A_PAGE);
    for (const { id, category, embedded } of page) {
      categories.set(id, category);
      if (!embedded) unembedded.push(id);
    }
    const last = page[page.length - 1];
    if (!last || page.length < ITEMS_A_PAGE) break;
    after = last.id;
  }
  return { categories, unembedded };
}

/** @param servingUntil start of the newest session that the serving model has learned from, epoch ms */
export async function assemble(
  deps: Deps,
  siteId: string,
  version: string,
  servingUntil: number | undefined,
): Promise<Assembled> {
  const { categories, unembedded } = await readCategories(deps, siteId);
  await sendEmbedJobs(deps, siteId, unembedded);
  const keys = (await deps.blobs.list(`${partsPrefix(siteId, version)}/`)).filter((key) => /\/\d+-\d+$/.test(key));
  const builder = new MaterialBuilder((id) => categories.has(id), MOST_ACTIONS);
  const read = async (key: string): Promise<Uint8Array> => {
    const bytes = await deps.blobs.get(key);
    if (!bytes) throw new Error("a part of the training is gone");
    return bytes;
  };
  for (const key of keys) builder.survey(await read(key));
  for (const key of keys) builder.add(await read(key));
  const material = builder.join();
  await deps.blobs.put(materialKey(siteId, version), packMaterial(material));
  return {
    items: material.ids.length,
    sessions: material.startedAt.length,
    actions: material.sessions.items.length,
    cut: cutOf(material.startedAt, servingUntil),
  };
}
