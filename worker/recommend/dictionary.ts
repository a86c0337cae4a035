/**
 * Item ids by dense index, and back: some twenty bytes an item and a table of numbers, where strings in an array and a map take a
 * hundred. A catalog of 400,000 items has to fit an isolate beside everything else.
 */
import { seal, unseal } from "../lib/seal.ts";
import { PartReader, packParts } from "./engine/parts.ts";

/** Ids of items in the order of their indexes: a dictionary, or an array. */
export interface Ids {
  readonly length: number;
  at(index: number): string | undefined;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
/** Ids that were asked for lately stay strings, by the last digits of their index: those that are looked at most keep their place. */
const REMEMBERED = 1 << 13;

export class Dictionary implements Ids {
  readonly #base: IdTable;
  /** Behind those of the base: what refreshes have added. */
  readonly added: readonly string[];
  readonly #addedIndexes: ReadonlyMap<string, number>;

  private constructor(base: IdTable, added: readonly string[]) {
    this.#base = base;
    this.added = added;
    this.#addedIndexes = new Map(added.map((id, place) => [id, base.length + place]));
  }

  /** @param ids each once */
  static of(ids: Iterable<string>): Dictionary {
    const table = new IdTable();
    for (const id of ids) table.add(id);
    return new Dictionary(table, []);
  }

  /** The opposite of `bytes`. Throws when they are damaged. */
  static read(bytes: Uint8Array): Dictionary {
    const reader = new PartReader(unseal(bytes));
    return new Dictionary(new IdTable(reader.integers(), reader.bytes()), []);
  }

  /** As they were before `extended`. */
  bytes(): Uint8Array {
    return this.#base.bytes();
  }

  get length(): number {
    return this.#base.length + this.added.length;
  }

  /** Bytes that it takes, about. */
  get memory(): number {
    return this.#base.memory + 100 * this.added.length;
  }

  at(index: number): string | undefined {
    return index < this.#base.length ? this.#base.at(index) : this.added[index - this.#base.length];
  }

  /** Undefined for an id that is not here. */
  indexOf(id: string): number | undefined {
    return this.#base.indexOf(id) ?? this.#addedIndexes.get(id);
  }

  /** The same with further ids behind; the memory of the others is shared. */
  extended(more: readonly string[]): Dictionary {
    return more.length === 0 ? this : new Dictionary(this.#base, [...this.added, ...more]);
  }
}

/** Ids one behind the other in UTF-8, and a hash table of their indexes. It grows; what is in it stays. */
export class IdTable implements Ids {
  #count: number;
  /** Behind the last byte of each; room for more. */
  #ends: Int32Array;
  #letters: Uint8Array;
  /** 1 + index at the place that the id's hash says, or the next free one behind it. */
  #places = new Int32Array(0);
  readonly #remembered: (string | undefined)[] = new Array(REMEMBERED);
  readonly #rememberedOf = new Int32Array(REMEMBERED).fill(-1);

  constructor(ends: Int32Array = new Int32Array(0), letters: Uint8Array = new Uint8Array(0)) {
    this.#count = ends.length;
    this.#ends = ends;
    this.#letters = letters;
    this.#place();
  }

  /** Anew, a quarter of the places free. */
  #place(): void {
    let room = 16;
    while (3 * room < 4 * (this.#count + 1)) room *= 2;
    this.#places = new Int32Array(room);
    for (let index = 0; index < this.#count; index++) {
      let place = hashOf(this.#letters, this.#begin(index), this.#ends[index] as number) & (room - 1);
      while (this.#places[place] !== 0) place = (place + 1) & (room - 1);
      this.#places[place] = index + 1;
    }
  }

  #begin(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] as number);
  }

  get length(): number {
    return this.#count;
  }

  get memory(): number {
    return this.#ends.byteLength + this.#letters.byteLength + this.#places.byteLength + 64 * REMEMBERED;
  }

  bytes(): Uint8Array {
    const used = this.#begin(this.#count);
    return seal(packParts([this.#ends.subarray(0, this.#count), this.#letters.subarray(0, used)]));
  }

  at(index: number): string | undefined {
    if (index < 0 || index >= this.#count) return undefined;
    const slot = index & (REMEMBERED - 1);
    const known = this.#remembered[slot];
    if (known !== undefined && this.#rememberedOf[slot] === index) return known;
    const id = DECODER.decode(this.#letters.subarray(this.#begin(index), this.#ends[index]));
    this.#remembered[slot] = id;
    this.#rememberedOf[slot] = index;
    return id;
  }

  indexOf(id: string): number | undefined {
    const index = (this.#places[this.#find(spell(id))] as number) - 1;
    return index < 0 ? undefined : index;
  }

  /** Its index, the next free one where it was not here. */
  add(id: string): number {
    const spelled = spell(id);
    const place = this.#find(spelled);
    const known = this.#places[place] as number;
    if (known > 0) return known - 1;
    const index = this.#count++;
    const begin = this.#begin(index);
    this.#ends = withRoom(this.#ends, this.#count);
    this.#letters = withRoom(this.#letters, begin + spelled.length);
    this.#ends[index] = begin + spelled.length;
    this.#letters.set(spelled, begin);
    this.#places[place] = this.#count;
    if (4 * (this.#count + 1) > 3 * this.#places.length) this.#place();
    return index;
  }

  /** Where the id is, or would be. */
  #find(spelled: Uint8Array): number {
    const mask = this.#places.length - 1;
    let place = hashOf(spelled, 0, spelled.length) & mask;
    for (;;) {
      const index = (this.#places[place] as number) - 1;
      if (index < 0 || this.#isAt(index, spelled)) return place;
      place = (place + 1) & mask;
    }
  }

  #isAt(index: number, spelled: Uint8Array): boolean {
    const begin = this.#begin(index);
    if ((this.#ends[index] as number) - begin !== spelled.length) return false;
    for (let at = 0; at < spelled.length; at++) if (this.#letters[begin + at] !== spelled[at]) return false;
    return true;
  }
}

function withRoom<A extends Int32Array | Uint8Array>(array: A, length: number): A {
  if (length <= array.length) return array;
  const room = Math.max(256, Math.ceil(1.5 * array.length), length);
  const larger = (array instanceof Int32Array ? new Int32Array(room) : new Uint8Array(room)) as A;
  larger.set(array);
  return larger;
}

const LINE = new Uint8Array(64);
const LINES = Array.from({ length: LINE.length + 1 }, (_, length) => LINE.subarray(0, length));

/** An id's bytes, until the next one is spelled. Most are short and of plain letters, and need no encoder. */
function spell(id: string): Uint8Array {
  const short = LINES[id.length];
  if (!short) return ENCODER.encode(id);
  for (let at = 0; at < id.length; at++) {
    const letter = id.charCodeAt(at);
    if (letter > 127) return ENCODER.encode(id);
    LINE[at] = letter;
  }
  return short;
}

/** FNV-1a, with its upper half mixed in: the lower bits say the place. */
function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = begin; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
