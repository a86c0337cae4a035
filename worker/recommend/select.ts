/**
 * From candidates to the list: read what each item is *now*, apply the placement's rules, and go on reading until the list
 * has its length or the catalog its end. Hard rules (stock, exclusions, what was bought) are never given up; soft ones
 * (caps, variants, just seen) are, last, when the list would be short without.
 */

import type { Item } from "../catalog/price.ts";
import { isServable } from "../catalog/read.ts";
import { fromMinor } from "../lib/money.ts";
import { type Condition, meets } from "../segments/rule.ts";
import type { Candidate } from "./candidates.ts";

/** Where a list's items are read: the catalog, or a shelf that many lists share. */
export interface Shelf {
  /** At least these items; null where there is none. */
  read(ids: string[]): Promise<ReadonlyMap<string, Item | null>>;
  /** Pages of everything servable, newest first; empty behind the last. */
  page(number: number): Promise<Item[]>;
}

export interface SelectionRules {
  count: number;
  filter: Condition[];
  perBrandCap: number | undefined;
  perCategoryCap: number | undefined;
  /** Variants of this product are not listed beside it. */
  currentItemId: string | undefined;
  /** Item id → the rule that keeps it out. */
  excluded: ReadonlyMap<string, string>;
  /** Left out as long as there is something else. */
  viewed: ReadonlySet<string>;
}

export interface Selected {
  candidate: Candidate;
  item: Item;
}

export interface Selection {
  list: Selected[];
  /** Why candidates are not in the list. */
  removed: { id: string; rule: string }[];
  /** Soft rules that had to be given up. */
  relaxed: string[];
}

/** Read beyond what is needed at first, because some of it will be sold out. */
const SLACK = 3;

export async function select(
  ranked: Candidate[],
  rules: SelectionRules,
  shelf: Shelf,
  /** Titles that reasons will name: read along with the first candidates, in the same statement. */
  alongside: string[] = [],
): Promise<Selection> {
  const selection = await fill(ranked, rules, shelf, alongside);
  if (selection.list.length > 0 || rules.filter.length === 0) return selection;
  // Nothing at all passes the filter: something servable is better than an empty place on the page, and it is said.
  const unfiltered = await fill(ranked, { ...rules, filter: [] }, shelf, []);
  return {
    list: unfiltered.list,
    removed: [...selection.removed, ...unfiltered.removed],
    relaxed: unfiltered.list.length > 0 ? ["filter", ...unfiltered.relaxed] : [],
  };
}

async function fill(ranked: Candidate[], rules: SelectionRules, shelf: Shelf, alongside: string[]): Promise<Selection> {
  const list: Selected[] = [];
  const removed: Selection["removed"] = [];
  const spare: (Selected & { rule: string })[] = [];
  const met = new Set<string>();
  const brands = new Map<string, number>();
  const categories = new Map<string, number>();
  const groups = new Set<string>();
  const isFull = () => list.length >= rules.count;

  const softRule = (item: Item): string | undefined => {
    if (rules.viewed.has(item.id)) return "viewed";
    if (item.groupId !== null && groups.has(item.groupId)) return "variant";
    if (isAtCap(brands, item.brand, rules.perBrandCap)) return "brand_cap";
    return isAtCap(categories, item.category, rules.perCategoryCap) ? "category_cap" : undefined;
  };
  const take = (candidate: Candidate, item: Item): void => {
    list.push({ candidate, item });
    if (item.groupId !== null) groups.add(item.groupId);
    if (item.brand !== null) brands.set(item.brand, (brands.get(item.brand) ?? 0) + 1);
    if (item.category !== null) categories.set(item.category, (categories.get(item.category) ?? 0) + 1);
  };
  const offer = (candidate: Candidate, item: Item | null | undefined): void => {
    const { id } = candidate;
    if (isFull() || met.has(id)) return;
    met.add(id);
    const hard = hardRule(id, item, rules);
    if (hard !== undefined) removed.push({ id, rule: hard });
    else if (item) {
      const soft = softRule(item);
      if (soft === undefined) take(candidate, item);
      else spare.push({ candidate, item, rule: soft });
    }
  };

  let others = rules.currentItemId === undefined ? alongside : [rules.currentItemId, ...alongside];
  for (let start = 0; !isFull() && (start < ranked.length || others.length > 0); ) {
    const slice = ranked.slice(start, start + (rules.count - list.length) + SLACK);
    start += slice.length;
    const items = await shelf.read([...new Set([...slice.map(({ id }) => id), ...others])]);
    others = [];
    const currentGroup = items.get(rules.currentItemId ?? "")?.groupId;
    if (currentGroup) groups.add(currentGroup);
    for (const candidate of slice) offer(candidate, items.get(candidate.id));
  }
  let lowest = list[list.length - 1]?.candidate.score ?? 0.01;
  for (let number = 0; !isFull(); number++) {
    const items = await shelf.page(number);
    if (items.length === 0) break;
    for (const item of items) {
      lowest *= 0.99;
      offer({ id: item.id, score: lowest, way: "new", parts: { together: 0, similar: 0 } }, item);
    }
  }
  const relaxed = new Set<string>();
  for (const { candidate, item, rule } of spare) {
    if (isFull()) removed.push({ id: candidate.id, rule });
    else {
      take(candidate, item);
      relaxed.add(rule);
    }
  }
  return { list, removed, relaxed: [...relaxed] };
}

function isAtCap(counts: Map<string, number>, value: string | null, cap: number | undefined): boolean {
  return value !== null && cap !== undefined && (counts.get(value) ?? 0) >= cap;
}

function hardRule(id: string, item: Item | null | undefined, rules: SelectionRules): string | undefined {
  const excluded = rules.excluded.get(id);
  if (excluded !== undefined) return excluded;
  if (!item) return "unknown";
  if (!isServable(item)) return item.deletedAt !== null ? "deleted" : item.hidden ? "hidden" : "sold_out";
  return meets(rules.filter, filterable(item)) ? undefined : "filter";
}

/** An item as filters see it: prices in major units, the parts of the category path as well as the path. */
function filterable(item: Item): Record<string, unknown> {
  const major = (minor: number | null) => (minor === null ? null : fromMinor(minor, item.currency));
  const path = item.category?.split(" > ") ?? [];
  return {
    id: item.id,
    title: item.title,
    price: major(item.price),
    listPrice: major(item.listPrice),
    brand: item.brand,
    category: [item.category, ...path],
    tags: item.tags,
    groupId: item.groupId,
    attributes: item.attributes,
    createdAt: item.createdAt,
  };
}
