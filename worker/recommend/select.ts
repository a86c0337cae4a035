/**
 * From candidates to the list: read what each item is *now*, apply the placement's rules, and go on reading until the list
 * has its length, the catalog its end or the search its bound. Hard rules (stock, exclusions, what was bought) are never given up; soft ones
 * (caps, variants, just seen) are, last, when the list would be short without.
 */

import type { Item } from "../catalog/price.ts";
import { boosted, diversified, type LikenessOf, type Read, type ResolvedBoost } from "./arrange.ts";
import type { Candidate } from "./candidates.ts";
import { type ItemRule, ownFields, type ResolvedRule, resolveRule } from "./item-rule.ts";
import { hardRule, List } from "./list.ts";
import type { Boost } from "./schema.ts";

/** Where a list's items are read: the catalog, or a shelf that many lists share. */
export interface Shelf {
  /** At least these items; null where there is none. */
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
  booster: Boost[];
  pins: { itemId: string; position: number }[];
  diversity: number;
  likeness: LikenessOf;
  /** New arrivals with the places (from 0) that are theirs. */
  arrivals: { id: string; place: number }[];
  perBrandCap: number | undefined;
  perCategoryCap: number | undefined;
  /** Variants of this product are not listed beside it. */
  currentItemId: string | undefined;
  /** Item id → the rule that keeps it out. */
  excluded: ReadonlyMap<string, string>;
  /** Left out as long as there is something else. */
  viewed: ReadonlySet<string>;
  /** Shown before and left alone: last. */
  ignored: ReadonlySet<string>;
}

export interface Selected {
  candidate: Candidate;
  item: Item;
}

export interface Removed {
  id: string;
  rule: string;
  /** Which of the placement's filters, from 0. */
  condition?: number;
}

export interface Selection {
  list: Selected[];
  /** Why candidates are not in the list. */
  removed: Removed[];
  /** Soft rules that had to be given up. */
  relaxed: string[];
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
/** Read at once where an order depends on what the items are. */
const ARRANGED = 80;

/** The best that rules let through. Where a filter leaves nothing it is given up, the caller's before the placement's. */
export async function select(
  ranked: Candidate[],
  rules: SelectionRules,
  shelf: Shelf,
  /** Titles that reasons will name: read along with the first candidates, in the same statement. */
  alongside: string[] = [],
): Promise<Selection> {
  const selection = await fill(ranked, rules, shelf, alongside);
  const hasFilter = rules.filter.length > 0 || rules.callerFilter.length > 0;
  if (selection.list.length > 0 || !hasFilter) return selection;
  // Nothing at all passes the filter: something servable is better than an empty place on the page, and it is said. A caller
  // only narrows: what the caller asks for is given up before what the placement says.
  const isNarrowed = rules.filter.length > 0 && rules.callerFilter.length > 0;
  const own = isNarrowed ? await fill(ranked, { ...rules, callerFilter: [] }, shelf, []) : undefined;
  const wider = own?.list.length ? own : await fill(ranked, { ...rules, filter: [], callerFilter: [] }, shelf, []);
  return {
    list: wider.list,
    removed: [...selection.removed, ...wider.removed],
    relaxed: wider.list.length > 0 ? ["filter", ...wider.relaxed] : [],
  };
}

/** The rules with the current item's values in them. */
export interface Resolved {
  filter: (ResolvedRule | undefined)[];
  callerFilter: (ResolvedRule | undefined)[];
  booster: ResolvedBoost[];
}

function resolve(rules: SelectionRules, current: Item | null | undefined): Resolved {
  const fields = current ? ownFields(current, rules.now) : undefined;
  return {
    filter: rules.filter.map((rule) => resolveRule(rule, fields)),
    callerFilter: rules.callerFilter.map((rule) => resolveRule(rule, fields)),
    booster: rules.booster.flatMap(({ when, by }) => {
      const resolved = resolveRule(when, fields);
      return resolved ? [{ when: resolved, by }] : [];
    }),
  };
}

async function fill(ranked: Candidate[], rules: SelectionRules, shelf: Shelf, alongside: string[]): Promise<Selection> {
  const isArranged = rules.booster.length > 0 || rules.diversity > 0;
  const first = isArranged ? ARRANGED : rules.count + SLACK;
  const others = [
    ...(rules.currentItemId === undefined ? [] : [rules.currentItemId]),
    ...rules.pins.map(({ itemId }) => itemId),
    ...rules.arrivals.map(({ id }) => id),
    ...alongside,
  ];
  const ahead = [...new Set([...ranked.slice(0, first).map(({ id }) => id), ...others])];
  const items = await shelf.read(ahead);
  const current = items.get(rules.currentItemId ?? "");
  const resolved = resolve(rules, current);
  const list = new List(rules, resolved, current);
  const pinned = pinnedOf(rules, resolved, items);
  for (const { read } of pinned) list.takePinned(read);
  const order = withArrivals(isArranged ? arrange(ranked, rules, resolved, items) : ranked, rules.arrivals);

  for (let start = 0; !list.isFull() && start < order.length; ) {
    const slice = order.slice(start, start + list.left() + SLACK);
    start += slice.length;
    const found = await shelf.read(slice.map(({ id }) => id));
    for (const candidate of slice) list.offer(candidate, found.get(candidate.id));
  }
  const asked = [...resolved.filter, ...resolved.callerFilter].filter((rule) => rule !== undefined);
  const offer = (item: Item) => list.offer({ id: item.id, score: 0, way: "new", parts: {} }, item);
  const isEnd = await offerPages(list, shelf, asked.length > 0 ? PAGES_FILTERED : PAGES, offer);
  if (!isEnd && asked.length > 0) {
    const [parts, most] = rules.callerFilter.length > 0 ? [PARTS_ASKED, LOOKED_AT_ASKED] : [PARTS, undefined];
    for (let part = 0; !list.canBeFilled() && part < parts; part++) {
      const found = await shelf.passing(asked, part, most);
      if (found.length === 0) break;
      found.forEach(offer);
    }
  }
  return list.close(pinned);
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

/** The candidates that are read, by boosts and differences; what may not be shown, and the rest, behind them. */
function arrange(
  ranked: Candidate[],
  rules: SelectionRules,
  { filter, callerFilter, booster }: Resolved,
  items: ReadonlyMap<string, Item | null>,
): Candidate[] {
  const read: Read[] = [];
  const others: Candidate[] = [];
  for (const candidate of ranked.slice(0, ARRANGED)) {
    const item = items.get(candidate.id);
    const isOut = hardRule(candidate.id, item, rules, { filter, callerFilter }) !== undefined;
    if (item && !isOut) read.push({ candidate, item });
    else others.push(candidate);
  }
  const arranged = diversified(boosted(read, booster, rules.now), rules.diversity, rules.likeness, rules.count + SLACK);
  return [...arranged.map(({ candidate }) => candidate), ...others, ...ranked.slice(ARRANGED)];
}

function withArrivals(ranked: Candidate[], arrivals: SelectionRules["arrivals"]): Candidate[] {
  if (arrivals.length === 0) return ranked;
  const ids = new Set(arrivals.map(({ id }) => id));
  const order = ranked.filter(({ id }) => !ids.has(id));
  for (const { id, place } of arrivals.toSorted((one, other) => one.place - other.place)) {
    order.splice(Math.min(place, order.length), 0, { id, score: 1, way: "new", parts: { new: 1 } });
  }
  return order;
}

export interface Pinned {
  position: number;
  read: Read;
}

/** Pins stand above the placement's own filter and above what was bought: somebody has chosen them by hand. */
function pinnedOf(
  rules: SelectionRules,
  { callerFilter }: Resolved,
  items: ReadonlyMap<string, Item | null>,
): Pinned[] {
  const places = new Map<number, Pinned>();
  const ids = new Set<string>();
  for (const { itemId, position } of rules.pins) {
    const item = items.get(itemId);
    if (!item || position > rules.count || places.has(position) || ids.has(itemId)) continue;
    const excluded = new Map([...rules.excluded].filter(([, rule]) => rule !== "purchased"));
    if (hardRule(itemId, item, { ...rules, excluded }, { filter: [], callerFilter }) !== undefined) continue;
    ids.add(itemId);
    const candidate: Candidate = { id: itemId, score: 1, way: "trending", parts: {}, pinned: true };
    places.set(position, { position, read: { candidate, item } });
  }
  return [...places.values()].sort((one, other) => one.position - other.position);
}
