/**
 * Which ids a file has named, however many: 52 bits of SHA-256 each in a table of open addressing, 16 to 32 bytes an id. Two
 * ids among a million are taken for one with a chance of one in ten thousand; what is stored of it is 8 bytes an id.
 */
import { createHash } from "node:crypto";

export class SeenIds {
  #slots = new Float64Array(1024);
  #size = 0;

  /** What `bytes()` gave. */
  static from(bytes: Uint8Array | undefined): SeenIds {
    const seen = new SeenIds();
    if (!bytes) return seen;
    // What comes out of the blobs begins where its buffer does; eight megabytes are not copied for nothing.
    const isAligned = bytes.byteOffset % 8 === 0;
    const { buffer, byteOffset } = isAligned ? bytes : bytes.slice();
    const values = new Float64Array(buffer, byteOffset, bytes.byteLength / 8);
    seen.#slots = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(1024, values.length * 2))));
    for (const value of values) seen.#insert(value);
    return seen;
  }

  get size(): number {
    return this.#size;
  }

  /** False when it was there. */
  add(id: string): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    return this.#insert(keyOf(id));
  }

  has(id: string): boolean {
    const key = keyOf(id);
    return this.#slots[this.#place(key)] === key;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#values().buffer);
  }

  #insert(key: number): boolean {
    const place = this.#place(key);
    if (this.#slots[place] === key) return false;
    this.#slots[place] = key;
    this.#size++;
    return true;
  }

  /** Where the key is, or where it belongs. */
  #place(key: number): number {
    const mask = this.#slots.length - 1;
    let place = key % this.#slots.length;
    while (this.#slots[place] !== 0 && this.#slots[place] !== key) place = (place + 1) & mask;
    return place;
  }

  /** Without a list in between, as `filter` makes one: it would be as large again. */
  #values(): Float64Array<ArrayBuffer> {
    const values = new Float64Array(this.#size);
    let place = 0;
    for (const value of this.#slots) if (value !== 0) values[place++] = value;
    return values;
  }

  #grow(): void {
    const values = this.#values();
    this.#slots = new Float64Array(this.#slots.length * 2);
    this.#size = 0;
    for (const value of values) this.#insert(value);
  }
}

/** 1 … 2^52: zero is an empty slot. */
function keyOf(id: string): number {
  const digest = createHash("sha256").update(id).digest();
  return digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) >> 4) + 1;
}
