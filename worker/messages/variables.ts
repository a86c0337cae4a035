/**
 * What a template can name: the person's products by what they did with them, the recommended ones, the profile, the site.
 * Names and prices are the catalog's as of now; an item that the catalog does not know is described by the event itself.
 * What is not known is left out, so that the template can tell it from an empty text.
 */

import type { Item } from "../catalog/price.ts";
import { type PublicItem, publicItem } from "../catalog/read.ts";
import { itemsOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import { formatMoney, fromMinor, toMinor } from "../lib/money.ts";
import type { Profile } from "../profiles/store.ts";
import type { Site } from "../sites/schema.ts";

/** Lists by what a person did: newest first, each item once. The cart and the wish list hold what is still in them. */
const EVENT_LISTS = [
  "product_viewed",
  "product_added_to_cart",
  "product_added_to_wishlist",
  "product_purchased",
] as const;
type EventList = (typeof EVENT_LISTS)[number];

export const ITEM_LISTS = [...EVENT_LISTS, "recommendation"] as const;
export const ENTRIES_LIMIT = 10;

export const ITEM_FIELDS = [
  "product_id",
  "product_name",
  /** As the locale writes it: "39,000원". */
  "product_price",
  /** A number, in major units. */
  "product_price_amount",
  "product_url",
  "product_image_url",
  "product_brand",
  "product_category",
  "quantity",
  /** ISO 8601, for the `date` filter. */
  "at",
] as const;

/** Of `item`, the changed item that a catalog campaign is about: besides what every item has. */
export const CHANGE_FIELDS = [
  "previous_price",
  "previous_price_amount",
  /** How much less it is now, in percent of before. */
  "percent",
  /** How many are left. */
  "stock",
] as const;

export const PROFILE_FIELDS = ["name", "user_id", "email", "phone", "locale", "traits"] as const;
export const SITE_FIELDS = ["name", "currency", "time_zone"] as const;

type Entry = Partial<Record<(typeof ITEM_FIELDS)[number], string | number>>;

interface Occurrence {
  itemId: string;
  at: number;
  quantity: number;
  /** The item's own fields in the event. */
  said: Record<string, unknown>;
}

/** How deep and how wide a trait may be before it is cut: a template is no place for a document. */
const TRAIT_DEPTH = 3;
const TRAIT_WIDTH = 50;

/** Ids of the catalog items whose names and prices the variables of this history need. At most ten a list. */
export function itemIdsFor(events: HistoryEvent[]): string[] {
  const lists = Object.values(listsOf(events)).flat();
  return [...new Set(lists.map((each) => each.itemId))];
}

/** `events` of one person, newest first. `items` as `itemIdsFor` asked. `recommended` best first, in the person's locale. */
export function buildVariables(about: {
  profile: Profile;
  events: HistoryEvent[];
  items: Map<string, Item>;
  recommended: PublicItem[];
  site: Pick<Site, "name" | "currency" | "timeZone">;
  locale: string;
  /** The item that a change of the catalog is about; `previousPrice` in minor units. */
  changed?: { item: Item; previousPrice: number | null; percent: number | null; at: number } | undefined;
}): Record<string, unknown> {
  const { profile, items, site, locale, changed } = about;
  const described = new Map<string, Entry>();
  const describe = ({ itemId, at, quantity, said }: Occurrence): Entry => {
    const item = items.get(itemId);
    let entry = described.get(itemId);
    if (!entry) {
      entry = item ? fromCatalog(publicItem(item, locale)) : fromEvent(itemId, said, site.currency, locale);
      if (item) described.set(itemId, entry);
    }
    return { ...entry, quantity, at: new Date(at).toISOString() };
  };
  const lists = Object.entries(listsOf(about.events)).map(([name, list]) => [name, list.map(describe)]);
  return {
    ...Object.fromEntries(lists),
    recommendation: about.recommended.slice(0, ENTRIES_LIMIT).map(fromCatalog),
    ...(changed ? { item: changedEntry(changed, locale) } : {}),
    profile: aboutProfile(profile),
    site: { name: site.name, currency: site.currency, time_zone: site.timeZone },
  };
}

function changedEntry(
  {
    item,
    previousPrice,
    percent,
    at,
  }: { item: Item; previousPrice: number | null; percent: number | null; at: number },
  locale: string,
): Record<string, unknown> {
  return known({
    ...fromCatalog(publicItem(item, locale)),
    quantity: 1,
    at: new Date(at).toISOString(),
    previous_price: previousPrice === null ? undefined : formatMoney(previousPrice, item.currency, locale),
    previous_price_amount: previousPrice === null ? undefined : fromMinor(previousPrice, item.currency),
    percent,
    stock: item.quantity,
  });
}

/** Each list from the newest occurrence of each item, less what was taken out of it or bought afterwards. */
function listsOf(events: HistoryEvent[]): Record<EventList, Occurrence[]> {
  const lists: Record<EventList, Map<string, Occurrence>> = {
    product_viewed: new Map(),
    product_added_to_cart: new Map(),
    product_added_to_wishlist: new Map(),
    product_purchased: new Map(),
  };
  // Oldest first, re-inserting: the order of a map is then the order of the newest occurrences.
  for (const event of events.toReversed()) {
    const { name } = event;
    if (name !== "product_removed_from_cart" && !isEventList(name)) continue;
    for (const occurrence of occurrencesOf(event)) {
      const { itemId } = occurrence;
      if (name === "product_removed_from_cart") {
        takeOut(lists.product_added_to_cart, occurrence);
        continue;
      }
      const list = lists[name];
      if (name === "product_added_to_cart") occurrence.quantity += list.get(itemId)?.quantity ?? 0;
      list.delete(itemId);
      list.set(itemId, occurrence);
      if (name === "product_purchased") {
        lists.product_added_to_cart.delete(itemId);
        lists.product_added_to_wishlist.delete(itemId);
      }
    }
  }
  return {
    product_viewed: newest(lists.product_viewed),
    product_added_to_cart: newest(lists.product_added_to_cart),
    product_added_to_wishlist: newest(lists.product_added_to_wishlist),
    product_purchased: newest(lists.product_purchased),
  };
}

function isEventList(name: string): name is EventList {
  return (EVENT_LISTS as readonly string[]).includes(name);
}

function newest(list: Map<string, Occurrence>): Occurrence[] {
  return [...list.values()].slice(-ENTRIES_LIMIT).reverse();
}

/** A removal that says no number takes everything. */
function takeOut(cart: Map<string, Occurrence>, removed: Occurrence): void {
  const inCart = cart.get(removed.itemId);
  if (!inCart) return;
  const left = removed.said.quantity === undefined ? 0 : inCart.quantity - removed.quantity;
  if (left > 0) inCart.quantity = left;
  else cart.delete(removed.itemId);
}

function occurrencesOf(event: HistoryEvent): Occurrence[] {
  const { properties } = event;
  const several = [properties.products, properties.items].find(Array.isArray)?.filter(isObject);
  return itemsOf(properties).map(({ id, quantity }) => {
    if (!several) return { itemId: id, at: event.at, quantity, said: properties };
    const own = several.find((each) => itemsOf({ items: [each] })[0]?.id === id);
    return { itemId: id, at: event.at, quantity, said: own ?? properties };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromCatalog(item: PublicItem): Entry {
  return known({
    product_id: item.id,
    product_name: item.title,
    product_price: item.priceText,
    product_price_amount: item.price,
    product_url: item.url,
    product_image_url: item.imageUrl,
    product_brand: item.brand,
    product_category: item.category,
  });
}

function fromEvent(itemId: string, said: Record<string, unknown>, siteCurrency: string, locale: string): Entry {
  const first = (...names: string[]) => names.map((name) => said[name]).find((value) => typeof value === "string");
  const price = itemsOf({ items: [{ ...said, item_id: itemId }] })[0]?.price;
  const named = said.currency;
  const currency = typeof named === "string" && /^[A-Z]{3}$/.test(named) ? named : siteCurrency;
  return known({
    product_id: itemId,
    product_name: first("product_name", "name", "title", "item_name"),
    product_price: price === undefined ? undefined : formatMoney(toMinor(price, currency), currency, locale),
    product_price_amount: price,
    product_url: first("product_url", "url"),
    product_image_url: first("product_image_url", "image_url"),
    product_brand: first("product_brand", "brand", "item_brand"),
    product_category: first("product_category", "category", "item_category"),
  });
}

function known(fields: Record<string, unknown>): Entry {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null && value !== "")) as Entry;
}

function aboutProfile(profile: Profile): Record<string, unknown> {
  const { traits } = profile;
  return known({
    name: traits.name ?? traits.first_name ?? traits.firstName,
    user_id: profile.userId,
    email: profile.email,
    phone: profile.phone,
    locale: profile.locale,
    traits: pruned(traits, TRAIT_DEPTH),
  });
}

/** Without what is unknown or empty, and bounded. */
function pruned(value: unknown, depth: number): unknown {
  if (value === null || value === "") return undefined;
  if (typeof value !== "object") return value;
  if (depth === 0) return undefined;
  if (Array.isArray(value)) {
    return value.slice(0, TRAIT_WIDTH).flatMap((each) => pruned(each, depth - 1) ?? []);
  }
  return known(
    Object.fromEntries(
      Object.entries(value as object)
        .slice(0, TRAIT_WIDTH)
        .map(([key, each]) => [key, pruned(each, depth - 1)]),
    ),
  );
}

/** A person of whom everything is known, with full lists: what a template is tried on before it meets a real one. */
export function sampleVariables(locale: string): Record<string, unknown> {
  const isKorean = locale.startsWith("ko");
  const entry: Entry = {
    product_id: "sample",
    product_name: isKorean ? "울 코트" : "Wool coat",
    product_price: formatMoney(39_000, "KRW", locale),
    product_price_amount: 39_000,
    product_url: "https://shop.example/sample",
    product_image_url: "https://shop.example/sample.jpg",
    product_brand: isKorean ? "눈치" : "nunchi",
    product_category: isKorean ? "여성 > 아우터" : "Women > Outerwear",
    quantity: 1,
    at: "2026-03-10T03:00:00.000Z",
  };
  const list = new Array<Entry>(ENTRIES_LIMIT).fill(entry);
  return {
    ...Object.fromEntries(ITEM_LISTS.map((name) => [name, list])),
    item: {
      ...entry,
      previous_price: formatMoney(52_000, "KRW", locale),
      previous_price_amount: 52_000,
      percent: 25,
      stock: 3,
    },
    profile: {
      name: isKorean ? "김민지" : "Minji",
      user_id: "sample",
      email: "minji@shop.example",
      phone: "+821012345678",
      locale,
      traits: {},
    },
    site: { name: isKorean ? "눈치샵" : "Nunchi shop", currency: "KRW", time_zone: "Asia/Seoul" },
  };
}
