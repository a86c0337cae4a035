/**
 * Korean words without what hangs on them, by rule and without a dictionary: particles of nouns, endings of verbs and adjectives.
 * What it gives are candidates, good for comparing words with each other, not for showing to anybody. (Morphological analyzers that
 * run in JavaScript bring a dictionary of 4 to 23 MB, more than a Worker may weigh.)
 */

/**
 * Particles that hang on Korean nouns, by what the syllable before them ends in (a consonant, a vowel, or either): 코트를 and
 * 옷을, but never 가을 → 가. The plural is among them. Source: 국립국어원, 표준국어대사전, 조사.
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
  "들",
];

const FIRST_SYLLABLE = "가".charCodeAt(0);
const FINALS = 28;
const RIEUL = 8;

/** Final consonant of the last syllable as its number in Unicode's order, 0 for none. */
const finalOf = (word: string) => (word.charCodeAt(word.length - 1) - FIRST_SYLLABLE) % FINALS;

/** The word without its particle, where it can have one: what remains may be the noun, or a part of one (고양이 → 고양). */
export function withoutParticle(word: string): string | undefined {
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

/** Letters of a syllable: first consonants, vowels and finals are different characters (NFD). */
const apart = (text: string) => text.normalize("NFD");
const [FINAL_N, FINAL_L, FINAL_M, FINAL_B, FINAL_SS] = ["\u11ab", "\u11af", "\u11b7", "\u11b8", "\u11bb"];
const [EU, A, EO] = ["\u1173", "\u1161", "\u1165"];

/** What stands behind the past's ㅆ, and behind the form in 아/어. */
const AFTER_PAST = ["어요", "습니다", "다", "던", "고", "지만", "는데", "으면", "네요"];
const AFTER_A = ["요", "서", "도", "야", "지는", "진", "집니다"];
/** Endings that follow the stem as it is, longest first. Source: 국립국어원, 표준국어대사전, 어미. */
const ENDINGS = [
  ...AFTER_PAST.map((end) => FINAL_SS + apart(end)),
  ...[
    "습니다",
    "으니까",
    "으면서",
    "면서",
    "니까",
    "지만",
    "는데",
    "은데",
    "거나",
    "도록",
    "으면",
    "으며",
    "네요",
    "군요",
    "을까",
  ].map(apart),
  ...[`${FINAL_B}니다`, `${FINAL_N}데`, `${FINAL_L}까`].map(apart),
  ...AFTER_A.map(apart),
  ...["고", "게", "지", "며", "면", "는", "은", "을", "던", "다", "음"].map(apart),
  FINAL_N,
  FINAL_L,
  FINAL_M,
].sort((one, other) => other.length - one.length);

/** Vowels in which a stem's vowel and the 아/어 behind it became one: 마셔 is 마시, 봐 is 보, 배워 is 배우, 돼 is 되. */
const CONTRACTED: Record<string, string> = {
  "\u1167": "\u1175",
  "\u116a": "\u1169",
  "\u116f": "\u116e",
  "\u116b": "\u116c",
};
/** Nothing shorter is a stem: 크 and 꺼 would be one with too much. */
const SHORTEST = 2;

/** 어 and 아 behind a consonant, an ending of their own: 입어요, 입었다. */
const OPEN_ENDING = new RegExp(`(?<=[\u11a8-\u11ff])\u110b[${A}${EO}]$`);
/** 따뜻해요 is 따뜻하. */
const HAE = /\u1112\u1162$/;
/** 만드는 is 만들, 긴 is 길. */
const LAST_L = new RegExp(`${FINAL_L}$`);
/** 가벼운 is 가볍. */
const OPEN_U = /(?<=[\u1161-\u1175])\u110b\u116e$/;
/** 예뻐요 is 예쁘. */
const LAST_VOWEL = new RegExp(`(?<=[\u1100-\u1112])[${EU}${A}${EO}]$`);

/**
 * What the forms of a verb or an adjective have in common, as letters: 예쁜, 예쁘고 and 예뻐요; 가벼운 and 가볍고; 따뜻한 and
 * 따뜻하게; 입는 and 입고. Undefined where no ending is seen. Stems whose last letter changes in other ways (듣다, 다르다, 짓다) keep their
 * different forms.
 */
export function predicateStem(word: string): string | undefined {
  const letters = apart(word);
  const ending = ENDINGS.find((each) => letters.endsWith(each) && letters.length - each.length >= SHORTEST);
  if (ending === undefined) return undefined;
  let stem = letters.slice(0, -ending.length).replace(OPEN_ENDING, "");
  const vowel = CONTRACTED[stem.at(-1) ?? ""];
  if (vowel !== undefined) stem = stem.slice(0, -1) + vowel;
  stem = stem.replace(HAE, `\u1112${A}`).replace(LAST_L, "").replace(OPEN_U, FINAL_B).replace(LAST_VOWEL, "");
  return stem.length >= SHORTEST ? stem : undefined;
}
