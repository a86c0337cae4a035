/** A list's rules as they hold on this page, with what they have to know of items. Pure. */
import type { Item } from "../catalog/price.ts";
import type { ResolvedBoost } from "./arrange.ts";
import { type Condition, conditionsOf, type ItemRule, ownFields, type ResolvedRule, resolveRule } from "./item-rule.ts";
import type { SelectionRules, VariantRule } from "./select.ts";

/** The rules with the current item's values in them, and what they have to know of other items. */
export interface Resolved {
  /** What asks nothing here is left out. */
  filter: Condition<ResolvedRule>[];
  callerFilter: Condition<ResolvedRule>[];
  booster: ResolvedBoost[];
  /** Variants of what was bought or is of no interest, by group. */
  groups: ReadonlyMap<string, VariantRule>;
}

export function resolve(rules: SelectionRules, items: ReadonlyMap<string, Item | null>): Resolved {
  const current = items.get(rules.currentItemId ?? "");
  const fields = current ? ownFields(current, rules.now) : undefined;
  const conditions = (filter: ItemRule[]) =>
    conditionsOf(filter).flatMap(({ path, rule }) => {
      const resolved = resolveRule(rule, fields);
      return resolved ? [{ path, rule: resolved }] : [];
    });
  const groups = new Map<string, VariantRule>();
  for (const { id, rule } of rules.withVariants) {
    const groupId = items.get(id)?.groupId;
    if (groupId != null && groups.get(groupId) !== "not_interested") groups.set(groupId, rule);
  }
  return {
    filter: conditions(rules.filter),
    callerFilter: conditions(rules.callerFilter),
    booster: rules.booster.map(({ when, by }) => ({ when: resolveRule(when, fields), by })),
    groups,
  };
}
