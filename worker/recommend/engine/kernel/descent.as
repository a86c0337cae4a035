/**
 * AssemblyScript. What the training of a net does for a case and for a step, in 128-bit SIMD. The same in plain TypeScript,
 * with the meaning of everything: script-descent.ts beside it.
 *
 * The parameters of a net lie in one block: the linear part, the biases, the outgoing weights, and for each eight units, feature by
 * feature, eight weights. Forward, four candidates by eight units stay in registers while the features go by; backward, four
 * features by eight units while the candidates do. Sums are fused where the processor can (relaxed SIMD).
 */
import { entropy } from "./entropy";

/** 16-bit integers → floats, `step` each; up to eight more than `count`. */
function widen(from: usize, to: usize, count: i32, step: f32): void {
  const scale = f32x4.splat(step);
  for (let i: i32 = 0; i < count; i += 8) {
    const shorts = v128.load(from);
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(shorts)), scale), 0);
    v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(shorts)), scale), 16);
    from += 16;
    to += 32;
  }
}

/**
 * Scores of the candidates, and each unit's sum before it is rectified.
 * @param width features, a multiple of 4, @param units a multiple of 8
 * @param sums `units` floats a candidate; up to three candidates more than `count` are written, of whatever stands behind
 */
function forward(
  count: i32,
  width: i32,
  units: i32,
  inputs: usize,
  net: usize,
  sums: usize,
  scores: usize,
): void {
  const zero = f32x4.splat(0);
  const row = <usize>width << 2;
  const unitRow = <usize>units << 2;
  const biases = net + row;
  const outgoing = biases + unitRow;
  const blocks = outgoing + unitRow;
  for (let c: i32 = 0; c < count; c += 4) {
    const x0 = inputs + c * row;
    const x1 = x0 + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    for (let k: usize = 0; k < row; k += 16) {
      const w = v128.load(net + k);
      s0 = v128.relaxed_madd<f32>(w, v128.load(x0 + k), s0);
      s1 = v128.relaxed_madd<f32>(w, v128.load(x1 + k), s1);
      s2 = v128.relaxed_madd<f32>(w, v128.load(x2 + k), s2);
      s3 = v128.relaxed_madd<f32>(w, v128.load(x3 + k), s3);
    }
    let at = blocks;
    for (let unit: usize = 0; unit < unitRow; unit += 32) {
      let a0 = v128.load(biases + unit, 0);
      let b0 = v128.load(biases + unit, 16);
      let a1 = a0;
      let b1 = b0;
      let a2 = a0;
      let b2 = b0;
      let a3 = a0;
      let b3 = b0;
      for (let k: usize = 0; k < row; k += 4) {
        const u = v128.load(at, 0);
        const v = v128.load(at, 16);
        at += 32;
        const w0 = v128.load32_splat(x0 + k);
        a0 = v128.relaxed_madd<f32>(w0, u, a0);
        b0 = v128.relaxed_madd<f32>(w0, v, b0);
        const w1 = v128.load32_splat(x1 + k);
        a1 = v128.relaxed_madd<f32>(w1, u, a1);
        b1 = v128.relaxed_madd<f32>(w1, v, b1);
        const w2 = v128.load32_splat(x2 + k);
        a2 = v128.relaxed_madd<f32>(w2, u, a2);
        b2 = v128.relaxed_madd<f32>(w2, v, b2);
        const w3 = v128.load32_splat(x3 + k);
        a3 = v128.relaxed_madd<f32>(w3, u, a3);
        b3 = v128.relaxed_madd<f32>(w3, v, b3);
      }
      const to = sums + c * unitRow + unit;
      v128.store(to, a0, 0);
      v128.store(to, b0, 16);
      v128.store(to + unitRow, a1, 0);
      v128.store(to + unitRow, b1, 16);
      v128.store(to + 2 * unitRow, a2, 0);
      v128.store(to + 2 * unitRow, b2, 16);
      v128.store(to + 3 * unitRow, a3, 0);
      v128.store(to + 3 * unitRow, b3, 16);
      const u = v128.load(outgoing + unit, 0);
      const v = v128.load(outgoing + unit, 16);
      s0 = v128.relaxed_madd<f32>(v, f32x4.pmax(b0, zero), v128.relaxed_madd<f32>(u, f32x4.pmax(a0, zero), s0));
      s1 = v128.relaxed_madd<f32>(v, f32x4.pmax(b1, zero), v128.relaxed_madd<f32>(u, f32x4.pmax(a1, zero), s1));
      s2 = v128.relaxed_madd<f32>(v, f32x4.pmax(b2, zero), v128.relaxed_madd<f32>(u, f32x4.pmax(a2, zero), s2));
      s3 = v128.relaxed_madd<f32>(v, f32x4.pmax(b3, zero), v128.relaxed_madd<f32>(u, f32x4.pmax(a3, zero), s3));
    }
    // Transpose while adding: lane k of the result is the sum of the k-th candidate's lanes.
    const s01 = f32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
    const s23 = f32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
    const sum = f32x4.add(v128.shuffle<i32>(s01, s23, 0, 1, 4, 5), v128.shuffle<i32>(s01, s23, 2, 3, 6, 7));
    v128.store(scores + (c << 2), sum);
  }
}

/**
 * Adds the gradient of what pushes more than `least`.
 * @param sums of each unit; overwritten with what reaches them, of one picked candidate after the other
 * @param picked room for `count` places of inputs
 */
function backward(
  count: i32,
  width: i32,
  units: i32,
  least: f32,
  inputs: usize,
  net: usize,
  sums: usize,
  pushes: usize,
  picked: usize,
  gradient: usize,
): void {
  const zero = f32x4.splat(0);
  const row = <usize>width << 2;
  const unitRow = <usize>units << 2;
  const outgoing = net + row + unitRow;
  const dBiases = gradient + row;
  const dOutgoing = dBiases + unitRow;
  let end = picked;
  let reached = sums;
  for (let c: i32 = 0; c < count; c++) {
    const push = load<f32>(pushes + (c << 2));
    // Also what is no number: the others are not to become none.
    if (!(abs(push) > least)) continue;
    const p = f32x4.splat(push);
    const x = inputs + c * row;
    store<u32>(end, <u32>x);
    end += 4;
    for (let k: usize = 0; k < row; k += 16) {
      v128.store(gradient + k, v128.relaxed_madd<f32>(p, v128.load(x + k), v128.load(gradient + k)));
    }
    const own = sums + c * unitRow;
    for (let unit: usize = 0; unit < unitRow; unit += 16) {
      const sum = f32x4.pmax(v128.load(own + unit), zero);
      const d = v128.and(f32x4.mul(p, v128.load(outgoing + unit)), f32x4.gt(sum, zero));
      v128.store(reached + unit, d);
      v128.store(dBiases + unit, f32x4.add(v128.load(dBiases + unit), d));
      v128.store(dOutgoing + unit, v128.relaxed_madd<f32>(p, sum, v128.load(dOutgoing + unit)));
    }
    reached += unitRow;
  }
  let at = dOutgoing + unitRow;
  for (let unit: usize = 0; unit < unitRow; unit += 32) {
    for (let k: usize = 0; k < row; k += 16) {
      let a0 = v128.load(at, 0);
      let b0 = v128.load(at, 16);
      let a1 = v128.load(at, 32);
      let b1 = v128.load(at, 48);
      let a2 = v128.load(at, 64);
      let b2 = v128.load(at, 80);
      let a3 = v128.load(at, 96);
      let b3 = v128.load(at, 112);
      let d = sums + unit;
      for (let each = picked; each < end; each += 4) {
        const x = load<u32>(each) + k;
        const u = v128.load(d, 0);
        const v = v128.load(d, 16);
        d += unitRow;
        const w0 = v128.load32_splat(x, 0);
        a0 = v128.relaxed_madd<f32>(w0, u, a0);
        b0 = v128.relaxed_madd<f32>(w0, v, b0);
        const w1 = v128.load32_splat(x, 4);
        a1 = v128.relaxed_madd<f32>(w1, u, a1);
        b1 = v128.relaxed_madd<f32>(w1, v, b1);
        const w2 = v128.load32_splat(x, 8);
        a2 = v128.relaxed_madd<f32>(w2, u, a2);
        b2 = v128.relaxed_madd<f32>(w2, v, b2);
        const w3 = v128.load32_splat(x, 12);
        a3 = v128.relaxed_madd<f32>(w3, u, a3);
        b3 = v128.relaxed_madd<f32>(w3, v, b3);
      }
      v128.store(at, a0, 0);
      v128.store(at, b0, 16);
      v128.store(at, a1, 32);
      v128.store(at, b1, 48);
      v128.store(at, a2, 64);
      v128.store(at, b2, 80);
      v128.store(at, a3, 96);
      v128.store(at, b3, 112);
      at += 128;
    }
  }
}

/** Scores of a case. @param shorts `count` × `width`, `step` each */
export function score(
  count: i32,
  width: i32,
  units: i32,
  step: f32,
  shorts: usize,
  inputs: usize,
  net: usize,
  sums: usize,
  scores: usize,
): void {
  widen(shorts, inputs, count * width, step);
  forward(count, width, units, inputs, net, sums, scores);
}

/**
 * Adds the gradient of a case whose scores were just made.
 * @param allWeight of what is chosen among all, @param newWeight among the new ones, 0 where it was seen
 * @returns its loss
 */
export function learn(
  count: i32,
  width: i32,
  units: i32,
  wanted: i32,
  allWeight: f32,
  newWeight: f32,
  least: f32,
  inputs: usize,
  seen: usize,
  net: usize,
  sums: usize,
  scores: usize,
  pushes: usize,
  row: usize,
  picked: usize,
  gradient: usize,
): f64 {
  memory.fill(pushes, 0, ((count + 3) & ~3) << 2);
  let loss = <f64>allWeight * entropy(count, wanted, false, seen, scores, pushes, row, allWeight);
  if (newWeight > 0) loss += <f64>newWeight * entropy(count, wanted, true, seen, scores, pushes, row, newWeight);
  backward(count, width, units, least, inputs, net, sums, pushes, picked, gradient);
  return loss;
}

/** Adam's step over `bytes` of parameters. The gradient times `scale` is taken, and empty afterwards. */
export function descend(
  bytes: i32,
  net: usize,
  gradient: usize,
  first: usize,
  second: usize,
  scale: f32,
  rate: f32,
  unbiasFirst: f32,
  unbiasSecond: f32,
): void {
  const step = f32x4.splat(rate * unbiasFirst);
  for (let k: i32 = 0; k < bytes; k += 16) {
    const g = f32x4.mul(v128.load(gradient + k), f32x4.splat(scale));
    const mean = f32x4.add(f32x4.mul(v128.load(first + k), f32x4.splat(0.9)), f32x4.mul(g, f32x4.splat(0.1)));
    const square = f32x4.add(
      f32x4.mul(v128.load(second + k), f32x4.splat(0.999)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(0.001)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(unbiasSecond))), f32x4.splat(1e-8));
    v128.store(first + k, mean);
    v128.store(second + k, square);
    v128.store(net + k, f32x4.sub(v128.load(net + k), f32x4.div(f32x4.mul(step, mean), root)));
    v128.store(gradient + k, f32x4.splat(0));
  }
}
