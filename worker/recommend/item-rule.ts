/**
 * Rules over items: the grammar of rules over people, with an item's fields as properties, and values that are taken from
 * the item of the page ("the same category", "cheaper than this"). Pure.
 */
import * as z from "zod";
import type { Item } from "../catalog/price.ts";
import { fromMinor } from "../lib/money.ts";
import { nearestName } from "../lib/nearest.ts";
import { DAY } from "../lib/time.ts";
import { checkComparison, compare, comparisonShape, Path, type Scalar, valuesAt } from "../segments/comparison.ts";
import { holds, type Tree, treeOf } from "../segments/tree.ts";

/** What a rule may ask of an item, besides `attributes.<name>` for what the shop says of its own. */
export const ITEM_FIELDS = [
  "price",
  "listPrice",
  "discount",
  "brand",
  "category",
  "tags",
  "quantity",
  "stock",
  "availability",
  "margin",
  "ageDays",
  "createdAt",
  "id",
  "title",
  "groupId",
] as const;
type ItemField = (typeof ITEM_FIELDS)[number];

/** A field that no item has would hold for nothing, and a placement would go without its rule. */
const ItemPath = Path.superRefine((path, context) => {
  if ((ITEM_FIELDS as readonly string[]).includes(path) || /^attributes\../.test(path)) return;
  const meant = nearestName(path, ITEM_FIELDS) ?? `attributes.${path}`;
  context.addIssue({ code: "custom", message: `an item has no field "${path}": did you mean "${meant}"?` });
});

/** A value of the item whose page it is; numbers can be scaled: 0.9 of its price. */
export const CurrentValue = z.strictObject({ current: ItemPath, times: z.number().positive().max(100).optional() });
type CurrentValue = z.infer<typeof CurrentValue>;

const COMPARABLE = ["eq", "neq", "gt", "gte", "lt", "lte"];

export const ItemCondition = z
  .strictObject({
    /** A field of the item (`price` in major units, `category`, `tags`, `ageDays`, …) or `attributes.<name>`. */
    property: ItemPath,
    ...comparisonShape,
    value: z.union([...comparisonShape.value.unwrap().options, CurrentValue]).optional(),
  })
  .superRefine(({ op, value }, context) => {
    if (!isCurrent(value)) checkComparison({ op, value }, context);
    else if (!COMPARABLE.includes(op))
      context.addIssue({ code: "custom", path: ["value"], message: `"${op}" takes no value of the current item` });
  });
export type ItemCondition = z.infer<typeof ItemCondition>;

export type ItemRule = Tree<ItemCondition>;

/** Parses to itself. */
export const ItemRule: z.ZodType<ItemRule> = treeOf<ItemCondition>(
  { property: () => ItemCondition },
  'a rule over items is one of "all", "any", "not" or a condition with "property"',
);

type Plain = { property: string; op: ItemCondition["op"]; value?: Scalar | Scalar[] | undefined };
/** A rule that says all it asks for: no value is the current item's any more. */
export type ResolvedRule = Tree<Plain>;

function isCurrent(value: unknown): value is CurrentValue {
  return typeof value === "object" && value !== null && "current" in value;
}

/**
 * The rule with the current item's values in it. What asks for a value that is not there (no item, or it has none) asks
 * nothing: undefined when nothing is left, so that a placement's rule may stand on pages of every kind.
 */
export function resolveRule(rule: ItemRule, current: ItemFields | undefined): ResolvedRule | undefined {
  if ("not" in rule) {
    const inner = resolveRule(rule.not, current);
    return inner && { not: inner };
  }
  if ("all" in rule || "any" in rule) {
    const inner = ("all" in rule ? rule.all : rule.any).flatMap((each) => resolveRule(each, current) ?? []);
    if (inner.length === 0) return undefined;
    return "all" in rule ? { all: inner } : { any: inner };
  }
  const { property, op, value } = rule;
  if (!isCurrent(value)) return { property, op, value };
  const found = current ? valuesAt(current, value.current) : [];
  const values = found.flatMap((each) => scaled(each, value.times) ?? []);
  if (values.length === 0) return undefined;
  if (op === "eq") return { property, op: "in", value: values };
  if (op === "neq") return { not: { property, op: "in", value: values } };
  return { property, op, value: values[0] };
}

function scaled(value: unknown, times: number | undefined): Scalar | undefined {
  if (times !== undefined) return typeof value === "number" ? value * times : undefined;
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : undefined;
}

export interface Condition<Rule> {
  /** Its place in the filter: `filter.1`, or `filter.0.all.1` inside a rule that says "all". */
  path: string;
  rule: Rule;
}

/** What has to hold together, one by one: the rules of a filter, and what their "all" joins. */
export function conditionsOf(filter: readonly ItemRule[], path = "filter"): Condition<ItemRule>[] {
  return filter.flatMap((rule, place) => {
    const own = `${path}.${place}`;
    return "all" in rule ? conditionsOf(rule.all, `${own}.all`) : [{ path: own, rule }];
  });
}

export function meetsRule(rule: ResolvedRule, fields: ItemFields): boolean {
  return holds<Plain>(rule, (each) => compare(valuesAt(fields, each.property), each));
}

export type ItemFields = Record<ItemField | "attributes", unknown>;

/** An item as rules see it: prices in major units, the parts of the category path as well as the path. */
export function fieldsOf(item: Item, now: number): ItemFields {
  const path = item.category?.split(" > ") ?? [];
  return { ...ownFields(item, now), category: [item.category, ...path] };
}

/** The item of the page as rules compare with it: its category is the whole path, or "the same" would mean any part of it. */
export function ownFields(item: Item, now: number): ItemFields {
  const major = (minor: number | null) => (minor === null ? null : fromMinor(minor, item.currency));
  const { id, title, brand, category, tags, groupId, attributes, price, listPrice, quantity, createdAt } = item;
  const isReduced = price !== null && listPrice !== null && listPrice > price;
  return {
    id,
    title,
    price: major(price),
    listPrice: major(listPrice),
    /** Percent off the list price; 0 at full price. */
    discount: isReduced ? Math.round((1 - price / listPrice) * 100) : 0,
    brand,
    category,
    tags,
    groupId,
    /** As the shop counts it; of an item that is not counted nothing is known. */
    quantity,
    stock: quantity,
    availability: item.inStock ? "in_stock" : "out_of_stock",
    margin: attributes.margin,
    attributes,
    createdAt,
    ageDays: Math.max(0, (now - createdAt) / DAY),
  };
}
