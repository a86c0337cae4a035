import { listServable, readItems } from "../catalog/read.ts";
import type { Item } from "../catalog/store.ts";
import type { Deps } from "../deps.ts";
import type { Shelf } from "./select.ts";

/** Each page of the catalog is four times as long as the one before, up to this many rows. */
const LONGEST_PAGE = 500;

/** Reads the catalog as it is now and remembers what it has read: for one answer, or for many that are made at once. */
export class CatalogShelf implements Shelf {
  readonly #deps: Deps;
  readonly #siteId: string;
  readonly #items = new Map<string, Item>();
  readonly #unknown = new Set<string>();
  readonly #pages: Item[][] = [];

  constructor(deps: Deps, siteId: string) {
    this.#deps = deps;
    this.#siteId = siteId;
  }

  async read(ids: string[]): Promise<ReadonlyMap<string, Item>> {
    const missing = ids.filter((id) => !this.#items.has(id) && !this.#unknown.has(id));
    if (missing.length > 0) {
      const found = await readItems(this.#deps, this.#siteId, missing);
      for (const id of missing) {
        const item = found.get(id);
        if (item) this.#items.set(id, item);
        else this.#unknown.add(id);
      }
    }
    return this.#items;
  }

  async page(number: number, wanted: number): Promise<Item[]> {
    while (this.#pages.length <= number) {
      const last = this.#pages[this.#pages.length - 1];
      if (last?.length === 0) return [];
      const limit = Math.min(LONGEST_PAGE, wanted * 4 ** this.#pages.length);
      const items = await listServable(this.#deps, this.#siteId, last?.[last.length - 1], limit);
      for (const item of items) this.#items.set(item.id, item);
      this.#pages.push(items);
    }
    return this.#pages[number] ?? [];
  }

  /** What has been read so far. */
  get(id: string): Item | undefined {
    return this.#items.get(id);
  }
}
