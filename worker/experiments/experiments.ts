/**
 * The definitions and their states: draft → running → ended. What runs is not changed, except that more people may take
 * part; what has ended does not begin again: its log would mix two experiments.
 */
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import type { Experiment, ExperimentInput } from "./schema.ts";
import {
  deleteExperimentRow,
  selectExperiment,
  selectExperiments,
  startRow,
  stopRow,
  upsertExperiment,
} from "./store.ts";
import { forgetRunning } from "./variant.ts";

/** Newest first. */
export async function listExperiments(deps: Deps, siteId: string, placement?: string): Promise<Experiment[]> {
  const all = await selectExperiments(deps.control, siteId);
  return placement === undefined ? all : all.filter(({ definition }) => definition.placement === placement);
}

/** Throws `not_found`. */
export async function requireExperiment(deps: Deps, siteId: string, id: string): Promise<Experiment> {
  const experiment = await selectExperiment(deps.control, siteId, id);
  if (!experiment) throw new Refusal("not_found", "there is no such experiment");
  return experiment;
}

/**
 * Makes a draft or replaces it. Whether the rules fit the placement is for the caller to check. Throws `conflict` when it
 * runs and more changes than its name or more traffic, and when it has ended and more changes than its name.
 */
export async function putExperiment(
  deps: Deps,
  siteId: string,
  id: string,
  input: ExperimentInput,
): Promise<Experiment> {
  const before = await selectExperiment(deps.control, siteId, id);
  if (before) requireChangeable(before, input);
  const now = deps.clock.now();
  const fresh = { state: "draft", createdAt: now, startedAt: null, endedAt: null } as const;
  const experiment: Experiment = { ...(before ?? fresh), siteId, id, ...input, updatedAt: now };
  const isDone = await upsertExperiment(deps.control, experiment);
  forgetRunning(siteId);
  if (!isDone) throw new Refusal("conflict", "the experiment was started or stopped meanwhile");
  return experiment;
}

function requireChangeable({ state, definition }: Experiment, input: ExperimentInput): void {
  if (state === "draft") return;
  const isSame = (traffic: number) =>
    JSON.stringify({ ...definition, traffic }) === JSON.stringify({ ...input.definition, traffic });
  if (state === "ended") {
    if (isSame(definition.traffic) && input.definition.traffic === definition.traffic) return;
    throw new Refusal("conflict", "the experiment has ended: only its name may change");
  }
  if (!isSame(definition.traffic))
    throw new Refusal("conflict", "the experiment is running: only its name may change, and its traffic may grow");
  if (input.definition.traffic < definition.traffic)
    throw new Refusal("conflict", "the experiment is running: its traffic may grow, but not shrink");
}

/** Throws `not_found`, and `conflict` while it runs. What was counted goes with it; the events stay. */
export async function deleteExperiment(deps: Deps, siteId: string, id: string): Promise<void> {
  await requireExperiment(deps, siteId, id);
  if (!(await deleteExperimentRow(deps.control, siteId, id)))
    throw new Refusal("conflict", "a running experiment cannot be deleted: stop it first");
}

/** Throws `not_found`, and `conflict` when it is no draft or another one runs on the placement. */
export async function startExperiment(deps: Deps, siteId: string, id: string): Promise<Experiment> {
  const { state, definition } = await requireExperiment(deps, siteId, id);
  if (state !== "draft") throw new Refusal("conflict", `the experiment is ${state}: only a draft can be started`);
  const started = await startRow(deps.control, siteId, id, deps.clock.now());
  forgetRunning(siteId);
  if (!started)
    throw new Refusal("conflict", `another experiment is running on the placement "${definition.placement}"`);
  return started;
}

/** From now on everybody sees the placement's own rules. Throws `not_found`, and `conflict` when it is not running. */
export async function stopExperiment(deps: Deps, siteId: string, id: string): Promise<Experiment> {
  const { state } = await requireExperiment(deps, siteId, id);
  const stopped = await stopRow(deps.control, siteId, id, deps.clock.now());
  forgetRunning(siteId);
  if (!stopped) throw new Refusal("conflict", `the experiment is ${state}: only a running one can be stopped`);
  return stopped;
}
