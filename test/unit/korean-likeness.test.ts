/** Neighbors that a person can check: what the embedded embedder, which knows no dictionary, takes for alike in Korean. */
import { expect, it } from "vitest";
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

it("tells apart what only sounds like a particle", async () => {
  const [autumn, going, cat, cats] = await ai.embed(["가을", "가", "고양이", "고양이를"]);
  expect(dot(autumn!, going!)).toBeLessThan(0.2);
  expect(dot(cat!, cats!)).toBeGreaterThan(0.6);
});
