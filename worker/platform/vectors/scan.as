/**
 * AssemblyScript. The products of a query with every row of a table of signed bytes, in 128-bit SIMD. The same in plain
 * TypeScript: scan.ts beside it.
 *
 * @param query `dimensions` shorts, a multiple of 16; @param values n × `dimensions` signed bytes; @param out n integers
 */
export function scan(query: usize, values: usize, n: i32, dimensions: i32, out: usize): void {
  let at = values;
  for (let row: i32 = 0; row < n; row++) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    for (let d: i32 = 0; d < dimensions; d += 16) {
      const v = v128.load(at + d);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(v), v128.load(query + (d << 1))));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(v), v128.load(query + (d << 1), 16)));
    }
    a = i32x4.add(a, b);
    store<i32>(out + (row << 2), i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3));
    at += dimensions;
  }
}
