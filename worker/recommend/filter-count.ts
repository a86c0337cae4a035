/** How much of the catalog a placement's filter lets through, for whoever writes it. */
import { listPassing } from "../catalog/passing.ts";
import type { Item } from "../catalog/price.ts";
import type { Deps } from "../deps.ts";
import { fieldsOf, type ItemRule, meetsRule, ownFields, resolveRule } from "./item-rule.ts";

export interface FilterCount {
  passing: number;
  /** There may be more: it was counted no further. */
  isMore: boolean;
}

/** What is read of items for a count. */
const MOST = 2000;
const PAGE = 500;

/** @param current the item of the page, which rules such as "the same category" compare with; without it they ask nothing */
export async function countPassing(
  deps: Deps,
  siteId: string,
  filter: readonly ItemRule[],
  current?: Item,
): Promise<FilterCount> {
  const now = deps.clock.now();
  const own = current && ownFields(current, now);
  const rules = filter.flatMap((rule) => resolveRule(rule, own) ?? []);
  let [passing, read] = [0, 0];
  let after: Item | undefined;
  while (read < MOST) {
    const page = await listPassing(deps, siteId, rules, { after, limit: PAGE, most: -1 });
    for (const item of page) {
      const fields = fieldsOf(item, now);
      if (rules.every((rule) => meetsRule(rule, fields))) passing++;
    }
    if (page.length < PAGE) return { passing, isMore: false };
    read += page.length;
    after = page.at(-1);
  }
  return { passing, isMore: true };
}
