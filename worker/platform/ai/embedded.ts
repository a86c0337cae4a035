/**
 * The `Ai` contract without a model: a hashing embedder over words and character n-grams (Korean and English), and a
 * template copywriter. Deterministic; texts that share words or parts of words are near each other.
 */
import { disassemble } from "es-hangul";
import type { Ai } from "../../deps.ts";
import { hash32 } from "../../lib/hash.ts";
import { predicateStem, withoutParticle } from "./korean.ts";

const DIMENSIONS = 256;
/** To be raised with every change of the vectors that it makes. */
const EMBEDDER = "hashing-2";
/** In the demo's catalog 98 % of pairs within a category are above, 98 % of others below; in a sports shop 99 % are above. */
const LEAST_LIKENESS = 0.3;
/** Places of a feature: two features that meet in one of them do not meet in the other, and cannot cancel each other. */
const COPIES = 2;

/** Lower-cased words of letters and digits. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Weights: a word, its stem, its head, its beginning, parts of two syllables or three letters, parts as they are spelled. */
const WEIGHTS = { word: 1, stem: 0.8, head: 0.7, beginning: 0.4, part: 0.4, letters: 0.12 };
/** Syllables of a compound's end, which says what the thing is (하프코트 is a 코트), and of its beginning (머그컵 is a 머그). */
const HEAD = 2;

/**
 * The features of a text with their weights: whole words; Korean words also without their particles, since only a dictionary
 * would know which is the noun (both 고양이 and 고양이를 have 고양이 among theirs); what the forms of a verb have in common (예쁜,
 * 예뻐요); a compound's last syllables, which say what it is (하프코트), and its first; and parts.
 */
function featuresOf(word: string): [string, number][] {
  const features: [string, number][] = [[`w:${word}`, WEIGHTS.word]];
  const isKorean = /^[가-힣]+$/.test(word);
  if (isKorean) {
    if (word.length > HEAD) {
      features.push([`w:${word.slice(-HEAD)}`, WEIGHTS.head], [`w:${word.slice(0, HEAD)}`, WEIGHTS.beginning]);
    }
    for (let stem = withoutParticle(word), weight = WEIGHTS.stem; stem !== undefined; stem = withoutParticle(stem)) {
      features.push([`w:${stem}`, weight]);
      if (stem.length > HEAD) features.push([`w:${stem.slice(-HEAD)}`, weight * WEIGHTS.head]);
      weight /= 2;
    }
    const predicate = predicateStem(word);
    if (predicate !== undefined) features.push([`p:${predicate}`, WEIGHTS.stem]);
    features.push(...parts("j", [...disassemble(word)], 3, WEIGHTS.letters));
  }
  features.push(...parts("g", [...word], isKorean ? 2 : 3, WEIGHTS.part));
  return features;
}

function parts(kind: string, characters: string[], size: number, weight: number): [string, number][] {
  return Array.from({ length: Math.max(0, characters.length - size + 1) }, (_, at) => [
    `${kind}:${characters.slice(at, at + size).join("")}`,
    weight,
  ]);
}

/** Every bit depends on every bit (the last step of MurmurHash3). */
function mixed(hash: number): number {
  let mix = hash | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** How much of a vector is what stands below its first empty line, where the names of a thing end and its description begins. */
const BELOW = 0.2;

/** What a word adds to a vector: places, and how much each. */
type Share = [place: number, value: number][];

/** One batch of texts: the words of a catalog come again and again, and what each adds is found once. */
class Batch {
  readonly #shares = new Map<string, Share>();

  vectorOf(text: string): Float32Array {
    const end = text.indexOf("\n\n");
    const vector = this.#directionOf(end < 0 ? text : text.slice(0, end));
    if (end < 0) return vector;
    const below = this.#directionOf(text.slice(end));
    return unit(vector.map((value, place) => value + BELOW * (below[place] ?? 0)));
  }

  #directionOf(text: string): Float32Array {
    const vector = new Float32Array(DIMENSIONS);
    for (const word of wordsOf(text)) {
      let share = this.#shares.get(word);
      if (!share) {
        share = shareOf(word);
        this.#shares.set(word, share);
      }
      for (const [place, value] of share) vector[place] = (vector[place] ?? 0) + value;
    }
    return unit(vector);
  }
}

/** Each word weighs the same, or a long brand with many parts would outweigh what the thing is. */
function shareOf(word: string): Share {
  const features = featuresOf(word);
  const scale = 1 / Math.sqrt(features.reduce((sum, [, weight]) => sum + weight * weight, 0));
  return features.flatMap(([feature, weight]) => {
    const seed = hash32(feature);
    return Array.from({ length: COPIES }, (_, copy): [number, number] => {
      const hash = mixed(seed + copy * 0x9e37_79b9);
      return [hash % DIMENSIONS, hash & 0x8000_0000 ? scale * weight : -scale * weight];
    });
  });
}

function unit(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return vector.map((value) => value * scale);
}

export function openEmbeddedAi(): Ai {
  return {
    dimensions: DIMENSIONS,
    embedder: EMBEDDER,
    leastLikeness: LEAST_LIKENESS,
    async embed(texts) {
      const batch = new Batch();
      return texts.map((text) => batch.vectorOf(text));
    },
    async write({ facts, locale, maxCharacters }) {
      const call = locale === "ko" ? "지금 확인해 보세요." : "Take a look now.";
      const text = facts.product ? `${facts.product} · ${call}` : call;
      return [...text].slice(0, maxCharacters).join("");
    },
  };
}
