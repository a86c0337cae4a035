/** Ridge regression of an item on the few it co-occurs with most, over the histories of all people. */
import { factorize } from "./low-pass.ts";

/** Most items of a regression. */
export const NEIGHBORS = 100;
const RIDGE = 10;

/** Holds the arrays of its regressions. */
export class LocalRidge {
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
