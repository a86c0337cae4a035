/** Intervals for rates, means and their differences, and the check that a split came out as it was meant. Pure. */
import { chiSquareTail, normalQuantile, studentQuantile } from "./distributions.ts";

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface Rate {
  successes: number;
  people: number;
}

/** Enough of many values to know their mean and spread. */
export interface Mean {
  people: number;
  sum: number;
  squares: number;
}

const LEVEL = 0.95;
const bothTails = (level: number) => 1 - (1 - level) / 2;

/**
 * Wilson's score interval (J. Am. Stat. Assoc. 22, 1927): also right for small numbers and rates near 0 and 1. Undefined
 * without people.
 */
export function wilson({ successes, people }: Rate, level = LEVEL): Interval | undefined {
  if (people === 0) return undefined;
  const z = normalQuantile(bothTails(level));
  const value = successes / people;
  const center = value + (z * z) / (2 * people);
  const reach = z * Math.sqrt((value * (1 - value)) / people + (z * z) / (4 * people * people));
  const scale = 1 + (z * z) / people;
  return { value, low: Math.max(0, (center - reach) / scale), high: Math.min(1, (center + reach) / scale) };
}

/** Difference of two rates, a − b: Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10). */
export function newcombe(a: Rate, b: Rate, level = LEVEL): Interval | undefined {
  const [first, second] = [wilson(a, level), wilson(b, level)];
  if (!first || !second) return undefined;
  const value = first.value - second.value;
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  };
}

function spread({ people, sum, squares }: Mean): { mean: number; error: number } | undefined {
  if (people < 2) return undefined;
  const mean = sum / people;
  const variance = Math.max(0, (squares - people * mean * mean) / (people - 1));
  return { mean, error: variance / people };
}

/** A mean with Student's interval; undefined below two people. */
export function meanInterval(of: Mean, level = LEVEL): Interval | undefined {
  const found = spread(of);
  if (!found) return undefined;
  const reach = studentQuantile(bothTails(level), of.people - 1) * Math.sqrt(found.error);
  return { value: found.mean, low: found.mean - reach, high: found.mean + reach };
}

/**
 * Difference of two means, a − b, with unequal spreads: Welch's interval with Satterthwaite's degrees of freedom (Welch,
 * Biometrika 34, 1947).
 */
export function welch(a: Mean, b: Mean, level = LEVEL): (Interval & { degrees: number }) | undefined {
  const [first, second] = [spread(a), spread(b)];
  if (!first || !second) return undefined;
  const value = first.mean - second.mean;
  const error = first.error + second.error;
  if (error === 0) return { value, low: value, high: value, degrees: a.people + b.people - 2 };
  const degrees = error ** 2 / (first.error ** 2 / (a.people - 1) + second.error ** 2 / (b.people - 1));
  const reach = studentQuantile(bothTails(level), degrees) * Math.sqrt(error);
  return { value, low: value - reach, high: value + reach, degrees };
}

/**
 * How much more of `a` than of `b` succeed, as a share of b's: an interval on the logarithm of the ratio (Katz, Baptista,
 * Azen, Pike: Biometrics 34, 1978). Undefined while nobody succeeds in one of them.
 */
export function relativeRate(a: Rate, b: Rate, level = LEVEL): Interval | undefined {
  if (a.successes === 0 || b.successes === 0) return undefined;
  const variance = (rate: Rate) => 1 / rate.successes - 1 / rate.people;
  return ratioInterval(a.successes / a.people / (b.successes / b.people), variance(a) + variance(b), level);
}

/** The same of means, by the delta method on the logarithm. Undefined below two people, and where a mean is no gain. */
export function relativeMean(a: Mean, b: Mean, level = LEVEL): Interval | undefined {
  const [first, second] = [spread(a), spread(b)];
  if (!first || !second || first.mean <= 0 || second.mean <= 0) return undefined;
  const variance = first.error / first.mean ** 2 + second.error / second.mean ** 2;
  return ratioInterval(first.mean / second.mean, variance, level);
}

/** @param variance of the ratio's logarithm */
function ratioInterval(ratio: number, variance: number, level: number): Interval {
  const reach = Math.exp(normalQuantile(bothTails(level)) * Math.sqrt(variance));
  return { value: ratio - 1, low: ratio / reach - 1, high: ratio * reach - 1 };
}

/** Below this a split that came out so uneven is taken to be broken (Fabijan et al., KDD 2019). */
export const RATIO_ALARM = 0.001;

export interface RatioCheck {
  chiSquare: number;
  /** How often a sound split would come out at least so uneven. */
  p: number;
  isAlarming: boolean;
}

/**
 * Sample-ratio check: Pearson's chi-square of the people counted in each group against the shares that they were given.
 * Undefined while there is too little to say (fewer than five expected in a group).
 */
export function checkRatio(groups: { people: number; share: number }[]): RatioCheck | undefined {
  const total = groups.reduce((sum, { people }) => sum + people, 0);
  const shares = groups.reduce((sum, { share }) => sum + share, 0);
  const expected = groups.map(({ share }) => (total * share) / shares);
  if (groups.length < 2 || expected.some((count) => count < 5)) return undefined;
  const chiSquare = groups.reduce((sum, { people }, index) => {
    const count = expected[index] as number;
    return sum + (people - count) ** 2 / count;
  }, 0);
  const p = chiSquareTail(chiSquare, groups.length - 1);
  return { chiSquare, p, isAlarming: p < RATIO_ALARM };
}
