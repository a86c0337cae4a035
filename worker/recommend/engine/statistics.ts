/**
 * What is known of an item by itself: how popular, lately and over all, how old, and whether people come back to it.
 * Times are counted in sessions, so that a busy and a quiet shop look alike.
 */
import { PartReader, packParts } from "./parts.ts";
import { type Sessions, sessionCount } from "./sessions.ts";

export interface ItemStatistics {
  sessions: number;
  /** Clicks: over all, in the last 5 % and in the last 1 % of the sessions. */
  all: Float32Array;
  recent: Float32Array;
  latest: Float32Array;
  /** First and last session with the item, as a share of all sessions from the end (0 = newest, 1 = oldest or never). */
  age: Float32Array;
  unseen: Float32Array;
  /** Share of the occasions with a click after it on which the item was clicked again, shrunk to the site's mean. */
  returns: Float32Array;
}

/** One pass over the sessions. */
export function countStatistics(sessions: Sessions, itemCount: number): ItemStatistics {
  const { items, starts } = sessions;
  const count = sessionCount(sessions);
  const all = new Float32Array(itemCount);
  const recent = new Float32Array(itemCount);
  const latest = new Float32Array(itemCount);
  const age = new Float32Array(itemCount).fill(1);
  const unseen = new Float32Array(itemCount).fill(1);
  const again = new Float64Array(itemCount);
  const occasions = new Float64Array(itemCount);
  let totalAgain = 0;
  let totalOccasions = 1;
  for (let session = 0; session < count; session++) {
    const left = (count - session) / count;
    const end = starts[session + 1] as number;
    for (let at = starts[session] as number; at < end; at++) {
      const item = items[at] as number;
      if ((all[item] as number) === 0) age[item] = left;
      all[item] = (all[item] as number) + 1;
      if (left <= 0.05) recent[item] = (recent[item] as number) + 1;
      if (left <= 0.01) latest[item] = (latest[item] as number) + 1;
      unseen[item] = left;
      if (at + 1 >= end) continue;
      totalOccasions++;
      occasions[item] = (occasions[item] as number) + 1;
      for (let later = at + 1; later < Math.min(end, at + 4); later++) {
        if (items[later] !== item) continue;
        again[item] = (again[item] as number) + 1;
        totalAgain++;
        break;
      }
    }
  }
  const mean = totalAgain / totalOccasions;
  const returns = Float32Array.from(again, (times, item) => (times + 10 * mean) / ((occasions[item] as number) + 10));
  return { sessions: count, all, recent, latest, age, unseen, returns };
}

/** Statistics as bytes. */
export function statisticsBytes(statistics: ItemStatistics): Uint8Array {
  const { sessions, all, recent, latest, age, unseen, returns } = statistics;
  return packParts([Int32Array.of(sessions), all, recent, latest, age, unseen, returns]);
}

/** The opposite of `statisticsBytes`. */
export function readStatistics(bytes: Uint8Array): ItemStatistics {
  const reader = new PartReader(bytes);
  return {
    sessions: reader.integers()[0] ?? 0,
    all: reader.floats(),
    recent: reader.floats(),
    latest: reader.floats(),
    age: reader.floats(),
    unseen: reader.floats(),
    returns: reader.floats(),
  };
}
