/** The protocols of the measuring data: how well a trained model does, and what an answer costs. */
import { readFileSync } from "node:fs";
import { judgeFolds } from "../../worker/intention/training.ts";
import { Engine, type Records } from "../../worker/recommend/engine/engine.ts";
import { type EvaluationCase, evaluate } from "../../worker/recommend/engine/evaluation.ts";
import { longHistory } from "../../worker/recommend/engine/histories.ts";
import { simdScoring } from "../../worker/recommend/engine/kernel/scoring.ts";
import type { Workbench } from "../../worker/recommend/engine/training.ts";
import { loadModel } from "../../worker/recommend/engine/training-net.ts";
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

const openEngine = (bytes: Uint8Array) =>
  Engine.read(bytes, simdScoring(new WebAssembly.Module(readFileSync(SCORING))));

/** Next-item protocols: of sessions (paper, or discovery) and of sequences (new items only). */
export async function judgeSessions(bench: Workbench, data: Dataset, discovery: boolean) {
  const bytes = await requireShelved(bench, "engine");
  const engine = openEngine(bytes);
  const records: Records = await loadModel(bench, "full");
  const test = withHistories(bench, data);
  evaluate(engine, records, test.slice(0, 2000));
  const { result, microseconds } = timed(test.length, () => evaluate(engine, records, test));
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

/** Where a list is all that a person did, it is their history too. */
function withHistories({ plan }: Workbench, { kind, test }: Dataset): EvaluationCase[] {
  if (kind === "sessions") return test;
  return test.map((each) => ({
    ...each,
    occasion: { history: longHistory(each.history.toReversed(), plan.historyItems) },
  }));
}

function recordSizes(records: Records, itemCount: number) {
  let bytes = 0;
  for (let item = 0; item < itemCount; item++) {
    bytes += 9 * (records.rowOf(item)?.targets.length ?? 0) + 3 * (records.listOf(item)?.length ?? 0);
    bytes += 5 * (records.tasteOf?.(item)?.targets.length ?? 0);
  }
  return { bytes };
}

/** Whole histories: rank all items that are not in the history, against several held-out items. */
export async function judgeHistories(bench: Workbench, test: EvaluationCase[]) {
  const bytes = await requireShelved(bench, "engine");
  const engine = openEngine(bytes);
  const records: Records = await loadModel(bench, "full");
  const asked = test.filter(({ wanted }) => wanted.length > 0);
  let recall = 0;
  let gain = 0;
  const { microseconds } = timed(asked.length, () => {
    for (const { history, wanted } of asked) {
      const right = new Set(wanted);
      let hits = 0;
      let sum = 0;
      let ideal = 0;
      const earlier = longHistory(history.toReversed(), bench.plan.historyItems);
      const options = { history: earlier, exclude: new Set(history), limit: 20 };
      engine.rank(history, records, options).forEach(({ item }, place) => {
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
    modelBytes: bytes.length + recordSizes(records, bench.plan.itemCount).bytes,
    memoryBytes: bytes.length,
    microsecondsPerRequest: microseconds,
    validation: JSON.parse(new TextDecoder().decode(await requireShelved(bench, "validation"))),
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
