/**
 * The `Ai` contract without a model: a hashing embedder over words and character n-grams (Korean and English), and a
 * template copywriter. Deterministic; texts that share words or parts of words are near each other.
 */
import { disassemble } from "es-hangul";
import type { Ai } from "../../deps.ts";
import { hash32 } from "../../lib/hash.ts";

const DIMENSIONS = 256;
/** Places of a feature: two features that meet in one of them do not meet in the other, and cannot cancel each other. */
const COPIES = 2;

/**
 * Particles that hang on Korean nouns, by what the syllable before them ends in (a consonant, a vowel, or either): 코트를 and
 * 옷을, but never 가을 → 가. Source: 국립국어원, 표준국어대사전, 조사.
 */
const AFTER_CONSONANT = ["이라는", "으로는", "으로", "이나", "이랑", "이며", "은", "이", "을", "과"];
const AFTER_VOWEL = ["라는", "로는", "로", "나", "랑", "며", "는", "가", "를", "와"];
const AFTER_ANY = [
  "에서는",
  "에게서",
  "에서",
  "에게",
  "에는",
  "까지",
  "부터",
  "처럼",
  "보다",
  "하고",
  "의",
  "에",
  "도",
  "만",
];

const FIRST_SYLLABLE = "가".charCodeAt(0);
const FINALS = 28;
const RIEUL = 8;

/** Final consonant of the last syllable as its number in Unicode's order, 0 for none. */
const finalOf = (word: string) => (word.charCodeAt(word.length - 1) - FIRST_SYLLABLE) % FINALS;

/** The word without its particle, where it can have one: what remains may be the noun, or a part of one (고양이 → 고양). */
function stemOf(word: string): string | undefined {
  const fits = (particle: string, isAllowed: (final: number) => boolean) => {
    const stem = word.slice(0, -particle.length);
    return stem !== "" && word.endsWith(particle) && isAllowed(finalOf(stem)) ? stem : undefined;
  };
  for (const [particles, isAllowed] of [
    [AFTER_ANY, () => true],
    [AFTER_CONSONANT, (final: number) => final !== 0],
    // 로 follows ㄹ as well: 서울로.
    [AFTER_VOWEL, (final: number) => final === 0 || final === RIEUL],
  ] as const) {
    for (const particle of particles) {
      const stem = fits(particle, isAllowed);
      if (stem !== undefined) return stem;
    }
  }
  return undefined;
}

/** Lower-cased words of letters and digits. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Weights: a word, its stem, its head, parts of two syllables or three letters, parts as they are spelled. */
const WEIGHTS = { word: 1, stem: 0.8, head: 0.7, part: 0.4, letters: 0.12 };
/** Syllables of a compound's end, which says what the thing is: 하프코트 is a 코트. */
const HEAD = 2;

/**
 * The features of a text with their weights: whole words; Korean words also without their particles, since only a dictionary
 * would know which is the noun (both 고양이 and 고양이를 have 고양이 among theirs); their last syllables, since the end of a
 * compound says what it is (하프코트); and parts, which relate what
 * differs in its ending (따뜻한, 따뜻하고).
 */
function* features(text: string): Generator<[string, number]> {
  for (const word of wordsOf(text)) {
    yield [`w:${word}`, WEIGHTS.word];
    const isKorean = /^[가-힣]+$/.test(word);
    if (isKorean) {
      if (word.length > HEAD) yield [`w:${word.slice(-HEAD)}`, WEIGHTS.head];
      for (let stem = stemOf(word), weight = WEIGHTS.stem; stem !== undefined; stem = stemOf(stem)) {
        yield [`w:${stem}`, weight];
        if (stem.length > HEAD) yield [`w:${stem.slice(-HEAD)}`, weight * WEIGHTS.head];
        weight /= 2;
      }
      yield* parts("j", [...disassemble(word)], 3, WEIGHTS.letters);
    }
    yield* parts("g", [...word], isKorean ? 2 : 3, WEIGHTS.part);
  }
}

function* parts(kind: string, characters: string[], size: number, weight: number): Generator<[string, number]> {
  for (let at = 0; at + size <= characters.length; at++) {
    yield [`${kind}:${characters.slice(at, at + size).join("")}`, weight];
  }
}

/** Every bit depends on every bit (the last step of MurmurHash3). */
function mixed(hash: number): number {
  let mix = hash | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

function embedOne(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const [feature, weight] of features(text)) {
    const seed = hash32(feature);
    for (let copy = 0; copy < COPIES; copy++) {
      const hash = mixed(seed + copy * 0x9e37_79b9);
      const place = hash % DIMENSIONS;
      vector[place] = (vector[place] ?? 0) + (hash & 0x8000_0000 ? weight : -weight);
    }
  }
  let square = 0;
  for (const value of vector) square += value * value;
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return vector.map((value) => value * scale);
}

export function openEmbeddedAi(): Ai {
  return {
    dimensions: DIMENSIONS,
    embed: async (texts) => texts.map(embedOne),
    async write({ facts, locale, maxCharacters }) {
      const call = locale === "ko" ? "지금 확인해 보세요." : "Take a look now.";
      const text = facts.product ? `${facts.product} · ${call}` : call;
      return [...text].slice(0, maxCharacters).join("");
    },
  };
}
