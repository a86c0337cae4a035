/**
 * Korean particles after any name: es-hangul chooses right after Hangul; this reads what it cannot, digits as Koreans count
 * and Latin letters as they are spelled or sounded. Brackets are read by what stands in them: "셔츠 (블랙)" + 을.
 */
import { josa } from "es-hangul";
import { remembered } from "./remembered.ts";

export type Particle = Parameters<typeof josa.pick>[1];

/** Stand-ins for the three endings that particles know: a vowel, ㄹ (which takes 로), another consonant. */
const VOWEL = "아";
const RIEUL = "알";
const CONSONANT = "안";

/** 영 일 이 삼 사 오 육 칠 팔 구 */
const DIGITS = [CONSONANT, RIEUL, VOWEL, CONSONANT, VOWEL, VOWEL, CONSONANT, RIEUL, RIEUL, VOWEL];

function endingOf(text: string): string {
  const last = text.match(/[\p{L}\p{N}%](?=[^\p{L}\p{N}%]*$)/u)?.[0];
  if (last === undefined || last === "%") return VOWEL;
  if (/[가-힣]/.test(last)) return last;
  const readable = text.slice(0, text.lastIndexOf(last) + 1);
  if (/\d/.test(last)) {
    const zeros = /(\d)(0*)$/.exec(readable.replaceAll(",", ""));
    // 십, 백, 천, 만 and 억 end in a consonant; a lone zero is 영.
    if (zeros?.[2]) return CONSONANT;
    return DIGITS[Number(last)] ?? VOWEL;
  }
  if (!/[A-Za-z]/.test(last)) return VOWEL;
  const word = /[A-Za-z]+$/.exec(readable)?.[0] ?? last;
  const isSpelled = word === word.toUpperCase();
  const letter = last.toLowerCase();
  // 엘, and words as they sound (denim 데님, pearl 펄); a final r sounds only when spelled (알).
  if (letter === "l" || (isSpelled && letter === "r")) return RIEUL;
  return letter === "m" || letter === "n" ? CONSONANT : VOWEL;
}

/** Of each particle the forms after titles: a list says the same title a dozen times. */
const [PARTICLES, TITLES_KEPT] = [50, 500];
const formOf = remembered(PARTICLES, (particle: Particle) =>
  remembered(TITLES_KEPT, (text: string) => josa.pick(endingOf(text), particle)),
);

/** The form of the particle that follows `text`: ("울 코트", "와/과") → "와". */
export function particleAfter(text: string, particle: Particle): string {
  return formOf(particle)(text);
}
