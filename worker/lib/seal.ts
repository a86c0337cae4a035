/** Bytes that say whether they are whole: a blob that was cut short or damaged is refused before anything is read from it. */

/** FNV-1a over 32-bit words, then over what is left. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  const words = Math.floor(bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let word = 0; word < words; word++) hash = Math.imul(hash ^ view.getUint32(4 * word, true), 0x01000193);
  for (let at = 4 * words; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash >>> 0;
}

/** The bytes with their checksum behind them. */
export function seal(bytes: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(bytes.length + 4);
  sealed.set(bytes);
  new DataView(sealed.buffer).setUint32(bytes.length, checksum(bytes), true);
  return sealed;
}

/** The opposite of `seal`, without copying. Throws when the bytes are not what was sealed. */
export function unseal(sealed: Uint8Array): Uint8Array {
  const length = sealed.length - 4;
  const bytes = sealed.subarray(0, Math.max(0, length));
  const said = length < 0 ? -1 : new DataView(sealed.buffer, sealed.byteOffset + length, 4).getUint32(0, true);
  if (said !== checksum(bytes)) throw new Error("the bytes are damaged");
  return bytes;
}
