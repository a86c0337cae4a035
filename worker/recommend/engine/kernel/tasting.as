/**
 * AssemblyScript. What the whole of a long history says of items, a part of scoring.as: with the meaning of everything in
 * tasting.ts. In doubles, one product after the other, so that it is to the bit what TypeScript makes of it.
 */

// @ts-ignore: decorator
@inline
function product(vector: usize, rank: i32, person: usize): f64 {
  let sum: f64 = 0;
  for (let k: i32 = 0; k < rank; k++) sum += load<f64>(person + (k << 3)) * <f64>load<i8>(vector + k);
  return sum;
}

/** Adds an item's vector of `rank` signed bytes times a factor to as many doubles, which are floats. */
export function hear(vector: usize, rank: i32, factor: f64, person: usize): void {
  for (let k: i32 = 0; k < rank; k++) {
    const at = person + (k << 3);
    store<f64>(at, <f64>(<f32>(load<f64>(at) + factor * <f64>load<i8>(vector + k))));
  }
}

/** Adds a row of `n` entries, of items below `items`. @param decode values of the codes. Returns how many are touched by now. */
export function reach(
  targets: usize,
  codes: usize,
  n: i32,
  decode: usize,
  whole: usize,
  ridge: usize,
  items: i32,
  touched: usize,
  reached: i32,
): i32 {
  for (let e: i32 = 0; e < n; e++) {
    const target = load<i32>(targets + (e << 2));
    if (target >= items) continue;
    const at = <usize>target << 2;
    const code = codes + (e << 1);
    const known = load<f32>(whole + at);
    if (known == 0 && reached < items) store<i32>(touched + (reached++ << 2), target);
    store<f32>(whole + at, known + load<f32>(decode + (<usize>load<u8>(code) << 2)));
    store<f32>(ridge + at, load<f32>(ridge + at) + load<f32>(decode + (<usize>load<u8>(code, 1) << 2)));
  }
  return reached;
}

/** What is said of one item. */
export function taste(item: i32, vectors: usize, rank: i32, person: usize, ridge: usize, candidate: usize): f64 {
  const at = <usize>item << 2;
  return <f64>load<f32>(ridge + at) + product(vectors + item * rank, rank, person) * <f64>load<f32>(candidate + at);
}

/** The same of the first `n` in the order that are above zero, which move together. Returns how many. */
export function tastes(
  order: usize,
  n: i32,
  whole: usize,
  exact: usize,
  vectors: usize,
  rank: i32,
  person: usize,
  ridge: usize,
  candidate: usize,
): i32 {
  let count: i32 = 0;
  for (let k: i32 = 0; k < n; k++) {
    const item = load<i32>(order + (k << 2));
    const at = whole + (<usize>item << 2);
    if (load<f32>(at) <= 0) continue;
    store<i32>(order + (count++ << 2), item);
    store<f32>(at, <f32>taste(item, vectors, rank, person, ridge, candidate));
    store<u8>(exact + item, 1);
  }
  return count;
}

/** Forgets what the first `n` are that were touched. */
export function forget(touched: usize, n: i32, whole: usize, ridge: usize, exact: usize): void {
  for (let k: i32 = 0; k < n; k++) {
    const item = <usize>load<i32>(touched + (k << 2));
    store<f32>(whole + (item << 2), 0);
    store<f32>(ridge + (item << 2), 0);
    store<u8>(exact + item, 0);
  }
}
