/**
 * Trains and judges the recommender on a folder of the measuring data, with the code that the Worker runs:
 * `npm run bench:recommend -- --dataset <folder> [--discovery] [--keep <folder>] [--verbose]`; one JSON line.
 * `-- --items 400000 --events 1000000` invents a shop of that size instead and passes over its sessions once: what grows how.
 * Every training step runs in a process of its own over a shelf of files, as it would in an isolate over R2, so that
 * its memory can be measured; seconds are CPU, not wall time.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { EMBEDDING_ROOM } from "../../worker/recommend/engine/embedding-training.ts";
import { simdContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import { simdDescent } from "../../worker/recommend/engine/kernel/descent.ts";
import { sessionBytes } from "../../worker/recommend/engine/sessions.ts";
import {
  planTraining,
  runStep,
  type Shelf,
  type Step,
  type TrainingPlan,
  trainingSteps,
} from "../../worker/recommend/engine/training.ts";
import { canTeachTaste } from "../../worker/recommend/engine/training-taste.ts";
import { inventDataset, readDataset } from "./recommend-data.ts";
import { judgeHistories, judgeIntention, judgeSessions } from "./recommend-judge.ts";

const kernel = (name: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../worker/recommend/engine/kernel/${name}.wasm`, import.meta.url)));

function folderShelf(folder: string): Shelf {
  const path = (key: string) => join(folder, key);
  return {
    get: async (key) => {
      if (!existsSync(path(key))) return undefined;
      const file = readFileSync(path(key));
      return new Uint8Array(file.buffer, file.byteOffset, file.length);
    },
    put: async (key, bytes) => {
      mkdirSync(dirname(path(key)), { recursive: true });
      writeFileSync(path(key), bytes);
    },
  };
}

function workbench(folder: string, plan: TrainingPlan) {
  const contrast = () => simdContrast(kernel("contrast"), EMBEDDING_ROOM);
  const descent = () => simdDescent(kernel("descent"));
  return { shelf: folderShelf(folder), plan, contrast, descent };
}

/** Where each list is all that a person did, all of it is at hand, as the protocols of those sets have it. */
const WHOLE = { split: "last", historyRows: 10_000, historyItems: 10_000 } as const;

interface StepReport {
  outcome: "done" | "again";
  seconds: number;
  megabytes: number;
}

/** In the child: one call of a step, measured. */
async function measureStep(folder: string, plan: TrainingPlan, step: Step): Promise<StepReport> {
  const bench = workbench(folder, plan);
  const resident = process.resourceUsage().maxRSS;
  const before = process.cpuUsage();
  const outcome = await runStep(step, bench);
  const { user, system } = process.cpuUsage(before);
  return {
    outcome,
    seconds: (user + system) / 1e6,
    megabytes: (process.resourceUsage().maxRSS - resident) / 1024,
  };
}

function train(folder: string, plan: TrainingPlan, steps: Step[], verbose: boolean) {
  const totals = new Map<string, { seconds: number; longest: number; megabytes: number; runs: number }>();
  for (const step of steps) {
    let outcome = "again";
    while (outcome === "again") {
      const child = spawnSync(
        process.execPath,
        [import.meta.filename, "--step", JSON.stringify({ folder, plan, step })],
        { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
      );
      if (child.status !== 0) throw new Error(`training step ${JSON.stringify(step)} failed`);
      const report: StepReport = JSON.parse(child.stdout);
      outcome = report.outcome;
      const total = totals.get(step.kind) ?? { seconds: 0, longest: 0, megabytes: 0, runs: 0 };
      total.seconds += report.seconds;
      total.longest = Math.max(total.longest, report.seconds);
      total.megabytes = Math.max(total.megabytes, report.megabytes);
      total.runs++;
      totals.set(step.kind, total);
      if (verbose) console.error(JSON.stringify(step), JSON.stringify(report));
    }
  }
  return totals;
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

async function main() {
  const { values } = parseArgs({
    options: {
      dataset: { type: "string" },
      discovery: { type: "boolean", default: false },
      keep: { type: "string" },
      verbose: { type: "boolean", default: false },
      step: { type: "string" },
      items: { type: "string" },
      events: { type: "string", default: "1000000" },
    },
  });
  if (values.step) {
    const { folder, plan, step } = JSON.parse(values.step);
    console.log(JSON.stringify(await measureStep(folder, plan, step)));
    return;
  }
  if (!values.items && (!values.dataset || !existsSync(values.dataset))) {
    console.error("bench:recommend needs --dataset <folder>; the measuring data is not part of the project");
    process.exitCode = 1;
    return;
  }
  const dataset = values.dataset ?? "";
  if (existsSync(join(dataset, "online_shoppers_intention.csv"))) {
    console.log(JSON.stringify(judgeIntention(dataset)));
    return;
  }
  const data = values.items ? inventDataset(Number(values.items), Number(values.events)) : readDataset(dataset);
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "recommend-"));
  const changes = values.items ? { epochs: 1, refreshEpochs: 1 } : data.kind === "sessions" ? {} : WHOLE;
  const plan = planTraining(data.itemCount, { ...changes, taste: canTeachTaste(data.train) });
  const shelf = folderShelf(folder);
  await shelf.put("sessions", sessionBytes(data.train));
  const trained = train(folder, plan, trainingSteps(plan), values.verbose);
  const bench = workbench(folder, plan);
  const report =
    data.kind === "users" ? await judgeHistories(bench, data.test) : await judgeSessions(bench, data, values.discovery);
  const steps = [...trained];
  console.log(
    JSON.stringify({
      dataset: values.items ? "invented" : basename(dataset),
      ...report,
      trainingSeconds: round(
        steps.reduce((sum, [, total]) => sum + total.seconds, 0),
        1,
      ),
      steps: Object.fromEntries(
        steps.map(([kind, { seconds, longest, megabytes, runs }]) => [
          kind,
          { runs, seconds: round(seconds, 1), longestSeconds: round(longest, 1), peakMegabytes: Math.ceil(megabytes) },
        ]),
      ),
      peakMegabytes: Math.ceil(Math.max(...steps.map(([, { megabytes }]) => megabytes))),
      lists: data.train.starts.length - 1,
      items: data.itemCount,
    }),
  );
  if (!values.keep) rmSync(folder, { recursive: true });
}

await main();
