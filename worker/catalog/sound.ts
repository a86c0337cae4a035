/**
 * How a word sounds, by its consonants, so that a loan word is found in either script: 블루투스 and bluetooth, 아이폰 and iPhone.
 * Consonants that Korean writes for one another in loan words (b and p, d and t, g and k) are the same letter, vowels are left out
 * but for one that begins the word. Rules of spelling, no dictionary: what is spelled unlike it is spoken (knife, choir, 와인)
 * is often not found, and short words that sound alike are taken for each other. Pure.
 */

/** First consonants, in Unicode's order: ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ; ㅇ is silent. */
const FIRST = [..."KKNTTLMPPSS", "", ..."JJJKTPH"];
/** Finals as they are spoken: ㅅ is a t (로봇), ㅇ is ng. */
const FINAL = ["", ..."KKKNNNTLLLLLLLLMPPTTGTTKTPT"];
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES = 11_172;

/** What English letters are in Korean's loan words, the first rule that fits; behind a vowel an r is not heard. */
const LETTERS: [RegExp, string][] = [
  [/^kn|^gn/, "N"],
  [/^wh/, "H"],
  [/^dge|^tch|^ch|^j/, "J"],
  [/^[ts]ion/, "SN"],
  [/^sh|^th/, "S"],
  [/^ts$/, "S"],
  [/^ph|^[pbvf]/, "P"],
  [/^ck|^c(?![eiy])|^k|^qu?/, "K"],
  [/^c/, "S"],
  [/^gh/, ""],
  [/^ng/, "G"],
  [/^g(?=e$|es$)/, "J"],
  [/^g/, "K"],
  [/^x/, "KS"],
  [/^[dt]/, "T"],
  [/^s/, "S"],
  [/^z/, "J"],
  [/^m/, "M"],
  [/^n/, "N"],
  [/^l/, "L"],
  [/^r(?=[aiouy]|e.)/, "L"],
  [/^h(?=[aeiouy])/, "H"],
];

/** As capital letters, none where the word is neither Hangul nor English letters alone. */
export function soundOf(word: string): string {
  const isHangul = [...word].every((letter) => codeOf(letter) !== undefined);
  const spoken = isHangul ? hangulSound(word) : /^[a-z]+$/.test(word) ? englishSound(word) : "";
  // 스니커즈 and sneakers, 부츠 and boots.
  return spoken.replace(/J$/, "S");
}

function codeOf(letter: string): number | undefined {
  const code = letter.charCodeAt(0) - FIRST_SYLLABLE;
  return code >= 0 && code < SYLLABLES ? code : undefined;
}

function hangulSound(word: string): string {
  let sound = "";
  for (const [place, letter] of [...word].entries()) {
    const code = codeOf(letter) ?? 0;
    const first = FIRST[Math.floor(code / 588)] ?? "";
    // ㄹㄹ is one l: 블루.
    if (first === "" && place === 0) sound += "A";
    else if (!(first === "L" && sound.endsWith("L"))) sound += first;
    sound += FINAL[code % 28] ?? "";
  }
  return sound;
}

function englishSound(word: string): string {
  const letters = word.replace(/([b-df-hj-np-tv-z])\1/g, "$1");
  let sound = /^[aeiou]/.test(letters) ? "A" : /^w(?!h)|^y/.test(letters) ? "A" : "";
  for (let at = 0; at < letters.length; ) {
    const rest = letters.slice(at);
    const rule = LETTERS.find(([pattern]) => pattern.test(rest));
    sound += rule?.[1] ?? "";
    at += rule ? (rule[0].exec(rest)?.[0].length ?? 1) : 1;
  }
  return sound;
}
