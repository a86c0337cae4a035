import type { Deps } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { formatMoney, fromMinor } from "../lib/money.ts";
import type { Question } from "../platform/memory/recall.ts";
import { selectAnnounced, selectVersion } from "./changes/store.ts";

import { selectFeedIds } from "./feed/store.ts";
import { type Item, pricedAt } from "./price.ts";
import { type LivingItem, searchItems, selectAlike, selectItems, selectLiving, selectServable } from "./store.ts";
import { embedderMark } from "./words.ts";

export type { LivingItem };

/** Items by id, tombstones included: histories and messages still name them. Unknown ids are left out. */
export async function readItems(deps: Deps, siteId: string, ids: string[]): Promise<Map<string, Item>> {
  if (ids.length === 0) return new Map();
  const items = await selectItems(deps.control, siteId, ids);
  const now = deps.clock.now();
  return new Map(items.map((item) => [item.id, pricedAt(item, now)]));
}

/** Another number after every change of the site's items: a copy that was read under the same number still holds. */
export async function readCatalogVersion(deps: Deps, siteId: string): Promise<number> {
  return selectVersion(deps.control, siteId);
}

/** The same number as the shard of a person knows it, to be asked along with their history; null before the first. */
export function announcedVersion(siteId: string, owner: ProfileId): Question<number | null> {
  return {
    owner,
    subject: siteId,
    name: "catalog",
    ask: (db) => [selectAnnounced(db, siteId)],
    answer: ([rows = []]) => (rows[0] as { version: number } | undefined)?.version ?? null,
  };
}

/** Living items in the order of their ids, from behind `after`. `search`: a part of the id or of a title in any language. */
export async function listItems(
  deps: Deps,
  siteId: string,
  query: { search?: string | undefined; after?: string | undefined; limit: number },
): Promise<Item[]> {
  const { search, after, limit } = query;
  const items = await searchItems(deps.control, siteId, { search: search?.trim(), after, limit });
  const now = deps.clock.now();
  return items.map((item) => pricedAt(item, now));
}

/** Everything that may be shown, newest first, a page at a time: `after` is the last item of the page before. */
export async function listServable(
  deps: Deps,
  siteId: string,
  after: Pick<Item, "createdAt" | "id"> | undefined,
  limit: number,
): Promise<Item[]> {
  const items = await selectServable(deps.control, siteId, after, limit);
  const now = deps.clock.now();
  return items.map((item) => pricedAt(item, now));
}

/** What a training needs of every living item, in the order of their ids, from behind `after`. */
export async function listLiving(deps: Deps, siteId: string, after: string, limit: number): Promise<LivingItem[]> {
  return selectLiving(deps.control, siteId, embedderMark(deps.ai), after, limit);
}

/** Ids of living items that came with a feed, in their order, from behind `after`. */
export async function listFeedIds(
  deps: Deps,
  siteId: string,
  feedId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  return selectFeedIds(deps.control, siteId, feedId, after, limit);
}

/** Living items of these brands or exactly these categories, the newest first. */
export async function listAlike(
  deps: Deps,
  siteId: string,
  shared: { brands: string[]; categories: string[] },
  limit: number,
): Promise<{ id: string; brand: string | null; category: string | null }[]> {
  return selectAlike(deps.control, siteId, shared, limit);
}

/** May it be shown to anyone now? Whether to this person is for the recommender to say. */
export function isServable(item: Item): boolean {
  return item.inStock && !item.hidden && item.deletedAt === null;
}

/** An item as pages and messages show it. Prices in major units; `listPrice` only where it is higher than the price. */
export interface PublicItem {
  id: string;
  title: string;
  url: string;
  imageUrl: string | null;
  price: number | null;
  listPrice: number | null;
  currency: string;
  brand: string | null;
  category: string | null;
  /** "39,000원", "₩39,000": as the locale writes it. */
  priceText: string | null;
  listPriceText: string | null;
}

/** In the language of the locale (`ko…` or English), else as the shop named it. */
export function titleOf(item: Pick<Item, "title" | "titles">, locale: string): string {
  return (locale.startsWith("ko") ? item.titles.ko : item.titles.en) ?? item.title;
}

/** Items are kept for many requests; writing out their prices is a good part of an answer. */
const written = new WeakMap<Item, Map<string, Readonly<PublicItem>>>();

/** Names and prices as the locale writes them. Of an item that does not change any more. */
export function publicItem(item: Item, locale: string): Readonly<PublicItem> {
  const known = written.get(item) ?? new Map();
  let text = known.get(locale);
  if (!text) {
    text = writeItem(item, locale);
    written.set(item, known.set(locale, text));
  }
  return text;
}

function writeItem(item: Item, locale: string): PublicItem {
  const { id, url, imageUrl, currency, brand, category } = item;
  const listPrice =
    item.price !== null && item.listPrice !== null && item.listPrice > item.price ? item.listPrice : null;
  return {
    id,
    title: titleOf(item, locale),
    url,
    imageUrl,
    price: item.price === null ? null : fromMinor(item.price, currency),
    listPrice: listPrice === null ? null : fromMinor(listPrice, currency),
    currency,
    brand,
    category,
    priceText: item.price === null ? null : formatMoney(item.price, currency, locale),
    listPriceText: listPrice === null ? null : formatMoney(listPrice, currency, locale),
  };
}
