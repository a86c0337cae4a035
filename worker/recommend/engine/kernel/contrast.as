/**
 * AssemblyScript. The inner loop of embedding training: sampled softmax of n session vectors against m shared
 * candidates, forward and backward, in 128-bit SIMD. The same in plain TypeScript: contrast.ts beside it.
 *
 * Logits are 16-bit integer products of unit vectors (scaled by 2¹⁴, so a sum of 64 fits 32 bits and is exact to 2⁻¹³).
 * Backward visits only entries that matter: a probability below `floor` is kept with chance p/floor and then counts as
 * `floor`, which leaves the gradient's expectation as it is and skips nine tenths of the work.
 */
import { exp4 } from "./exponential";

const DIMENSIONS: i32 = 64;
const FLOATS: i32 = DIMENSIONS * 4;
const SHORTS: i32 = DIMENSIONS * 2;

/** Floats in [−1, 1] → 16-bit integers. */
function shorten(from: usize, to: usize, count: i32): void {
  const scale = f32x4.splat(16384);
  for (let i: i32 = 0; i < count; i += 8) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from), scale)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 16), scale)));
    v128.store(to, i16x8.narrow_i32x4_s(low, high));
    from += 32;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function dot(s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128, s6: v128, s7: v128, at: usize): v128 {
  const a = i32x4.add(i32x4.dot_i16x8_s(s0, v128.load(at, 0)), i32x4.dot_i16x8_s(s1, v128.load(at, 16)));
  const b = i32x4.add(i32x4.dot_i16x8_s(s2, v128.load(at, 32)), i32x4.dot_i16x8_s(s3, v128.load(at, 48)));
  const c = i32x4.add(i32x4.dot_i16x8_s(s4, v128.load(at, 64)), i32x4.dot_i16x8_s(s5, v128.load(at, 80)));
  const d = i32x4.add(i32x4.dot_i16x8_s(s6, v128.load(at, 96)), i32x4.dot_i16x8_s(s7, v128.load(at, 112)));
  return i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
}

/** into[0…63] += factor · from[0…63] */
// @ts-ignore: decorator
@inline
function addScaled(into: usize, from: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let offset: usize = 0; offset < <usize>FLOATS; offset += 64) {
    const a = into + offset;
    const b = from + offset;
    v128.store(a, f32x4.add(v128.load(a), f32x4.mul(f, v128.load(b))));
    v128.store(a, f32x4.add(v128.load(a, 16), f32x4.mul(f, v128.load(b, 16))), 16);
    v128.store(a, f32x4.add(v128.load(a, 32), f32x4.mul(f, v128.load(b, 32))), 32);
    v128.store(a, f32x4.add(v128.load(a, 48), f32x4.mul(f, v128.load(b, 48))), 48);
  }
}

/**
 * @param n sessions; @param m candidates, a multiple of 4
 * @param sessions n × 64 floats, unit length; @param candidates m × 64 floats, unit length
 * @param bias m floats added to the logits; @param wanted n slots of the right candidate
 * @param maskStarts n + 1 offsets into @param maskSlots: candidates a session must not be compared with
 * @param dSessions, @param dCandidates gradients, added to (of the loss by sessions and candidates, without the temperature)
 * @param shortSessions, @param shortCandidates, @param row room for n × 64 and m × 64 shorts and m floats
 * @returns the summed cross-entropy
 */
export function contrast(
  n: i32,
  m: i32,
  sessions: usize,
  candidates: usize,
  bias: usize,
  wanted: usize,
  maskStarts: usize,
  maskSlots: usize,
  dSessions: usize,
  dCandidates: usize,
  shortSessions: usize,
  shortCandidates: usize,
  row: usize,
  inverseTemperature: f32,
  floor: f32,
  seed: i32,
): f64 {
  shorten(sessions, shortSessions, n * DIMENSIONS);
  shorten(candidates, shortCandidates, m * DIMENSIONS);
  const scale = f32x4.splat(inverseTemperature / 268435456.0);
  let random = i32x4(seed, seed ^ 0x5bd1e995, seed ^ 0x1b873593, seed ^ 0x2545f491);
  let loss: f64 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const s = shortSessions + i * SHORTS;
    const s0 = v128.load(s, 0);
    const s1 = v128.load(s, 16);
    const s2 = v128.load(s, 32);
    const s3 = v128.load(s, 48);
    const s4 = v128.load(s, 64);
    const s5 = v128.load(s, 80);
    const s6 = v128.load(s, 96);
    const s7 = v128.load(s, 112);
    let at = shortCandidates;
    for (let j: i32 = 0; j < m; j += 4) {
      const a = dot(s0, s1, s2, s3, s4, s5, s6, s7, at);
      const b = dot(s0, s1, s2, s3, s4, s5, s6, s7, at + SHORTS);
      const c = dot(s0, s1, s2, s3, s4, s5, s6, s7, at + 2 * SHORTS);
      const d = dot(s0, s1, s2, s3, s4, s5, s6, s7, at + 3 * SHORTS);
      at += 4 * SHORTS;
      // Transpose while adding: lane k of the result is the sum of the k-th product's lanes.
      const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
      const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
      const sum = i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
      v128.store(row + (j << 2), f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), v128.load(bias + (j << 2))));
    }
    const lastMask = load<i32>(maskStarts + ((i + 1) << 2));
    for (let k = load<i32>(maskStarts + (i << 2)); k < lastMask; k++) {
      store<f32>(row + (load<i32>(maskSlots + (k << 2)) << 2), -100);
    }
    const slot = load<i32>(wanted + (i << 2));
    const logit = load<f32>(row + (slot << 2));
    let total4 = f32x4.splat(0);
    for (let j: i32 = 0; j < m; j += 4) {
      const e = exp4(v128.load(row + (j << 2)));
      v128.store(row + (j << 2), e);
      total4 = f32x4.add(total4, e);
    }
    const total =
      f32x4.extract_lane(total4, 0) + f32x4.extract_lane(total4, 1) + f32x4.extract_lane(total4, 2) + f32x4.extract_lane(total4, 3);
    loss += <f64>Mathf.log(total) - <f64>logit;
    const own = sessions + i * FLOATS;
    const dOwn = dSessions + i * FLOATS;
    const pull = load<f32>(row + (slot << 2)) / total - 1;
    addScaled(dOwn, candidates + slot * FLOATS, pull);
    addScaled(dCandidates + slot * FLOATS, own, pull);
    store<f32>(row + (slot << 2), 0);
    const share: f32 = <f32>1 / total;
    // u uniform in (0, floor·total): kept when e > u.
    const least = floor * total;
    const span = f32x4.splat(least / 16777216.0);
    for (let j: i32 = 0; j < m; j += 4) {
      random = v128.xor(random, i32x4.shl(random, 13));
      random = v128.xor(random, i32x4.shr_u(random, 17));
      random = v128.xor(random, i32x4.shl(random, 5));
      const e = v128.load(row + (j << 2));
      let kept = i32x4.bitmask(f32x4.gt(e, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(random, 8)), span)));
      while (kept) {
        const k = j + ctz(kept);
        kept &= kept - 1;
        const value = load<f32>(row + (k << 2));
        const push: f32 = max<f32>(value, least) * share;
        addScaled(dOwn, candidates + k * FLOATS, push);
        addScaled(dCandidates + k * FLOATS, own, push);
      }
    }
  }
  return loss;
}
