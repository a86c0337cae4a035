import type { Database, Deps, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { byShard } from "../profiles/person.ts";
import { selectLandmarksOfMany } from "./landmarks/store.ts";
import { type HistoryEvent, toEvent } from "./store.ts";

/**
 * Purchases, survey answers and dismissals of many profiles since then (epoch ms), newest first, at most `limitEach` of each;
 * and what their shards answer `alongside`: one round trip per shard that holds some of them.
 */
export async function readLandmarksOfMany(
  deps: Deps,
  profileIds: ProfileId[],
  since: number,
  limitEach: number,
  alongside: (db: Database, ids: ProfileId[]) => Statement[],
): Promise<{ landmarks: HistoryEvent[]; alongside: unknown[][][] }> {
  const window = { since, until: deps.clock.now() };
  const parts = await Promise.all(
    [...byShard(deps, profileIds)].map(async ([{ db }, ids]) => {
      const statements = [selectLandmarksOfMany(db, ids, window, limitEach), ...alongside(db, ids)];
      return (await db.batch<unknown>(statements)).map(({ results }) => results);
    }),
  );
  return {
    landmarks: parts.flatMap(([events = []]) => events.map(toEvent)).sort((a, b) => b.at - a.at),
    alongside: parts.map(([, ...others]) => others),
  };
}
