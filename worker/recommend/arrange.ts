/** The order of candidates that are read: boosts by what an item is, then difference from what stands before it. Pure. */
import type { Item } from "../catalog/price.ts";
import type { Candidate } from "./candidates.ts";
import { cosineOf } from "./engine/embedding.ts";
import type { Engine } from "./engine/engine.ts";
import { fieldsOf, meetsRule, type ResolvedRule } from "./item-rule.ts";

export interface ResolvedBoost {
  /** Undefined: it asks for a value of the current item that is not there. */
  when: ResolvedRule | undefined;
  by: number;
}

export interface Read {
  candidate: Candidate;
  item: Item;
}

/** In [0, 1]; 1 is the same. */
export type LikenessOf = (one: Item, other: Item) => number;

/** What boosts and differences made of a candidate. */
export interface Arranged {
  /** Its score was multiplied by this; 1 where no boost holds. */
  boost: number;
  /** Places that it won by being different from what stands above it; negative: that it lost. */
  diversity: number;
}

/** What `arranged` is told from, both in their orders. */
export function arrangedFrom(lifted: Read[], order: Read[]): Map<string, Arranged> {
  const before = new Map(lifted.map(({ candidate }, place) => [candidate.id, place]));
  return new Map(
    order.map(({ candidate: { id, boost = 1 } }, place) => [
      id,
      { boost, diversity: (before.get(id) ?? place) - place },
    ]),
  );
}

/** Scores multiplied by the boosts whose rules hold, and within (0, 1] again; in the new order. */
export function boosted(read: Read[], boosts: ResolvedBoost[], now: number): Read[] {
  if (boosts.length === 0) return read;
  const lifted = read.map(({ candidate, item }) => {
    const fields = fieldsOf(item, now);
    const boost = boosts.reduce(
      (product, { when, by }) => (when && meetsRule(when, fields) ? product * by : product),
      1,
    );
    return { item, candidate: { ...candidate, score: candidate.score * boost, ...(boost === 1 ? {} : { boost }) } };
  });
  const best = Math.max(1, ...lifted.map(({ candidate }) => candidate.score));
  for (const { candidate } of lifted) candidate.score /= best;
  return lifted.sort((one, other) => other.candidate.score - one.candidate.score);
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein 1998): one after another, the item with the best balance of its score
 * and of its difference from the nearest before it. `diversity` 0 leaves the order, 1 looks at difference alone.
 */
export function diversified(read: Read[], diversity: number, likeness: LikenessOf, count: number): Read[] {
  if (diversity === 0) return read;
  const left = [...read];
  const nearest = new Map(left.map(({ item }) => [item.id, 0]));
  const chosen: Read[] = [];
  while (left.length > 0 && chosen.length < count) {
    let [best, most] = [0, Number.NEGATIVE_INFINITY];
    for (const [place, { candidate, item }] of left.entries()) {
      const value = (1 - diversity) * candidate.score - diversity * (nearest.get(item.id) ?? 0);
      if (value > most) [best, most] = [place, value];
    }
    const [next] = left.splice(best, 1);
    if (!next) break;
    chosen.push(next);
    for (const { item } of left) nearest.set(item.id, Math.max(nearest.get(item.id) ?? 0, likeness(item, next.item)));
  }
  return [...chosen, ...left];
}

const SAME_CATEGORY = 0.6;
const SAME_BRAND = 0.3;

/** Alike in use where the model knows both, and in what the catalog says of them; the larger counts. */
export function likenessBy(engine: Engine | undefined, indexOf: (id: string) => number | undefined): LikenessOf {
  const [embedding] = engine?.core.embeddings ?? [];
  return (one, other) => {
    const said =
      (one.category !== null && one.category === other.category ? SAME_CATEGORY : 0) +
      (one.brand !== null && one.brand === other.brand ? SAME_BRAND : 0);
    const [a, b] = [indexOf(one.id), indexOf(other.id)];
    if (!embedding || a === undefined || b === undefined) return said;
    return Math.max(said, cosineOf(embedding, a, b));
  };
}
