import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type PlacementFields,
  readPlacementForm,
  toPlacementFields,
} from "../../worker/http/admin/placement-fields.ts";
import { quoted } from "../../worker/http/admin/quoted.ts";
import { PlacementInput } from "../../worker/recommend/schema.ts";
import "../support/seed.ts";

/** What a browser leaves of a field of one line, and how often it sends a rule's rows. */
const sent = ({ pins, excludeItemIds, filter, ...fields }: PlacementFields) => {
  const inOneLine = (value: string) => value.replace(/[\r\n]/g, "").toWellFormed();
  return {
    ...fields,
    allowRebuy: "on",
    excludeViewed: "on",
    pins: inOneLine(pins),
    excludeItemIds: inOneLine(excludeItemIds),
    filter: filter.map((row) => ({ ...row, value: inOneLine(row.value) })),
  };
};
const backAndForth = (rules: object) => {
  const input = PlacementInput.parse({ name: "Home", rules });
  const form = JSON.parse(JSON.stringify(sent(toPlacementFields(input, "ko"))));
  return PlacementInput.parse(readPlacementForm(form).input).rules;
};
const ids = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom("a", "1", ",", "=", '"', "\\", " ", "\n", "\ud800", "가"),
      minLength: 1,
      maxLength: 8,
    }),
  ),
  { maxLength: 4 },
);

describe("a placement's form", () => {
  it("gives back any item ids and any list of values as they were", () => {
    fc.assert(
      fc.property(ids, ids, ids, (pinned, excludeItemIds, brands) => {
        const pins = [...new Set(pinned)].map((itemId, place) => ({ itemId, position: place + 1 }));
        // What is written like a number in a list is one.
        const value = brands.filter((each) => /\D/.test(each));
        const filter = value.length === 0 ? [] : [{ property: "brand", op: "in", value }];
        expect(backAndForth({ pins, excludeItemIds, filter })).toMatchObject({ pins, excludeItemIds, filter });
      }),
      { numRuns: 500 },
    );
  });

  it("takes one rule as JSON as well as a list of them", () => {
    const rule = { not: { property: "brand", op: "eq", value: "A" } };
    for (const filter of [rule, [rule]]) {
      const { input } = readPlacementForm({ name: "Home", more: JSON.stringify({ filter }) });
      expect(input).toMatchObject({ rules: { filter: [rule] } });
    }
  });

  it.each([
    ["1=coat-12, 4=bag-3", "1 coat-12|4 bag-3"],
    [" 1 = a=b ,2=c", "1 a=b|2 c"],
    ['1="a, b",2= "c=d" , 3=e', "1 a, b|2 c=d|3 e"],
    ['1=5" pan, 2="open, 3=shut', '1 5" pan|2 "open|3 shut'],
    ['1="a" b, 2=c', '1 "a" b|2 c'],
    ["coat", "NaN "],
  ])("reads the pins %s", (pins, expected) => {
    const { input } = readPlacementForm({ pins });
    const { rules } = input as { rules: { pins: { position: number; itemId: string }[] } };
    expect(rules.pins.map(({ position, itemId }) => `${position} ${itemId}`).join("|")).toBe(expected);
  });

  it.each([
    [
      "3 함께 본, 1 인기",
      {
        order: [
          { way: "also_viewed", count: 3 },
          { way: "trending", count: 1 },
        ],
      },
    ],
    [
      "2 also_viewed, Bought next,",
      {
        order: [
          { way: "also_viewed", count: 2 },
          { way: "complementary", count: 1 },
        ],
      },
    ],
    ["0.7 For you + 0.3*최근본", { weights: { personalized: 0.7, recently_viewed: 0.3 } }],
    ["맞춤 0.5 + trending .25 + 인기 .25", { weights: { personalized: 0.5, trending: 0.5 } }],
    ["2 nonsense", { order: [{ way: "nonsense", count: 2 }] }],
  ])("reads the mix %s, in the words of either language or of the API", (mix, ways) => {
    expect(readPlacementForm({ mix }).input).toMatchObject({ rules: { ways } });
  });

  it("reads a mix however much white space, and of what kind, is in it", () => {
    const { input } = readPlacementForm({ mix: `2${" ".repeat(4000)}also\nviewed` });
    expect(input).toMatchObject({ rules: { ways: { order: [{ way: "also_viewed", count: 2 }] } } });
  });

  it("gives a mix back in the words of the page", () => {
    const ways = {
      cases: [
        { when: { trait: "device", op: "eq", value: "phone" }, ways: ["complementary", "new"] },
        { ways: { weights: { personalized: 0.7, similar_titles: 0.3 } } },
      ],
    };
    const input = PlacementInput.parse({ name: "Home", rules: { ways } });
    const [korean, english] = (["ko", "en"] as const).map((locale) => toPlacementFields(input, locale));
    expect([korean?.mix, korean?.cases[0]?.ways]).toEqual(["0.7 맞춤 + 0.3 비슷한 이름", "다음 구매, 신상품"]);
    expect([english?.mix, english?.cases[0]?.ways]).toEqual(["0.7 For you + 0.3 Similar titles", "Bought next, New"]);
    expect(backAndForth({ ways }).ways).toEqual(ways);
  });

  it("pins what a button names, whatever its id", () => {
    const act = `pins:add:${quoted('a, "b"=c')}`;
    expect(readPlacementForm({ pins: '1="x,y"', act }).fields.pins).toBe('1="x,y", 2="a, \\"b\\"=c"');
  });
});
