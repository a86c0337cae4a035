/**
 * Interest in items by context, bounded whatever is sent: campaigns and referrers are what addresses say, and anybody can make
 * one up. Of each kind of context the most frequent are kept, so that a flood of one kind costs the others nothing, and
 * names that come once cannot push out one that comes again and again. Pure.
 */

/** Of everybody, whatever is known of the visit. */
export const EVERYBODY = "";

export interface ContextSums {
  /** In all, also of items that are not kept. */
  interest: number;
  items: Map<string, number>;
}

/** The same as it was stored, to be read once. */
export interface StoredContext {
  interest: number;
  items: Iterable<[string, number]>;
}

/** Contexts of one kind that are heard in the end, and how many times as many are told apart until then. */
const MOST_OF_A_KIND = 60;
const SLACK = 8;
/** Items of one context that are told apart, and up to twice as many until then; of everybody all. */
const MOST_ITEMS = 4000;

export class ContextCounts {
  readonly #kinds = new Map<string, Map<string, ContextSums>>();

  /** By name: what was added or put in, less what is rare. */
  *entries(): Generator<[string, ContextSums]> {
    for (const contexts of this.#kinds.values()) yield* contexts;
  }

  get(name: string): ContextSums | undefined {
    return this.#kinds.get(kindOf(name))?.get(name);
  }

  add(name: string, itemId: string, weight: number): void {
    const sums = this.#open(name);
    sums.interest += weight;
    addItem(name, sums, itemId, weight);
  }

  /** Sums of another part; items that are not kept count as interest alone. */
  join(name: string, { interest, items }: StoredContext, isKept: (itemId: string) => boolean = () => true): void {
    const sums = this.#open(name);
    sums.interest += interest;
    for (const [itemId, weight] of items) if (isKept(itemId)) addItem(name, sums, itemId, weight);
  }

  /** Leaves of each kind what is heard in the end, the most frequent first. */
  prune(): void {
    for (const [kind, contexts] of this.#kinds) this.#kinds.set(kind, mostOf(contexts));
  }

  #open(name: string): ContextSums {
    const kind = kindOf(name);
    let contexts = this.#kinds.get(kind) ?? new Map<string, ContextSums>();
    let sums = contexts.get(name);
    if (!sums) {
      if (contexts.size >= MOST_OF_A_KIND * SLACK) contexts = mostOf(contexts);
      sums = { interest: 0, items: new Map() };
      contexts.set(name, sums);
      this.#kinds.set(kind, contexts);
    }
    return sums;
  }
}

/** "campaign" of "campaign:spring". */
function kindOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(":")));
}

function mostOf(contexts: Map<string, ContextSums>): Map<string, ContextSums> {
  const sorted = [...contexts].sort(
    (one, other) => other[1].interest - one[1].interest || (one[0] < other[0] ? -1 : 1),
  );
  return new Map(sorted.slice(0, MOST_OF_A_KIND));
}

function addItem(name: string, sums: ContextSums, itemId: string, weight: number): void {
  sums.items.set(itemId, (sums.items.get(itemId) ?? 0) + weight);
  if (name === EVERYBODY || sums.items.size <= 2 * MOST_ITEMS) return;
  const sorted = [...sums.items].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
  sums.items = new Map(sorted.slice(0, MOST_ITEMS));
}
