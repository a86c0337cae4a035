/**
 * Training as a list of steps, each small enough for a Worker (one isolate's memory, seconds of CPU) and resumable: all
 * that passes from step to step is bytes on a shelf (R2 at the edge, a folder in the benchmark).
 *
 * Leak rule: neither counts nor embeddings may have seen the sessions that train the net. So a first model ("base")
 * learns from the older nine tenths, the net learns from what visitors then chose, and the served model ("full") is
 * counted over everything, its embeddings continued for three epochs, the net kept.
 */
import { HISTORY_ITEMS, HISTORY_ROWS } from "./histories.ts";
import type { Contrast } from "./kernel/contrast.ts";
import type { Descent } from "./kernel/descent.ts";
import { runEmbed, runFinish, runLists, runRows, runStatistics } from "./training-model.ts";
import { runCases, runNet, runValidation } from "./training-net.ts";
import { runTaste, type TasteStep, tasteSteps } from "./training-taste.ts";
import { runTuneNet, runTuneRows } from "./training-tuning.ts";

/** Bytes by name, for the length of a training. */
export interface Shelf {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

export interface TrainingPlan {
  itemCount: number;
  /** Items that have vectors: the first so many, which are the most viewed where items are numbered by views. */
  embedded: number;
  seed: number;
  /** Passes of the first training, and of each continuation. */
  epochs: number;
  refreshEpochs: number;
  /**
   * What trains the net and is kept from the base model: the newest sessions (`holdOut` of them), or, where each list is
   * a person's whole history, its last item.
   */
  split: "newest" | "last";
  holdOut: number;
  /** Cases that train the net, in chunks of a step each, and cases that judge it. */
  cases: number;
  chunk: number;
  validationCases: number;
  /** At most; tuning may choose fewer passes. */
  netEpochs: number;
  /** Batches of an embedding step: 2,500 take about 10 s. */
  batches: number;
  /** Items of a partition of rows and lists. */
  partition: number;
  /** Whether there are enough long histories to learn taste from (`canTeachTaste`). */
  taste: boolean;
  /** Of a long history: newest items whose taste rows are read when serving, and items that are known at all. */
  historyRows: number;
  historyItems: number;
}

export type Phase = "base" | "full";

export type Step =
  | { kind: "embed"; phase: Phase; reach: 1 | 2 }
  | { kind: "rows"; phase: Phase; from: number; to: number }
  | { kind: "lists"; phase: Phase; from: number; to: number }
  | { kind: "statistics"; phase: Phase }
  | { kind: "tune-rows" }
  | { kind: "cases"; chunk: number }
  | { kind: "tune-net" }
  | { kind: "net"; epoch: number; from: number; to: number }
  | { kind: "validation" }
  | { kind: "finish" }
  | TasteStep;

/** What a step may use; the sessions are on the shelf as "sessions" (`sessionBytes`), and what a catalog says of the items as "aspects", where it does. */
export interface Workbench {
  shelf: Shelf;
  plan: TrainingPlan;
  /** Of `simdContrast` or `scriptContrast` with `EMBEDDING_ROOM`; made when an embedding step runs. */
  contrast(): Contrast;
  /** Of `simdDescent` or `scriptDescent`; asked for by the steps that learn or try a net. */
  descent(): Descent;
}

const CHUNKS_A_STEP = 8;
const MANY_ITEMS = 60_000;

/**
 * 256 bytes each while they are trained, and twice that while a step writes its state down: what an isolate has room for. The
 * items beyond are in rows, and in nobody's vectors.
 */
const MOST_EMBEDDED = 120_000;

/**
 * The nightly refresh: counts over the sessions as they are now, embeddings continued, the net kept. Put the last
 * model's "full/training-1" and "-2" on the shelf as "base/training-1" and "-2", and its "net"; new items only append
 * to the numbering.
 */
export function refreshSteps(plan: TrainingPlan): Step[] {
  return [...modelSteps(plan, "full"), { kind: "finish" }];
}

/** The plan of a training with what `changes` says otherwise. */
export function planTraining(itemCount: number, changes: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    itemCount,
    embedded: Math.min(itemCount, MOST_EMBEDDED),
    seed: 1,
    epochs: 12,
    refreshEpochs: 3,
    split: "newest",
    holdOut: 0.1,
    cases: 40_000,
    // Beside what is known of more items than this there is room for half as many.
    chunk: itemCount > MANY_ITEMS ? 625 : 1_250,
    validationCases: 4_000,
    netEpochs: 6,
    batches: 2_500,
    partition: 50_000,
    taste: false,
    historyRows: HISTORY_ROWS,
    historyItems: HISTORY_ITEMS,
    ...changes,
  };
}

/** All steps in order; each is run until it is done. */
export function trainingSteps(plan: TrainingPlan): Step[] {
  const chunks = Math.ceil(plan.cases / plan.chunk);
  return [
    { kind: "tune-rows" },
    ...modelSteps(plan, "base"),
    ...Array.from({ length: chunks }, (_, chunk) => ({ kind: "cases" as const, chunk })),
    { kind: "tune-net" },
    ...netSteps(plan, chunks),
    { kind: "validation" },
    ...modelSteps(plan, "full"),
    { kind: "finish" },
  ];
}

/** Each pass in parts of a few chunks, so that a step neither reads nor computes much. */
function netSteps(plan: TrainingPlan, chunks: number): Step[] {
  const steps: Step[] = [];
  for (let epoch = 0; epoch < plan.netEpochs; epoch++) {
    for (let from = 0; from < chunks; from += CHUNKS_A_STEP) {
      steps.push({ kind: "net", epoch, from, to: Math.min(chunks, from + CHUNKS_A_STEP) });
    }
  }
  return steps;
}

function modelSteps(plan: TrainingPlan, phase: Phase): Step[] {
  const parts = Array.from({ length: Math.ceil(plan.itemCount / plan.partition) }, (_, part) => ({
    from: part * plan.partition,
    to: Math.min(plan.itemCount, (part + 1) * plan.partition),
  }));
  return [
    { kind: "embed", phase, reach: 1 },
    { kind: "embed", phase, reach: 2 },
    { kind: "statistics", phase },
    ...parts.map((part) => ({ kind: "rows" as const, phase, ...part })),
    ...parts.map((part) => ({ kind: "lists" as const, phase, ...part })),
    ...(plan.taste ? tasteSteps(phase, plan.embedded) : []),
  ];
}

/** Runs a step; "again" when more of it is left. Repeating a step after a failure does no harm. */
export async function runStep(step: Step, bench: Workbench): Promise<"done" | "again"> {
  switch (step.kind) {
    case "embed":
      return runEmbed(step, bench);
    case "statistics":
      await runStatistics(step, bench);
      break;
    case "rows":
      await runRows(step, bench);
      break;
    case "lists":
      await runLists(step, bench);
      break;
    case "tune-rows":
      await runTuneRows(bench);
      break;
    case "tune-net":
      return runTuneNet(bench);
    case "cases":
      await runCases(step, bench);
      break;
    case "net":
      await runNet(step, bench);
      break;
    case "validation":
      await runValidation(bench);
      break;
    case "finish":
      await runFinish(bench);
      break;
    default:
      await runTaste(step, bench);
  }
  return "done";
}
