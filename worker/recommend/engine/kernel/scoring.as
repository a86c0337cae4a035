/**
 * AssemblyScript. What a ranking computes for all its candidates at once, in 128-bit SIMD. The same in plain TypeScript, with
 * the meaning of everything: script.ts and scoring.ts beside it.
 */

export { forward, share } from "./forward";
export { forget, hear, reach, taste, tastes } from "./tasting";

// @ts-ignore: decorator
@inline
const LEAST: f32 = -3e38;

// @ts-ignore: decorator
@inline
function log4(x: v128): v128 {
  const one = f32x4.splat(1);
  // x = m · 2^e with m in [√½, √2).
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const isLarge = f32x4.gt(m, f32x4.splat(1.41421356));
  m = v128.bitselect(f32x4.mul(m, f32x4.splat(0.5)), m, isLarge);
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)), isLarge));
  const f = f32x4.sub(m, one);
  const square = f32x4.mul(f, f);
  // The polynomial of Cephes' logf: as exact as a float is.
  let p = f32x4.splat(7.0376836292e-2);
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(-1.1514610310e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(1.1676998740e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(-1.2420140846e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(1.4249322787e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(-1.6668057665e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(2.0000714765e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(-2.4999993993e-1));
  p = v128.relaxed_madd<f32>(p, f, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, square), f);
  p = v128.relaxed_madd<f32>(e, f32x4.splat(-2.12194440e-4), p);
  p = v128.relaxed_madd<f32>(square, f32x4.splat(-0.5), p);
  return v128.relaxed_madd<f32>(e, f32x4.splat(0.693359375), f32x4.add(f, p));
}

/** Natural logarithms in place. @param at columns of `stride` bytes, @param n values of each, @param plus added before */
export function logs(at: usize, columns: i32, stride: i32, n: i32, plus: f32): void {
  const more = f32x4.splat(plus);
  const ofZero = log4(more);
  for (let column: i32 = 0; column < columns; column++) {
    for (let c: i32 = 0; c < n; c += 4) {
      const here = at + (c << 2);
      const x = v128.load(here);
      // Of many candidates most rows say nothing.
      if (v128.any_true(x)) v128.store(here, log4(f32x4.add(x, more)));
      else v128.store(here, ofZero);
    }
    at += stride;
  }
}

/**
 * A row of the session, added to the sums of 20 floats a number.
 * @param entries numbers of its `n` items, −1 for none, @param codes six bytes each, @param decode values of the codes, and their roots
 * @param place 0 for the row of the latest item, 1 for the one before: what these say by themselves is written down
 */
export function add(
  entries: usize,
  codes: usize,
  n: i32,
  decode: usize,
  sums: usize,
  fast: f32,
  slow: f32,
  place: i32,
): void {
  const all = f32x4.splat(fast);
  const mixed = f32x4.replace_lane(f32x4.replace_lane(all, 2, slow), 3, slow);
  for (let e: i32 = 0; e < n; e++, codes += 6) {
    const number = load<i32>(entries + (e << 2));
    if (number < 0) continue;
    const at = sums + number * 80;
    const ba = <usize>load<u8>(codes) << 2;
    const c = decode + (<usize>load<u8>(codes, 4) << 2);
    let one = v128.load32_zero(decode + ba);
    one = v128.load32_lane(decode + (<usize>load<u8>(codes, 1) << 2), one, 1);
    one = v128.load32_lane(decode + (<usize>load<u8>(codes, 2) << 2), one, 2);
    one = v128.load32_lane(decode + (<usize>load<u8>(codes, 3) << 2), one, 3);
    let other = v128.load32_zero(c);
    other = v128.load32_lane(decode + (<usize>load<u8>(codes, 5) << 2), other, 1);
    other = v128.load32_lane(decode + ba, other, 2, 1024);
    other = v128.load32_lane(c, other, 3);
    v128.store(at, v128.relaxed_madd<f32>(all, one, v128.load(at)));
    v128.store(at, v128.relaxed_madd<f32>(mixed, other, v128.load(at, 16)), 16);
    store<f32>(at, load<f32>(at, 68) + 1, 68);
    if (place == 0) {
      v128.store(at, one, 32);
      v128.store64_lane(at, other, 0, 48);
    } else if (place == 1) {
      v128.store64_lane(at, one, 0, 56);
      v128.store32_lane(at, one, 3, 64);
    }
  }
}

/** Four neighboring floats of each record, to a column each. @param places of the records, `stride` bytes each */
export function spread(
  table: usize,
  stride: i32,
  places: usize,
  n: i32,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
): void {
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const here = places + at;
    const one = v128.load(table + load<i32>(here) * stride);
    const two = v128.load(table + load<i32>(here, 4) * stride);
    const three = v128.load(table + load<i32>(here, 8) * stride);
    const four = v128.load(table + load<i32>(here, 12) * stride);
    const ab12 = v128.shuffle<f32>(one, two, 0, 4, 1, 5);
    const ab34 = v128.shuffle<f32>(three, four, 0, 4, 1, 5);
    const cd12 = v128.shuffle<f32>(one, two, 2, 6, 3, 7);
    const cd34 = v128.shuffle<f32>(three, four, 2, 6, 3, 7);
    v128.store(a + at, v128.shuffle<i64>(ab12, ab34, 0, 2));
    v128.store(b + at, v128.shuffle<i64>(ab12, ab34, 1, 3));
    v128.store(c + at, v128.shuffle<i64>(cd12, cd34, 0, 2));
    v128.store(d + at, v128.shuffle<i64>(cd12, cd34, 1, 3));
  }
}

/** The largest of the values [from, to), and of `least`. */
export function largest(values: usize, from: i32, to: i32, least: f32): f32 {
  for (let c = from; c < to; c++) least = max(least, load<f32>(values + (c << 2)));
  return least;
}

// @ts-ignore: decorator
@inline
function sumOf(v: v128): f32 {
  const halves = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
function along16(bytes: v128, query: usize): v128 {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  const a = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), v128.load(query, 0));
  const b = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), v128.load(query, 16));
  const c = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), v128.load(query, 32));
  const d = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), v128.load(query, 48));
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** @param vectors 64 signed bytes each, @param scales a float each, @param slots which n of them, @param query 64 floats, @param out n floats */
export function along(vectors: usize, scales: usize, slots: usize, n: i32, query: usize, out: usize): void {
  for (let c: i32 = 0; c < n << 2; c += 4) {
    const slot = load<i32>(slots + c);
    const vector = vectors + (slot << 6);
    const a = f32x4.add(along16(v128.load(vector, 0), query), along16(v128.load(vector, 16), query + 64));
    const b = f32x4.add(along16(v128.load(vector, 32), query + 128), along16(v128.load(vector, 48), query + 192));
    store<f32>(out + c, sumOf(f32x4.add(a, b)) * load<f32>(scales + (slot << 2)));
  }
}

// @ts-ignore: decorator
@inline
function dot8(vector: usize, query: v128): v128 {
  return i32x4.dot_i16x8_s(v128.load8x8_s(vector), query);
}

/** The product of two vectors of 64 signed bytes. */
export function dot(one: usize, other: usize): i32 {
  let sum = i32x4.splat(0);
  for (let d: usize = 0; d < 64; d += 8) sum = i32x4.add(sum, dot8(one + d, v128.load8x8_s(other + d)));
  const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
function blend4(numbers: v128, factor: v128, into: usize): void {
  const old = v128.load(into);
  const low = f64x2.mul(factor, f64x2.convert_low_i32x4_s(numbers));
  const high = f64x2.mul(factor, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(numbers, numbers, 1, 1)));
  const a = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(old), low));
  const b = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(v128.shuffle<i64>(old, old, 1, 1)), high));
  v128.store(into, v128.shuffle<i64>(a, b, 0, 2));
}

/** Adds a vector of 64 signed bytes times a factor to 64 floats, in doubles. */
export function blend(vector: usize, factor: f64, into: usize): void {
  const factors = f64x2.splat(factor);
  for (let d: usize = 0; d < 64; d += 8) {
    const numbers = v128.load8x8_s(vector + d);
    blend4(i32x4.extend_low_i16x8_s(numbers), factors, into + (d << 2));
    blend4(i32x4.extend_high_i16x8_s(numbers), factors, into + (d << 2) + 16);
  }
}

/** As `along`, with the vector in the slot @param query. @param isMost leaves what is larger, and what is compared with itself */
export function between(
  vectors: usize,
  scales: usize,
  slots: usize,
  n: i32,
  query: i32,
  isMost: i32,
  out: usize,
): void {
  const scale = load<f32>(scales + (query << 2));
  const own = vectors + (query << 6);
  const q0 = v128.load8x8_s(own, 0);
  const q1 = v128.load8x8_s(own, 8);
  const q2 = v128.load8x8_s(own, 16);
  const q3 = v128.load8x8_s(own, 24);
  const q4 = v128.load8x8_s(own, 32);
  const q5 = v128.load8x8_s(own, 40);
  const q6 = v128.load8x8_s(own, 48);
  const q7 = v128.load8x8_s(own, 56);
  for (let c: i32 = 0; c < n << 2; c += 4) {
    const slot = load<i32>(slots + c);
    const vector = vectors + (slot << 6);
    const a = i32x4.add(i32x4.add(dot8(vector, q0), dot8(vector + 8, q1)), i32x4.add(dot8(vector + 16, q2), dot8(vector + 24, q3)));
    const b = i32x4.add(i32x4.add(dot8(vector + 32, q4), dot8(vector + 40, q5)), i32x4.add(dot8(vector + 48, q6), dot8(vector + 56, q7)));
    const sum = i32x4.add(a, b);
    const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    const product = <f32>(i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1));
    let cosine = f32x4.splat(product * load<f32>(scales + (slot << 2)) * scale);
    if (isMost) {
      if (slot == query) continue;
      // Which of them is larger no processor foresees: a branch would cost more than all before.
      cosine = f32x4.pmax(v128.load32_zero(out + c), cosine);
    }
    store<f32>(out + c, f32x4.extract_lane(cosine, 0));
  }
}

// @ts-ignore: decorator
@inline
function isBefore(here: v128, own: v128, earlier: v128): v128 {
  return v128.or(f32x4.gt(here, own), v128.and(f32x4.eq(here, own), earlier));
}

/** 1 for the largest of n values, 2 for the next …; of equal ones the earlier comes first. Both with room for a multiple of 4. */
export function ranks(values: usize, n: i32, out: usize): void {
  for (let c = n; (c & 3) != 0; c++) store<f32>(values + (c << 2), LEAST);
  const end = <usize>n << 2;
  for (let block: usize = 0; block < end; block += 16) {
    // What each of four has before it: of those in front of them, among themselves, and of those behind.
    const here = v128.load(values + block);
    const a = v128.shuffle<f32>(here, here, 0, 0, 0, 0);
    const b = v128.shuffle<f32>(here, here, 1, 1, 1, 1);
    const c = v128.shuffle<f32>(here, here, 2, 2, 2, 2);
    const d = v128.shuffle<f32>(here, here, 3, 3, 3, 3);
    let beforeA = f32x4.gt(here, a);
    let beforeB = isBefore(here, b, i32x4(-1, 0, 0, 0));
    let beforeC = isBefore(here, c, i32x4(-1, -1, 0, 0));
    let beforeD = isBefore(here, d, i32x4(-1, -1, -1, 0));
    for (let j: usize = 0; j < block; j += 16) {
      const other = v128.load(values + j);
      beforeA = i32x4.add(beforeA, f32x4.ge(other, a));
      beforeB = i32x4.add(beforeB, f32x4.ge(other, b));
      beforeC = i32x4.add(beforeC, f32x4.ge(other, c));
      beforeD = i32x4.add(beforeD, f32x4.ge(other, d));
    }
    for (let j = block + 16; j < end; j += 16) {
      const other = v128.load(values + j);
      beforeA = i32x4.add(beforeA, f32x4.gt(other, a));
      beforeB = i32x4.add(beforeB, f32x4.gt(other, b));
      beforeC = i32x4.add(beforeC, f32x4.gt(other, c));
      beforeD = i32x4.add(beforeD, f32x4.gt(other, d));
    }
    // Each is a count below zero in four parts.
    const ab = i32x4.add(v128.shuffle<i32>(beforeA, beforeB, 0, 4, 1, 5), v128.shuffle<i32>(beforeA, beforeB, 2, 6, 3, 7));
    const cd = i32x4.add(v128.shuffle<i32>(beforeC, beforeD, 0, 4, 1, 5), v128.shuffle<i32>(beforeC, beforeD, 2, 6, 3, 7));
    const sums = i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
    v128.store(out + block, f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(1), sums)));
  }
}
