/**
 * Numbers in one byte, on a logarithmic scale of ten steps an octave: `q = round(10·log2 x) + 235`, 0 for nothing.
 * It covers 8·10⁻⁸ to 4 with an error of at most 3.5 %, which costs no measurable quality in a row. And the packed
 * form of a row: 9 bytes an entry, a 3-byte item index and six codes.
 */

/** Codes of an entry, in this order: what each means is in rows.ts. */
export const CODES_PER_ENTRY = 6;
/** Bytes of an entry in a packed row. */
export const ENTRY_BYTES = 3 + CODES_PER_ENTRY;

/** Code → value. */
export const DECODE = Float32Array.from({ length: 256 }, (_, code) => (code === 0 ? 0 : 2 ** ((code - 235) / 10)));

/** Value → code; values out of range take the nearest code, and only zero (or less) is 0. */
export function encode(value: number): number {
  if (!(value > 0)) return 0;
  const code = Math.round(10 * Math.log2(value)) + 235;
  return Math.max(1, Math.min(255, code));
}

/** One item's row: `targets[e]` with `codes[6·e … 6·e + 5]`, best first. */
export interface Row {
  targets: Int32Array;
  codes: Uint8Array;
}

/** A row as bytes for storage; item indexes must be below 2²⁴. */
export function packEntries(row: Row): Uint8Array {
  const bytes = new Uint8Array(row.targets.length * ENTRY_BYTES);
  for (let entry = 0; entry < row.targets.length; entry++) {
    const target = row.targets[entry] as number;
    const at = entry * ENTRY_BYTES;
    bytes[at] = target & 255;
    bytes[at + 1] = (target >> 8) & 255;
    bytes[at + 2] = (target >> 16) & 255;
    for (let code = 0; code < CODES_PER_ENTRY; code++) {
      bytes[at + 3 + code] = row.codes[entry * CODES_PER_ENTRY + code] as number;
    }
  }
  return bytes;
}

/** The opposite of `packEntries`; a trailing incomplete entry is ignored. */
export function unpackRow(bytes: Uint8Array): Row {
  const entries = Math.floor(bytes.length / ENTRY_BYTES);
  const targets = new Int32Array(entries);
  const codes = new Uint8Array(entries * CODES_PER_ENTRY);
  for (let entry = 0; entry < entries; entry++) {
    const at = entry * ENTRY_BYTES;
    targets[entry] = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    for (let code = 0; code < CODES_PER_ENTRY; code++) {
      codes[entry * CODES_PER_ENTRY + code] = bytes[at + 3 + code] as number;
    }
  }
  return { targets, codes };
}
