/**
 * Rows for long histories: what the whole of what a person liked says, rather than the last clicks.
 *
 * Per target item a small ridge regression on the hundred items it co-occurs with most (people weighted by
 * history length^−½, no self weight; as good as the full closed form of EASE, Steck 2019, at a fraction of its size),
 * plus the low-pass term D^−½ V Vᵀ D^½. On short sessions this does worse than rows.ts: it is for about ten items and more.
 */
import { encode } from "./codec.ts";
import { factorize, type LowPass } from "./low-pass.ts";
import type { Sessions } from "./sessions.ts";
import { selectTop } from "./top.ts";

const NEIGHBORS = 100;
const CONSIDERED = 1000;
const RIDGE = 10;
/** What the low-pass term counts against the ridge. */
export const SMOOTH = 0.7;
/** Weaker weights are not kept. */
const LEAST = 0.002;

/** Weights that lead to the items `[from, to)`: by target, at most `CONSIDERED` sources each. */
export interface TasteColumns {
  from: number;
  starts: Int32Array;
  sources: Int32Array;
  /** Ridge and low-pass term together, and the ridge alone. */
  weights: Float32Array;
  ridges: Float32Array;
}

/** People by item. */
function peopleOf({ items, starts }: Sessions, itemCount: number) {
  const begins = new Int32Array(itemCount + 1);
  for (const item of items) begins[item + 1] = (begins[item + 1] as number) + 1;
  for (let item = 0; item < itemCount; item++) {
    begins[item + 1] = (begins[item + 1] as number) + (begins[item] as number);
  }
  const people = new Int32Array(items.length);
  const fill = begins.slice();
  for (let person = 0; person < starts.length - 1; person++) {
    for (let at = starts[person] as number; at < (starts[person + 1] as number); at++) {
      const item = items[at] as number;
      people[fill[item] as number] = person;
      fill[item] = (fill[item] as number) + 1;
    }
  }
  return { begins, people };
}

/** @param histories one list of distinct items per person */
export function buildTaste(
  histories: Sessions,
  itemCount: number,
  lowPass: LowPass,
  from = 0,
  to = itemCount,
): TasteColumns {
  const { items, starts } = histories;
  const { begins, people } = peopleOf(histories, itemCount);
  const personWeight = Float64Array.from({ length: starts.length - 1 }, (_, person) => {
    return ((starts[person + 1] as number) - (starts[person] as number)) ** -0.5;
  });
  const system = new LocalSystem(begins, people, personWeight);
  const together = new Float32Array(itemCount);
  const columnStarts = new Int32Array(to - from + 1);
  let sources = new Int32Array((to - from) * NEIGHBORS);
  let weights = new Float32Array(sources.length);
  let ridges = new Float32Array(sources.length);
  let used = 0;
  for (let target = from; target < to; target++) {
    const touched: number[] = [];
    for (let k = begins[target] as number; k < (begins[target + 1] as number); k++) {
      const person = people[k] as number;
      const weight = personWeight[person] as number;
      for (let at = starts[person] as number; at < (starts[person + 1] as number); at++) {
        const item = items[at] as number;
        if (item === target) continue;
        if (together[item] === 0) touched.push(item);
        together[item] = (together[item] as number) + weight;
      }
    }
    const order = Int32Array.from(touched);
    selectTop(order, together, order.length, CONSIDERED);
    const considered = order.subarray(0, CONSIDERED);
    selectTop(considered, together, considered.length, NEIGHBORS);
    const neighbors = considered.subarray(0, NEIGHBORS);
    const solution = system.solve(neighbors, together);
    if (used + considered.length > sources.length) {
      sources = grown(sources, new Int32Array(sources.length * 2 + CONSIDERED));
      weights = grown(weights, new Float32Array(sources.length));
      ridges = grown(ridges, new Float32Array(sources.length));
    }
    considered.forEach((source, place) => {
      const ridge = place < neighbors.length ? (solution[place] as number) : 0;
      const weight = ridge + SMOOTH * smooth(lowPass, source, target, begins);
      if (weight < LEAST) return;
      sources[used] = source;
      ridges[used] = ridge;
      weights[used++] = weight;
    });
    columnStarts[target - from + 1] = used;
    for (const item of touched) together[item] = 0;
  }
  return {
    from,
    starts: columnStarts,
    sources: sources.slice(0, used),
    weights: weights.slice(0, used),
    ridges: ridges.slice(0, used),
  };
}

function grown<A extends Int32Array | Float32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

function smooth({ rank, basis }: LowPass, source: number, target: number, begins: Int32Array): number {
  let sum = 0;
  for (let k = 0; k < rank; k++) sum += (basis[source * rank + k] as number) * (basis[target * rank + k] as number);
  const own = (begins[source + 1] as number) - (begins[source] as number);
  const other = (begins[target + 1] as number) - (begins[target] as number);
  return sum * Math.sqrt(other / own);
}

/** Ridge regression on a few items; holds its arrays. */
class LocalSystem {
  readonly #begins: Int32Array;
  readonly #people: Int32Array;
  readonly #personWeight: Float64Array;
  readonly #heads: Int32Array;
  readonly #matrix = new Float64Array(NEIGHBORS * NEIGHBORS);
  readonly #solution = new Float64Array(NEIGHBORS);
  #next = new Int32Array(1 << 12);
  #places = new Uint8Array(1 << 12);

  constructor(begins: Int32Array, people: Int32Array, personWeight: Float64Array) {
    this.#begins = begins;
    this.#people = people;
    this.#personWeight = personWeight;
    this.#heads = new Int32Array(personWeight.length).fill(-1);
  }

  /** (G + λI) w = g for the neighbors' weighted co-occurrences G and theirs with the target, g. */
  solve(neighbors: Int32Array, together: Float32Array): Float64Array {
    const size = neighbors.length;
    const matrix = this.#matrix.fill(0, 0, size * size);
    let links = 0;
    // Each person's neighbors form a chain; a new link meets all that are on it already.
    for (let place = 0; place < size; place++) {
      const item = neighbors[place] as number;
      const end = this.#begins[item + 1] as number;
      for (let k = this.#begins[item] as number; k < end; k++) {
        const person = this.#people[k] as number;
        const weight = this.#personWeight[person] as number;
        const row = place * size;
        matrix[row + place] = (matrix[row + place] as number) + weight;
        for (let link = this.#heads[person] as number; link >= 0; link = this.#next[link] as number) {
          const other = this.#places[link] as number;
          matrix[row + other] = (matrix[row + other] as number) + weight;
        }
        if (links === this.#next.length) this.#grow();
        this.#next[links] = this.#heads[person] as number;
        this.#places[links] = place;
        this.#heads[person] = links++;
      }
    }
    for (const item of neighbors) {
      for (let k = this.#begins[item] as number; k < (this.#begins[item + 1] as number); k++) {
        this.#heads[this.#people[k] as number] = -1;
      }
    }
    for (let place = 0; place < size; place++) {
      matrix[place * size + place] = (matrix[place * size + place] as number) + RIDGE;
    }
    factorize(matrix, size, 1e-6);
    return this.#substitute(matrix, neighbors, together);
  }

  #substitute(matrix: Float64Array, neighbors: Int32Array, together: Float32Array): Float64Array {
    const size = neighbors.length;
    const solution = this.#solution;
    for (let a = 0; a < size; a++) {
      let sum = together[neighbors[a] as number] as number;
      for (let b = 0; b < a; b++) sum -= (matrix[a * size + b] as number) * (solution[b] as number);
      solution[a] = sum / (matrix[a * size + a] as number);
    }
    for (let a = size - 1; a >= 0; a--) {
      let sum = solution[a] as number;
      for (let b = a + 1; b < size; b++) sum -= (matrix[b * size + a] as number) * (solution[b] as number);
      solution[a] = sum / (matrix[a * size + a] as number);
    }
    return solution;
  }

  #grow(): void {
    const next = new Int32Array(this.#next.length * 2);
    next.set(this.#next);
    this.#next = next;
    const places = new Uint8Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }
}

/** One item's row: the items it speaks for, strongest first; two log codes each (codec.ts): whole weight, ridge alone. */
export interface TasteRow {
  targets: Int32Array;
  codes: Uint8Array;
}

/** Columns turned into rows of the `length` strongest targets each, one item after the other. */
export function tasteRows(columns: readonly TasteColumns[], itemCount: number, length = 100): TasteRow[] {
  const begins = new Int32Array(itemCount + 1);
  for (const { sources } of columns) {
    for (const source of sources) begins[source + 1] = (begins[source + 1] as number) + 1;
  }
  for (let item = 0; item < itemCount; item++) {
    begins[item + 1] = (begins[item + 1] as number) + (begins[item] as number);
  }
  const targets = new Int32Array(begins[itemCount] as number);
  const weights = new Float32Array(targets.length);
  const ridges = new Float32Array(targets.length);
  const fill = begins.slice();
  for (const column of columns) {
    for (let index = 0; index < column.starts.length - 1; index++) {
      for (let k = column.starts[index] as number; k < (column.starts[index + 1] as number); k++) {
        const source = column.sources[k] as number;
        const at = fill[source] as number;
        targets[at] = column.from + index;
        weights[at] = column.weights[k] as number;
        ridges[at] = column.ridges[k] as number;
        fill[source] = at + 1;
      }
    }
  }
  return Array.from({ length: itemCount }, (_, item) => {
    const begin = begins[item] as number;
    const order = Int32Array.from({ length: (begins[item + 1] as number) - begin }, (_, k) => begin + k);
    selectTop(order, weights, order.length, length);
    const kept = order.subarray(0, length).sort((one, other) => (weights[other] as number) - (weights[one] as number));
    const codes = new Uint8Array(2 * kept.length);
    kept.forEach((k, entry) => {
      codes[2 * entry] = encode(weights[k] as number);
      codes[2 * entry + 1] = encode(ridges[k] as number);
    });
    return { targets: Int32Array.from(kept, (k) => targets[k] as number), codes };
  });
}
