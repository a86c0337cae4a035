/**
 * Thompson sampling in batches: after each count of what happened, a variant's share becomes the probability that it is the
 * best, given what is known (randomized probability matching: Scott, Appl. Stochastic Models Bus. Ind. 26, 2010; Thompson,
 * Biometrika 25, 1933). Each rate has a Beta(1, 1) prior. Pure: randomness is an argument.
 */

export interface Arm {
  variant: string;
  trials: number;
  successes: number;
}

export type Random = () => number;

const DRAWS = 2000;

/** Standard normal, by Box and Muller (1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma with this shape (> 0) and scale 1: Marsaglia and Tsang (ACM TOMS 26, 2000). */
export function sampleGamma(shape: number, random: Random): number {
  if (shape < 1) return sampleGamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

export function sampleBeta(a: number, b: number, random: Random): number {
  const x = sampleGamma(a, random);
  return x / (x + sampleGamma(b, random));
}

const sampleRate = ({ trials, successes }: Arm, random: Random) =>
  sampleBeta(1 + successes, 1 + trials - successes, random);

/** How probable it is that each arm is the best, in the order of the arms. */
export function probabilitiesBest(arms: readonly Arm[], random: Random, draws = DRAWS): number[] {
  const wins = arms.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    const rates = arms.map((arm) => sampleRate(arm, random));
    const best = rates.indexOf(Math.max(...rates));
    wins[best] = (wins[best] as number) + 1;
  }
  return wins.map((count) => count / draws);
}

export interface Learning {
  /** The starting shares until each arm was tried so often. */
  warmUp: number;
  /** No arm gets less than this, nor less than one in the square root of all trials: learning goes on, at a cost that fades. */
  floor: number;
}

/** What the first arm keeps of those who come before the others are known. */
const KEPT_AT_FIRST = 0.7;

/** Before anything is known: most of it to the first, which is what ran before, and the others alike. */
export function startingShares(count: number): number[] {
  if (count < 2) return Array.from({ length: count }, () => 1);
  return Array.from({ length: count }, (_, place) => (place === 0 ? KEPT_AT_FIRST : (1 - KEPT_AT_FIRST) / (count - 1)));
}

/** The next shares, which sum to 1, in the order of the arms. */
export function nextShares(arms: readonly Arm[], { warmUp, floor }: Learning, random: Random): number[] {
  if (arms.some(({ trials }) => trials < warmUp)) return startingShares(arms.length);
  const trials = arms.reduce((sum, arm) => sum + arm.trials, 0);
  const least = Math.min(floor, 1 / Math.sqrt(trials), 1 / arms.length);
  return probabilitiesBest(arms, random).map((probability) => least + (1 - least * arms.length) * probability);
}

export interface Regret {
  /** The one variant that would have been best for everybody. */
  best: string;
  trials: number;
  /** Successes that showing it to everybody would have brought beyond what there was; negative when learning did better. */
  value: number;
  /** 90 % of what is believed lies between. */
  low: number;
  high: number;
}

/**
 * What the automatic choice cost against the best fixed way, over all contexts, by what is now believed of each rate:
 * Σ trials of a variant in a context × (rate of the best fixed variant there − its own rate). Undefined without trials.
 */
export function regretOf(contexts: readonly (readonly Arm[])[], random: Random, draws = DRAWS): Regret | undefined {
  const variants = [...new Set(contexts.flat().map(({ variant }) => variant))];
  const trials = contexts.flat().reduce((sum, arm) => sum + arm.trials, 0);
  if (trials === 0) return undefined;
  const wins = variants.map(() => 0);
  const losses: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    let got = 0;
    const fixed = variants.map(() => 0);
    for (const arms of contexts) {
      const here = arms.reduce((sum, arm) => sum + arm.trials, 0);
      for (const arm of arms) {
        const rate = sampleRate(arm, random);
        const place = variants.indexOf(arm.variant);
        got += arm.trials * rate;
        fixed[place] = (fixed[place] as number) + here * rate;
      }
    }
    const most = Math.max(...fixed);
    wins[fixed.indexOf(most)] = (wins[fixed.indexOf(most)] as number) + 1;
    losses.push(most - got);
  }
  losses.sort((a, b) => a - b);
  const at = (share: number) => losses[Math.min(losses.length - 1, Math.floor(share * losses.length))] as number;
  const value = losses.reduce((sum, each) => sum + each, 0) / losses.length;
  return { best: variants[wins.indexOf(Math.max(...wins))] as string, trials, value, low: at(0.05), high: at(0.95) };
}
