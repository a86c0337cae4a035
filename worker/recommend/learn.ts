/**
 * What a training learns beyond counts: embeddings and the net, by the engine's own steps over R2. A young shop has too
 * little to learn a net from and a catalog can be too large for an isolate: rows alone serve then.
 */
import type { Deps } from "../deps.ts";
import { readMaterial } from "./assemble.ts";
import { DIMENSIONS } from "./engine/embedding.ts";
import {
  type EmbeddingState,
  embeddingStateBytes,
  readEmbeddingState,
  startEmbedding,
} from "./engine/embedding-training.ts";
import { sessionBytes, sliceSessions } from "./engine/sessions.ts";
import {
  planTraining,
  runStep,
  type Shelf,
  type Step,
  type TrainingPlan,
  trainingSteps,
  type Workbench,
} from "./engine/training.ts";
import { partsPrefix } from "./export.ts";
import { type Kernel, openKernel } from "./kernel.ts";
import type { Material } from "./material.ts";
import { artifactKey, readDictionary } from "./model.ts";
import { seal, unseal } from "./seal.ts";
import { selectPointer, selectServing } from "./store.ts";

/** Clicks to be foretold below which a net would learn noise. */
const FEWEST_QUESTIONS = 200;
/** Beyond it the vectors of two embeddings and their training would not fit an isolate. */
const MOST_ITEMS = 120_000;
/** Newest actions that embeddings and net learn from; rows learn from all. */
const MOST_ACTIONS = 1_000_000;
/** Batches that the first embeddings may take in all: some four minutes. */
const MOST_BATCHES = 60_000;
/** Of the newest sessions these many questions train the net, where a tenth of the sessions has fewer. */
const WANTED_QUESTIONS = 2400;
/** The net gets most of what it can get from few cases in a few passes, and a young shop waits for its first model. */
const FEW_CASES = 5000;
const FIRST_NET_EPOCHS = 3;
const NET_EPOCHS_OF_FEW = 5;
const BATCH = 256;
/** Milliseconds of work that are one step of a Workflow, as far as they can be foretold. */
const STEP_MS = 10_000;

export interface LearningPlan {
  plan: TrainingPlan;
  /** The serving model whose vectors are continued, instead of beginning anew. */
  from: string | undefined;
  /** Actions of the sessions that are learned from. */
  actions: number;
  /** Start of the newest session that the first embeddings see, epoch ms. */
  baseUntil: number;
}

export function learningShelf(deps: Deps, siteId: string, version: string): Shelf {
  const key = (name: string) => `${partsPrefix(siteId, version)}/engine/${name}`;
  return { get: (name) => deps.blobs.get(key(name)), put: (name, bytes) => deps.blobs.put(key(name), bytes) };
}

/** Sessions before `cut`, at most `MOST_ACTIONS` of them, as their first and last place. */
function learnedRange({ starts }: Material["sessions"], cut: number): { first: number; last: number } {
  const end = starts[cut] as number;
  let first = cut;
  while (first > 0 && end - (starts[first - 1] as number) <= MOST_ACTIONS) first--;
  return { first, last: cut };
}

/** Null: rows alone. Otherwise the sessions are on the shelf. @param seed the same seed is the same model */
export async function prepareLearning(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  seed = 1,
): Promise<LearningPlan | null> {
  const { ids, sessions, startedAt } = await readMaterial(deps, siteId, version);
  if (ids.length < 2 || ids.length > MOST_ITEMS || cut === 0) return null;
  const { first, last } = learnedRange(sessions, cut);
  const learned = sliceSessions(sessions, first, last);
  const count = last - first;
  const questions = learned.items.length - count;
  const holdOut = Math.min(0.3, Math.max(0.1, WANTED_QUESTIONS / Math.max(1, questions)));
  const cases = Math.min(40_000, Math.floor(questions * holdOut));
  const baseLast = first + Math.floor(count * (1 - holdOut)) - 1;
  if (cases < FEWEST_QUESTIONS || baseLast < first) return null;
  await learningShelf(deps, siteId, version).put("sessions", sessionBytes(learned));
  const defaults = planTraining(ids.length);
  const { isFirst, from } = await findBeginning(deps, siteId, startedAt[baseLast] as number);
  const perEpoch = Math.max(1, Math.ceil((questions * (1 - holdOut)) / BATCH));
  const epochs = Math.min(from ? 2 : defaults.epochs, Math.max(1, Math.floor(MOST_BATCHES / (2 * perEpoch))));
  const plan: TrainingPlan = {
    ...defaults,
    seed,
    epochs,
    refreshEpochs: Math.min(epochs, defaults.refreshEpochs),
    holdOut,
    cases,
    // What the net is judged by is kept from all of its training.
    validationCases: 0,
    netEpochs: cases >= FEW_CASES ? defaults.netEpochs : isFirst ? FIRST_NET_EPOCHS : NET_EPOCHS_OF_FEW,
    batches: openKernel().batches,
  };
  return { plan, from, actions: learned.items.length, baseUntil: startedAt[baseLast] as number };
}

/** The serving model to go on from, when its first embeddings saw nothing that the net is to be trained on. */
async function findBeginning(
  deps: Deps,
  siteId: string,
  baseUntil: number,
): Promise<{ isFirst: boolean; from: string | undefined }> {
  const pointer = await selectPointer(deps.control, siteId);
  if (!pointer) return { isFirst: true, from: undefined };
  const until = (await selectServing(deps.control, siteId, pointer.version))?.metrics.baseUntil;
  return { isFirst: false, from: until !== undefined && until <= baseUntil ? pointer.version : undefined };
}

const vectorsKey = (siteId: string, version: string, reach: 1 | 2) => artifactKey(siteId, version, `vectors-${reach}`);

/** Lays the vectors of an earlier model under this training, by item id. When they cannot be read they are learned anew. */
export async function continueVectors(
  deps: Deps,
  siteId: string,
  version: string,
  learning: LearningPlan,
): Promise<null> {
  const { plan, from } = learning;
  if (!from) return null;
  const { ids } = await readMaterial(deps, siteId, version);
  const shelf = learningShelf(deps, siteId, version);
  const old = await readDictionary(deps, siteId, from);
  if (!old) return null;
  const oldIndexes = new Map(old.map((id, index) => [id, index]));
  for (const reach of [1, 2] as const) {
    // Repeated after a failure, it must not undo what a later step has learned.
    if (await shelf.get(`base/training-${reach}`)) continue;
    try {
      const bytes = await deps.blobs.get(vectorsKey(siteId, from, reach));
      if (!bytes) throw new Error("the vectors are missing");
      const known = readEmbeddingState(unseal(bytes));
      const state = startEmbedding(ids.length, { reach, epochs: plan.epochs, seed: plan.seed });
      layUnder(state, known, ids, oldIndexes);
      await shelf.put(`base/training-${reach}`, embeddingStateBytes(state));
    } catch (error) {
      deps.log.error("an earlier model's vectors could not be read", error, { siteId, version: from });
    }
  }
  return null;
}

function layUnder(
  state: EmbeddingState,
  known: EmbeddingState,
  ids: readonly string[],
  oldIndexes: ReadonlyMap<string, number>,
): void {
  for (const [item, id] of ids.entries()) {
    const old = oldIndexes.get(id);
    if (old === undefined || old >= known.gates.length) continue;
    state.vectors.set(known.vectors.subarray(old * DIMENSIONS, (old + 1) * DIMENSIONS), item * DIMENSIONS);
    state.gates[item] = known.gates[old] as number;
  }
  state.lags.set(known.lags);
  state.focus = known.focus;
}

/** Keeps this training's first vectors for the next one. */
export async function keepVectors(deps: Deps, siteId: string, version: string): Promise<void> {
  const shelf = learningShelf(deps, siteId, version);
  for (const reach of [1, 2] as const) {
    const bytes = await shelf.get(`base/training-${reach}`);
    if (bytes) await deps.blobs.put(vectorsKey(siteId, version, reach), seal(bytes));
  }
}

/** The engine's steps, but its own validation: evaluate.ts judges against what serves. */
function stepsOf(plan: TrainingPlan): Step[] {
  return trainingSteps(plan).filter(({ kind }) => kind !== "validation" && kind !== "finish");
}

/** Milliseconds that a step takes, roughly: a bound on how many are run together, not a measurement. */
function workOf(step: Step, { plan, actions }: LearningPlan, kernel: Kernel): number {
  switch (step.kind) {
    case "embed": {
      const epochs = step.phase === "base" ? plan.epochs : plan.refreshEpochs;
      const batches = Math.min(plan.batches, Math.ceil((actions / BATCH) * epochs));
      return (batches * 10_000) / kernel.batches;
    }
    case "rows":
      return actions / 100;
    case "lists":
      return (step.to - step.from) / 10;
    case "cases":
      return Math.min(plan.chunk, plan.cases);
    case "net":
      return plan.cases / 4;
    default:
      return actions / 1000;
  }
}

/**
 * Runs steps from `next` on until they make a fair step of a Workflow; answers where to go on, or null behind the last.
 * Repeating it does no harm.
 */
export async function learnSome(
  deps: Deps,
  siteId: string,
  version: string,
  learning: LearningPlan,
  next: number,
): Promise<number | null> {
  const kernel = openKernel();
  const bench: Workbench = {
    shelf: learningShelf(deps, siteId, version),
    plan: learning.plan,
    contrast: kernel.contrast,
  };
  const steps = stepsOf(learning.plan);
  let at = next;
  for (let work = 0; ; ) {
    const step = steps[at];
    if (!step) return null;
    work += workOf(step, learning, kernel);
    if (at > next && work > STEP_MS) return at;
    const outcome = await runStep(step, bench);
    if (outcome === "again") return at;
    at++;
  }
}
