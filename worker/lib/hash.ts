import { createHash } from "node:crypto";

/** SHA-256 as base64url, cut to `length` characters (6 bits each). For ids and content hashes, not for passwords. */
export function sha256(text: string, length = 43): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, length);
}

/** An engine has many kinds of strings, and looks for a method of one of them at each call: three quarters of a hash's time. */
const { charCodeAt } = String.prototype;

/**
 * FNV-1a over the UTF-16 code units with murmur3's final mix, as an unsigned 32-bit integer. Stateless assignment
 * (variants, holdouts, feature hashing): the same text is always the same number, on every isolate.
 *
 * @param basis another number makes another hash of the same text
 */
export function hash32(text: string, basis = 0x811c9dc5): number {
  let hash = basis;
  const { length } = text;
  for (let i = 0; i < length; i++) {
    hash ^= charCodeAt.call(text, i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `hash32` as a number in [0, 1). */
export function hashUnit(text: string): number {
  return hash32(text) / 0x1_0000_0000;
}
