/** AssemblyScript. A part of contrast.as and of entropy.as. */

/** exp of four floats, relative error 2·10⁻⁶ (Cephes' polynomial); arguments are clamped to ±80. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const limited = f32x4.pmax(f32x4.pmin(x, f32x4.splat(80)), f32x4.splat(-80));
  const whole = f32x4.nearest(f32x4.mul(limited, f32x4.splat(1.44269504)));
  let r = f32x4.sub(limited, f32x4.mul(whole, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(whole, f32x4.splat(-0.000212194440)));
  let y = f32x4.splat(0.00833345205);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.0416657962));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.166665452));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.5));
  y = f32x4.add(f32x4.mul(f32x4.mul(y, r), r), f32x4.add(r, f32x4.splat(1)));
  // A whole number of at most three digits: the instructions that look out for others take eight times as long.
  const power = i32x4.shl(i32x4.add(i32x4.relaxed_trunc_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(y, power);
}
