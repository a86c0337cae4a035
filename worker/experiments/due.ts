/** Which experiments are to be counted again. */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../lib/time.ts";
import { type Counted, selectCounted } from "./store.ts";

const SHORTEST_MS = 15 * MINUTE;
/** The next count comes when the experiment is so much older than at the last one. */
const GROWTH = 1 / 48;
/** The longest window that a definition may have, and time for events that come late. */
const LOOK_BACK_MS = 31 * DAY;

export async function dueMeasurements(deps: Deps): Promise<Job[]> {
  const now = deps.clock.now();
  const all = await selectCounted(deps.control, now - LOOK_BACK_MS);
  const shards = deps.shards.all();
  return all
    .filter((each) => isDue(each, shards.length, now))
    .flatMap(({ siteId, id }) =>
      shards.map(({ index }): Job => ({ kind: "measure-experiment", siteId, experimentId: id, shard: index })),
    );
}

/** After the end it is counted until the last window is over, and an hour for late events. Pure. */
export function isDue(counted: Omit<Counted, "siteId" | "id">, shards: number, now: number): boolean {
  const { startedAt, endedAt, countedAt, windowSeconds } = counted;
  if (counted.shards < shards || countedAt === null) return true;
  if (endedAt !== null && countedAt > endedAt + windowSeconds * SECOND + HOUR) return false;
  return now - countedAt >= Math.max(SHORTEST_MS, (countedAt - startedAt) * GROWTH);
}
