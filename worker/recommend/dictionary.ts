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
  readonly #base: Spelled;
  /** Behind those of the base: what refreshes have added. */
  readonly added: readonly string[];
  readonly #addedIndexes: ReadonlyMap<string, number>;

  private constructor(base: Spelled, added: readonly string[]) {
    this.#base = base;
    this.added = added;
    this.#addedIndexes = new Map(added.map((id, place) => [id, base.count + place]));
  }

  /** @param ids each once */
  static of(ids: Iterable<string>): Dictionary {
    return new Dictionary(Spelled.of(ids), []);
  }

  /** The opposite of `bytes`. Throws when they are damaged. */
  static read(bytes: Uint8Array): Dictionary {
    const reader = new PartReader(unseal(bytes));
    return new Dictionary(new Spelled(reader.integers(), reader.bytes()), []);
  }

  /** As they were before `extended`. */
  bytes(): Uint8Array {
    return seal(packParts([this.#base.ends, this.#base.letters]));
  }

  get length(): number {
    return this.#base.count + this.added.length;
  }

  /** Bytes that it takes, about. */
  get memory(): number {
    return this.#base.memory + 100 * this.added.length;
  }

  at(index: number): string | undefined {
    return index < this.#base.count ? this.#base.at(index) : this.added[index - this.#base.count];
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

/** Ids one behind the other in UTF-8, and a hash table of their indexes. */
class Spelled {
  /** Behind the last byte of each. */
  readonly ends: Int32Array;
  readonly letters: Uint8Array;
  /** 1 + index at the place that the id's hash says, or the next free one behind it. */
  readonly #places: Int32Array;
  readonly #remembered: (string | undefined)[] = new Array(REMEMBERED);
  readonly #rememberedOf = new Int32Array(REMEMBERED).fill(-1);

  constructor(ends: Int32Array, letters: Uint8Array) {
    this.ends = ends;
    this.letters = letters;
    let room = 16;
    while (3 * room < 4 * ends.length) room *= 2;
    this.#places = new Int32Array(room);
    let begin = 0;
    for (let index = 0; index < ends.length; index++) {
      const end = ends[index] as number;
      let place = hashOf(letters, begin, end) & (room - 1);
      while (this.#places[place] !== 0) place = (place + 1) & (room - 1);
      this.#places[place] = index + 1;
      begin = end;
    }
  }

  static of(ids: Iterable<string>): Spelled {
    const ends: number[] = [];
    let letters = new Uint8Array(1 << 12);
    let used = 0;
    for (const id of ids) {
      const spelled = spell(id);
      if (used + spelled.length > letters.length) {
        const larger = new Uint8Array(Math.max(2 * letters.length, used + spelled.length));
        larger.set(letters);
        letters = larger;
      }
      letters.set(spelled, used);
      used += spelled.length;
      ends.push(used);
    }
    return new Spelled(Int32Array.from(ends), letters.slice(0, used));
  }

  get count(): number {
    return this.ends.length;
  }

  get memory(): number {
    return this.ends.byteLength + this.letters.byteLength + this.#places.byteLength + 64 * REMEMBERED;
  }

  at(index: number): string | undefined {
    const end = this.ends[index];
    if (end === undefined) return undefined;
    const slot = index & (REMEMBERED - 1);
    const known = this.#remembered[slot];
    if (known !== undefined && this.#rememberedOf[slot] === index) return known;
    const id = DECODER.decode(this.letters.subarray(index === 0 ? 0 : this.ends[index - 1], end));
    this.#remembered[slot] = id;
    this.#rememberedOf[slot] = index;
    return id;
  }

  indexOf(id: string): number | undefined {
    const spelled = spell(id);
    const mask = this.#places.length - 1;
    for (let place = hashOf(spelled, 0, spelled.length) & mask; ; place = (place + 1) & mask) {
      const index = (this.#places[place] as number) - 1;
      if (index < 0) return undefined;
      if (this.#isAt(index, spelled)) return index;
    }
  }

  #isAt(index: number, spelled: Uint8Array): boolean {
    const begin = index === 0 ? 0 : (this.ends[index - 1] as number);
    if ((this.ends[index] as number) - begin !== spelled.length) return false;
    for (let at = 0; at < spelled.length; at++) if (this.letters[begin + at] !== spelled[at]) return false;
    return true;
  }
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
