/**
 * People's whole histories out of their visits: each distinct item once. What taste (taste.ts) is learned from, and asked by;
 * the same reading of them when training and when serving.
 */
import { type Sessions, sessionCount } from "./sessions.ts";

/** Distinct items from which on a history is long: of fewer, rows say more. */
export const LONG = 8;
/** Newest items of a history that a recommendation knows, and of these the ones whose rows it reads. */
export const HISTORY_ITEMS = 50;
export const HISTORY_ROWS = 20;
/** Of a learned history's newest items. */
const LEARNED_ITEMS = 500;
/** Fewer people with long histories teach nothing that the rows do not know. */
const FEWEST_PEOPLE = 250;

/** What of somebody's history is asked by: distinct items, newest first, at most so many. Undefined: it is not long. */
export function longHistory(newestFirst: Iterable<number>, most = HISTORY_ITEMS): number[] | undefined {
  const items = distinct(newestFirst, most);
  return items.length >= LONG ? items : undefined;
}

function distinct(newestFirst: Iterable<number>, most: number): number[] {
  const items = new Set<number>();
  for (const item of newestFirst) {
    items.add(item);
    if (items.size === most) break;
  }
  return [...items];
}

/** Backward from before the click `at` of a session through all that the same person did earlier. */
export function* clicksBefore({ items, starts, previous }: Sessions, session: number, at: number): Generator<number> {
  let end = at;
  for (let visit = session; visit >= 0; visit = previous?.[visit] ?? -1) {
    const begin = starts[visit] as number;
    if (visit !== session) end = starts[visit + 1] as number;
    for (let click = end - 1; click >= begin; click--) yield items[click] as number;
  }
}

/** The long histories: one list of distinct items per person. Empty where it is not known whose the sessions are. */
export function longHistories(sessions: Sessions): Sessions {
  const { starts, previous } = sessions;
  const count = previous ? sessionCount(sessions) : 0;
  const isContinued = new Uint8Array(count);
  for (let session = 0; session < count; session++) {
    const before = previous?.[session] ?? -1;
    if (before >= 0) isContinued[before] = 1;
  }
  let items = new Int32Array(1 << 12);
  const begins = [0];
  let used = 0;
  for (let session = 0; session < count; session++) {
    if (isContinued[session]) continue;
    const list = distinct(clicksBefore(sessions, session, starts[session + 1] as number), LEARNED_ITEMS);
    if (list.length < LONG) continue;
    if (used + list.length > items.length) {
      const larger = new Int32Array(2 * items.length);
      larger.set(items);
      items = larger;
    }
    items.set(list, used);
    used += list.length;
    begins.push(used);
  }
  return { items: items.slice(0, used), starts: Int32Array.from(begins) };
}

/** Whether enough people have long histories to learn taste from. */
export function haveTaste(histories: Sessions): boolean {
  return sessionCount(histories) >= FEWEST_PEOPLE;
}
