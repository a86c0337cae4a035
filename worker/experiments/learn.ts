/** Automatic mode: the next shares from what was counted so far. After a count, never on the path of a request. */
import type { Deps } from "../deps.ts";
import { armsOf } from "./result.ts";
import type { Experiment } from "./schema.ts";
import { selectFinished, upsertArms } from "./store.ts";
import { mergeTallies } from "./tally.ts";
import { nextShares } from "./thompson.ts";
import { forgetRunning } from "./variant.ts";

export async function learn(deps: Deps, experiment: Experiment): Promise<void> {
  const { siteId, id, state, definition } = experiment;
  if (definition.mode !== "auto" || state !== "running") return;
  const counted = await selectFinished(deps.control, siteId, id);
  // A shard that was not counted yet would make its people's variants look untried.
  if (counted.length < deps.shards.all().length) return;
  const known = armsOf(experiment, mergeTallies(counted.map(({ tally }) => tally)));
  const rows = [...known].flatMap(([context, arms]) => {
    const shares = nextShares(arms, definition.learning, deps.random);
    return arms.map((arm, place) => ({ ...arm, experimentId: id, context, share: shares[place] ?? 0 }));
  });
  if (rows.length > 0) await upsertArms(deps.control, siteId, rows, deps.clock.now());
  forgetRunning(siteId);
}
