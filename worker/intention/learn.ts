/**
 * Learning a shop's purchase intention from sampled moments, judged on the newest of them, which it has not seen, also against
 * the model that serves. What was judged is what serves: the newest moments are learned from another night. Pure.
 */
import { type Example, isAway } from "./behavior.ts";
import {
  calibrationErrorOf,
  foretell,
  type IntentionModel,
  type ReliabilityBin,
  rankingQuality,
  reliability,
  trainIntention,
} from "./training.ts";

/** Moments that a model learns from at most: some ten seconds of work. */
export const MOST_MOMENTS = 10_000;
/** Below either a net would learn noise. */
const FEWEST_MOMENTS = 200;
const FEWEST_PURCHASES = 30;
/** Share of the newest moments that judge. */
const JUDGING = 0.2;
/** Of either among those that judge: of fewer nobody can say how good a model is, and it does not serve. */
const FEWEST_JUDGING = 10;
const NOISE = 1.96;
/** Bins of a kind of moments: of those who have left few buy, and a bin with fewer purchases would be noise. */
const KIND_BINS = 5;
const PURCHASES_A_BIN = 8;

/** How far what was foretold of one kind of moments came true. */
export interface KindMetrics {
  judged: number;
  bought: number;
  calibrationError: number;
  bins: ReliabilityBin[];
}

export interface IntentionMetrics {
  /** Moments that were learned from and judged by, and those of all before a purchase. */
  moments: number;
  judged: number;
  bought: number;
  /** On the newest moments, which it had not seen. */
  auc: number;
  averagePrecision: number;
  /** Mean distance of the bins from what came true. */
  calibrationError: number;
  bins: ReliabilityBin[];
  /** Of people who are there, and of those who have left; absent in models of earlier releases. */
  here?: KindMetrics;
  away?: KindMetrics;
  /** What serves after this training. */
  serves: "new" | "before" | "none";
  /** Why it is not the new one: worse beyond noise than the one before, or too few purchases (or others) to judge it by. */
  reason?: "worse" | "unjudged";
}

/**
 * Undefined when there are too few moments, or too few purchases, to learn from. The model that serves from now on is none
 * where the new one cannot be judged and there is none before.
 * @param moments in the order of time
 */
export function learnIntention(
  moments: readonly Example[],
  serving: IntentionModel | undefined,
  seed: number,
): { metrics: IntentionMetrics; model: IntentionModel | undefined } | undefined {
  const cut = Math.floor(moments.length * (1 - JUDGING));
  const [older, newest] = [moments.slice(0, cut), moments.slice(cut)];
  if (moments.length < FEWEST_MOMENTS || purchasesIn(older) < FEWEST_PURCHASES) return undefined;
  const truths = newest.map(({ bought }) => bought);
  const model = learnFrom(older, seed);
  const foretold = newest.map(({ row }) => foretell(model, row));
  const bins = reliability(foretold, truths);
  const positives = purchasesIn(newest);
  const isJudged = Math.min(positives, newest.length - positives) >= FEWEST_JUDGING;
  const before = serving && newest.map(({ row }) => foretell(serving, row));
  const isServed = isJudged && !(before && isWorse(foretold, before, truths));
  const kindOf = (away: boolean) =>
    kindMetrics(
      newest.flatMap(({ row, bought }, at) => (isAway(row) === away ? [{ chance: foretold[at] ?? 0, bought }] : [])),
    );
  const metrics: IntentionMetrics = {
    moments: older.length,
    judged: newest.length,
    bought: purchasesIn(moments),
    ...rankingQuality(foretold, truths),
    calibrationError: calibrationErrorOf(bins),
    bins,
    here: kindOf(false),
    away: kindOf(true),
    ...(isServed
      ? { serves: "new" }
      : { serves: serving ? "before" : "none", reason: isJudged ? "worse" : "unjudged" }),
  };
  return { metrics, model: isServed ? model : serving };
}

const purchasesIn = (moments: readonly Example[]) => moments.reduce((sum, { bought }) => sum + bought, 0);

function kindMetrics(moments: readonly { chance: number; bought: 0 | 1 }[]): KindMetrics {
  const truths = moments.map(({ bought }) => bought);
  const bought = truths.reduce<number>((sum, each) => sum + each, 0);
  const bins = reliability(
    moments.map(({ chance }) => chance),
    truths,
    Math.max(2, Math.min(KIND_BINS, Math.floor(bought / PURCHASES_A_BIN))),
  );
  return { judged: moments.length, bought, calibrationError: calibrationErrorOf(bins), bins };
}

/** A model of these moments alone, judged by nobody; undefined when there are too few of them, or too few purchases. */
export function learnOlder(moments: readonly Example[], seed: number): IntentionModel | undefined {
  const purchases = moments.reduce((sum, { bought }) => sum + bought, 0);
  return moments.length < FEWEST_MOMENTS || purchases < FEWEST_PURCHASES ? undefined : learnFrom(moments, seed);
}

function learnFrom(moments: readonly Example[], seed: number): IntentionModel {
  const model = trainIntention(
    moments.map(({ row }) => row),
    Uint8Array.from(moments, ({ bought }) => bought),
    seed,
  );
  // "About to buy" is measured by what is usual of those who are there: whoever has left hardly ever buys.
  const here = moments.filter(({ row }) => !isAway(row));
  return { ...model, usual: here.length === 0 ? model.usual : purchasesIn(here) / here.length };
}

/** By log loss, beyond noise. */
function isWorse(ours: readonly number[], theirs: readonly number[], truths: readonly number[]): boolean {
  const loss = (chance: number, truth: number) => -Math.log(Math.max(1e-6, truth === 1 ? chance : 1 - chance));
  const differences = truths.map((truth, at) => loss(ours[at] ?? 0, truth) - loss(theirs[at] ?? 0, truth));
  const mean = differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
  const square = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return mean > NOISE * Math.sqrt(square / Math.max(1, differences.length - 1) / Math.max(1, differences.length));
}
