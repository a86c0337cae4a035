/**
 * AssemblyScript. The rectified units of a layer, in 128-bit SIMD. The same in plain TypeScript: perceptron.ts beside it.
 *
 * @param list of what is not zero: its value, and where its weights lie behind `weights`; `n` pairs
 * @param biases, @param into as many floats as an input has weights: `bytes` of them, a multiple of 64
 */
export function layer(list: usize, n: i32, weights: usize, biases: usize, bytes: i32, into: usize): void {
  const end = list + (n << 3);
  const zero = f32x4.splat(0);
  for (let unit: usize = 0; unit < <usize>bytes; unit += 64) {
    const bias = biases + unit;
    let a = v128.load(bias, 0);
    let b = v128.load(bias, 16);
    let c = v128.load(bias, 32);
    let d = v128.load(bias, 48);
    for (let at = list; at < end; at += 8) {
      const value = v128.load32_splat(at);
      const w = weights + unit + load<u32>(at, 4);
      a = v128.relaxed_madd<f32>(value, v128.load(w, 0), a);
      b = v128.relaxed_madd<f32>(value, v128.load(w, 16), b);
      c = v128.relaxed_madd<f32>(value, v128.load(w, 32), c);
      d = v128.relaxed_madd<f32>(value, v128.load(w, 48), d);
    }
    const out = into + unit;
    v128.store(out, f32x4.pmax(zero, a), 0);
    v128.store(out, f32x4.pmax(zero, b), 16);
    v128.store(out, f32x4.pmax(zero, c), 32);
    v128.store(out, f32x4.pmax(zero, d), 48);
  }
}
