/** What somebody's actions were besides their items, written down as the engine wants it: by this when training and when serving. */
import type { HistoryEvent } from "../events/store.ts";
import { localMinuteOfDay, MINUTE } from "../lib/time.ts";
import type { ActionKind } from "./actions.ts";
import { deedOf, type Seriousness } from "./engine/deeds.ts";

const SERIOUSNESS: Record<ActionKind, Seriousness> = { viewed: 0, wanted: 1, bought: 2 };
/** An older search led to nothing. */
const SEARCH_MS = 30 * MINUTE;

/** Goes through one person's events in the order of time. */
export class DeedWriter {
  readonly #timeZone: string;
  #searchedAt = Number.NEGATIVE_INFINITY;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** Every event, also those that are no action. */
  pass({ name, at }: Pick<HistoryEvent, "name" | "at">): void {
    if (name === "product_searched") this.#searchedAt = at;
  }

  /** The deed that each action of an event is. */
  write({ at }: Pick<HistoryEvent, "at">, kind: ActionKind): number {
    const second = localMinuteOfDay(at, this.#timeZone) * 60 + (Math.floor(at / 1000) % 60);
    const isSearched = at - this.#searchedAt <= SEARCH_MS;
    this.#searchedAt = Number.NEGATIVE_INFINITY;
    return deedOf(SERIOUSNESS[kind], second, isSearched);
  }
}
