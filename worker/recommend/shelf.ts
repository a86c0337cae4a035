/**
 * The catalog as recommendations read it: what is servable *now*. An isolate keeps copies of items under the catalog's
 * version, and every request learns the version of its moment: with the person's history from their shard, or else from the
 * control database. Another version, and the items are read again. A catalog that rests costs a request one row.
 */

import type { Item } from "../catalog/price.ts";
import { listServable, readCatalogVersion, readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { SECOND } from "../lib/time.ts";
import { findPassing } from "./deep-search.ts";
import type { ResolvedRule } from "./item-rule.ts";
import type { Shelf } from "./select.ts";

interface Copy {
  version: number;
  openedAt: number;
  /** When the control database itself said that this is the version. */
  checkedAt: number;
  /** The first moment at which a sale among the copies begins or ends. */
  holdsUntil: number;
  items: Map<string, Item>;
  /** Ids of which there is no item: anybody may ask for them, so they take no place of items. */
  absent: Set<string>;
  pages: Item[][];
  arrivals?: Arrivals;
}

/** The servable items that came last, newest first; the same two arrays as long as the catalog rests. */
export interface Arrivals {
  items: readonly Item[];
  ids: readonly string[];
}

export const NO_ARRIVALS: Arrivals = { items: [], ids: [] };

const copies = new Map<string, Copy>();
/** A shard that missed an announcement is believed for no longer than this. */
const BELIEVED_MS = 10 * SECOND;
const SITES_KEPT = 20;
/** About 1 KB each. */
const ITEMS_KEPT = 5000;
const ABSENT_KEPT = 1000;

/** Each page of the catalog is four times as long as the one before, up to the limit. */
const FIRST_PAGE = 16;
const LONGEST_PAGE = 500;
const ITEMS_A_STATEMENT = 2000;

export class CatalogShelf implements Shelf {
  readonly #deps: Deps;
  readonly #siteId: string;
  readonly #copy: Copy;

  private constructor(deps: Deps, siteId: string, copy: Copy) {
    this.#deps = deps;
    this.#siteId = siteId;
    this.#copy = copy;
  }

  /**
   * `announced`: the version that a user shard has just named. Open it in the request that is answered, not before.
   */
  static async open(deps: Deps, siteId: string, announced?: number): Promise<CatalogShelf> {
    const now = deps.clock.now();
    const isShared = deps.clock.stands !== true;
    let copy = isShared ? copies.get(siteId) : undefined;
    if (copy && (now >= copy.holdsUntil || now < copy.openedAt)) copy = undefined;
    const isKnown = copy !== undefined && copy.version === announced && Math.abs(now - copy.checkedAt) < BELIEVED_MS;
    if (!copy || !isKnown || copy.items.size > ITEMS_KEPT) {
      const version = await readCatalogVersion(deps, siteId);
      if (copy?.version !== version || copy.items.size > ITEMS_KEPT)
        copy = {
          version,
          openedAt: now,
          checkedAt: now,
          holdsUntil: Infinity,
          items: new Map(),
          absent: new Set(),
          pages: [],
        };
      copy.checkedAt = now;
      // The prices of an earlier moment are nobody else's.
      if (!isShared) return new CatalogShelf(deps, siteId, copy);
      copies.delete(siteId);
      copies.set(siteId, copy);
      const oldest = copies.keys().next().value;
      if (copies.size > SITES_KEPT && oldest !== undefined) copies.delete(oldest);
    }
    return new CatalogShelf(deps, siteId, copy);
  }

  async read(ids: string[]): Promise<ReadonlyMap<string, Item>> {
    const { items, absent } = this.#copy;
    const unread = ids.filter((id) => !items.has(id) && !absent.has(id));
    if (unread.length === 0) return items;
    const missing = [...new Set(unread)];
    for (let start = 0; start < missing.length; start += ITEMS_A_STATEMENT) {
      const slice = missing.slice(start, start + ITEMS_A_STATEMENT);
      const found = await readItems(this.#deps, this.#siteId, slice);
      for (const id of slice) {
        const item = found.get(id);
        if (item) this.#keep(id, item);
        else absent.add(id);
      }
      if (absent.size > ABSENT_KEPT) absent.clear();
    }
    return items;
  }

  async page(number: number): Promise<Item[]> {
    const { pages } = this.#copy;
    while (pages.length <= number) {
      const place = pages.length;
      const last = pages[place - 1];
      if (last?.length === 0) return [];
      const limit = Math.min(LONGEST_PAGE, FIRST_PAGE * 4 ** place);
      const page = await listServable(this.#deps, this.#siteId, last?.[last.length - 1], limit);
      for (const item of page) this.#keep(item.id, item);
      // Another list may have read the same page meanwhile.
      pages[place] ??= page;
    }
    return pages[number] ?? [];
  }

  async passing(rules: ResolvedRule[], part: number, most?: number): Promise<Item[]> {
    const ids = await findPassing(this.#deps, this.#siteId, rules, part, most);
    const items = await this.read(ids);
    return ids.flatMap((id) => items.get(id) ?? []);
  }

  /** Some eighty. */
  async arrivals(): Promise<Arrivals> {
    if (this.#copy.arrivals) return this.#copy.arrivals;
    const items = [...(await this.page(0)), ...(await this.page(1))];
    this.#copy.arrivals ??= { items, ids: items.map(({ id }) => id) };
    return this.#copy.arrivals;
  }

  #keep(id: string, item: Item): void {
    this.#copy.items.set(id, item);
    this.#copy.holdsUntil = Math.min(this.#copy.holdsUntil, item.priceHoldsUntil ?? Infinity);
  }

  /** Asked for, and not there. */
  isAbsent(id: string): boolean {
    return this.#copy.absent.has(id);
  }

  /** Of what has been read so far. */
  get(id: string): Item | undefined {
    return this.#copy.items.get(id);
  }
}
