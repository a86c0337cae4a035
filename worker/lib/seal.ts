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
  const sealed = new Uint8Array(bytes.length + SEAL);
  sealed.set(bytes);
  return sealInPlace(sealed);
}

/** Bytes that a seal takes. */
export const SEAL = 4;

/** Seals bytes in their own memory, the last `SEAL` of which are free for it. */
export function sealInPlace(bytes: Uint8Array): Uint8Array {
  const length = bytes.length - SEAL;
  new DataView(bytes.buffer, bytes.byteOffset + length, SEAL).setUint32(0, checksum(bytes.subarray(0, length)), true);
  return bytes;
}

/** The opposite of `seal`, without copying. Throws when the bytes are not what was sealed. */
export function unseal(sealed: Uint8Array): Uint8Array {
  const length = sealed.length - SEAL;
  const bytes = sealed.subarray(0, Math.max(0, length));
  const said = length < 0 ? -1 : new DataView(sealed.buffer, sealed.byteOffset + length, SEAL).getUint32(0, true);
  if (said !== checksum(bytes)) throw new Error("the bytes are damaged");
  return bytes;
}
