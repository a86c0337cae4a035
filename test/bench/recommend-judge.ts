/** The protocols of the measuring data: how well a trained model does, and what an answer costs. */
import { readFileSync } from "node:fs";
import { judgeFolds } from "../../worker/intention/training.ts";
import { Engine, type Records } from "../../worker/recommend/engine/engine.ts";
import { type EvaluationCase, evaluate } from "../../worker/recommend/engine/evaluation.ts";
import { simdScoring } from "../../worker/recommend/engine/kernel/scoring.ts";
import { readRows } from "../../worker/recommend/engine/rows.ts";
import { type TasteRows, tasteRowOf } from "../../worker/recommend/engine/taste.ts";
import { readTaste, TasteRanker } from "../../worker/recommend/engine/taste-rank.ts";
import type { Workbench } from "../../worker/recommend/engine/training.ts";
import { loadModel } from "../../worker/recommend/engine/training-net.ts";
import { TASTE_PARTITION } from "../../worker/recommend/engine/training-taste.ts";
import type { Dataset } from "./recommend-data.ts";

const SCORING = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;

export const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** CPU microseconds of each of `calls` calls. */
function timed<T>(calls: number, work: () => T): { result: T; microseconds: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, microseconds: round((user + system) / calls, 1) };
}

async function requireShelved(bench: Workbench, key: string): Promise<Uint8Array> {
  const bytes = await bench.shelf.get(key);
  if (!bytes) throw new Error(`training left no ${key}`);
  return bytes;
}

/** Next-item protocols: of sessions (paper, or discovery) and of sequences (new items only). */
export async function judgeSessions(bench: Workbench, data: Dataset, discovery: boolean) {
  const bytes = await requireShelved(bench, "engine");
  const engine = Engine.read(bytes, simdScoring(new WebAssembly.Module(readFileSync(SCORING))));
  const records: Records = await loadModel(bench, "full");
  evaluate(engine, records, data.test.slice(0, 2000));
  const { result, microseconds } = timed(data.test.length, () => evaluate(engine, records, data.test));
  const sizes = recordSizes(records, bench.plan.itemCount);
  const cost = {
    modelBytes: bytes.length + sizes.bytes,
    memoryBytes: bytes.length,
    microsecondsPerRequest: microseconds,
    validation: JSON.parse(new TextDecoder().decode(await requireShelved(bench, "validation"))),
  };
  if (data.kind === "sequences") {
    const { hit10, gain10, hit20, cases } = result.discovery;
    return {
      protocol: "leave last out",
      "HR@10": round(hit10 / 100, 4),
      "NDCG@10": round(gain10 / 100, 4),
      "HR@20": round(hit20 / 100, 4),
      cases,
      ...cost,
    };
  }
  const [asked, other] = discovery ? [result.discovery, result.all] : [result.all, result.discovery];
  return {
    protocol: discovery ? "discovery" : "paper",
    "P@20": round(asked.hit20),
    "MRR@20": round(asked.reciprocal20),
    "P@10": round(asked.hit10),
    "MRR@10": round(asked.reciprocal10),
    cases: asked.cases,
    other: {
      protocol: discovery ? "paper" : "discovery",
      "P@20": round(other.hit20),
      "MRR@20": round(other.reciprocal20),
    },
    ...cost,
  };
}

function recordSizes(records: Records, itemCount: number) {
  let bytes = 0;
  for (let item = 0; item < itemCount; item++) {
    bytes += 9 * (records.rowOf(item)?.targets.length ?? 0) + 3 * (records.listOf(item)?.length ?? 0);
  }
  return { bytes };
}

/** Whole histories: rank all items that are not in the history, against several held-out items. */
export async function judgeHistories(bench: Workbench, test: EvaluationCase[]) {
  const vectors = await requireShelved(bench, "taste/vectors");
  const ranker = new TasteRanker(readTaste(vectors));
  const parts: TasteRows[] = [];
  for (let from = 0; from < bench.plan.itemCount; from += TASTE_PARTITION) {
    parts.push(readRows(await requireShelved(bench, `taste/rows/${from}`)));
  }
  const rowOf = (item: number) => {
    const part = parts[Math.floor(item / TASTE_PARTITION)];
    return part && tasteRowOf(part, item);
  };
  const asked = test.filter(({ wanted }) => wanted.length > 0);
  let recall = 0;
  let gain = 0;
  const { microseconds } = timed(asked.length, () => {
    for (const { history, wanted } of asked) {
      const right = new Set(wanted);
      let hits = 0;
      let sum = 0;
      let ideal = 0;
      ranker.rank(history, rowOf, { limit: 20 }).items.forEach((item, place) => {
        if (!right.has(item)) return;
        hits++;
        sum += 1 / Math.log2(place + 2);
      });
      for (let place = 0; place < Math.min(20, right.size); place++) ideal += 1 / Math.log2(place + 2);
      recall += hits / right.size;
      gain += sum / ideal;
    }
  });
  return {
    protocol: "long histories",
    "Recall@20": round(recall / asked.length, 4),
    "NDCG@20": round(gain / asked.length, 4),
    cases: asked.length,
    modelBytes: vectors.length + parts.reduce((sum, { targets }) => sum + 5 * targets.length, 0),
    memoryBytes: vectors.length,
    microsecondsPerRequest: microseconds,
  };
}

/** Purchase intention over sessions described by a table; five folds, with and without the column that nearly tells. */
export function judgeIntention(folder: string) {
  const words = new Set([10, 11, 12, 13, 14, 15, 16]);
  const pageValues = 8;
  const table = readFileSync(`${folder}/online_shoppers_intention.csv`, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(","));
  const answers = Uint8Array.from(table, (row) => (row[17] === "TRUE" ? 1 : 0));
  const judge = (left: number) => {
    const rows = table.map((row) =>
      row
        .slice(0, 17)
        .map((cell, index) => (words.has(index) ? cell : Number(cell)))
        .filter((_, index) => index !== left),
    );
    const { result, microseconds } = timed(1, () => judgeFolds(rows, answers, 5, 42));
    return { ...result, trainingSeconds: round(microseconds / 1e6, 1) };
  };
  return {
    dataset: "osi",
    protocol: "5-fold",
    withPageValues: judge(-1),
    withoutPageValues: judge(pageValues),
    cases: answers.length,
  };
}
