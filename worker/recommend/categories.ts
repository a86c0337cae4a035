/** Categories of what is in the catalog, by item id: four bytes for each item of a dictionary, and a map of the others. Pure. */
import type { Dictionary } from "./dictionary.ts";

const [ABSENT, WITHOUT, FIRST] = [0, 1, 2];

export class Categories {
  readonly #ids: Dictionary;
  /** By the dictionary's index: not in the catalog, without a category, or `FIRST` + place in `#names`. */
  readonly #numbers: Int32Array;
  readonly #others = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();

  constructor(ids: Dictionary) {
    this.#ids = ids;
    this.#numbers = new Int32Array(ids.length);
  }

  add(id: string, category: string | null): void {
    const number = category === null ? WITHOUT : this.#numberOf(category);
    const index = this.#ids.indexOf(id);
    if (index === undefined) this.#others.set(id, number);
    else this.#numbers[index] = number;
  }

  #numberOf(name: string): number {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#names.push(name) - 1;
      this.#places.set(name, place);
    }
    return FIRST + place;
  }

  #find(id: string): number {
    const index = this.#ids.indexOf(id);
    return (index === undefined ? this.#others.get(id) : this.#numbers[index]) ?? ABSENT;
  }

  /** Whether the item is in the catalog. */
  has(id: string): boolean {
    return this.#find(id) !== ABSENT;
  }

  /** Null where the item has none, or is not in the catalog. */
  of(id: string): string | null {
    return this.#names[this.#find(id) - FIRST] ?? null;
  }
}
