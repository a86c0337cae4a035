/**
 * AssemblyScript. The net over all candidates of a request, a part of scoring.as.
 */

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
