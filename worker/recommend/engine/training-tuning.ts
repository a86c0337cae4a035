/** Training steps that choose a shop's own constants, and where the other steps find what was chosen. */
import { readCases } from "./cases.ts";
import { NET_OPTIONS, type NetOptions } from "./net-training.ts";
import { jsonPart } from "./parts.ts";
import { ROW_CONSTANTS, type RowConstants } from "./rows.ts";
import { withItemsBelow } from "./sessions.ts";
import type { Workbench } from "./training.ts";
import { readPhase, requireBytes } from "./training-model.ts";
import { isClimbing, type Trial, type Tuned, tuneNet, tuneRows } from "./tuning.ts";

export interface Tuning {
  rows: RowConstants;
  net: NetOptions;
  /** In the order they were tried. */
  trials: Trial[];
}

/** Chunks of cases that the net's trials learn from and are asked: so many fit a step. */
const TRIAL_CHUNKS = 5;
/** In a large catalog rows are tried with its most viewed items, which are most of what people look at. */
const TRIED_ITEMS = 50_000;
/** With fewer cases the trials would take longer than the training whose options they choose. */
const FEWEST_CASES = 15_000;

/** The constants are chosen on the older sessions only: those that train and judge the net are not looked at. */
export async function runTuneRows(bench: Workbench): Promise<void> {
  const { itemCount } = bench.plan;
  const tried = Math.min(itemCount, TRIED_ITEMS);
  const tuned = tuneRows(withItemsBelow(await readPhase(bench, "base"), itemCount, tried), tried);
  await bench.shelf.put("tuning/rows", jsonPart(tuned));
}

/** One trial; "again" until all are made. */
export async function runTuneNet(bench: Workbench): Promise<"done" | "again"> {
  const { plan, shelf } = bench;
  if (plan.cases < FEWEST_CASES) return "done";
  const chunks = Math.min(TRIAL_CHUNKS, Math.ceil(plan.cases / plan.chunk));
  const cases = [];
  for (let chunk = 0; chunk < chunks; chunk++) cases.push(readCases(await requireBytes(bench, `cases/${chunk}`)));
  const before = await shelf.get("tuning/net-trials");
  const tuned = tuneNet(cases, plan.seed, bench.descent(), before && JSON.parse(new TextDecoder().decode(before)));
  const isOver = !isClimbing(tuned);
  await shelf.put(isOver ? "tuning/net" : "tuning/net-trials", jsonPart(tuned));
  return isOver ? "done" : "again";
}

/** What was chosen so far; what is usual where nothing was. */
export async function readTuning({ shelf }: Pick<Workbench, "shelf">): Promise<Tuning> {
  const read = async <T>(key: string): Promise<Tuned<T> | undefined> => {
    const bytes = await shelf.get(key);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  };
  const [rows, net] = await Promise.all([read<RowConstants>("tuning/rows"), read<NetOptions>("tuning/net")]);
  return {
    rows: rows?.chosen ?? ROW_CONSTANTS,
    net: net?.chosen ?? NET_OPTIONS,
    trials: [...(rows?.trials ?? []), ...(net?.trials ?? [])],
  };
}

/** Lays down what an earlier training chose, for a training that only continues. */
export async function keepTuning({ shelf }: Pick<Workbench, "shelf">, { rows, net }: Tuning): Promise<void> {
  await shelf.put("tuning/rows", jsonPart({ chosen: rows, trials: [] }));
  await shelf.put("tuning/net", jsonPart({ chosen: net, trials: [] }));
}
