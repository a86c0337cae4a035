/**
 * The light refresh between two trainings: what was done since the model was built is added to its counts, so that a new
 * item with its first views is recommended within the hour. Embeddings and net stay. Rows that have changed stand beside
 * those of the build, which are never touched: a refresh starts from them again, may be repeated, and may fail at any point.
 */
import type { Deps } from "../deps.ts";
import { unpackArrays } from "../lib/arrays.ts";
import { unseal } from "../lib/seal.ts";
import { MINUTE } from "../lib/time.ts";
import { pagesOf } from "./assemble.ts";
import { Categories } from "./categories.ts";
import { addStatistics, addSums, addToRow, countPairs, type Fading, pairedItems, type Sums } from "./counts.ts";
import type { Dictionary } from "./dictionary.ts";
import { unpackRow } from "./engine/codec.ts";
import { Engine } from "./engine/engine.ts";
import { ROW_CONSTANTS, type RowConstants } from "./engine/rows.ts";
import type { Sessions } from "./engine/sessions.ts";
import { countStatistics, type ItemStatistics, readStatistics, statisticsBytes } from "./engine/statistics.ts";
import { freshKey, readFresh, writeFresh } from "./fresh.ts";
import { type Material, MaterialBuilder } from "./material.ts";
import { artifactKey, dropPointer, readDictionary } from "./model.ts";
import { countInterest, fadingAfter, listPopular } from "./popularity.ts";
import { advanceRevision, claimRefresh, releaseRefresh } from "./refreshes/store.ts";
import { MOST_EVENTS, readSince } from "./since-build.ts";
import { freshRows, insertModelRows, type ModelRecord, selectModelRows, selectModels } from "./store.ts";

/** The cron comes by every quarter of an hour: each model is refreshed at least hourly. */
const REST_MS = 40 * MINUTE;
const ROWS_A_STATEMENT = 1000;

/** What came of it: rows written, or why there was nothing to do. */
export type Refreshed =
  | { rows: number; revision: number }
  | { skipped: "no model" | "fresh enough" | "nothing new" | "begun elsewhere" | "overtaken" };

/**
 * One at a time: two would write the same rows under two numberings of what is new. Whoever claims it first goes on; the
 * other one, and one whose model was replaced meanwhile, leaves everything as it is.
 */
export async function refreshModel(deps: Deps, siteId: string): Promise<Refreshed> {
  const now = deps.clock.now();
  const model = (await selectModels(deps.control, siteId)).find(({ state }) => state === "active");
  if (!model) return { skipped: "no model" };
  const last = model.refreshedAt ?? model.createdAt;
  if (now >= last && now - last < REST_MS) return { skipped: "fresh enough" };
  const parts = await readSince(deps, siteId, model, Math.floor(now / REST_MS));
  if (parts.length === 0) return { skipped: "nothing new" };
  const ids = await readIds(deps, siteId, model);
  const categories = new Categories(ids);
  const material = await join(deps, siteId, parts, ids, categories);
  if (material.startedAt.length === 0) return { skipped: "nothing new" };
  if (!(await claimRefresh(deps.control, siteId, model, now))) {
    deps.log.info("the model is being refreshed elsewhere", { siteId, version: model.version });
    return { skipped: "begun elsewhere" };
  }
  try {
    return await addTo(deps, siteId, model, { material, known: ids, categories }, now);
  } catch (error) {
    await releaseRefresh(deps.control, siteId, model, now);
    throw error;
  }
}

interface News {
  material: Material;
  /** Ids of the model, with what earlier refreshes have added. */
  known: Dictionary;
  categories: Categories;
}

/** What is new, added to the model's counts and served from the last line on. */
async function addTo(
  deps: Deps,
  siteId: string,
  model: ModelRecord,
  { material, known, categories }: News,
  now: number,
): Promise<Refreshed> {
  const { version } = model;
  const ids = known.extended(idsIn(material).filter((id) => known.indexOf(id) === undefined));
  const sessions = renumber(material, ids);
  const built = await readSums(deps, siteId, version);
  const { constants } = built;
  const latest = material.startedAt[material.startedAt.length - 1] as number;
  const fading: Fading = {
    trending: fadingAfter(Math.max(0, latest - (model.metrics.until ?? latest))),
    recent: Math.exp(-material.startedAt.length / (0.08 * constants.age * Math.max(1, built.sessions))),
  };
  const interest = countInterest({ itemCount: ids.length, sessions, startedAt: material.startedAt });
  const sums = addSums(built.sums, sessions, interest, ids.length, fading, constants);
  const rows = await writeRows(deps, siteId, version, ids, sessions, {
    before: built.sums,
    after: sums,
    fading,
    constants,
  });
  const revision = model.revision + 1;
  const statistics = await addToStatistics(deps, siteId, model, sessions, ids.length);
  await writeFresh(deps, siteId, version, revision, { added: ids.added, statistics });
  const popular = listPopular(ids, sums, (id) => categories.of(id));
  if (!(await advanceRevision(deps.control, { siteId, version, revision, popular, refreshedAt: now }))) {
    deps.log.warn("a refresh came too late: its model serves no longer", { siteId, version, revision });
    return { skipped: "overtaken" };
  }
  dropPointer(siteId);
  // The one before is still read by isolates that have not heard of this one.
  await deps.blobs.remove([freshKey(siteId, version, revision - 2)]);
  return { rows, revision };
}

/** What an earlier refresh has added keeps its place: its rows are read until the pointer moves, or this run fails. */
async function readIds(deps: Deps, siteId: string, { version, revision }: ModelRecord): Promise<Dictionary> {
  const dictionary = await readDictionary(deps, siteId, version);
  if (!dictionary) throw new Error("a model without its dictionary cannot be refreshed");
  const earlier = revision > 0 ? await readFresh(deps, siteId, version, revision) : undefined;
  return dictionary.extended(earlier?.added ?? []);
}

/** The parts as sessions, of what is in the catalog, which is read once: its categories, of what the model or a part names. */
async function join(
  deps: Deps,
  siteId: string,
  parts: Uint8Array[],
  known: Dictionary,
  categories: Categories,
): Promise<Material> {
  const builder = new MaterialBuilder(MOST_EVENTS);
  for (const part of parts) builder.survey(part);
  for (const part of parts) builder.arrange(part);
  for (const part of parts) builder.add(part);
  for await (const page of pagesOf(deps, siteId)) {
    builder.keep(page.map(({ id }) => id));
    for (const { id, category } of page) {
      if (builder.names(id) || known.indexOf(id) !== undefined) categories.add(id, category);
    }
  }
  return builder.join();
}

function idsIn({ ids }: Material): string[] {
  return Array.from({ length: ids.length }, (_, item) => ids.at(item) as string);
}

/** The material's sessions in the model's indexes. */
function renumber(material: Material, ids: Dictionary): Sessions & { weights: Float32Array } {
  const { sessions } = material;
  const indexes = idsIn(material).map((id) => ids.indexOf(id) as number);
  return { ...sessions, items: sessions.items.map((item) => indexes[item] as number) };
}

interface Built {
  sums: Sums;
  sessions: number;
  /** What the rows were made with. */
  constants: RowConstants;
}

async function readSums(deps: Deps, siteId: string, version: string): Promise<Built> {
  const sealed = await deps.blobs.get(artifactKey(siteId, version, "sums"));
  if (!sealed) throw new Error("a model without its sums cannot be refreshed");
  const { header, arrays } = unpackArrays(unseal(sealed));
  const { sessions, constants = ROW_CONSTANTS } = header as { sessions: number; constants?: RowConstants };
  return { sums: arrays as Sums, sessions, constants };
}

interface Counted {
  before: Sums;
  after: Sums;
  fading: Fading;
  constants: RowConstants;
}

async function writeRows(
  deps: Deps,
  siteId: string,
  version: string,
  ids: Dictionary,
  sessions: Sessions,
  { before, after, fading, constants }: Counted,
): Promise<number> {
  const touched = pairedItems(sessions);
  for (let start = 0; start < touched.length; start += ROWS_A_STATEMENT) {
    const slice = touched.slice(start, start + ROWS_A_STATEMENT);
    // Counted again for each slice: all pairs of a busy day do not fit beside a large catalog.
    const pairs = countPairs(sessions, constants, new Set(slice));
    const names = slice.map((item) => ids.at(item) as string);
    const found = await selectModelRows(deps.control, siteId, version, names);
    const records = new Map(found.map((record) => [record.itemId, record]));
    const written = slice.map((item, place) => {
      const itemId = names[place] as string;
      const old = records.get(itemId);
      const row = addToRow(
        item,
        old && unpackRow(old.row),
        pairs.get(item) ?? new Map(),
        before,
        after,
        fading,
        constants,
      );
      return { itemId, row, list: old?.list ?? null, taste: old?.taste ?? null };
    });
    await insertModelRows(deps.control, siteId, freshRows(version), written);
  }
  return touched.length;
}

/** Of a model without a net they are not read, and only of what is new. */
async function addToStatistics(
  deps: Deps,
  siteId: string,
  { version, metrics }: ModelRecord,
  sessions: Sessions,
  itemCount: number,
): Promise<Uint8Array> {
  if (metrics.ranker !== "net") return statisticsBytes(countStatistics(sessions, itemCount));
  return statisticsBytes(addStatistics(await statisticsOf(deps, siteId, version), sessions, itemCount));
}

/** Models of earlier releases have them in the engine only. */
async function statisticsOf(deps: Deps, siteId: string, version: string): Promise<ItemStatistics> {
  const own = await deps.blobs.get(artifactKey(siteId, version, "statistics"));
  if (own) return readStatistics(unseal(own));
  const sealed = await deps.blobs.get(artifactKey(siteId, version, "engine"));
  if (!sealed) throw new Error("a model without its engine cannot be refreshed");
  return Engine.read(unseal(sealed)).core.statistics;
}
