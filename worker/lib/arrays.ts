/** Typed arrays and a small header as one blob, for what is too large to be JSON. Pure. */

const KINDS = {
  u8: Uint8Array,
  i16: Int16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type Kind = keyof typeof KINDS;
export type Packable = Uint8Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

interface Layout {
  header: unknown;
  arrays: { name: string; kind: Kind; length: number }[];
}

function kindOf(array: Packable): Kind {
  if (array instanceof Uint8Array) return "u8";
  if (array instanceof Int16Array) return "i16";
  if (array instanceof Int32Array) return "i32";
  if (array instanceof Uint32Array) return "u32";
  return array instanceof Float32Array ? "f32" : "f64";
}

/** Every array begins at a multiple of eight, so that it can be read in place. */
const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** `[length of the layout as u32][layout as JSON][arrays …]`, little endian. */
export function packArrays(header: unknown, arrays: Record<string, Packable>): Uint8Array {
  const entries = Object.entries(arrays);
  const layout: Layout = {
    header,
    arrays: entries.map(([name, array]) => ({ name, kind: kindOf(array), length: array.length })),
  };
  const json = new TextEncoder().encode(JSON.stringify(layout));
  const begin = aligned(4 + json.length);
  const bytes = new Uint8Array(entries.reduce((sum, [, array]) => sum + aligned(array.byteLength), begin));
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = begin;
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return bytes;
}

/** The opposite of `packArrays`; the arrays share the blob's memory. */
export function unpackArrays(bytes: Uint8Array): { header: unknown; arrays: Record<string, Packable> } {
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
  const layout: Layout = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length)));
  const arrays: Record<string, Packable> = {};
  let at = aligned(4 + length);
  for (const { name, kind, length: count } of layout.arrays) {
    const array = new KINDS[kind](whole.buffer as ArrayBuffer, whole.byteOffset + at, count);
    arrays[name] = array;
    at += aligned(array.byteLength);
  }
  return { header: layout.header, arrays };
}
