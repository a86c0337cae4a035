/**
 * The `Ai` contract without a model: a hashing embedder over words and character n-grams (Korean and English), and a
 * template copywriter. Deterministic; texts that share words or parts of words are near each other.
 */
import type { Ai } from "../../deps.ts";
import { hash32 } from "../../lib/hash.ts";

const DIMENSIONS = 256;

/** Case particles and endings that hang on Korean nouns; longest first. */
const PARTICLES =
  /(에서는|으로는|에게서|이라는|에서|으로|에게|까지|부터|처럼|보다|이나|라는|은|는|이|가|을|를|의|에|로|와|과|도|만|나)$/;

/** Lower-cased words of letters and digits; Korean words of three syllables and more without their particle. */
export function words(text: string): string[] {
  const found =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return found.map((word) => (/^[가-힣]{3,}$/.test(word) ? word.replace(PARTICLES, "") : word));
}

/** The features of a text with their weights: whole words, and the parts that relate words to each other. */
function* features(text: string): Generator<[string, number]> {
  for (const word of words(text)) {
    yield [`w:${word}`, 1];
    const size = /[가-힣]/.test(word) ? 2 : 3;
    const characters = [...word];
    for (let i = 0; i + size <= characters.length; i++) yield [`g:${characters.slice(i, i + size).join("")}`, 0.4];
  }
}

function embedOne(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const [feature, weight] of features(text)) {
    const hash = hash32(feature);
    const place = hash % DIMENSIONS;
    vector[place] = (vector[place] ?? 0) + (hash & 0x8000_0000 ? weight : -weight);
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
