/**
 * What a training learns beyond counts: embeddings and the net, by the engine's own steps over R2. A young shop has too
 * little to learn a net from: rows alone serve then. In a very large catalog the most viewed items have vectors.
 */
import type { Deps } from "../deps.ts";
import { seal } from "../lib/seal.ts";
import { DAY } from "../lib/time.ts";
import { readItemIds, readSessions } from "./assemble.ts";
import { continueServing, vectorsKey } from "./continue-serving.ts";
import { sessionBytes, sliceSessions } from "./engine/sessions.ts";
import {
  planTraining,
  refreshSteps,
  runStep,
  type Shelf,
  type Step,
  type TrainingPlan,
  trainingSteps,
  type Workbench,
} from "./engine/training.ts";
import { canTeachTaste } from "./engine/training-taste.ts";
import { readTuning, type Tuning } from "./engine/training-tuning.ts";
import { partsPrefix } from "./export.ts";
import { type Kernel, openDescent, openKernel } from "./kernel.ts";

/** Clicks to be foretold below which a net would learn noise. */
const FEWEST_QUESTIONS = 200;
/** Newest actions that embeddings and net learn from; rows learn from all. */
const MOST_ACTIONS = 1_000_000;
/** Batches that the first embeddings may take in all: some four minutes. */
const MOST_BATCHES = 60_000;
/** Of the newest sessions these many questions train the net, where a tenth of the sessions has fewer. */
const WANTED_QUESTIONS = 2400;
/** The net gets most of what it can get from few cases in a few passes, and a young shop waits for its first model. */
const FEW_CASES = 5000;
const NET_EPOCHS_OF_FEW = 3;
/** Of so few a few passes would leave it half learned. */
const FEWEST_CASES = 1000;
/** A net stays good for longer than vectors do: so long nights only continue the embeddings, for so many passes. */
const NIGHTLY_EPOCHS = 2;
const BATCH = 256;
/** Milliseconds of work that are one step of a Workflow, as far as they can be foretold. */
const STEP_MS = 10_000;

export interface LearningOptions {
  /** The same seed is the same model. */
  seed?: number;
  /** Fewer cases than these teach a net in few passes, and anew every night. */
  fewCases?: number;
  /** Newest actions that embeddings and net learn from. */
  mostActions?: number;
}

export interface LearningPlan {
  plan: TrainingPlan;
  /** Everything anew, or the serving model's embeddings continued and its net kept. */
  kind: "anew" | "continued";
  /** Actions of the sessions that are learned from. */
  actions: number;
  /** The first of the material's sessions that trains the net or judges the model. */
  judgedFrom: number;
  /** When the net was learned, epoch ms. */
  learnedAt: number;
}

export function learningShelf(deps: Deps, siteId: string, version: string): Shelf {
  const key = (name: string) => `${partsPrefix(siteId, version)}/engine/${name}`;
  return { get: (name) => deps.blobs.get(key(name)), put: (name, bytes) => deps.blobs.put(key(name), bytes) };
}

/** What this training's models are made with: chosen in it, taken over from the model it continues, or what is usual. */
export async function tuningOf(deps: Deps, siteId: string, version: string): Promise<Tuning> {
  return readTuning({ shelf: learningShelf(deps, siteId, version) });
}

/** The newest share of the sessions, of so many clicks to be foretold, that trains the net. */
export function holdOutOf(questions: number): number {
  return Math.min(0.3, Math.max(0.1, WANTED_QUESTIONS / Math.max(1, questions)));
}

interface Learned {
  itemCount: number;
  actions: number;
  questions: number;
  holdOut: number;
  /** The first of the material's sessions that are held out. */
  heldOutFrom: number;
  cases: number;
  /** Whether there are people with long histories enough (`canTeachTaste`). */
  taste: boolean;
}

/** Lays the newest sessions before `cut` on the shelf, at most `mostActions` actions of them; undefined where they are too few. */
async function shelveSessions(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  mostActions: number,
): Promise<Learned | undefined> {
  const { itemCount, sessions, startedAt } = await readSessions(deps, siteId, version);
  const { starts } = sessions;
  const end = starts[cut] as number;
  let first = cut;
  while (first > 0 && end - (starts[first - 1] as number) <= mostActions) first--;
  const actions = end - (starts[first] as number);
  const questions = actions - (cut - first);
  const holdOut = holdOutOf(questions);
  const cases = Math.min(40_000, Math.floor(questions * holdOut));
  if (itemCount < 2 || cases < FEWEST_QUESTIONS) return undefined;
  const days = Float32Array.from(startedAt.subarray(first, cut), (at) => at / DAY);
  const learned = { ...sliceSessions(sessions, first, cut), days };
  const heldOutFrom = first + Math.floor((cut - first) * (1 - holdOut));
  await learningShelf(deps, siteId, version).put("sessions", sessionBytes(learned));
  return { itemCount, actions, questions, holdOut, heldOutFrom, cases, taste: canTeachTaste(learned) };
}

/** Null: rows alone. Otherwise what the steps need is on the shelf. */
export async function prepareLearning(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  { seed = 1, fewCases = FEW_CASES, mostActions = MOST_ACTIONS }: LearningOptions = {},
): Promise<LearningPlan | null> {
  const learned = await shelveSessions(deps, siteId, version, cut, mostActions);
  if (!learned) return null;
  const { itemCount, actions, questions, holdOut, heldOutFrom, cases, taste } = learned;
  const ids = await readItemIds(deps, siteId, version);
  const defaults = planTraining(itemCount);
  const isSmall = cases < fewCases;
  const learnedAt = isSmall
    ? undefined
    : await continueServing(deps, siteId, version, learningShelf(deps, siteId, version), ids, defaults.embedded);
  const affordable = Math.max(1, Math.floor((MOST_BATCHES * BATCH) / (2 * questions)));
  const plan: TrainingPlan = {
    ...defaults,
    seed,
    epochs: Math.min(defaults.epochs, affordable),
    refreshEpochs: Math.min(learnedAt === undefined ? defaults.refreshEpochs : NIGHTLY_EPOCHS, affordable),
    holdOut,
    cases,
    // What the net is judged by is kept from all of its training.
    validationCases: 0,
    netEpochs: isSmall && cases > FEWEST_CASES ? NET_EPOCHS_OF_FEW : defaults.netEpochs,
    taste,
    batches: openKernel().batches,
  };
  return {
    plan,
    kind: learnedAt === undefined ? "anew" : "continued",
    actions,
    judgedFrom: learnedAt === undefined ? heldOutFrom : cut,
    learnedAt: learnedAt ?? deps.clock.now(),
  };
}

/** Keeps this training's vectors for the next one. */
export async function keepVectors(deps: Deps, siteId: string, version: string): Promise<void> {
  const shelf = learningShelf(deps, siteId, version);
  for (const reach of [1, 2] as const) {
    const bytes = await shelf.get(`full/training-${reach}`);
    if (bytes) await deps.blobs.put(vectorsKey(siteId, version, reach), seal(bytes));
  }
}

/** The engine's steps, but its own validation: evaluate.ts judges against what serves. */
function stepsOf({ plan, kind }: LearningPlan): Step[] {
  const steps = kind === "anew" ? trainingSteps(plan) : refreshSteps(plan);
  return steps.filter((step) => step.kind !== "validation" && step.kind !== "finish");
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
      return ((step.to - step.from) * Math.min(plan.chunk, plan.cases)) / openDescent().casesPerMs;
    case "tune-rows":
      return 7 * (Math.min(actions, 400_000) / 700);
    case "tune-net":
      return (10 * plan.chunk) / openDescent().casesPerMs;
    case "taste-basis":
      return plan.embedded / 4;
    case "taste-columns":
      return step.to - step.from;
    case "taste-rows":
      return plan.embedded / 50;
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
    descent: openDescent,
  };
  const steps = stepsOf(learning);
  let at = next;
  for (let work = 0; ; ) {
    const step = steps[at];
    if (!step) return null;
    work += workOf(step, learning, kernel);
    if (at > next && work > STEP_MS) return at;
    const outcome = await runStep(step, bench);
    deps.log.info("training work done", { step: step.kind });
    if (outcome === "again") return at;
    at++;
  }
}
