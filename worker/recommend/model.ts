/**
 * The model that serves, as an isolate holds it: a pointer that is looked up every few seconds, item dictionary and popular
 * lists per version, and the packed rows that were asked for lately. Versions never change, so only the pointer grows old.
 */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { SECOND } from "../lib/time.ts";
import type { RowSource } from "./candidates.ts";
import { type Row, unpackRow } from "./engine/codec.ts";
import { NO_POPULAR, type Popular } from "./popularity.ts";
import { selectActiveVersion, selectModelRows, selectPopular } from "./store.ts";

export interface ServingModel {
  version: string;
  popular: Popular;
  /** Dense index → item id; empty when the dictionary could not be read, and then the model serves popular lists only. */
  ids: readonly string[];
  indexes: ReadonlyMap<string, number>;
}

const pointers = new TtlCache<string | undefined>(10 * SECOND);
const models = new Map<string, ServingModel>();
const MODELS_KEPT = 8;
/** `version/item` → packed row (empty: it has none). 225 bytes each with 25 entries: some 10 MB at most. */
const rows = new Map<string, Uint8Array>();
const ROWS_KEPT = 20_000;

export function dictionaryKey(siteId: string, version: string): string {
  return `models/${siteId}/${version}/items.json`;
}

/** After a promotion on this isolate; others follow within seconds. */
export function dropPointer(siteId: string): void {
  pointers.drop(siteId);
}

/** Undefined when there is no model yet, or none can be read (logged): the caller falls back, it never fails. */
export async function openModel(deps: Deps, siteId: string): Promise<ServingModel | undefined> {
  try {
    const version = await pointers.get(siteId, deps.clock.now(), () => selectActiveVersion(deps.control, siteId));
    if (version === undefined) return undefined;
    const known = models.get(version);
    if (known) return known;
    const [popular, ids] = await Promise.all([
      selectPopular(deps.control, siteId, version),
      readDictionary(deps, siteId, version),
    ]);
    const indexes = new Map(ids?.map((id, index) => [id, index]));
    const model: ServingModel = { version, popular: popular ?? NO_POPULAR, ids: ids ?? [], indexes };
    // A dictionary that failed to load is tried again at the next request.
    if (ids) {
      models.set(version, model);
      const oldest = models.keys().next().value;
      if (models.size > MODELS_KEPT && oldest !== undefined) models.delete(oldest);
    }
    return model;
  } catch (error) {
    deps.log.error("the model could not be opened", error, { siteId });
    return undefined;
  }
}

async function readDictionary(deps: Deps, siteId: string, version: string): Promise<string[] | undefined> {
  try {
    const bytes = await deps.blobs.get(dictionaryKey(siteId, version));
    if (!bytes) throw new Error("the dictionary is missing");
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    deps.log.error("the model's dictionary could not be read", error, { siteId, version });
    return undefined;
  }
}

/** Rows of these items, from the isolate where it has them: one statement for the others, one row read each. */
export async function readRows(
  deps: Deps,
  siteId: string,
  model: ServingModel,
  itemIds: Iterable<string>,
): Promise<RowSource> {
  const name = (id: string) => `${model.version}/${id}`;
  const wanted = [...new Set(itemIds)].filter((id) => model.indexes.has(id));
  const missing = wanted.filter((id) => !rows.has(name(id)));
  if (missing.length > 0) {
    try {
      const found = await selectModelRows(deps.control, siteId, model.version, missing);
      const packed = new Map(found.map(({ itemId, row }) => [itemId, row]));
      for (const id of missing) keepRow(name(id), packed.get(id) ?? new Uint8Array(0));
    } catch (error) {
      deps.log.error("rows could not be read", error, { siteId, version: model.version });
    }
  }
  const unpacked = new Map<number, Row>();
  for (const id of wanted) {
    const bytes = rows.get(name(id));
    if (bytes?.length) unpacked.set(model.indexes.get(id) as number, unpackRow(bytes));
  }
  return {
    indexOf: (id) => model.indexes.get(id),
    idOf: (index) => model.ids[index],
    rowOf: (index) => unpacked.get(index),
  };
}

function keepRow(name: string, bytes: Uint8Array): void {
  if (rows.size >= ROWS_KEPT) {
    const oldest = rows.keys().next().value;
    if (oldest !== undefined) rows.delete(oldest);
  }
  rows.set(name, bytes);
}
