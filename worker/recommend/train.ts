/**
 * A training, step by step: events → parts → sessions → embeddings and net → evaluation → the model over
 * everything → the pointer moves, or does not. Every step may be repeated and leaves its result in R2 or D1, so that a
 * Workflow can go on where a worker was stopped; the same steps run inline in tests. A model replaces another only when it is not worse, and by one transaction.
 */
import type { Deps } from "../deps.ts";
import { DAY, HOUR } from "../lib/time.ts";
import { type Assembled, assemble } from "./assemble.ts";
import { type Cursor, exportPart, partsPrefix } from "./export.ts";
import { foreseePart, learnToForesee } from "./foresee.ts";
import { publishInsight } from "./insight.ts";
import { learnIntentions, serveIntentionOf } from "./intend.ts";
import { evaluate, judge } from "./judge.ts";
import { type LearningOptions, type LearningPlan, learnSome, prepareLearning } from "./learn.ts";
import { learnHabits } from "./learn-habits.ts";
import type { ModelMetrics } from "./metrics.ts";
import { artifactKey, dropPointer } from "./model.ts";
import { measureOnline } from "./online.ts";
import type { Popular } from "./popularity.ts";
import { buildPartition, ITEMS_A_PARTITION, publish, writePartition } from "./publish.ts";
import {
  archiveModel,
  deleteModel,
  insertBuilding,
  type ModelRecord,
  promoteBuilding,
  rejectBuilding,
  selectBuilding,
  selectModels,
} from "./store.ts";
import { describeItems, surroundSome } from "./surround.ts";

/** Runs one named piece of work; a Workflow remembers its result. Results are plain JSON of less than a megabyte. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** A build that is older is taken to be dead, and another one may begin beside it. */
const BUILD_LIMIT_MS = 2 * HOUR;
/** No training goes on for longer, each step with all its repeats: what is left of it may be removed. */
const LONGEST_RUN_MS = DAY;
const MODELS_KEPT = 3;
const REJECTED_KEPT = 5;
/** Nights whose measures stay for the chart. */
const ARCHIVED_KEPT = 90;

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
export async function trainNow(
  deps: Deps,
  siteId: string,
  options: LearningOptions = {},
): Promise<{ version: string; metrics: ModelMetrics }> {
  const version = deps.ids.next("mdl");
  const createdAt = deps.clock.now();
  await insertBuilding(deps.control, { siteId, version, createdAt, since: createdAt });
  const metrics = await runTraining(deps, siteId, version, (_, work) => work(), options);
  return { version, metrics };
}

/** All steps in order. Throws when one fails for good; the model is marked as rejected then. */
export async function runTraining(
  deps: Deps,
  siteId: string,
  version: string,
  step: Step,
  options: LearningOptions = {},
): Promise<ModelMetrics> {
  try {
    for (const { index: shard } of deps.shards.all()) {
      let after: Cursor | null = null;
      for (let number = 0; ; number++) {
        const slice: { shard: number; number: number; after: Cursor | null } = { shard, number, after };
        after = (await step(`export ${shard}-${number}`, () => exportPart(deps, siteId, version, slice))).next;
        if (after === null) break;
      }
    }
    const foreseen = await step("foresee", () => learnToForesee(deps, siteId, version));
    for (let part = 0; foreseen && part < foreseen.parts; part++) {
      await step(`foresee ${part}`, () => foreseePart(deps, siteId, version, foreseen, part));
    }
    const found = await step("assemble", () => assembleAfter(deps, siteId, version));
    const learning = await learn(deps, siteId, version, found.cut, step, options);
    const metrics = await step("evaluate", () => evaluate(deps, siteId, version, found.cut, learning));
    const intention = await step("intention", () => learnIntentions(deps, siteId, version));
    const examination = await step("online", () => measureOnline(deps, siteId, version));
    const { promote, reason } = await step("decide", () => judge(deps, siteId, metrics));
    // Judged by itself, and of use to segments without a recommender: it serves whatever becomes of all that follows.
    if (promote || intention?.serves === "new") {
      await step("serve intention", () => serveIntentionOf(deps, siteId, version));
    }
    const ranker = metrics.ranker ?? "rows";
    if (promote) {
      const parts = Array.from({ length: Math.ceil(found.items / ITEMS_A_PARTITION) }, (_, k) => k * ITEMS_A_PARTITION);
      for (const from of parts) await step(`rows ${from}`, () => buildPartition(deps, siteId, version, from));
      for (const from of parts) await step(`write ${from}`, () => writePartition(deps, siteId, version, from, ranker));
      await step("publish", () => publishPopular(deps, siteId, version, ranker));
      await step("habits", () => learnHabits(deps, siteId, version));
      await step("insight", () => publishInsight(deps, siteId, version));
    }
    return await step("finish", () =>
      finish(
        deps,
        siteId,
        version,
        { ...metrics, ...(intention ? { intention } : {}), examination, decision: reason },
        promote,
      ),
    );
  } catch (error) {
    await step("give up", () => giveUp(deps, siteId, version, error));
    throw error;
  }
}

const popularKey = (siteId: string, version: string) => artifactKey(siteId, version, "popular.json");

async function assembleAfter(deps: Deps, siteId: string, version: string): Promise<Assembled> {
  const serving = (await selectModels(deps.control, siteId)).find((model) => model.state === "active");
  return assemble(deps, siteId, version, serving?.metrics.until);
}

/** Embeddings and net, where there is enough to learn them from. */
async function learn(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  step: Step,
  options: LearningOptions,
): Promise<LearningPlan | null> {
  const learning = await step("prepare", () => prepareLearning(deps, siteId, version, cut, options));
  if (!learning) return null;
  for (let number: number | null = 0; number !== null; ) {
    const asked: number = number;
    number = await step(`surround ${asked}`, () => surroundSome(deps, siteId, version, learning, asked));
  }
  await step("describe", () => describeItems(deps, siteId, version, learning));
  let next: number | null = 0;
  for (let number = 0; next !== null; number++) {
    const from: number = next;
    next = await step(`learn ${number}`, () => learnSome(deps, siteId, version, learning, from));
  }
  return learning;
}

async function publishPopular(deps: Deps, siteId: string, version: string, ranker: "net" | "rows"): Promise<null> {
  const popular = await publish(deps, siteId, version, ranker);
  await deps.blobs.put(popularKey(siteId, version), new TextEncoder().encode(JSON.stringify(popular)));
  return null;
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

/**
 * Keeps the last three models that served, of those before them their measures, the last few that did not serve, and parts
 * only of trainings that may still go on: they say who looked at what.
 */
async function cleanUp(deps: Deps, siteId: string, version: string, promoted: boolean): Promise<void> {
  const running = await endDead(deps, siteId);
  const isOver = (key: string) => !running.some((each) => key.startsWith(`${partsPrefix(siteId, each)}/`));
  await deps.blobs.remove((await deps.blobs.list(partsPrefix(siteId))).filter(isOver));
  if (!promoted) await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${version}/`));
  const models = await selectModels(deps.control, siteId);
  const served = models.filter((model) => model.state === "active" || model.state === "retired");
  const rejected = models.filter((model) => model.state === "rejected");
  const archived = models.filter((model) => model.state === "archived");
  for (const { version: old } of served.slice(MODELS_KEPT)) {
    await archiveModel(deps.control, siteId, old);
    await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${old}/`));
  }
  for (const { version: old } of [...rejected.slice(REJECTED_KEPT), ...archived.slice(ARCHIVED_KEPT)]) {
    await deleteModel(deps.control, siteId, old);
    await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${old}/`));
  }
}

/** Trainings that may still go on. Those that cannot are marked first, so that none of them is ever served. */
async function endDead(deps: Deps, siteId: string): Promise<string[]> {
  const building = (await selectModels(deps.control, siteId)).filter(({ state }) => state === "building");
  const isAlive = ({ createdAt }: ModelRecord) => deps.clock.now() - createdAt < LONGEST_RUN_MS;
  for (const { version } of building.filter((model) => !isAlive(model))) {
    await rejectBuilding(deps.control, siteId, version, { decision: "failed" }).run();
    await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${version}/`));
  }
  return building.filter(isAlive).map(({ version }) => version);
}

async function giveUp(deps: Deps, siteId: string, version: string, cause: unknown): Promise<null> {
  deps.log.error("training failed", cause, { siteId, version });
  await rejectBuilding(deps.control, siteId, version, { decision: "failed" }).run();
  await deps.blobs.remove(await deps.blobs.list(partsPrefix(siteId, version)));
  // Its pointer may have moved before the last step failed: then people are answered from these files.
  const model = (await selectModels(deps.control, siteId)).find((each) => each.version === version);
  if (model?.state === "active" || model?.state === "retired") return null;
  await deps.blobs.remove(await deps.blobs.list(`models/${siteId}/${version}/`));
  return null;
}
