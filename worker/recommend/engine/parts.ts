/** Several arrays in one run of bytes, each at a multiple of eight so that it can be read in place. */
export type Part = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array;

const align = (at: number) => (at + 7) & ~7;

/**
 * Zeros of these lengths in bytes, packed: what a `PartReader` reads from it may be written to, and needs no second copy.
 * @param spare bytes behind
 */
export function emptyParts(lengths: readonly number[], spare = 0): Uint8Array {
  const head = Int32Array.of(lengths.length, ...lengths);
  let end = align(head.byteLength);
  for (const length of lengths) end = align(end + length);
  const bytes = new Uint8Array(end + spare);
  bytes.set(new Uint8Array(head.buffer));
  return bytes;
}

/** One piece of bytes, every part at a multiple of eight so that it can be read without copying. */
export function packParts(parts: readonly Part[]): Uint8Array {
  const bytes = emptyParts(parts.map((part) => part.byteLength));
  let at = align(4 + 4 * parts.length);
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at = align(at + part.byteLength);
  }
  return bytes;
}

/** Reads parts back in the order they were packed, without copying when the bytes are aligned. */
export class PartReader {
  readonly #bytes: Uint8Array;
  readonly #lengths: Int32Array;
  #next = 0;
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    const count = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, 1)[0] ?? 0;
    this.#lengths = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset + 4, count);
    this.#at = align(4 + 4 * count);
  }

  #claim(): { buffer: ArrayBuffer; offset: number; length: number } {
    const length = this.#lengths[this.#next++] ?? 0;
    const offset = this.#bytes.byteOffset + this.#at;
    this.#at = align(this.#at + length);
    return { buffer: this.#bytes.buffer as ArrayBuffer, offset, length };
  }

  bytes(): Uint8Array {
    const { buffer, offset, length } = this.#claim();
    return new Uint8Array(buffer, offset, length);
  }

  signedBytes(): Int8Array {
    const { buffer, offset, length } = this.#claim();
    return new Int8Array(buffer, offset, length);
  }

  shorts(): Int16Array {
    const { buffer, offset, length } = this.#claim();
    return new Int16Array(buffer, offset, length / 2);
  }

  integers(): Int32Array {
    const { buffer, offset, length } = this.#claim();
    return new Int32Array(buffer, offset, length / 4);
  }

  floats(): Float32Array {
    const { buffer, offset, length } = this.#claim();
    return new Float32Array(buffer, offset, length / 4);
  }

  json<T>(): T {
    return JSON.parse(new TextDecoder().decode(this.bytes())) as T;
  }
}

/** A small record as a part. */
export function jsonPart(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
