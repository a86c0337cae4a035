/**
 * Hard rules: what keeps an item out whatever else is missing. What is excluded by name, was bought or may not be sold never
 * comes back. Wishes may be given up where nothing at all would be left, in steps: first the caller's filter, then the
 * placement's conditions from the last to the first, and last that another variant was bought. So a caller's filter never
 * costs a rule of the placement's. Pure.
 */
import type { Item } from "../catalog/price.ts";
import { isServable } from "../catalog/read.ts";
import { fieldsOf, meetsRule } from "./item-rule.ts";
import type { Resolved } from "./resolve.ts";
import type { SelectionRules } from "./select.ts";

export interface Bar {
  rule: string;
  /** Which one of the placement's filter, as a path into it. */
  condition?: string;
  /** When it is given up: 0 is first. Undefined: never. */
  step?: number;
}

/** As answers call a rule that was given up. */
export function nameOf({ rule, condition }: Bar): string {
  return condition ?? rule;
}

/** How far rules are given up where the first `kept` of so many conditions are kept. */
export function stepOf(kept: number, conditions: number): number {
  return conditions - kept;
}

/** What keeps the item out; of several what is given up last. Undefined when it may be shown. */
export function barOf(
  id: string,
  item: Item | null | undefined,
  rules: SelectionRules,
  resolved: Resolved,
): Bar | undefined {
  const rule = rules.excluded.get(id);
  if (rule !== undefined) return { rule };
  if (rules.purchased.has(id)) return { rule: "purchased" };
  if (!item) return { rule: "unknown" };
  if (!isServable(item)) return { rule: item.deletedAt !== null ? "deleted" : item.hidden ? "hidden" : "sold_out" };
  if (item.groupId !== null && resolved.groups.get(item.groupId) === "not_interested")
    return { rule: "not_interested" };
  return brokenBars(item, rules, resolved)[0];
}

/** All that would have to be given up for the item, which nothing else keeps out; what is given up last comes first. */
export function brokenBars(item: Item, rules: SelectionRules, { filter, callerFilter, groups }: Resolved): Bar[] {
  const bars: Bar[] = [];
  if (item.groupId !== null && groups.get(item.groupId) === "purchased")
    bars.push({ rule: "purchased_variant", step: stepOf(-1, filter.length) });
  const fields = filter.length > 0 || callerFilter.length > 0 ? fieldsOf(item, rules.now) : undefined;
  if (fields) {
    for (const [place, { path, rule }] of filter.entries()) {
      if (!meetsRule(rule, fields)) bars.push({ rule: "filter", condition: path, step: stepOf(place, filter.length) });
    }
  }
  if (fields && callerFilter.some(({ rule }) => !meetsRule(rule, fields)))
    bars.push({ rule: "caller_filter", step: 0 });
  return bars;
}
