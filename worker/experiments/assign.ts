/**
 * Who gets what, from a hash: nothing is stored, every isolate agrees, and the same person gets the same answer. Three
 * independent draws: whether somebody takes part, whether they are held out, and which variant. Pure.
 */
import { hashUnit } from "../lib/hash.ts";
import { type ExperimentDefinition, HOLDOUT } from "./schema.ts";

export type Shares = readonly { name: string; share: number }[];

/**
 * The group of a unit (a profile id; in automatic mode a profile on a day), or null for those who do not take part. Growing
 * `traffic` only adds people; the holdout does not depend on the variants, nor the other way round.
 */
export function assign(
  id: string,
  { traffic, holdout }: Pick<ExperimentDefinition, "traffic" | "holdout">,
  shares: Shares,
  person: string,
  unit: string = person,
): string | null {
  if (hashUnit(`${id}\ntraffic\n${person}`) >= traffic) return null;
  if (hashUnit(`${id}\nholdout\n${person}`) < holdout.share) return HOLDOUT;
  return pickVariant(id, shares, unit);
}

/**
 * Weighted rendezvous hashing: each variant runs against the others with an exponential clock whose rate is its share, and
 * the first to ring wins. When shares change, people move only from those that shrank to those that grew; the order of the
 * variants does not matter, and only proportions do. (Thaler & Ravishankar 1998; weights as in Schindelhauer & Schomaker
 * 2005, the logarithmic method.) Throws RangeError when no share is positive.
 */
export function pickVariant(id: string, shares: Shares, unit: string): string {
  let [best, first]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const { name, share } of shares) {
    if (share <= 0) continue;
    // In (0, 1]: the logarithm of 0 would be no number to compare.
    const rings = -Math.log(1 - hashUnit(`${id}\nvariant ${name}\n${unit}`)) / share;
    if (rings < first) [best, first] = [name, rings];
  }
  if (best === undefined) throw new RangeError("an experiment without a positive share");
  return best;
}
