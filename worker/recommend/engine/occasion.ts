/**
 * What surrounds a session at a moment, beyond what was done in it: what is described like its items, what the catalog has that
 * is new, and what is thought of the person's intention. By this when training and when serving.
 */
import type { Aspects } from "./aspects.ts";
import { PartReader, packParts } from "./parts.ts";
import type { Sessions } from "./sessions.ts";
import type { Question } from "./split.ts";

/** Items that are described like one, most alike first, and how much, up to 1. */
export interface Likes {
  items: ArrayLike<number>;
  scores: ArrayLike<number>;
}

export interface Occasion {
  /** What each click was (deeds.ts); empty where nothing is known. */
  deeds?: ArrayLike<number> | undefined;
  /** All distinct items of the person's, newest first, where they are many (`longHistory` of histories.ts). */
  history?: ArrayLike<number> | undefined;
  /** Epoch day, with its fraction; undefined where no time is known. */
  day?: number | undefined;
  /** What came last into the catalog, newest first. */
  arrivals?: ArrayLike<number> | undefined;
  /** What the intention model thinks of the moment (judgment.ts). */
  judgment?: number | undefined;
  /** Further candidates, of ways that the engine knows nothing of. */
  extra?: ArrayLike<number> | undefined;
}

/** Newest items that are candidates of everybody. */
export const ARRIVALS = 12;
/** Days for which an item is new. */
export const NEW_DAYS = 28;

/** How old an item is, in days; undefined where that is not known, or it is not there yet. */
export function ageOf({ born }: Aspects, item: number, day: number): number | undefined {
  const since = born[item] ?? 0;
  return since > 0 && since <= day ? day - since : undefined;
}

/** What a catalog had last at any moment. */
export class Arrivals {
  /** In the order of their coming; of those of one moment, as the catalog lists them. */
  readonly #items: Int32Array;
  readonly #born: Float32Array;

  constructor({ born }: Aspects) {
    this.#items = Int32Array.from(born.keys())
      .filter((item) => (born[item] as number) > 0)
      .sort((one, other) => (born[one] as number) - (born[other] as number) || one - other);
    this.#born = Float32Array.from(this.#items, (item) => born[item] as number);
  }

  /** Newest first. */
  at(day: number): Int32Array {
    let [low, high] = [0, this.#born.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#born[middle] as number) <= day) low = middle + 1;
      else high = middle;
    }
    return this.#items.slice(Math.max(0, low - ARRIVALS), low).reverse();
  }
}

/** The occasions of a training's questions. */
export function occasionsOf(
  { deeds, days, judgments }: Sessions,
  aspects: Aspects | undefined,
): (question: Question) => Occasion {
  const arrivals = aspects && days ? new Arrivals(aspects) : undefined;
  return ({ begin, at, session }) => {
    const day = days?.[session];
    return {
      deeds: deeds?.subarray(begin, at),
      day,
      arrivals: day === undefined ? undefined : arrivals?.at(day),
      judgment: judgments?.[at - 1],
    };
  };
}

/** What is described like each of some items, as bytes. */
export function likenessBytes(likes: ReadonlyMap<number, Likes>): Uint8Array {
  const starts = new Int32Array(likes.size + 1);
  const lists = [...likes.values()];
  for (const [place, { items }] of lists.entries()) starts[place + 1] = (starts[place] as number) + items.length;
  const items = new Int32Array(starts[lists.length] as number);
  const scores = new Float32Array(items.length);
  for (const [place, list] of lists.entries()) {
    items.set(list.items, starts[place]);
    scores.set(list.scores, starts[place]);
  }
  return packParts([Int32Array.from(likes.keys()), starts, items, scores]);
}

/** The opposite of `likenessBytes`. */
export function readLikeness(bytes: Uint8Array): Map<number, Likes> {
  const reader = new PartReader(bytes);
  const [asked, starts, items, scores] = [reader.integers(), reader.integers(), reader.integers(), reader.floats()];
  const likes = new Map<number, Likes>();
  for (const [place, item] of asked.entries()) {
    const [from, to] = [starts[place] as number, starts[place + 1] as number];
    likes.set(item, { items: items.subarray(from, to), scores: scores.subarray(from, to) });
  }
  return likes;
}
