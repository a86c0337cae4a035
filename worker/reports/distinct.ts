/**
 * How many different things there were over several days, from a text of at most a thousand characters a day: HyperLogLog
 * (Flajolet, Fusy, Gandouet, Meunier: AofA 2007) with its linear counting of small numbers. Within 3 % of the truth two
 * times out of three, a few dozen within one or two. Pure.
 */
import { hash32 } from "../lib/hash.ts";

const INDEX_BITS = 10;
const REGISTERS = 1 << INDEX_BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
/** A register's rank as a character: "0" for nothing yet. */
const NONE = "0".charCodeAt(0);

/** Of these names; empty for none. */
export function sketchOf(names: Iterable<string>): string {
  const ranks = new Uint8Array(REGISTERS);
  for (const name of names) {
    const hash = hash32(name);
    const place = hash >>> (32 - INDEX_BITS);
    const rank = Math.min(Math.clz32(hash << INDEX_BITS), 32 - INDEX_BITS) + 1;
    if (rank > (ranks[place] as number)) ranks[place] = rank;
  }
  return write(ranks);
}

/** Of all that any of them has seen. */
export function mergeSketches(sketches: readonly string[]): string {
  const ranks = new Uint8Array(REGISTERS);
  for (const sketch of sketches) {
    for (let place = 0; place < Math.min(REGISTERS, sketch.length); place++) {
      const rank = sketch.charCodeAt(place) - NONE;
      if (rank > (ranks[place] as number)) ranks[place] = rank;
    }
  }
  return write(ranks);
}

/** About how many different names a sketch has seen. */
export function countDistinct(sketch: string): number {
  let sum = REGISTERS - sketch.length;
  let empty = REGISTERS - sketch.length;
  for (let place = 0; place < sketch.length; place++) {
    const rank = sketch.charCodeAt(place) - NONE;
    if (rank === 0) empty++;
    sum += 2 ** -rank;
  }
  const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
  const isSmall = estimate <= 2.5 * REGISTERS && empty > 0;
  return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / empty) : estimate);
}

/** What is empty at the end is left out. */
function write(ranks: Uint8Array): string {
  return String.fromCharCode(...ranks.map((rank) => rank + NONE)).replace(/0+$/, "");
}
