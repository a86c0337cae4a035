/** What is charged for an item at a moment. Pure: a sale begins and ends by the clock, with nobody writing anything. */
import { fromMinor } from "../lib/money.ts";
import type { StoredItem } from "./store.ts";

type Prices = Pick<StoredItem, "price" | "salePrice" | "saleStartsAt" | "saleEndsAt">;

function isOnSale({ price, salePrice, saleStartsAt, saleEndsAt }: Prices, now: number): boolean {
  if (salePrice === null || (price !== null && salePrice >= price)) return false;
  return (saleStartsAt === null || saleStartsAt <= now) && (saleEndsAt === null || now < saleEndsAt);
}

/** In minor units; null when the shop says no price. */
export function chargedPrice(item: Prices, now: number): number | null {
  return isOnSale(item, now) ? item.salePrice : item.price;
}

/** An item as everybody else sees it: `price` is what is charged now, `listPrice` the price before the sale. */
export interface Item extends StoredItem {
  /** As the shop said them, whatever the date. */
  regular: { price: number | null; listPrice: number | null };
  /** When `price` changes by the clock, in epoch ms; null: not by the clock. A copy holds until then. */
  priceHoldsUntil: number | null;
}

/** The item at `now` (epoch ms). */
export function pricedAt(item: StoredItem, now: number): Item {
  const { price, listPrice, salePrice, saleStartsAt, saleEndsAt } = item;
  const boundaries = salePrice === null ? [] : [saleStartsAt, saleEndsAt].filter((at) => at !== null && at > now);
  const onSale = isOnSale(item, now);
  return {
    ...item,
    price: onSale ? salePrice : price,
    listPrice: onSale ? (listPrice ?? price) : listPrice,
    regular: { price, listPrice },
    priceHoldsUntil: boundaries[0] ?? null,
  };
}

/** An item in a feed's words: prices in major units and as the shop said them, whatever the date. */
export function asSaid({ inStock, regular, ...item }: Item) {
  const major = (amount: number | null) => (amount === null ? null : fromMinor(amount, item.currency));
  return {
    ...item,
    price: major(regular.price),
    listPrice: major(regular.listPrice),
    salePrice: major(item.salePrice),
    availability: inStock ? ("in_stock" as const) : ("out_of_stock" as const),
  };
}
