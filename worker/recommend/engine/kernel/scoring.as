/**
 * AssemblyScript. What a ranking computes for all its candidates at once, in 128-bit SIMD. The same in plain TypeScript, with
 * the meaning of everything: scoring.ts beside it.
 */

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
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, square), f);
  p = f32x4.add(p, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  p = f32x4.sub(p, f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(f, p), f32x4.mul(e, f32x4.splat(0.693359375)));
}

/** Natural logarithms in place. @param at columns of `stride` bytes, @param n values of each */
export function logs(at: usize, columns: i32, stride: i32, n: i32): void {
  for (let column: i32 = 0; column < columns; column++) {
    for (let c: i32 = 0; c < n; c += 4) {
      const here = at + (c << 2);
      v128.store(here, log4(v128.load(here)));
    }
    at += stride;
  }
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

/** @param vectors n × 64 signed bytes, @param scales n floats, @param query 64 floats, @param out n floats */
export function along(vectors: usize, scales: usize, n: i32, query: usize, out: usize): void {
  for (let c: i32 = 0; c < n; c++) {
    const a = f32x4.add(along16(v128.load(vectors, 0), query), along16(v128.load(vectors, 16), query + 64));
    const b = f32x4.add(along16(v128.load(vectors, 32), query + 128), along16(v128.load(vectors, 48), query + 192));
    store<f32>(out + (c << 2), sumOf(f32x4.add(a, b)) * load<f32>(scales + (c << 2)));
    vectors += 64;
  }
}

// @ts-ignore: decorator
@inline
function between16(one: v128, other: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(one), i16x8.extend_low_i8x16_s(other)),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(one), i16x8.extend_high_i8x16_s(other)),
  );
}

/** As `along`, with @param query 64 signed bytes of length 1 / @param scale */
export function between(vectors: usize, scales: usize, n: i32, query: usize, scale: f32, out: usize): void {
  const q0 = v128.load(query, 0);
  const q1 = v128.load(query, 16);
  const q2 = v128.load(query, 32);
  const q3 = v128.load(query, 48);
  for (let c: i32 = 0; c < n; c++) {
    const a = i32x4.add(between16(v128.load(vectors, 0), q0), between16(v128.load(vectors, 16), q1));
    const b = i32x4.add(between16(v128.load(vectors, 32), q2), between16(v128.load(vectors, 48), q3));
    const sum = i32x4.add(a, b);
    const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    const product = <f32>(i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1));
    store<f32>(out + (c << 2), product * load<f32>(scales + (c << 2)) * scale);
    vectors += 64;
  }
}

/** 1 for the largest of n values, 2 for the next …; of equal ones the earlier comes first. Both with room for a multiple of 4. */
export function ranks(values: usize, n: i32, out: usize): void {
  for (let c = n; (c & 3) != 0; c++) store<f32>(values + (c << 2), LEAST);
  const lanes = i32x4(0, 1, 2, 3);
  for (let c: i32 = 0; c < n; c++) {
    const own = v128.load32_splat(values + (c << 2));
    const block = c & ~3;
    let before = i32x4.splat(0);
    for (let j: i32 = 0; j < block; j += 4) before = i32x4.sub(before, f32x4.ge(v128.load(values + (j << 2)), own));
    const here = v128.load(values + (block << 2));
    const isEarlier = i32x4.lt_s(lanes, i32x4.splat(c - block));
    before = i32x4.sub(before, v128.or(f32x4.gt(here, own), v128.and(f32x4.eq(here, own), isEarlier)));
    for (let j = block + 4; j < n; j += 4) before = i32x4.sub(before, f32x4.gt(v128.load(values + (j << 2)), own));
    const halves = i32x4.add(before, v128.shuffle<i32>(before, before, 2, 3, 0, 1));
    const ahead = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
    store<f32>(out + (c << 2), <f32>ahead + 1);
  }
}

/**
 * What all candidates share, added to the units' biases.
 * @param list per feature its value and the offset of its weights in a block, `n` pairs
 * @param units blocks of 6 units, per feature 6 weights; `blockBytes` each
 * @param biases, @param into 6 floats a block
 */
export function share(
  list: usize,
  n: i32,
  units: usize,
  blocks: i32,
  blockBytes: i32,
  biases: usize,
  into: usize,
): void {
  const end = list + (n << 3);
  for (let block: i32 = 0; block < blocks; block++) {
    let a = v128.load(biases, 0);
    let b = v128.load64_zero(biases, 16);
    for (let at = list; at < end; at += 8) {
      const value = v128.load32_splat(at);
      const w = units + load<u32>(at, 4);
      a = v128.relaxed_madd<f32>(value, v128.load(w, 0), a);
      b = v128.relaxed_madd<f32>(value, v128.load64_zero(w, 16), b);
    }
    v128.store(into, a);
    v128.store64_lane(into, b, 0, 16);
    units += blockBytes;
    biases += 24;
    into += 24;
  }
}

/**
 * The net over the candidates [from, to), a multiple of 8. Sums are fused where the processor can (relaxed SIMD): the last bits of
 * a score may differ from one machine to another. Six units by eight candidates are what fits into a processor's registers.
 * @param list per feature the offsets of its column and of its weights in a block, `n` pairs
 * @param linear 6 floats per feature, the first of which is its weight
 * @param units blocks of 6 units, per feature 6 weights; `blockBytes` each
 * @param biases, @param outgoing 6 floats a block
 */
export function forward(
  columns: usize,
  from: i32,
  to: i32,
  list: usize,
  n: i32,
  constant: f32,
  linear: usize,
  units: usize,
  blocks: i32,
  blockBytes: i32,
  biases: usize,
  outgoing: usize,
  scores: usize,
): void {
  const end = list + (n << 3);
  const zero = f32x4.splat(0);
  for (let c = from; c < to; c += 8) {
    const values = columns + (c << 2);
    let s = f32x4.splat(constant);
    let t = s;
    for (let at = list; at < end; at += 8) {
      const x = values + load<u32>(at);
      const w = v128.load32_splat(linear + load<u32>(at, 4));
      s = v128.relaxed_madd<f32>(w, v128.load(x, 0), s);
      t = v128.relaxed_madd<f32>(w, v128.load(x, 16), t);
    }
    let weights = units;
    for (let block: i32 = 0; block < blocks; block++) {
      const bias = biases + block * 24;
      let a0 = v128.load32_splat(bias, 0);
      let b0 = a0;
      let a1 = v128.load32_splat(bias, 4);
      let b1 = a1;
      let a2 = v128.load32_splat(bias, 8);
      let b2 = a2;
      let a3 = v128.load32_splat(bias, 12);
      let b3 = a3;
      let a4 = v128.load32_splat(bias, 16);
      let b4 = a4;
      let a5 = v128.load32_splat(bias, 20);
      let b5 = a5;
      for (let at = list; at < end; at += 8) {
        const x = values + load<u32>(at);
        const w = weights + load<u32>(at, 4);
        const u = v128.load(x, 0);
        const v = v128.load(x, 16);
        const w0 = v128.load32_splat(w, 0);
        a0 = v128.relaxed_madd<f32>(w0, u, a0);
        b0 = v128.relaxed_madd<f32>(w0, v, b0);
        const w1 = v128.load32_splat(w, 4);
        a1 = v128.relaxed_madd<f32>(w1, u, a1);
        b1 = v128.relaxed_madd<f32>(w1, v, b1);
        const w2 = v128.load32_splat(w, 8);
        a2 = v128.relaxed_madd<f32>(w2, u, a2);
        b2 = v128.relaxed_madd<f32>(w2, v, b2);
        const w3 = v128.load32_splat(w, 12);
        a3 = v128.relaxed_madd<f32>(w3, u, a3);
        b3 = v128.relaxed_madd<f32>(w3, v, b3);
        const w4 = v128.load32_splat(w, 16);
        a4 = v128.relaxed_madd<f32>(w4, u, a4);
        b4 = v128.relaxed_madd<f32>(w4, v, b4);
        const w5 = v128.load32_splat(w, 20);
        a5 = v128.relaxed_madd<f32>(w5, u, a5);
        b5 = v128.relaxed_madd<f32>(w5, v, b5);
      }
      const out = outgoing + block * 24;
      const o0 = v128.load32_splat(out, 0);
      s = v128.relaxed_madd<f32>(o0, f32x4.pmax(a0, zero), s);
      t = v128.relaxed_madd<f32>(o0, f32x4.pmax(b0, zero), t);
      const o1 = v128.load32_splat(out, 4);
      s = v128.relaxed_madd<f32>(o1, f32x4.pmax(a1, zero), s);
      t = v128.relaxed_madd<f32>(o1, f32x4.pmax(b1, zero), t);
      const o2 = v128.load32_splat(out, 8);
      s = v128.relaxed_madd<f32>(o2, f32x4.pmax(a2, zero), s);
      t = v128.relaxed_madd<f32>(o2, f32x4.pmax(b2, zero), t);
      const o3 = v128.load32_splat(out, 12);
      s = v128.relaxed_madd<f32>(o3, f32x4.pmax(a3, zero), s);
      t = v128.relaxed_madd<f32>(o3, f32x4.pmax(b3, zero), t);
      const o4 = v128.load32_splat(out, 16);
      s = v128.relaxed_madd<f32>(o4, f32x4.pmax(a4, zero), s);
      t = v128.relaxed_madd<f32>(o4, f32x4.pmax(b4, zero), t);
      const o5 = v128.load32_splat(out, 20);
      s = v128.relaxed_madd<f32>(o5, f32x4.pmax(a5, zero), s);
      t = v128.relaxed_madd<f32>(o5, f32x4.pmax(b5, zero), t);
      weights += blockBytes;
    }
    v128.store(scores + (c << 2), s, 0);
    v128.store(scores + (c << 2), t, 16);
  }
}
