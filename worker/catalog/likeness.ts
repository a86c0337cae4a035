/**
 * What items can be alike in, and the vectors of titles: parts of words as they sound, so that "코트" and "코우트", "sneaker"
 * and "sneakers", "블루투스" and "bluetooth" are near. Pure.
 */
import { disassemble } from "es-hangul";
import { hash32 } from "../lib/hash.ts";
import { soundOf } from "./sound.ts";

export const LIKENESSES = ["content", "titles", "design"] as const;
export type Likeness = (typeof LIKENESSES)[number];

/** The vector index's namespace of a likeness: content has the site's own. */
export function namespaceOf(siteId: string, likeness: Likeness): string {
  return likeness === "content" ? siteId : `${siteId}~${likeness}`;
}

/** Which release of `fitted` made a vector: a change makes every item with a picture a different one. */
export const DESIGN_VECTORS = "designs-2";

/**
 * A shop's own vector in the index's dimension, in which all of a site's vectors have to be: a shorter one is filled with zeros,
 * which keeps every cosine; a longer one is folded, which keeps cosines within about 1/√dimensions (Weinberger et al. 2009,
 * "Feature hashing for large scale multitask learning"). The signs are those of its length: vectors of another length, which are
 * another model's, are like it in nothing.
 */
export function fitted(values: readonly number[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [at, value] of values.entries()) {
    const place = at % dimensions;
    const sign = hash32(`d:${values.length}:${at}`) & 1 ? 1 : -1;
    vector[place] = (vector[place] ?? 0) + sign * value;
  }
  return vector;
}

/** Which release of `titleVector` made a vector. */
export const TITLE_VECTORS = "titles-2";

/** Cosine of title vectors from which on titles are alike: of unlike ones in the demo's catalog 97 % are below, and misspelt ones above. */
export const LEAST_TITLE_LIKENESS = 0.18;

/**
 * The same for a search, which has fewer words than a title: of what the demo's catalog has nothing of, "아이폰 케이스" or "고양이 사료",
 * the nearest are below, in vectors of 256 as of 1024 numbers, and of what it has, also misspelt, the titles are above.
 */
export const LEAST_QUERY_LIKENESS = 0.25;

/** Weight of a part by its length. */
const PARTS = [
  [2, 0.5],
  [3, 1],
] as const;
/** Vowels that are spoken alike and written one for the other. */
const SPOKEN: Record<string, string> = { ㅔ: "ㅐ", ㅖ: "ㅒ", ㅚ: "ㅙ", ㅞ: "ㅙ" };
/** A whole word says more than one of its parts. */
const WORD_WEIGHT = 2;

/** Many words have the sound of one consonant, some that of two. */
const SHORTEST_SOUND = 2;
const CONSONANT_WEIGHT = 0.7;
const SOUND_WEIGHT = 3;

/** Hashed parts of words, two and three letters long (jamo for Hangul), and how words sound, over all of an item's titles; of the index's dimension. */
export function titleVector(titles: readonly string[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const add = (feature: string, weight: number) => {
    const hash = hash32(feature);
    const place = hash % dimensions;
    vector[place] = (vector[place] ?? 0) + (hash & 0x8000_0000 ? weight : -weight);
  };
  const found = titles.flatMap(
    (title) =>
      title
        .normalize("NFKC")
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
  for (const sound of new Set(found.map(soundOf))) {
    if (sound.length >= SHORTEST_SOUND) add(`s:${sound}`, Math.min(SOUND_WEIGHT, sound.length * CONSONANT_WEIGHT));
  }
  for (const word of new Set(found)) {
    const letters = ` ${disassemble(word).replace(/[ㅔㅖㅚㅞ]/g, (vowel) => SPOKEN[vowel] ?? vowel)} `;
    add(`w:${word}`, WORD_WEIGHT);
    for (const [size, weight] of PARTS) {
      for (let at = 0; at + size <= letters.length; at++) add(`p:${letters.slice(at, at + size)}`, weight);
    }
  }
  return vector;
}
