/** AssemblyScript. A part of descent.as: what a case says of its scores. */
import { exp4 } from "./exponential";

/** A score that no candidate has: its share is nothing. */
const OUT: f32 = -1e30;

// @ts-ignore: decorator
@inline
function sumOf(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/**
 * Adds the gradient by the scores to `pushes`; returns the cross-entropy over all or only the new candidates.
 * @param row room for as many floats as there are scores
 */
export function entropy(
  count: i32,
  wanted: i32,
  onlyNew: bool,
  seen: usize,
  scores: usize,
  pushes: usize,
  row: usize,
  weight: f32,
): f64 {
  let most = OUT;
  for (let c: i32 = 0; c < count; c++) {
    const score = onlyNew && load<u8>(seen + c) ? OUT : load<f32>(scores + (c << 2));
    store<f32>(row + (c << 2), score);
    most = max(most, score);
  }
  for (let c = count; c & 3; c++) store<f32>(row + (c << 2), OUT);
  const highest = f32x4.splat(most);
  let total4 = f32x4.splat(0);
  for (let c: i32 = 0; c < count; c += 4) {
    const e = exp4(f32x4.sub(v128.load(row + (c << 2)), highest));
    v128.store(row + (c << 2), e);
    total4 = f32x4.add(total4, e);
  }
  const total = sumOf(total4);
  const share = f32x4.splat(weight / total);
  for (let c: i32 = 0; c < count; c += 4) {
    const at = pushes + (c << 2);
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(v128.load(row + (c << 2)), share)));
  }
  const own = pushes + (wanted << 2);
  store<f32>(own, load<f32>(own) - weight);
  return <f64>Mathf.log(total) - (<f64>load<f32>(scores + (wanted << 2)) - <f64>most);
}
