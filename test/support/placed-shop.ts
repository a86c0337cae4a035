/** A shop of a few items, and what a placement shows of it. */
import type { Item } from "../../worker/catalog/price.ts";
import type { HistoryEvent } from "../../worker/events/store.ts";
import type { Supply } from "../../worker/recommend/candidates.ts";
import { fieldsOf, meetsRule, type ResolvedRule } from "../../worker/recommend/item-rule.ts";
import { planFor, type Wishes } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { type Shelf, select } from "../../worker/recommend/select.ts";
import { readTaste } from "../../worker/recommend/taste.ts";
import { NOON } from "./history.ts";
import { bareItem } from "./item.ts";
import { explainPlainly, settledRules } from "./placement.ts";

export const is = (property: string, op: string, value: unknown) => ({ property, op, value });

/** A shop whose items stand in the catalog in this order; `popular` says what its ways know. */
export function shop(
  items: (Partial<Item> & { id: string })[],
  { popular = [] as string[], arrivals = [] as string[], size = 4, searches = [] as ResolvedRule[][] } = {},
) {
  const all = new Map(items.map((fields) => [fields.id, bareItem(NOON, { title: fields.id, ...fields })]));
  const servable = [...all.values()].filter(({ inStock }) => inStock);
  const shelf: Shelf = {
    read: async (ids) => new Map(ids.map((id) => [id, all.get(id) ?? null])),
    page: async (number) => servable.slice(number * size, number * size + size),
    passing: async (rules, part) => {
      searches.push(rules);
      return servable
        .filter((each) => rules.every((rule) => meetsRule(rule, fieldsOf(each, NOON))))
        .slice(part * size, part * size + size);
    },
  };
  const supply: Supply = {
    rows: undefined,
    neighbors: {},
    popular: { ...NO_POPULAR, trending: popular },
    contexts: [],
    arrivals,
  };
  return async (said: object, wishes: Partial<Wishes> = {}, history: HistoryEvent[] = []) => {
    const placement = settledRules(said);
    const taste = readTaste({
      timeZone: "Asia/Seoul",
      history,
      landmarks: history,
      itemId: wishes.itemId ?? undefined,
      recentItemIds: [],
      purchasedWithinDays: placement.excludePurchasedDays,
      now: NOON,
    });
    const plan = planFor(placement, taste, supply, wishes as Wishes, "p", NOON);
    const selection = await select(plan, shelf);
    const { list, relaxed } = selection;
    return {
      ids: list.map(({ item }) => item.id),
      relaxed,
      candidates: list.map(({ candidate }) => candidate),
      told: () => explainPlainly({ taste, supply, placement, plan, selection }),
    };
  };
}
