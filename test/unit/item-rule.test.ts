import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { DAY } from "../../worker/lib/time.ts";
import { fieldsOf, ItemRule, meetsRule, ownFields, resolveRule } from "../../worker/recommend/item-rule.ts";
import { bareItem } from "../support/item.ts";

const NOW = Date.parse("2026-03-10T12:00:00+09:00");

const itemWith = (fields: Partial<Item>): Item => bareItem(NOW, fields);

const says = (rule: unknown, item: Partial<Item>, current?: Partial<Item>): boolean | "nothing" => {
  const resolved = resolveRule(ItemRule.parse(rule), current && ownFields(itemWith(current), NOW));
  return resolved ? meetsRule(resolved, fieldsOf(itemWith(item), NOW)) : "nothing";
};

describe("a rule over an item", () => {
  const here = { category: "패션 > 코트", brand: "A", price: 50_000, tags: ["wool"] };
  it.each<[string, unknown, Partial<Item>, Partial<Item> | undefined, boolean | "nothing"]>([
    [
      "a price band",
      {
        all: [
          { property: "price", op: "gte", value: 9000 },
          { property: "price", op: "lt", value: 10_001 },
        ],
      },
      {},
      undefined,
      true,
    ],
    [
      "any part of a category's path",
      { property: "category", op: "eq", value: "코트" },
      { category: "패션 > 코트" },
      undefined,
      true,
    ],
    ["a tag", { property: "tags", op: "eq", value: "WOOL" }, { tags: ["wool"] }, undefined, true],
    [
      "a margin",
      { property: "attributes.margin", op: "gte", value: 0.3 },
      { attributes: { margin: 0.35 } },
      undefined,
      true,
    ],
    ["a discount", { property: "discount", op: "gte", value: 20 }, { listPrice: 12_500 }, undefined, true],
    ["full price", { property: "discount", op: "gt", value: 0 }, {}, undefined, false],
    ["an age", { property: "ageDays", op: "lte", value: 7 }, { createdAt: NOW - 8 * DAY }, undefined, false],
    ["not", { not: { property: "brand", op: "eq", value: "A" } }, { brand: "B" }, undefined, true],
    [
      "the same category",
      { property: "category", op: "eq", value: { current: "category" } },
      { category: "패션 > 코트" },
      here,
      true,
    ],
    [
      "a wider category is not the same",
      { property: "category", op: "eq", value: { current: "category" } },
      { category: "패션 > 신발" },
      here,
      false,
    ],
    ["another brand", { property: "brand", op: "neq", value: { current: "brand" } }, { brand: "B" }, here, true],
    [
      "the same brand is no other",
      { property: "brand", op: "neq", value: { current: "brand" } },
      { brand: "A" },
      here,
      false,
    ],
    ["cheaper than this", { property: "price", op: "lt", value: { current: "price" } }, {}, here, true],
    [
      "a fifth of its price at most",
      { property: "price", op: "lt", value: { current: "price", times: 0.2 } },
      {},
      here,
      false,
    ],
    [
      "a tag in common",
      { property: "tags", op: "eq", value: { current: "tags" } },
      { tags: ["silk", "wool"] },
      here,
      true,
    ],
    ["nothing to compare with", { property: "price", op: "lt", value: { current: "price" } }, {}, undefined, "nothing"],
    [
      "nothing to compare with, turned round",
      { not: { property: "price", op: "lt", value: { current: "price" } } },
      {},
      undefined,
      "nothing",
    ],
    [
      "what is left of both",
      {
        all: [
          { property: "price", op: "lt", value: { current: "price" } },
          { property: "brand", op: "eq", value: "A" },
        ],
      },
      { brand: "B" },
      undefined,
      false,
    ],
  ])("%s", (_, rule, item, current, expected) => {
    expect(says(rule, item, current)).toBe(expected);
  });

  it.each([
    ["no rule", {}, ""],
    ["a rule over people", { event: "product_viewed", did: true }, ""],
    ["another operator", { property: "price", op: "near", value: 1 }, "op"],
    ["a text that is no number", { property: "price", op: "lt", value: "cheap" }, "value"],
    ["a list of the current item's", { property: "brand", op: "in", value: { current: "brand" } }, "value"],
    ["code", { property: "price", op: "lt", value: { current: "price", times: "1; drop" } }, "value"],
    [
      "deep nesting",
      { all: [{ not: { not: { not: { not: { not: { not: { property: "a", op: "exists" } } } } } } }] },
      "",
    ],
  ])("refuses %s", (_, rule, path) => {
    const result = ItemRule.safeParse(rule);
    expect(result.error?.issues[0]?.path.join(".")).toBe(path);
  });
});

describe("all rules", () => {
  const leaf = fc.oneof(
    fc.record({
      property: fc.constantFrom("price", "discount"),
      op: fc.constantFrom("lt", "gte"),
      value: fc.integer({ min: 0, max: 20_000 }),
    }),
    fc.record({
      property: fc.constantFrom("brand", "category", "tags"),
      op: fc.constantFrom("eq", "neq"),
      value: fc.constantFrom("A", "B", "패션"),
    }),
    fc.record({
      property: fc.constant("price"),
      op: fc.constantFrom("lt", "gte"),
      value: fc.constant({ current: "price" }),
    }),
    fc.record({
      property: fc.constant("brand"),
      op: fc.constantFrom("eq", "neq"),
      value: fc.constant({ current: "brand" }),
    }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ all: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie("tree") }),
    ),
  }));
  const item = fc.record({
    price: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: null }),
    brand: fc.option(fc.constantFrom("A", "B"), { nil: null }),
    category: fc.option(fc.constantFrom("패션 > 코트", "리빙"), { nil: null }),
    tags: fc.subarray(["A", "B"]),
  });

  it("parse to themselves, and turned round say the opposite", () => {
    fc.assert(
      fc.property(tree, item, fc.option(item, { nil: undefined }), (rule, one, current) => {
        const parsed = ItemRule.parse(rule);
        expect(parsed).toEqual(rule);
        const plain = says(rule, one, current);
        const turned = says({ not: rule }, one, current);
        expect(turned).toBe(plain === "nothing" ? "nothing" : !plain);
      }),
    );
  });

  it("ask nothing of the current item that is not there", () => {
    fc.assert(
      fc.property(tree, item, (rule, one) => {
        const resolved = resolveRule(ItemRule.parse(rule), undefined);
        expect(JSON.stringify(resolved ?? null)).not.toContain('"current"');
        if (resolved) expect(typeof meetsRule(resolved, fieldsOf(itemWith(one), NOW))).toBe("boolean");
      }),
    );
  });
});
