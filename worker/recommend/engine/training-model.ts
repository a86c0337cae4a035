/** Training steps that count and embed: rows, lists, statistics, vectors; and the last, which puts the model together. */
import { readAspects, resized } from "./aspects.ts";
import { type Embedding, embeddingBytes, readEmbedding } from "./embedding.ts";
import {
  continueEmbedding,
  embeddingOf,
  embeddingStateBytes,
  isTrained,
  readEmbeddingState,
  startEmbedding,
  trainEmbedding,
} from "./embedding-training.ts";
import { engineBytes } from "./engine.ts";
import { DIMENSIONS } from "./kernel/contrast.ts";
import { buildLists, listsBytes } from "./lists.ts";
import { readNet } from "./net.ts";
import { buildRows, countTotals, readRows, rowsBytes } from "./rows.ts";
import { readSessions, type Sessions, withItemsBelow } from "./sessions.ts";
import { splitSessions } from "./split.ts";
import { countStatistics, readStatistics, statisticsBytes } from "./statistics.ts";
import { readTaste } from "./taste-rank.ts";
import type { Phase, Step, Workbench } from "./training.ts";
import { readTuning } from "./training-tuning.ts";

type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Throws when the step that should have left it has not run. */
export async function requireBytes(bench: Pick<Workbench, "shelf">, key: string): Promise<Uint8Array> {
  const bytes = await bench.shelf.get(key);
  if (!bytes) throw new Error(`an earlier training step left no ${key}`);
  return bytes;
}

/** Sessions that a phase learns from: all, or those that are not held out. */
export async function readPhase(bench: Workbench, phase: Phase): Promise<Sessions> {
  const all = readSessions(await requireBytes(bench, "sessions"));
  return phase === "full" ? all : splitSessions(all, bench.plan).base;
}

/**
 * Some batches of one embedding: `again` until it is trained. The full phase goes on from what the base phase has
 * learned.
 */
export async function runEmbed(step: StepOf<"embed">, bench: Workbench): Promise<"done" | "again"> {
  const { shelf, plan } = bench;
  const { phase, reach } = step;
  const key = `${phase}/training-${reach}`;
  const stored = await shelf.get(key);
  const state = stored
    ? readEmbeddingState(stored)
    : phase === "base"
      ? startEmbedding(plan.embedded, { reach, epochs: plan.epochs, seed: plan.seed })
      : continueEmbedding(readEmbeddingState(await requireBytes(bench, `base/training-${reach}`)), plan.embedded, {
          reach,
          epochs: plan.refreshEpochs,
          seed: plan.seed + 1,
        });
  const sessions = withItemsBelow(await readPhase(bench, phase), plan.itemCount, plan.embedded);
  trainEmbedding(state, sessions, bench.contrast(), plan.batches);
  await shelf.put(key, embeddingStateBytes(state));
  if (!isTrained(state)) return "again";
  const embedding = embeddingOf(state);
  forgetStrangers(embedding, sessions, await shelf.get("known"));
  await shelf.put(`${phase}/embedding-${reach}`, embeddingBytes(embedding));
  return "done";
}

/**
 * A vector that nothing was learned of points anywhere: items that no session has are as unknown as those that came after the
 * training.
 * @param known 1 for items that were learned earlier
 */
function forgetStrangers({ vectors, scales }: Embedding, { items }: Sessions, known?: Uint8Array): void {
  const isKnown = new Uint8Array(scales.length);
  if (known) isKnown.set(known.subarray(0, scales.length));
  for (const item of items) isKnown[item] = 1;
  for (let item = 0; item < scales.length; item++) {
    if (isKnown[item] === 1) continue;
    vectors.fill(0, item * DIMENSIONS, (item + 1) * DIMENSIONS);
    scales[item] = 0;
  }
}

export async function runStatistics({ phase }: StepOf<"statistics">, bench: Workbench): Promise<void> {
  const statistics = countStatistics(await readPhase(bench, phase), bench.plan.itemCount);
  await bench.shelf.put(`${phase}/statistics`, statisticsBytes(statistics));
}

export async function runRows({ phase, from, to }: StepOf<"rows">, bench: Workbench): Promise<void> {
  const sessions = await readPhase(bench, phase);
  const { itemCount } = bench.plan;
  const { rows: constants } = await readTuning(bench);
  const totals = countTotals(sessions, itemCount, constants);
  const rows = buildRows(sessions, itemCount, { from, to, totals, constants });
  await bench.shelf.put(`${phase}/rows/${from}`, rowsBytes(rows));
}

export async function runLists({ phase, from, to }: StepOf<"lists">, bench: Workbench): Promise<void> {
  const { plan, shelf } = bench;
  // Second neighbors may lie in any partition: of the others only the targets are kept, without an object an item.
  const parts: { starts: Int32Array; targets: Int32Array }[] = [];
  for (let begin = 0; begin < plan.itemCount; begin += plan.partition) {
    const { starts, targets } = readRows(await requireBytes(bench, `${phase}/rows/${begin}`));
    parts.push({ starts: starts.slice(), targets: targets.slice() });
  }
  const targetsOf = (item: number) => {
    const part = parts[Math.floor(item / plan.partition)];
    const place = item % plan.partition;
    return part?.targets.subarray(part.starts[place], part.starts[place + 1]);
  };
  const embedding = readEmbedding(await requireBytes(bench, `${phase}/embedding-1`));
  const lists = buildLists(embedding, targetsOf, from, to);
  await shelf.put(`${phase}/lists/${from}`, listsBytes(lists));
}

/** The served model: "engine" on the shelf, with the rows and lists of the full phase. */
export async function runFinish(bench: Workbench): Promise<void> {
  const aspects = await bench.shelf.get("aspects");
  const taste = await bench.shelf.get("full/taste/vectors");
  const engine = await engineBytes({
    embeddings: [
      readEmbedding(await requireBytes(bench, "full/embedding-1")),
      readEmbedding(await requireBytes(bench, "full/embedding-2")),
    ],
    statistics: readStatistics(await requireBytes(bench, "full/statistics")),
    net: readNet(await requireBytes(bench, "net")),
    aspects: aspects && resized(readAspects(aspects), bench.plan.itemCount),
    taste: taste && readTaste(taste),
  });
  await bench.shelf.put("engine", engine);
}
