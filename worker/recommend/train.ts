/**
 * A training, step by step: events → parts → sessions → evaluation → rows → the pointer moves, or does not. Every step may
 * be repeated and leaves its result in R2 or D1, so that a Workflow can go on where a worker was stopped; the same steps
 * run inline in tests. A model replaces another only when it is not worse, and by one transaction.
 */
import { listLiving } from "../catalog/read.ts";
import { sendEmbedJobs } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import { HOUR } from "../lib/time.ts";
import { buildRows, countTotals, packRow } from "./engine/rows.ts";
import { casesOf, rankByBuiltRows, rankByList, rankByRows, reciprocalRanks, splitSessions } from "./evaluate.ts";
import { type Cursor, exportPart, partsPrefix } from "./export.ts";
import { type Material, MaterialBuilder, packMaterial, unpackMaterial } from "./material.ts";
import { decide, type ModelMetrics, pairedDifference, summarize } from "./metrics.ts";
import { dictionaryKey, dropPointer, openModel, readRows } from "./model.ts";
import { countPopular, type Popular, popularNow } from "./popularity.ts";
import {
  deleteModel,
  insertBuilding,
  insertModelRows,
  promoteBuilding,
  rejectBuilding,
  selectBuilding,
  selectModels,
} from "./store.ts";

/** Runs one named piece of work; a Workflow remembers its result. Results are plain JSON of less than a megabyte. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Newest actions that are learned from: 8 bytes each in memory, twice. */
const MOST_ACTIONS = 3_000_000;
/** Items whose rows are built at once: bounds a step's memory whatever the catalog's size. */
const ITEMS_A_PARTITION = 20_000;
const ROWS_A_STATEMENT = 1000;
const ITEMS_A_PAGE = 5000;
/** A build that is older is taken to be dead. */
const BUILD_LIMIT_MS = 2 * HOUR;
const MODELS_KEPT = 3;
const REJECTED_KEPT = 5;

/** Starts a training in the background and answers its version; the version that is being built when there is one already. */
export async function startTraining(deps: Deps, siteId: string): Promise<string> {
  const version = deps.ids.next("mdl");
  const createdAt = deps.clock.now();
  const since = createdAt - BUILD_LIMIT_MS;
  if (!(await insertBuilding(deps.control, { siteId, version, createdAt, since }))) {
    return (await selectBuilding(deps.control, siteId)) ?? version;
  }
  try {
    await deps.workflows.train(siteId, version);
  } catch (error) {
    await giveUp(deps, siteId, version, error);
    throw error;
  }
  return version;
}

/** The same at once, in this call: for small sites and tests. */
export async function trainNow(deps: Deps, siteId: string): Promise<{ version: string; metrics: ModelMetrics }> {
  const version = deps.ids.next("mdl");
  const createdAt = deps.clock.now();
  await insertBuilding(deps.control, { siteId, version, createdAt, since: createdAt });
  const metrics = await runTraining(deps, siteId, version, (_, work) => work());
  return { version, metrics };
}

/** All steps in order. Throws when one fails for good; the model is marked as rejected then. */
export async function runTraining(deps: Deps, siteId: string, version: string, step: Step): Promise<ModelMetrics> {
  try {
    for (const { index: shard } of deps.shards.all()) {
      let after: Cursor | null = null;
      for (let number = 0; ; number++) {
        const slice: { shard: number; number: number; after: Cursor | null } = { shard, number, after };
        after = (await step(`export ${shard}-${number}`, () => exportPart(deps, siteId, version, slice))).next;
        if (after === null) break;
      }
    }
    const found = await step("assemble", () => assemble(deps, siteId, version));
    const metrics = await step("evaluate", () => evaluate(deps, siteId, version));
    const { promote, reason } = await step("decide", () => judge(deps, siteId, metrics));
    if (promote) {
      for (let from = 0; from < found.items; from += ITEMS_A_PARTITION) {
        await step(`rows ${from}`, () => writeRows(deps, siteId, version, from));
      }
    }
    return await step("finish", () => finish(deps, siteId, version, { ...metrics, decision: reason }, promote));
  } catch (error) {
    await step("give up", () => giveUp(deps, siteId, version, error));
    throw error;
  }
}

const materialKey = (siteId: string, version: string) => `${partsPrefix(siteId, version)}/material`;
const popularKey = (siteId: string, version: string) => `models/${siteId}/${version}/popular.json`;

async function readMaterial(deps: Deps, siteId: string, version: string): Promise<Material> {
  const bytes = await deps.blobs.get(materialKey(siteId, version));
  if (!bytes) throw new Error("the training's material is gone");
  return unpackMaterial(bytes);
}

async function putJson(deps: Deps, key: string, value: unknown): Promise<void> {
  await deps.blobs.put(key, new TextEncoder().encode(JSON.stringify(value)));
}

async function assemble(deps: Deps, siteId: string, version: string): Promise<{ items: number; sessions: number }> {
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
  await putJson(deps, dictionaryKey(siteId, version), material.ids);
  await putJson(
    deps,
    popularKey(siteId, version),
    countPopular(material, (id) => categories.get(id) ?? null),
  );
  return { items: material.ids.length, sessions: material.startedAt.length };
}

async function evaluate(deps: Deps, siteId: string, version: string): Promise<ModelMetrics> {
  const material = await readMaterial(deps, siteId, version);
  const { ids, sessions, startedAt } = material;
  const { learn, cut } = splitSessions(sessions);
  const cases = casesOf(sessions, cut, startedAt);
  const ours = reciprocalRanks(cases, rankByBuiltRows(buildRows(learn, ids.length)));
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const learned = { ids, sessions: { ...learn, weights: sessions.weights.subarray(0, learn.items.length) } };
  const popular = popularNow(countPopular({ ...learned, startedAt: startedAt.subarray(0, cut) }, () => null));
  const popularIndexes = popular.flatMap((id) => indexes.get(id) ?? []);
  const metrics: ModelMetrics = {
    until: startedAt[startedAt.length - 1] ?? 0,
    sessions: startedAt.length,
    actions: sessions.items.length,
    items: ids.length,
    model: summarize(ours),
    popularity: summarize(reciprocalRanks(cases, rankByList(popularIndexes))),
  };
  const serving = (await selectModels(deps.control, siteId)).find((model) => model.state === "active");
  const model = serving && (await openModel(deps, siteId));
  if (!serving || model?.version !== serving.version) return metrics;
  // Only what began after the serving model had learned is new to both.
  const fresh = cases.flatMap((each, place) => (each.startedAt > (serving.metrics.until ?? 0) ? [place] : []));
  const wanted = new Set(fresh.flatMap((place) => cases[place]?.prefix.map((item) => ids[item] as string) ?? []));
  const rows = await readRows(deps, siteId, model, wanted);
  const rank = rankByRows((item) => rows.rowOf(item));
  const theirs = reciprocalRanks(
    fresh.map((place) => cases[place] as (typeof cases)[number]),
    (prefix) => {
      const known = prefix.flatMap((item) => rows.indexOf(ids[item] as string) ?? []);
      return [...Array.from(rank(known))].map((item) => indexes.get(rows.idOf(item) ?? "") ?? -1);
    },
  );
  const oursFresh = fresh.map((place) => ours[place] as number);
  return { ...metrics, against: { version: serving.version, ...pairedDifference(oursFresh, theirs) } };
}

async function judge(deps: Deps, siteId: string, metrics: ModelMetrics): Promise<{ promote: boolean; reason: string }> {
  if (!metrics.sessions) return { promote: false, reason: "nobody has looked at anything in the catalog yet" };
  const serving = (await selectModels(deps.control, siteId)).find((model) => model.state === "active");
  return decide(metrics, serving?.metrics);
}

async function writeRows(deps: Deps, siteId: string, version: string, from: number): Promise<number> {
  const { ids, sessions } = await readMaterial(deps, siteId, version);
  const to = Math.min(ids.length, from + ITEMS_A_PARTITION);
  const built = buildRows(sessions, ids.length, { from, to, totals: countTotals(sessions, ids.length) });
  let rows: { itemId: string; hex: string }[] = [];
  let written = 0;
  const flush = async () => {
    if (rows.length > 0) await insertModelRows(deps.control, siteId, version, rows);
    written += rows.length;
    rows = [];
  };
  for (let item = from; item < to; item++) {
    const bytes = packRow(built, item);
    if (bytes.length > 0) rows.push({ itemId: ids[item] as string, hex: Buffer.from(bytes).toString("hex") });
    if (rows.length === ROWS_A_STATEMENT) await flush();
  }
  await flush();
  return written;
}

async function finish(
  deps: Deps,
  siteId: string,
  version: string,
  measured: ModelMetrics,
  promote: boolean,
): Promise<ModelMetrics> {
  const now = deps.clock.now();
  const models = await selectModels(deps.control, siteId);
  const startedAt = models.find((model) => model.version === version)?.createdAt ?? now;
  const metrics = { ...measured, seconds: (now - startedAt) / 1000 };
  if (promote) {
    const bytes = await deps.blobs.get(popularKey(siteId, version));
    const popular: Popular = bytes ? JSON.parse(new TextDecoder().decode(bytes)) : {};
    await deps.control.batch(promoteBuilding(deps.control, { siteId, version, metrics, popular, promotedAt: now }));
    dropPointer(siteId);
  } else {
    await rejectBuilding(deps.control, siteId, version, metrics).run();
  }
  await cleanUp(deps, siteId, version, promote);
  return metrics;
}

/** Keeps the last three models that served and the last few that did not, and the parts of no training: they say who looked at what. */
async function cleanUp(deps: Deps, siteId: string, version: string, promoted: boolean): Promise<void> {
  await deps.blobs.remove(await deps.blobs.list(`${partsPrefix(siteId)}`));
  if (!promoted) await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${version}/`));
  const models = await selectModels(deps.control, siteId);
  const served = models.filter((model) => model.state === "active" || model.state === "retired");
  const rejected = models.filter((model) => model.state === "rejected");
  for (const old of [...served.slice(MODELS_KEPT), ...rejected.slice(REJECTED_KEPT)]) {
    await deleteModel(deps.control, siteId, old.version);
    await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${old.version}/`));
  }
}

async function giveUp(deps: Deps, siteId: string, version: string, cause: unknown): Promise<null> {
  deps.log.error("training failed", cause, { siteId, version });
  await rejectBuilding(deps.control, siteId, version, { decision: "failed" }).run();
  await deps.blobs.remove(await deps.blobs.list(partsPrefix(siteId, version)));
  return null;
}
