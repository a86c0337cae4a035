/** Sums of many items by their numbers, where a map would take ten times the memory. */

/** What a map and `DenseSums` have in common. */
export interface Sums<Item> extends Iterable<[Item, number]> {
  readonly size: number;
  get(item: Item): number | undefined;
  set(item: Item, sum: number): unknown;
  delete(item: Item): boolean;
  values(): Iterable<number>;
}

/** Eight bytes an item, whether there is a sum or not. Above zero, as all sums are. */
export class DenseSums implements Sums<number> {
  #sums: Float64Array;
  size = 0;

  /** @param room for items below it; there may be others */
  constructor(room: number) {
    this.#sums = new Float64Array(room);
  }

  get(item: number): number | undefined {
    return this.#sums[item] || undefined;
  }

  set(item: number, sum: number): void {
    if (item >= this.#sums.length) {
      const larger = new Float64Array(Math.ceil(1.2 * (item + 1)));
      larger.set(this.#sums);
      this.#sums = larger;
    }
    if (this.#sums[item] === 0) this.size++;
    this.#sums[item] = sum;
  }

  delete(item: number): boolean {
    const isThere = this.get(item) !== undefined;
    if (isThere) this.size--;
    this.#sums[item] = 0;
    return isThere;
  }

  *[Symbol.iterator](): Generator<[number, number]> {
    for (let item = 0; item < this.#sums.length; item++) {
      const sum = this.get(item);
      if (sum !== undefined) yield [item, sum];
    }
  }

  *values(): Generator<number> {
    for (const [, sum] of this) yield sum;
  }
}
