import type { Deps } from "../deps.ts";
import { hash32 } from "../lib/hash.ts";
import { seeded } from "../lib/seeded.ts";
import { MINUTE } from "../lib/time.ts";
import { requireExperiment } from "./experiments.ts";
import { measureExperiment } from "./measure.ts";
import { type ExperimentResult, resultOf } from "./result.ts";
import type { Experiment } from "./schema.ts";
import { selectArms, selectFinished } from "./store.ts";
import { mergeTallies, type Tally } from "./tally.ts";

const FRESH_MS = MINUTE;

export interface Report {
  experiment: Experiment;
  /** When the oldest of the counts ended; null before there is one of every shard: come back in a moment. */
  measuredAt: number | null;
  /** Null for a draft, and before `measuredAt`. */
  result: ExperimentResult | null;
}

/**
 * What is known of an experiment. A count older than a minute is begun anew: a small site's is done before the answer, a
 * large one's goes on in the queue. `against`: the group to compare with, else the first. Throws `not_found`.
 */
export async function experimentReport(deps: Deps, siteId: string, id: string, against?: string): Promise<Report> {
  const experiment = await requireExperiment(deps, siteId, id);
  if (experiment.startedAt === null) return { experiment, measuredAt: null, result: null };
  const found = await countedResult(
    deps,
    experiment,
    (shard) => measureExperiment(deps, { kind: "measure-experiment", siteId, experimentId: id, shard }),
    against,
  );
  return { experiment, measuredAt: found?.measuredAt ?? null, result: found?.result ?? null };
}

/** What was counted of all shards; those whose count is old are counted by `count` first. Undefined until all have one. */
export async function countedResult(
  deps: Deps,
  experiment: Experiment,
  count: (shard: number) => Promise<void>,
  against?: string,
): Promise<{ measuredAt: number; tally: Tally; result: ExperimentResult } | undefined> {
  const { siteId, id } = experiment;
  const now = deps.clock.now();
  const shards = deps.shards.all();
  let counted = await selectFinished(deps.control, siteId, id);
  const isFresh = (shard: number) =>
    counted.some((each) => each.shard === shard && Math.abs(now - each.finishedAt) < FRESH_MS);
  const stale = shards.filter(({ index }) => !isFresh(index));
  if (stale.length > 0) {
    await Promise.all(stale.map(({ index }) => count(index)));
    counted = await selectFinished(deps.control, siteId, id);
  }
  if (counted.length < shards.length) return undefined;
  const arms = await selectArms(deps.control, siteId, id);
  const shares = new Map(
    [...Map.groupBy(arms, ({ context }) => context)].map(([context, rows]) => [
      context,
      new Map(rows.map(({ variant, share }) => [variant, share])),
    ]),
  );
  const tally = mergeTallies(counted.map((each) => each.tally));
  // Drawn alike for everybody who asks: what was counted is the same, and so is what is said of it.
  const random = seeded(hash32(`${siteId} ${id}`));
  const result = resultOf(experiment, tally, { now, random, against, shares });
  return { measuredAt: Math.min(...counted.map(({ finishedAt }) => finishedAt)), tally, result };
}
