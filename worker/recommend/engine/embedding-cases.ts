/** What embeddings learn from: the start of a session and what came next, if that was new to it. */

import type { Random } from "../../lib/seeded.ts";
import { BATCH, NEGATIVES } from "./embedding-batch.ts";
import type { Sessions } from "./sessions.ts";

export interface EmbeddingCases {
  sessions: Sessions;
  /** Click that is the target, and the first click of its session. */
  targets: Int32Array;
  begins: Int32Array;
  /** Per item, minus the log of the chance to be among a batch's candidates. */
  bias: Float32Array;
  /** An item by popularity^¾. */
  draw(random: Random): number;
}

/** Every click that is new to its session, but the first. */
export function embeddingCases(sessions: Sessions, itemCount: number): EmbeddingCases {
  const { items, starts } = sessions;
  const targets = new Int32Array(items.length);
  const begins = new Int32Array(items.length);
  let used = 0;
  for (let session = 0; session < starts.length - 1; session++) {
    const begin = starts[session] as number;
    for (let at = begin + 1; at < (starts[session + 1] as number); at++) {
      if (items.indexOf(items[at] as number, Math.max(begin, at - 64)) < at) continue;
      targets[used] = at;
      begins[used++] = begin;
    }
  }
  const kept = targets.slice(0, used);
  return { sessions, targets: kept, begins: begins.slice(0, used), ...drawing(sessions, kept, itemCount) };
}

function drawing(sessions: Sessions, targets: Int32Array, itemCount: number) {
  const counts = new Float64Array(itemCount);
  for (const at of targets) {
    const item = sessions.items[at] as number;
    counts[item] = (counts[item] as number) + 1;
  }
  const cumulative = new Float64Array(itemCount);
  let sum = 0;
  for (let item = 0; item < itemCount; item++) {
    sum += (counts[item] as number) ** 0.75;
    cumulative[item] = sum;
  }
  const bias = Float32Array.from(counts, (count) =>
    count === 0 ? 0 : -Math.log(Math.min(1, (BATCH * count) / targets.length + (NEGATIVES * count ** 0.75) / sum)),
  );
  const draw = (random: Random) => {
    const wanted = random() * sum;
    let low = 0;
    let high = itemCount - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return { bias, draw };
}
