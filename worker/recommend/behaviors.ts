/**
 * What a person's last days looked like after each of their lately done actions, as the intention model reads them: written
 * beside a part's visits, so that a model that has learned from older visits only can be asked what it would have thought.
 */
import type { HistoryEvent } from "../events/store.ts";
import { actOf } from "../intention/acts.ts";
import { type Act, BEHAVIOR_COLUMNS, behaviorRow, FARTHEST, lookBack } from "../intention/behavior.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";

/** The net learns from the newest tenth of the visits: what is older than this is hardly ever among them. */
export const REMEMBERED_MS = 60 * DAY;
/** No behavior is known. */
export const NO_BEHAVIOR = -1;

const WIDTH = BEHAVIOR_COLUMNS.length;

/** Goes through the events of a part in key order (profile, time). */
export class BehaviorWriter {
  readonly #since: number;
  #profileId: ProfileId | undefined;
  #acts: (Act | null)[] = [];
  #rows = new Float32Array(WIDTH << 8);
  #count = 0;

  /** @param since epoch ms of the oldest event whose behavior is written */
  constructor(since: number) {
    this.#since = since;
  }

  /** Every event, also those that are no act: an intention is judged by so many events, whatever they are. */
  pass(event: HistoryEvent): void {
    if (event.profileId !== this.#profileId) this.#acts = [];
    this.#profileId = event.profileId;
    this.#acts.push(actOf(event));
    if (this.#acts.length > FARTHEST) this.#acts.shift();
  }

  /** The number of the row that says what came before and with the event that was passed last. */
  write({ at }: Pick<HistoryEvent, "at">): number {
    if (at < this.#since) return NO_BEHAVIOR;
    const needed = (this.#count + 1) * WIDTH;
    if (needed > this.#rows.length) {
      const rows = new Float32Array(2 * this.#rows.length);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    const acts = lookBack(this.#acts.length, (before) => this.#acts.at(-1 - before) ?? null);
    this.#rows.set(behaviorRow(acts, at).map(Number), this.#count * WIDTH);
    return this.#count++;
  }

  /** `BEHAVIOR_COLUMNS.length` numbers a row. */
  take(): Float32Array {
    return this.#rows.slice(0, this.#count * WIDTH);
  }
}

/** A row of what `take` gave. */
export function behaviorAt(rows: Float32Array, row: number): number[] {
  return [...rows.subarray(row * WIDTH, (row + 1) * WIDTH)];
}
