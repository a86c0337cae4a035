/**
 * `npm run bench:growth`: what a shop's model costs as the shop grows. Invents a shop of 100,000 items and 2.5 million events, then
 * of twice and four times that (`-- --items 20000 --events 500000 --sizes 1,2` for others), lays it into databases as collecting
 * would have, and does what the Workflow does, with the worker's own code: the first training, an hour's and a day's light refresh, the nightly
 * training. Every step runs in a process of its own, so that its memory and CPU can be told; the databases' work counts in. Then
 * the next day's visitors ask. One JSON line a size; the same at every run, but for the times.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { AFTER, BUILT_AT, fillCatalog, fillEvents, type Shop, SITE_ID } from "./growth-shop.ts";
import type { Order, StepReport, Work } from "./growth-step.ts";
import { openFile } from "./local-deps.ts";

/**
 * Megabytes that V8's own heap may have: with little room it leaves less garbage, and what is measured is what is needed. A step
 * that does not get by with one is repeated with the next, as a step may be; the last is more than any isolate has.
 */
const HEAPS = [64, 96, 128, 4096];

const { values } = parseArgs({
  options: {
    items: { type: "string", default: "100000" },
    events: { type: "string", default: "2500000" },
    sizes: { type: "string", default: "1,2,4" },
    keep: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

/** One file, so that reading modules is no part of what is measured. */
async function bundleStep(folder: string): Promise<string> {
  const outfile = join(folder, "step.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "growth-step.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    plugins: [
      {
        name: "wasm",
        setup({ onLoad }) {
          onLoad({ filter: /\.wasm$/ }, ({ path }) => ({
            contents: `import { readFileSync } from "node:fs"; export default new WebAssembly.Module(readFileSync(${JSON.stringify(path)}));`,
            loader: "js",
          }));
        },
      },
    ],
  });
  return outfile;
}

class Bench {
  readonly #program: string;
  readonly #folder: string;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  #try(order: string): string {
    for (const heap of HEAPS) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--expose-gc", "--max-semi-space-size=8", `--max-old-space-size=${heap}`, this.#program, order],
        {
          encoding: "utf8",
          env: { ...process.env, NUNCHI_MIGRATIONS: join(import.meta.dirname, "../../migrations/") },
        },
      );
      if (status === 0) return stdout;
      if (!stderr.includes("heap out of memory")) throw new Error(stderr);
    }
    throw new Error(`no heap is large enough for ${order}`);
  }

  run(at: number, work: Work): StepReport | undefined {
    const order: Order = { folder: this.#folder, at, work };
    const output = this.#try(JSON.stringify(order));
    const report: StepReport | undefined = output ? JSON.parse(output) : undefined;
    if (values.verbose && report) console.error(JSON.stringify({ ...report, answer: undefined }));
    return report;
  }

  /** All steps of a training, one process after the other. */
  train(at: number, version: string) {
    const kinds = new Map<
      string,
      { steps: number; seconds: number; longest: number; heapMb: number; grewMb: number }
    >();
    for (;;) {
      const report = this.run(at, { kind: "train", version });
      if (!report) throw new Error("a training ended without its last step");
      const kind = report.name.replace(/ .*/, "");
      const known = kinds.get(kind) ?? { steps: 0, seconds: 0, longest: 0, heapMb: 0, grewMb: 0 };
      kinds.set(kind, {
        steps: known.steps + 1,
        seconds: round(known.seconds + report.seconds),
        longest: round(Math.max(known.longest, report.seconds)),
        heapMb: Math.max(known.heapMb, report.heapMb),
        grewMb: Math.max(known.grewMb, report.grewMb),
      });
      if (report.name !== "finish") continue;
      const all = [...kinds.values()];
      return {
        cpuSeconds: round(all.reduce((sum, { seconds }) => sum + seconds, 0)),
        longestStep: Math.max(...all.map(({ longest }) => longest)),
        heapMb: Math.max(...all.map(({ heapMb }) => heapMb)),
        grewMb: Math.max(...all.map(({ grewMb }) => grewMb)),
        steps: Object.fromEntries(kinds),
        metrics: report.answer as Record<string, unknown>,
      };
    }
  }
}

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Records of the items in the database, and their bytes. */
function recordsOf(folder: string, version: string): { rows: number; bytes: number } {
  const db = openFile(folder, "control");
  const found = db
    .prepare(
      "SELECT count(*) AS rows, sum(length(row) + coalesce(length(list), 0)) AS bytes FROM model_rows WHERE version = ?",
    )
    .get(version);
  db.close();
  return { rows: Number(found?.rows), bytes: Number(found?.bytes) };
}

function judgement({ metrics }: { metrics: Record<string, unknown> }) {
  const { model, popularity, rows, sessions, actions, items, decision, ranker } = metrics;
  return { decision, ranker, sessions, actions, items, model, rows, popularity };
}

async function measureSize(shop: Shop): Promise<void> {
  const folder = values.keep ? join(values.keep, String(shop.items)) : mkdtempSync(join(tmpdir(), "growth-"));
  mkdirSync(folder, { recursive: true });
  try {
    const bench = new Bench(await bundleStep(folder), folder);
    fillCatalog(folder, shop);
    const events = fillEvents(folder, shop, { from: 0, to: BUILT_AT });
    bench.run(BUILT_AT, { kind: "site" });
    const first = bench.train(BUILT_AT, "mdl_first");
    const blobs = join(folder, "blobs", "models", SITE_ID, "mdl_first");
    const model = {
      engineBytes: statSync(join(blobs, "engine")).size,
      bytesInAll: bytesUnder(blobs),
      records: recordsOf(folder, "mdl_first"),
    };
    const served = bench.run(BUILT_AT, { kind: "serve", shop });
    const swapped = bench.run(BUILT_AT, { kind: "swap", version: "mdl_first" });
    const eventsOfHour = fillEvents(folder, shop, { from: BUILT_AT, to: AFTER.hour });
    const hour = bench.run(AFTER.hour, { kind: "refresh" });
    const eventsOfDay = eventsOfHour + fillEvents(folder, shop, { from: AFTER.hour, to: AFTER.day });
    const day = bench.run(AFTER.day, { kind: "refresh" });
    const nightly = bench.train(AFTER.day, "mdl_second");
    const cost = (report: StepReport | undefined) =>
      report && {
        cpuSeconds: round(report.seconds, 2),
        heapMb: report.heapMb,
        grewMb: report.grewMb,
        ...(report.answer as object),
      };
    console.log(
      JSON.stringify({
        bench: "growth",
        ...shop,
        events,
        firstTraining: { ...first, metrics: undefined, ...judgement(first) },
        model,
        served: cost(served),
        swapped: cost(swapped),
        refreshAfterHour: { events: eventsOfHour, ...cost(hour) },
        refreshAfterDay: { events: eventsOfDay, ...cost(day) },
        nightlyTraining: { ...nightly, metrics: undefined, ...judgement(nightly) },
      }),
    );
  } finally {
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  }
}

for (const times of values.sizes.split(",").map(Number)) {
  await measureSize({ items: times * Number(values.items), events: times * Number(values.events) });
}
