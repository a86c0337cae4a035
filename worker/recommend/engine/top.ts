/** The k largest of n without sorting n, and the order of a few hundred: what a request can afford. */

/**
 * Reorders `slots[0 … n)` so that the first `k` hold the largest `values`, in no particular order (Hoare's quickselect).
 */
export function selectTop(slots: Int32Array, values: Float32Array, n: number, k: number): void {
  let low = 0;
  let high = n - 1;
  while (low < high && k > low && k <= high) {
    const pivot = values[slots[(low + high) >> 1] as number] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[slots[left] as number] as number) > pivot) left++;
      while ((values[slots[right] as number] as number) < pivot) right--;
      if (left > right) break;
      const held = slots[left] as number;
      slots[left++] = slots[right] as number;
      slots[right--] = held;
    }
    if (k - 1 <= right) high = right;
    else if (k - 1 >= left) low = left;
    else return;
  }
}

/** Orders of a few hundred numbers, by numbers that say value and place at once: no function is asked for each pair. */
export class Ranking {
  readonly #keys: Float64Array;
  readonly #order: Int32Array;
  readonly #float = new Float32Array(1);
  readonly #bits = new Int32Array(this.#float.buffer);

  /** @param room of at most 2²⁰ */
  constructor(room: number) {
    this.#keys = new Float64Array(room);
    this.#order = new Int32Array(room);
  }

  /** Places of the first `count` values, the largest first, of equal ones the earlier; overwritten by the next call. */
  of(values: Float32Array, count: number): Int32Array {
    const keys = this.#keys;
    for (let place = 0; place < count; place++) {
      this.#float[0] = values[place] as number;
      const bits = this.#bits[0] as number;
      // The bits of a float grow with it, those of a negative one the other way.
      keys[place] = PLACES * (LARGEST - (bits < 0 ? bits ^ LARGEST : bits)) + place;
    }
    keys.subarray(0, count).sort();
    for (let k = 0; k < count; k++) this.#order[k] = (keys[k] as number) % PLACES;
    return this.#order;
  }
}

const PLACES = 2 ** 20;
const LARGEST = 2 ** 31 - 1;
