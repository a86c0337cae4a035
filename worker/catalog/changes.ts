/**
 * What has changed about items that somebody may be waiting for: cheaper, back, few left, new, gone. Written by every way
 * into the catalog, with the items and in the same transaction; read by whoever acts on it, from where they left off.
 */
import type { Deps } from "../deps.ts";
import { type CatalogChange, type GuardedChange, selectChanges, selectVersion } from "./changes/store.ts";
import { chargedPrice } from "./price.ts";
import type { ItemRow, Known } from "./store.ts";

/**
 * The changes of a site's catalog in the order in which they were stored, at most `limit`, from behind `after`: the `cursor` of
 * the last call, or `presentCatalogCursor` to begin with what comes next; undefined begins with the oldest that is kept (30
 * days). A change is stored in the transaction that makes it and placed by the catalog's version, so reading on by the cursor
 * misses nothing and repeats nothing. `cursor` is where to read on, also when there was nothing. An unreadable cursor begins
 * with the oldest.
 *
 * Kinds: `price_dropped` (`previousPrice`, `price`, `percent`: what is charged, sales by date included), `back_in_stock` (also
 * an item that returns after it was removed), `low_stock` (`quantity` fell to the item's threshold), `item_added` (only once
 * the catalog is a day old: filling a shop is no news), `item_removed`. Hidden items change silently.
 */
export async function readCatalogChanges(
  deps: Deps,
  siteId: string,
  after: string | undefined,
  limit: number,
): Promise<{ changes: CatalogChange[]; cursor: string }> {
  const rows = await selectChanges(deps.control, siteId, placeOf(after), limit);
  const last = rows.at(-1);
  const cursor = last ? cursorOf(last) : (after ?? cursorOf(placeOf(undefined)));
  return { changes: rows.map(({ version: _, ...change }) => change), cursor };
}

/** Where `readCatalogChanges` begins when only what comes from now on counts. */
export async function presentCatalogCursor(deps: Deps, siteId: string): Promise<string> {
  // Behind every row of the present version: no item id is beyond this one.
  return cursorOf({ version: (await selectVersion(deps.control, siteId)) + 1, kind: "", itemId: "" });
}

interface Place {
  version: number;
  kind: string;
  itemId: string;
}

function cursorOf({ version, kind, itemId }: Place): string {
  return `${version}/${kind}/${itemId}`;
}

function placeOf(cursor: string | undefined): Place {
  const [, version = "0", kind = "", itemId = ""] = /^(\d{1,15})\/(\w*)\/([\s\S]*)$/.exec(cursor ?? "") ?? [];
  return { version: Number(version), kind, itemId };
}

/** What the new row means for somebody who knew the item as it was. `addedCounts`: a new item is worth telling. */
export function changesBetween(
  known: Known | undefined,
  row: ItemRow,
  now: number,
  addedCounts: boolean,
): GuardedChange[] {
  if (row.hidden || (known?.hidden === 1 && known.deletedAt === null)) return [];
  const { id: itemId, currency, quantity } = row;
  const price = chargedPrice(row, now);
  const previousHash = known?.contentHash ?? null;
  const base = { itemId, at: now, currency, quantity, price, previousPrice: null, percent: null, previousHash };
  if (!known) return addedCounts ? [{ ...base, kind: "item_added" }] : [];
  if (!row.inStock) return [];
  const changes: GuardedChange[] = [];
  // What was charged when it was stored last: a sale that has begun since then is news until `beginSales` has told of it.
  const was = chargedPrice(known, known.updatedAt);
  const wasThere = known.deletedAt === null && known.inStock === 1;
  if (known.deletedAt === null && was !== null && price !== null && price < was && known.currency === currency) {
    const percent = Math.round((1 - price / was) * 1000) / 10;
    changes.push({ ...base, kind: "price_dropped", previousPrice: was, percent });
  }
  if (!wasThere) changes.push({ ...base, kind: "back_in_stock" });
  if (isLow(row) && !(wasThere && isLow(known))) changes.push({ ...base, kind: "low_stock" });
  return changes;
}

/** So many or fewer are few, where the shop does not say another number. */
const FEW = 5;

function isLow({ quantity, lowStockThreshold }: Pick<ItemRow, "quantity" | "lowStockThreshold">): boolean {
  return quantity !== null && quantity <= (lowStockThreshold ?? FEW);
}
