/** Comparing all candidates with something: one cosine after the other for all of them, of vectors that the kernel keeps. */
import { type KeptItems, keptBy } from "./kept-items.ts";
import { ROOM, type Scoring } from "./kernel/scoring.ts";
import type { SessionItem } from "./score.ts";

export class Comparison {
  readonly #scoring: Scoring;
  readonly #kept: KeptItems;

  constructor(scoring: Scoring) {
    this.#scoring = scoring;
    this.#kept = keptBy(scoring);
  }

  /** Cosines with a unit vector, to a column. @param kind of vectors (kept-items.ts) */
  along(kind: number, unit: Float32Array, count: number, column: number): void {
    this.#scoring.unit.set(unit);
    this.#scoring.along(kind, count, column);
  }

  /** Cosines with an item, to a column; 0 where it is unknown. */
  with(kind: number, item: number, count: number, column: number): void {
    this.#scoring.between(kind, this.#kept.slotOf(item), count, column);
  }

  /** The largest cosine with any item but the candidate itself of `[from, to)` in the session, and not less than `least`, to a column. */
  most(
    kind: number,
    session: readonly SessionItem[],
    from: number,
    to: number,
    least: number,
    count: number,
    column: number,
  ): void {
    this.#scoring.columns.fill(least, column * ROOM, column * ROOM + count);
    for (let place = from; place < Math.min(to, session.length); place++) {
      this.#scoring.closest(kind, this.#kept.slotOf((session[place] as SessionItem).item), count, column);
    }
  }
}
