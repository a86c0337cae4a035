/** Training steps for long histories: the low-pass basis, columns of weights, and the rows that are served. */
import { type LowPass, lowPassOf } from "./low-pass.ts";
import { PartReader, packParts } from "./parts.ts";
import { rowsBytes } from "./rows.ts";
import { readSessions } from "./sessions.ts";
import { buildTaste, type TasteColumns, tasteRows } from "./taste.ts";
import { tasteBytes, tasteVectors } from "./taste-rank.ts";
import type { Workbench } from "./training.ts";
import { requireBytes } from "./training-model.ts";

/** Floats of the basis: with a second matrix of the same size, 64 MB. */
const BASIS = 8_000_000;
const RANK = 192;
/** Items of a partition. */
export const TASTE_PARTITION = 5_000;

export type TasteStep =
  | { kind: "taste-basis" }
  | { kind: "taste-columns"; from: number; to: number }
  | { kind: "taste-rows"; from: number; to: number };

/** Steps over "histories" on the shelf: one list of distinct items per person (`sessionBytes`). */
export function tasteSteps(itemCount: number): TasteStep[] {
  const parts = Array.from({ length: Math.ceil(itemCount / TASTE_PARTITION) }, (_, part) => ({
    from: part * TASTE_PARTITION,
    to: Math.min(itemCount, (part + 1) * TASTE_PARTITION),
  }));
  return [
    { kind: "taste-basis" },
    ...parts.map((part) => ({ kind: "taste-columns" as const, ...part })),
    ...parts.map((part) => ({ kind: "taste-rows" as const, ...part })),
  ];
}

export async function runTaste(step: TasteStep, bench: Workbench): Promise<void> {
  const { shelf, plan } = bench;
  if (step.kind === "taste-rows") {
    const rows = await tasteRows(() => columnsOf(bench), step.from, step.to);
    await shelf.put(`taste/rows/${step.from}`, rowsBytes(rows));
    return;
  }
  const histories = readSessions(await requireBytes(bench, "histories"));
  if (step.kind === "taste-basis") {
    const people = histories.starts.length - 1;
    const rank = Math.max(
      1,
      Math.min(RANK, Math.floor(Math.min(BASIS / plan.itemCount, plan.itemCount / 4, people / 4))),
    );
    const lowPass = lowPassOf(histories, plan.itemCount, rank, plan.seed);
    await shelf.put("taste/basis", packParts([Int32Array.of(rank), lowPass.basis]));
    await shelf.put("taste/vectors", tasteBytes(tasteVectors(lowPass, histories)));
    return;
  }
  const lowPass = readBasis(await requireBytes(bench, "taste/basis"));
  const columns = buildTaste(histories, plan.itemCount, lowPass, step.from, step.to);
  const { from, starts, sources, weights, ridges } = columns;
  await shelf.put(`taste/columns/${from}`, packParts([Int32Array.of(from), starts, sources, weights, ridges]));
}

function readBasis(bytes: Uint8Array): LowPass {
  const reader = new PartReader(bytes);
  return { rank: reader.integers()[0] ?? 0, basis: reader.floats() };
}

async function* columnsOf(bench: Workbench): AsyncGenerator<TasteColumns> {
  for (let from = 0; from < bench.plan.itemCount; from += TASTE_PARTITION) {
    const reader = new PartReader(await requireBytes(bench, `taste/columns/${from}`));
    yield {
      from: reader.integers()[0] ?? 0,
      starts: reader.integers(),
      sources: reader.integers(),
      weights: reader.floats(),
      ridges: reader.floats(),
    };
  }
}
