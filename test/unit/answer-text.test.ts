import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { answerText } from "../../worker/recommend/answer-text.ts";
import type { Candidate } from "../../worker/recommend/candidates.ts";
import { asOne, listedItem } from "../../worker/recommend/recommended-item.ts";
import type { CatalogShelf } from "../../worker/recommend/shelf.ts";

const item = (id: string, title: string): Item =>
  ({
    id,
    title,
    titles: {},
    url: `https://shop.test/${id}`,
    imageUrl: null,
    currency: "KRW",
    brand: 'A "quoted" brand',
    category: "옷 > 코트",
    price: 39_000,
    listPrice: 52_000,
  }) as unknown as Item;

describe("a list as JSON", () => {
  it("is what it would be if it were written as a whole, whatever stands in it, also the second time", () => {
    const coat = item("coat", '울 코트 \u2028 "롱" 🧥');
    const scarf = item("scarf", "\\ scarf");
    const shelf = { get: () => coat } as unknown as CatalogShelf;
    const candidate: Candidate = { id: "scarf", score: 0.123456, way: "also_viewed", parts: {} };
    const seeded: Candidate = {
      ...candidate,
      seed: { itemId: "coat", lag: 0, weight: 1, from: "history", kind: "viewed" },
    };
    const items = [
      listedItem({ candidate: seeded, item: scarf }, shelf, "ko"),
      listedItem({ candidate: { ...candidate, filler: true }, item: coat }, shelf, "en"),
    ];
    const rest = {
      recommendationId: "rec_1",
      placement: "home",
      title: "추천",
      layout: "grid" as const,
      fallbackLevel: "personal" as const,
      variant: null,
      relaxed: ["viewed"],
    };
    const whole = { ...rest, items: items.map(asOne) };
    expect(whole.items.map(({ score, source }) => [score, source])).toEqual([
      [0.1235, "also_viewed"],
      [0.1235, "catalog"],
    ]);
    for (const list of [items, items, items.slice(0, 1), []]) {
      const expected = { ...rest, items: list.map(asOne) };
      const text = new TextDecoder().decode(answerText({ ...rest, items: list }));
      expect(JSON.parse(text)).toEqual(expected);
      expect(text).toBe(JSON.stringify(expected));
    }
  });

  it("stays what it is when the next one is written", () => {
    const rest = {
      recommendationId: "rec_1",
      placement: "home",
      title: "추천",
      layout: "grid" as const,
      fallbackLevel: "catalog" as const,
      variant: null,
      items: [],
    };
    const first = answerText(rest);
    answerText({ ...rest, recommendationId: "rec_2" });
    expect(JSON.parse(new TextDecoder().decode(first))).toEqual(rest);
  });
});
