/** The k largest of n without sorting n: what a request can afford. */

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

/** Sorts the first `n` by their `values`, the largest first; of equal ones the smaller slot. For few of them (by insertion). */
export function sortDown(slots: Int32Array, values: Float32Array, n: number): void {
  for (let k = 1; k < n; k++) {
    const slot = slots[k] as number;
    const value = values[slot] as number;
    let at = k;
    for (; at > 0; at--) {
      const other = slots[at - 1] as number;
      const before = values[other] as number;
      if (before > value || (before === value && other < slot)) break;
      slots[at] = other;
    }
    slots[at] = slot;
  }
}
