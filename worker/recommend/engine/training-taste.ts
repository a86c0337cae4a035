/**
 * Training steps for long histories: the low-pass basis, columns of weights, and the rows that are served. Once over what the
 * base model learns from, once over everything.
 */
import { haveTaste, longHistories } from "./histories.ts";
import { type LowPass, lowPassOf } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import { readRows, rowsBytes } from "./rows.ts";
import { readSessions, type Sessions, sessionBytes, withItemsBelow } from "./sessions.ts";
import { buildTaste, type TasteColumns, type TasteRow, type TasteRows, tasteRowOf, tasteRows } from "./taste.ts";
import { readTaste, type TasteVectors, tasteBytes, tasteVectors } from "./taste-rank.ts";
import type { Phase, Shelf, Workbench } from "./training.ts";
import { readPhase, requireBytes } from "./training-model.ts";

/** Floats of the basis: with a second matrix of the same size, 64 MB. */
const BASIS = 8_000_000;
const RANK = 192;
/** So much has to be said for a dimension, but for the first few. */
const ITEMS_A_DIMENSION = 4000;
const LEAST_RANK = 24;
/** Items of a partition. */
const TASTE_PARTITION = 5_000;

export type TasteStep =
  | { kind: "taste-basis"; phase: Phase }
  | { kind: "taste-columns"; phase: Phase; from: number; to: number }
  | { kind: "taste-rows"; phase: Phase; from: number; to: number };

/** Whether these sessions, by whose they are, can teach taste: then a plan has its steps. */
export function canTeachTaste(sessions: Sessions): boolean {
  return haveTaste(longHistories(sessions));
}

/** Steps of a phase; of the items that have no vectors there is no taste either. */
export function tasteSteps(phase: Phase, itemCount: number): TasteStep[] {
  const parts = Array.from({ length: Math.ceil(itemCount / TASTE_PARTITION) }, (_, part) => ({
    phase,
    from: part * TASTE_PARTITION,
    to: Math.min(itemCount, (part + 1) * TASTE_PARTITION),
  }));
  return [
    { kind: "taste-basis", phase },
    ...parts.map((part) => ({ kind: "taste-columns" as const, ...part })),
    ...parts.map((part) => ({ kind: "taste-rows" as const, ...part })),
  ];
}

/** Does nothing where too few of the phase's people have long histories. */
export async function runTaste(step: TasteStep, bench: Workbench): Promise<void> {
  const { shelf, plan } = bench;
  const { phase } = step;
  if (step.kind === "taste-basis") {
    const histories = longHistories(withItemsBelow(await readPhase(bench, phase), plan.itemCount, plan.embedded));
    if (!haveTaste(histories)) return;
    const told = histories.items.length / ITEMS_A_DIMENSION;
    const rank = Math.floor(Math.min(RANK, BASIS / plan.embedded, plan.embedded / 4, Math.max(LEAST_RANK, told)));
    const lowPass = lowPassOf(histories, plan.embedded, Math.max(1, rank), plan.seed);
    await shelf.put(`${phase}/taste/histories`, sessionBytes(histories));
    await shelf.put(`${phase}/taste/basis`, packParts([Int32Array.of(lowPass.rank), lowPass.basis]));
    await shelf.put(`${phase}/taste/vectors`, tasteBytes(tasteVectors(lowPass, histories)));
    return;
  }
  const histories = await shelf.get(`${phase}/taste/histories`);
  if (!histories) return;
  if (step.kind === "taste-rows") {
    const rows = await tasteRows(() => columnsOf(bench, phase), step.from, step.to);
    await shelf.put(`${phase}/taste/rows/${step.from}`, rowsBytes(rows));
    return;
  }
  const lowPass = readBasis(await requireBytes(bench, `${phase}/taste/basis`));
  const columns = buildTaste(readSessions(histories), plan.embedded, lowPass, step.from, step.to);
  const { from, starts, sources, weights, ridges } = columns;
  await shelf.put(`${phase}/taste/columns/${from}`, packParts([Int32Array.of(from), starts, sources, weights, ridges]));
}

function readBasis(bytes: Uint8Array): LowPass {
  const reader = new PartReader(bytes);
  return { rank: reader.integers()[0] ?? 0, basis: reader.floats() };
}

async function* columnsOf(bench: Workbench, phase: Phase): AsyncGenerator<TasteColumns> {
  for (let from = 0; from < bench.plan.embedded; from += TASTE_PARTITION) {
    const reader = new PartReader(await requireBytes(bench, `${phase}/taste/columns/${from}`));
    yield {
      from: reader.integers()[0] ?? 0,
      starts: reader.integers(),
      sources: reader.integers(),
      weights: reader.floats(),
      ridges: reader.floats(),
    };
  }
}

/** What taste says, as `Model` has it. */
export interface LearnedTaste {
  taste: TasteVectors;
  tasteOf(item: number): TasteRow | undefined;
  historyRows: number;
}

/** What a phase has learned of taste; undefined where that is nothing. @param items whose rows are read, all by default */
export async function loadTaste(
  { shelf, plan }: Pick<Workbench, "shelf" | "plan">,
  phase: Phase,
  items?: ReadonlySet<number>,
): Promise<LearnedTaste | undefined> {
  const vectors = plan.taste ? await shelf.get(`${phase}/taste/vectors`) : undefined;
  if (!vectors) return undefined;
  const rows = new Map<number, TasteRow>();
  for (let from = 0; from < plan.embedded; from += TASTE_PARTITION) {
    const to = Math.min(plan.embedded, from + TASTE_PARTITION);
    const rowOf = await tasteRowsIn(shelf, phase, from, to);
    for (let item = from; item < to; item++) {
      const row = !items || items.has(item) ? rowOf(item) : undefined;
      // Copies, where few are kept of many.
      if (row) rows.set(item, items ? { targets: row.targets.slice(), codes: row.codes.slice() } : row);
    }
  }
  return { taste: readTaste(vectors), tasteOf: (item) => rows.get(item), historyRows: plan.historyRows };
}

/** Rows of the items `[from, to)`, where a phase has learned any. @param from a multiple of the partitions' size */
export async function tasteRowsIn(
  shelf: Shelf,
  phase: Phase,
  from: number,
  to: number,
): Promise<(item: number) => TasteRow | undefined> {
  const parts: TasteRows[] = [];
  for (let begin = from; begin < to; begin += TASTE_PARTITION) {
    const bytes = await shelf.get(`${phase}/taste/rows/${begin}`);
    if (bytes) parts.push(readRows(bytes));
  }
  return (item) => {
    const part = parts[Math.floor((item - from) / TASTE_PARTITION)];
    return part && tasteRowOf(part, item);
  };
}
