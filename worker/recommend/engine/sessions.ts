/**
 * The engine's only input: clicks of many visits as flat arrays, which a Worker can read from R2 in parts and a
 * benchmark from a text file. A session is one person's actions with no gap longer than 30 minutes.
 */
import { PartReader, packParts } from "./parts.ts";

export interface Sessions {
  /** Dense item index (0 … itemCount − 1) of each click, in time order within a session. */
  items: Int32Array;
  /** Start offset of each session in `items`; sessions + 1 entries; sessions in time order. */
  starts: Int32Array;
  /** Per click, what the action is worth against a view (1): a cart, a wish or a purchase weighs more. */
  weights?: Float32Array;
  /** Per click, what it was besides its item (deeds.ts). */
  deeds?: Int16Array;
  /** Per click, what a person's intention was thought to be after it (judgment.ts). */
  judgments?: Uint8Array;
  /** Per session, the epoch day at which it began, with its fraction. */
  days?: Float32Array;
  /** Per session, the one that the same person had before it; −1: none. Left out where nobody knows whose they are. */
  previous?: Int32Array;
}

/** How many sessions there are. */
export function sessionCount(sessions: Sessions): number {
  return sessions.starts.length - 1;
}

/** The sessions `[from, to)`, without copying their clicks. */
export function sliceSessions(sessions: Sessions, from: number, to: number): Sessions {
  const first = sessions.starts[from] ?? 0;
  const last = sessions.starts[to] ?? sessions.items.length;
  const slice: Sessions = {
    items: sessions.items.subarray(first, last),
    starts: sessions.starts.slice(from, to + 1).map((start) => start - first),
  };
  if (sessions.weights) slice.weights = sessions.weights.subarray(first, last);
  if (sessions.deeds) slice.deeds = sessions.deeds.subarray(first, last);
  if (sessions.judgments) slice.judgments = sessions.judgments.subarray(first, last);
  if (sessions.days) slice.days = sessions.days.subarray(from, to);
  if (sessions.previous) {
    slice.previous = sessions.previous.slice(from, to).map((session) => Math.max(-1, session - from));
  }
  return slice;
}

/** The same visits, without what each click was, as if the items from `limit` on did not exist; the very same object when there are none. */
export function withItemsBelow(sessions: Sessions, itemCount: number, limit: number): Sessions {
  if (itemCount <= limit) return sessions;
  const { items, starts, weights, previous } = sessions;
  const kept = new Int32Array(items.length);
  const keptWeights = weights && new Float32Array(items.length);
  const keptStarts = new Int32Array(starts.length);
  let used = 0;
  for (let session = 0; session < starts.length - 1; session++) {
    for (let at = starts[session] as number; at < (starts[session + 1] as number); at++) {
      if ((items[at] as number) >= limit) continue;
      kept[used] = items[at] as number;
      if (weights && keptWeights) keptWeights[used] = weights[at] as number;
      used++;
    }
    keptStarts[session + 1] = used;
  }
  const slice: Sessions = { items: kept.subarray(0, used), starts: keptStarts };
  if (keptWeights) slice.weights = keptWeights.subarray(0, used);
  if (previous) slice.previous = previous;
  return slice;
}

/** Flat arrays of ordinary lists; for small inputs and tests. */
export function sessionsOf(lists: readonly (readonly number[])[]): Sessions {
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, index) => {
    starts[index + 1] = (starts[index] as number) + list.length;
  });
  return { items: Int32Array.from(lists.flat()), starts };
}

/** Sessions as bytes; those of several shards are joined in time order before they are packed. */
export function sessionBytes({ items, starts, weights, deeds, previous, days, judgments }: Sessions): Uint8Array {
  return packParts([
    items,
    starts,
    weights ?? new Float32Array(0),
    deeds ?? new Int16Array(0),
    previous ?? new Int32Array(0),
    days ?? new Float32Array(0),
    judgments ?? new Uint8Array(0),
  ]);
}

/** The opposite of `sessionBytes`. */
export function readSessions(bytes: Uint8Array): Sessions {
  const reader = new PartReader(bytes);
  const sessions: Sessions = { items: reader.integers(), starts: reader.integers() };
  const weights = reader.floats();
  if (weights.length > 0) sessions.weights = weights;
  const deeds = reader.shorts();
  if (deeds.length > 0) sessions.deeds = deeds;
  const previous = reader.integers();
  if (previous.length > 0) sessions.previous = previous;
  const days = reader.floats();
  if (days.length > 0) sessions.days = days;
  const judgments = reader.bytes();
  if (judgments.length > 0) sessions.judgments = judgments;
  return sessions;
}
