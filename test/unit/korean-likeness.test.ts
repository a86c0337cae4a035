/** Neighbors that a person can check: what the embedded embedder, which knows no dictionary, takes for alike in Korean. */
import { expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { contentText } from "../../worker/catalog/words.ts";
import { openEmbeddedAi } from "../../worker/platform/ai/embedded.ts";

const SHOP = [
  "울 하프코트",
  "캐시미어 머플러",
  "고양이 사료 2kg",
  "강아지 사료 2kg",
  "가을 자켓",
  "따뜻한 니트",
  "여름 원피스",
  "러닝 운동화",
  "가죽 가방",
  "책상 조명",
  "서울 여행 안내서",
  "바나나 우유",
];

const ai = openEmbeddedAi();
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

async function nearest(text: string): Promise<string | undefined> {
  const [asked, ...items] = await ai.embed([text, ...SHOP]);
  const ranked = items.map((item, index) => ({ title: SHOP[index], score: dot(asked!, item) }));
  return ranked.sort((one, other) => other.score - one.score)[0]?.title;
}

it.each([
  // Particles
  ["코트를 찾아요", "울 하프코트"],
  ["고양이를 위한 것", "고양이 사료 2kg"],
  ["고양이에게는 무엇을", "고양이 사료 2kg"],
  ["운동화는 어디에", "러닝 운동화"],
  ["가방을 샀어요", "가죽 가방"],
  ["서울로 가요", "서울 여행 안내서"],
  // Not particles
  ["바나나", "바나나 우유"],
  ["가을", "가을 자켓"],
  // Endings
  ["따뜻하고 포근한 니트", "따뜻한 니트"],
  ["따뜻해요", "따뜻한 니트"],
  // Compounds
  ["롱코트", "울 하프코트"],
  ["책상조명", "책상 조명"],
])("%s → %s", async (text, expected) => {
  expect(await nearest(text)).toBe(expected);
});

/** Forms of a word, and words that only look alike. */
const RELATED = [
  ["예쁜", "예뻐요"],
  ["예쁜", "예쁘고"],
  ["입는", "입고"],
  ["입었던", "입고"],
  ["가벼운", "가볍고"],
  ["가벼워요", "가볍고"],
  ["매운", "맵고"],
  ["따뜻한", "따뜻하게"],
  ["따뜻해요", "따뜻한"],
  ["만드는", "만들고"],
  ["긴", "길고"],
  ["부드러운", "부드럽게"],
  ["비싼", "비싸고"],
  ["원피스들", "원피스"],
  ["원피스들은", "원피스"],
  ["머그컵", "머그"],
  ["코트를", "코트"],
  ["울코트", "울 코트"],
] as const;
const UNRELATED = [
  ["예쁜", "가벼운"],
  ["입는", "신는"],
  ["입고", "가볍고"],
  ["따뜻한", "시원한"],
  ["가볍고", "무겁고"],
  ["예뻐요", "나빠요"],
  ["코트", "카드"],
  ["코튼", "코트"],
  ["원피스", "피자"],
  ["머그컵", "종이컵"],
  ["청바지", "청소기"],
  ["바지", "바나나"],
] as const;

it("finds the forms of a word clearly nearer than words that only look alike", async () => {
  const cosine = async ([one, other]: readonly [string, string]) => {
    const [a, b] = await ai.embed([one, other]);
    return { pair: `${one} ${other}`, cosine: dot(a!, b!) };
  };
  for (const { pair, cosine: found } of await Promise.all(RELATED.map(cosine)))
    expect(found, pair).toBeGreaterThan(0.2);
  for (const { pair, cosine: found } of await Promise.all(UNRELATED.map(cosine))) expect(found, pair).toBeLessThan(0.1);
});

it("goes by what a thing is called, and only a little by what its description says", async () => {
  const items = demoCatalog();
  const share = async (texts: string[]) => {
    const vectors = await ai.embed(texts);
    const same = items.map(({ category }, place) => {
      const ranked = vectors
        .map((vector, other) => ({ other, score: other === place ? -1 : dot(vector, vectors[place]!) }))
        .sort((one, other) => other.score - one.score);
      return ranked.slice(0, 6).filter(({ other }) => items[other]!.category === category).length / 6;
    });
    return same.reduce((sum, each) => sum + each, 0) / items.length;
  };
  const described = await share(items.map(contentText));
  const named = await share(items.map((item) => contentText({ ...item, description: null })));
  expect(named).toBeGreaterThan(0.93);
  expect(described).toBeGreaterThan(0.88);
});

it("tells apart what only sounds like a particle", async () => {
  const [autumn, going, cat, cats] = await ai.embed(["가을", "가", "고양이", "고양이를"]);
  expect(dot(autumn!, going!)).toBeLessThan(0.2);
  expect(dot(cat!, cats!)).toBeGreaterThan(0.6);
});
