/**
 * From candidates to the list: read what each item is *now*, apply the placement's rules, and go on reading until the list
 * has its length, the catalog its end or the search its bound. What rules are given up in need, and when, says list.ts.
 */

import type { Item } from "../catalog/price.ts";
import { type Arranged, arrangedFrom, boosted, diversified, type LikenessOf, type Read } from "./arrange.ts";
import type { Candidate } from "./candidates.ts";
import { barOf, stepOf } from "./hard-rules.ts";
import type { Condition, ItemRule, ResolvedRule } from "./item-rule.ts";
import { List } from "./list.ts";
import type { Removals } from "./removed.ts";
import { type Resolved, resolve } from "./resolve.ts";
import type { Boost } from "./schema.ts";

/** Where a list's items are read: the catalog, or a shelf that many lists share. */
export interface Shelf {
  /** At least these items, of which some may be named twice; null where there is none. */
  read(ids: string[]): Promise<ReadonlyMap<string, Item | null>>;
  /** Pages of everything servable, newest first; empty behind the last. */
  page(number: number): Promise<Item[]>;
  /**
   * Items that may pass all the rules wherever they lie, newest first, in parts; empty behind the last. `most`: items that are
   * looked at for a part; all when left out.
   */
  passing(rules: ResolvedRule[], part: number, most?: number): Promise<Item[]>;
}

export interface SelectionRules {
  count: number;
  now: number;
  /** The placement's, and on top of them the caller's. */
  filter: ItemRule[];
  callerFilter: ItemRule[];
  booster: SourcedBoost[];
  pins: { itemId: string; position: number }[];
  diversity: number;
  likeness: LikenessOf;
  /** New arrivals with the places (from 0) that are theirs. */
  arrivals: { id: string; place: number }[];
  perBrandCap: number | undefined;
  perCategoryCap: number | undefined;
  /** Variants of this product are not listed beside it. */
  currentItemId: string | undefined;
  /** Item id → the rule that keeps it out for good: the placement's, the caller's, the person's own or the page's. */
  excluded: ReadonlyMap<string, string>;
  /** Bought, and not due again. */
  purchased: ReadonlySet<string>;
  /** Of these the other variants are out as well: what was bought last, and what was last said to be of no interest. */
  withVariants: { id: string; rule: VariantRule }[];
  /** Left out as long as there is something else. */
  viewed: ReadonlySet<string>;
  /** Shown before and left alone: last. */
  ignored: ReadonlySet<string>;
  /** Somebody asks why: what is left out is counted. */
  isExplained: boolean;
}

export type VariantRule = "purchased" | "not_interested";
export type SourcedBoost = Boost & { from: "placement" | "caller" | "survey" };

export interface Selected {
  candidate: Candidate;
  item: Item;
}

export interface Selection {
  list: Selected[];
  /** Rules that had to be given up: soft ones by name, conditions of the placement's filter by their paths. */
  relaxed: string[];
  /** Why candidates are not in the list, and what was made of those that are; only where somebody asks. */
  removals: Removals | undefined;
  explained?: {
    resolved: Resolved;
    arranged: ReadonlyMap<string, Arranged>;
    pinned: ReadonlySet<string>;
    rest: boolean;
  };
}

/** What a list is chosen from, and by what. */
export interface Choice {
  ranked: Candidate[];
  rules: SelectionRules;
  /** What may come behind the ranked ones where they are too few: asked for only then. */
  rest?: (lowest: number) => Candidate[];
}

/** Read beyond what is needed at first, because some of it will be sold out. */
const SLACK = 3;
/**
 * Pages of the catalog behind the candidates: each is a call of the database, and a shop with one brand under a cap would be
 * read to its end for every visitor. What soft rules keep back fills the list instead.
 */
const PAGES = 8;
/** What a filter lets pass may lie anywhere: after so many pages the database looks for it. */
const PAGES_FILTERED = 4;
/** Parts of what the database finds; few lists need a second one. An invocation may make a thousand calls. */
const PARTS = 100;
/** A caller's own filter may come from anybody who has seen the page's key: parts, and items that are looked at for each. */
const PARTS_ASKED = 4;
const LOOKED_AT_ASKED = 20_000;
/** Of what is left when a rule is given up the first is enough. */
const PARTS_GIVEN_UP = 1;
/** Read at once where an order depends on what the items are. */
const ARRANGED = 80;

/**
 * The best that rules let through.
 * @param alongside items whose titles reasons will name: read with the first candidates, in the same statement
 */
export async function select(choice: Choice, shelf: Shelf, alongside: string[] = []): Promise<Selection> {
  const { rules } = choice;
  const isArranged = rules.booster.length > 0 || rules.diversity > 0;
  const first = isArranged ? ARRANGED : rules.count + SLACK;
  let rest = choice.rest;
  const withRest = (candidates: Candidate[]) => {
    const more = rest?.(candidates[candidates.length - 1]?.score ?? 1) ?? [];
    rest = undefined;
    return more.length > 0 ? [...candidates, ...more] : candidates;
  };
  const ranked = choice.ranked.length < rules.count + SLACK ? withRest(choice.ranked) : choice.ranked;
  const ahead = [...alongside];
  if (rules.currentItemId !== undefined) ahead.push(rules.currentItemId);
  for (const { itemId } of rules.pins) ahead.push(itemId);
  for (const listed of [ranked.slice(0, first), rules.arrivals, rules.withVariants]) {
    for (const { id } of listed) ahead.push(id);
  }
  const items = await shelf.read(ahead);
  const resolved = resolve(rules, items);
  const list = new List(rules, resolved, items.get(rules.currentItemId ?? ""));
  const pinned = pinnedOf(rules, resolved, items);
  for (const { read } of pinned) list.takePinned(read);
  const { order: best, arranged } = isArranged ? arrange(ranked, rules, resolved, items) : { order: ranked };
  let order = withArrivals(best, rules.arrivals);

  for (let start = 0; !list.isFull(); ) {
    if (start >= order.length) {
      order = withRest(order);
      if (start >= order.length) break;
    }
    const slice = order.slice(start, start + list.left() + SLACK);
    start += slice.length;
    const isRead = slice.every(({ id }) => items.has(id));
    const found = isRead ? items : await shelf.read(slice.map(({ id }) => id));
    for (const candidate of slice) list.offer(candidate, found.get(candidate.id));
  }
  const offer = (item: Item) => list.offer({ id: item.id, score: 0, way: "new", parts: {}, filler: true }, item);
  const isFiltered = resolved.filter.length > 0 || resolved.callerFilter.length > 0;
  const isEnd = await offerPages(list, shelf, isFiltered ? PAGES_FILTERED : PAGES, offer);
  if (!isEnd && isFiltered) await offerPassing(list, shelf, resolved, offer);
  const selection = list.close(pinned);
  if (!rules.isExplained) return selection;
  for (const { id } of order) {
    if (!selection.list.some(({ item }) => item.id === id))
      selection.removals?.add({ rule: "outranked" }, { id, ...effectOf(arranged?.get(id)) });
  }
  return {
    ...selection,
    explained: {
      resolved,
      arranged: arranged ?? new Map(),
      pinned: new Set(pinned.map(({ read }) => read.item.id)),
      rest: choice.rest !== undefined && rest === undefined,
    },
  };
}

/** As far as it is any. */
export function effectOf(arranged: Arranged | undefined): Partial<Arranged> {
  return {
    ...(arranged && arranged.boost !== 1 ? { boost: arranged.boost } : {}),
    ...(arranged && arranged.diversity !== 0 ? { diversity: arranged.diversity } : {}),
  };
}

/** Whether the catalog came to its end. */
async function offerPages(list: List, shelf: Shelf, pages: number, offer: (item: Item) => void): Promise<boolean> {
  for (let number = 0; !list.isFull() && number < pages; number++) {
    const page = await shelf.page(number);
    if (page.length === 0) return true;
    page.forEach(offer);
  }
  return false;
}

/**
 * What passes, wherever it lies; and if there is none of it, what passes the placement's own filter, then its first conditions
 * without the last, and so on.
 */
async function offerPassing(
  list: List,
  shelf: Shelf,
  { filter, callerFilter }: Resolved,
  offer: (item: Item) => void,
): Promise<void> {
  const search = async (rules: Condition<ResolvedRule>[], parts: number, most?: number) => {
    for (let part = 0; !list.canBeFilled() && part < parts; part++) {
      const found = await shelf.passing(
        rules.map(({ rule }) => rule),
        part,
        most,
      );
      if (found.length === 0) break;
      found.forEach(offer);
    }
  };
  if (callerFilter.length > 0) await search([...filter, ...callerFilter], PARTS_ASKED, LOOKED_AT_ASKED);
  else await search(filter, PARTS);
  const all = filter.length;
  const most = callerFilter.length > 0 ? all : all - 1;
  for (const length of new Set([all, all - 1, all - 2, 1].filter((each) => each > 0 && each <= most))) {
    if (list.hasAnything(stepOf(length, all))) return;
    await search(filter.slice(0, length), PARTS_GIVEN_UP);
  }
}

/** The candidates that are read, by boosts and differences; what may not be shown, and the rest, behind them. */
function arrange(
  ranked: Candidate[],
  rules: SelectionRules,
  resolved: Resolved,
  items: ReadonlyMap<string, Item | null>,
): { order: Candidate[]; arranged?: ReadonlyMap<string, Arranged> } {
  const read: Read[] = [];
  const others: Candidate[] = [];
  for (const candidate of ranked.slice(0, ARRANGED)) {
    const item = items.get(candidate.id);
    const isOut = barOf(candidate.id, item, rules, resolved) !== undefined;
    if (item && !isOut) read.push({ candidate, item });
    else others.push(candidate);
  }
  const lifted = boosted(read, resolved.booster, rules.now);
  const best = diversified(lifted, rules.diversity, rules.likeness, rules.count + SLACK);
  return {
    order: [...best.map(({ candidate }) => candidate), ...others, ...ranked.slice(ARRANGED)],
    ...(rules.isExplained ? { arranged: arrangedFrom(lifted, best) } : {}),
  };
}

function withArrivals(ranked: Candidate[], arrivals: SelectionRules["arrivals"]): Candidate[] {
  if (arrivals.length === 0) return ranked;
  // What the net has put higher up stays there.
  const lifted = arrivals.filter(({ id, place }) => {
    const earned = ranked.findIndex((candidate) => candidate.id === id);
    return earned < 0 || earned > place;
  });
  const order = [...ranked];
  for (const { id } of lifted) {
    const lower = order.findIndex((candidate) => candidate.id === id);
    if (lower >= 0) order.splice(lower, 1);
  }
  for (const { id, place } of lifted.toSorted((one, other) => one.place - other.place)) {
    order.splice(Math.min(place, order.length), 0, { id, score: 1, way: "new", parts: { new: 1 } });
  }
  return order;
}

export interface Pinned {
  position: number;
  read: Read;
}

/** Pins stand above the placement's own filter and beside a variant that was bought: somebody has chosen them by hand. */
function pinnedOf(rules: SelectionRules, resolved: Resolved, items: ReadonlyMap<string, Item | null>): Pinned[] {
  if (rules.pins.length === 0) return [];
  const places = new Map<number, Pinned>();
  const ids = new Set<string>();
  const groups = new Map([...resolved.groups].filter(([, rule]) => rule !== "purchased"));
  for (const { itemId, position } of rules.pins) {
    const item = items.get(itemId);
    if (!item || position > rules.count || places.has(position) || ids.has(itemId)) continue;
    if (barOf(itemId, item, rules, { ...resolved, filter: [], groups }) !== undefined) continue;
    ids.add(itemId);
    const candidate: Candidate = { id: itemId, score: 1, way: "trending", parts: {}, pinned: true };
    places.set(position, { position, read: { candidate, item } });
  }
  return [...places.values()].sort((one, other) => one.position - other.position);
}
