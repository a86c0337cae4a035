/**
 * The smooth part of who-likes-what: the subspace of the largest singular values of the normalized person × item matrix
 * (ideal low-pass filter of graph filtering, Shen et al. 2021, GF-CF). It relates items that never met in one history.
 */
import { normal, seeded } from "../../lib/seeded.ts";
import type { Sessions } from "./sessions.ts";

export interface LowPass {
  rank: number;
  /** `rank` floats an item: an orthonormal basis of the subspace, row by row. */
  basis: Float32Array;
}

const ROUNDS = 5;

/**
 * Subspace iteration on R̃ᵀR̃ with R̃ = D_person^−½ R D_item^−½, from a random start, orthonormalized every round.
 * Takes two matrices of items × rank floats.
 * @param histories one list of distinct items per person
 */
export function lowPassOf(histories: Sessions, itemCount: number, rank: number, seed: number): LowPass {
  const counts = new Float32Array(itemCount);
  for (const item of histories.items) counts[item] = (counts[item] as number) + 1;
  const itemScale = counts.map((count) => (count > 0 ? 1 / Math.sqrt(count) : 0));
  const random = seeded(seed, 17);
  let basis = Float32Array.from({ length: itemCount * rank }, () => normal(random));
  let image = new Float32Array(itemCount * rank);
  orthonormalize(basis, rank);
  for (let round = 0; round < ROUNDS; round++) {
    image.fill(0);
    applyOnce(histories, itemScale, basis, image, rank);
    [basis, image] = [image, basis];
    orthonormalize(basis, rank);
  }
  return { rank, basis };
}

/** image += R̃ᵀ(R̃ basis), person by person. */
function applyOnce(
  { items, starts }: Sessions,
  itemScale: Float32Array,
  basis: Float32Array,
  image: Float32Array,
  rank: number,
): void {
  const sum = new Float64Array(rank);
  for (let person = 0; person < starts.length - 1; person++) {
    const begin = starts[person] as number;
    const end = starts[person + 1] as number;
    sum.fill(0);
    for (let at = begin; at < end; at++) {
      const item = items[at] as number;
      const scale = itemScale[item] as number;
      for (let k = 0; k < rank; k++) sum[k] = (sum[k] as number) + scale * (basis[item * rank + k] as number);
    }
    for (let at = begin; at < end; at++) {
      const item = items[at] as number;
      const scale = (itemScale[item] as number) / (end - begin);
      for (let k = 0; k < rank; k++) {
        image[item * rank + k] = (image[item * rank + k] as number) + scale * (sum[k] as number);
      }
    }
  }
}

/** Columns made orthonormal by the Cholesky factor of their products. */
function orthonormalize(matrix: Float32Array, rank: number): void {
  const products = new Float64Array(rank * rank);
  for (let base = 0; base < matrix.length; base += rank) {
    for (let a = 0; a < rank; a++) {
      const value = matrix[base + a] as number;
      if (value === 0) continue;
      const row = a * rank;
      for (let b = 0; b <= a; b++) {
        products[row + b] = (products[row + b] as number) + value * (matrix[base + b] as number);
      }
    }
  }
  factorize(products, rank, 1e-10);
  // Each row x becomes the solution y of L y = x.
  for (let base = 0; base < matrix.length; base += rank) {
    for (let a = 0; a < rank; a++) {
      let value = matrix[base + a] as number;
      const row = a * rank;
      for (let b = 0; b < a; b++) value -= (products[row + b] as number) * (matrix[base + b] as number);
      const pivot = products[row + a] as number;
      matrix[base + a] = pivot === 0 ? 0 : value / pivot;
    }
  }
}

/**
 * Lower Cholesky factor in place of a symmetric matrix's lower half. A column that adds nothing to those before it
 * (pivot² below `least`) becomes zero.
 */
export function factorize(matrix: Float64Array, size: number, least: number): void {
  for (let a = 0; a < size; a++) {
    const row = a * size;
    for (let b = 0; b <= a; b++) {
      const other = b * size;
      let sum = matrix[row + b] as number;
      for (let k = 0; k < b; k++) sum -= (matrix[row + k] as number) * (matrix[other + k] as number);
      if (a === b) {
        matrix[row + b] = sum > least ? Math.sqrt(sum) : 0;
        continue;
      }
      const pivot = matrix[other + b] as number;
      matrix[row + b] = pivot === 0 ? 0 : sum / pivot;
    }
  }
}
