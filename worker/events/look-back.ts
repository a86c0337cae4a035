/** How far back what somebody did is looked at: the newest events, further where pages and lists crowd deeds out. Pure. */
import type { ProfileId } from "../lib/ids.ts";
import { type HistoryEvent, isItemEvent } from "./store.ts";

/** What is among the newest of a profile. */
export interface Looked {
  events: HistoryEvent[];
  /** Pages and the like, which are not told of. */
  passed: Pick<HistoryEvent, "at" | "messageId">[];
  /** Pages and lists left too little of what the person did. */
  isCrowded: boolean;
}

/** Fewer deeds than these among the newest events, and it is looked further back. */
const ENOUGH_DEEDS = 8;
/** How many times as far. */
export const FURTHER = 8;

export function isDeed(event: HistoryEvent): boolean {
  return isItemEvent(event) && event.name !== "recommendation_shown";
}

export const isToldOf = (event: HistoryEvent | Looked["passed"][number]): event is HistoryEvent =>
  "name" in event && isItemEvent(event);

/** @param window the newest of a profile, newest first, `most` of them where there are so many */
export function lookAt(window: (HistoryEvent | Looked["passed"][number])[], most: number): Looked {
  const events = window.filter(isToldOf);
  const isCrowded = most >= ENOUGH_DEEDS && window.length === most && events.filter(isDeed).length < ENOUGH_DEEDS;
  const passed = window.flatMap((event) => (isToldOf(event) ? [] : [{ at: event.at, messageId: event.messageId }]));
  return { events, passed, isCrowded };
}

/** How many of a browser's newest events are looked at. */
export const newestOf = (newest: number, isLatest: boolean) => (isLatest ? Math.floor(newest / 4) : 1);

/**
 * The `history` of `readPast` out of a person's whole history, as far as that reaches. Pure.
 *
 * @param events newest first
 * @param histories the profile first, then its browsers, the one that was linked first before the others
 */
export function historyIn(
  events: readonly HistoryEvent[],
  histories: readonly ProfileId[],
  newest: number,
): HistoryEvent[] {
  const eventsOf = Map.groupBy(events, ({ profileId }) => profileId);
  const lists = histories.flatMap((id, place) => {
    const own = eventsOf.get(id) ?? [];
    if (place > 0) {
      const most = newestOf(newest, place === histories.length - 1);
      return [lookAt(own.slice(0, most), most).events];
    }
    const looked = lookAt(own.slice(0, newest), newest);
    const further = looked.isCrowded ? own.slice(newest, newest + newest * FURTHER).filter(isDeed) : [];
    return [looked.events, further.slice(0, newest)];
  });
  return newestFirst(lists);
}

/** Newest first; of one moment in the database's order. */
export function asStored(one: Looked["passed"][number], other: Looked["passed"][number]): number {
  return other.at - one.at || (one.messageId < other.messageId ? 1 : -1);
}

export function newestFirst(lists: HistoryEvent[][]): HistoryEvent[] {
  const [only, ...others] = lists;
  if (only && others.every((events) => events.length === 0)) return only;
  return lists.flat().sort((one, other) => other.at - one.at);
}
