/** How well an engine foretells what people chose next, by the protocols of the field. */
import type { Engine, Records } from "./engine.ts";
import type { Occasion } from "./occasion.ts";

export interface EvaluationCase {
  history: Int32Array;
  occasion?: Occasion;
  wanted: Int32Array;
}

/** Hit rate and mean reciprocal rank in percent, 0 beyond the list. */
export interface Figures {
  cases: number;
  hit20: number;
  reciprocal20: number;
  hit10: number;
  reciprocal10: number;
  /** Discounted gain of one right item: 1 / log₂(place + 1). */
  gain10: number;
}

export interface Evaluation {
  /** Any item may be listed and wanted. */
  all: Figures;
  /** The session's own items are not listed, and only cases with a new item count. */
  discovery: Figures;
}

class Tally {
  #cases = 0;
  readonly #sums = [0, 0, 0, 0];
  #gain10 = 0;

  /** @param rank 0 is the top; −1 when not listed */
  count(rank: number): void {
    this.#cases++;
    if (rank >= 0 && rank < 10) this.#gain10 += 1 / Math.log2(rank + 2);
    [20, 10].forEach((length, index) => {
      if (rank < 0 || rank >= length) return;
      this.#sums[2 * index] = (this.#sums[2 * index] as number) + 1;
      this.#sums[2 * index + 1] = (this.#sums[2 * index + 1] as number) + 1 / (rank + 1);
    });
  }

  figures(): Figures {
    const [hit20 = 0, reciprocal20 = 0, hit10 = 0, reciprocal10 = 0] = this.#sums.map(
      (sum) => (100 * sum) / Math.max(1, this.#cases),
    );
    const gain10 = (100 * this.#gain10) / Math.max(1, this.#cases);
    return { cases: this.#cases, hit20, reciprocal20, hit10, reciprocal10, gain10 };
  }
}

/** Ranks every case once and counts both protocols. */
export function evaluate(engine: Engine, records: Records, cases: readonly EvaluationCase[]): Evaluation {
  const all = new Tally();
  const discovery = new Tally();
  for (const { history, occasion, wanted } of cases) {
    const target = wanted[0] as number;
    const ranked = engine.rank(history, records, occasion);
    const place = ranked.findIndex(({ item }) => item === target);
    all.count(place);
    if (history.includes(target)) continue;
    discovery.count(place < 0 ? -1 : ranked.slice(0, place).filter(({ item }) => !history.includes(item)).length);
  }
  return { all: all.figures(), discovery: discovery.figures() };
}
