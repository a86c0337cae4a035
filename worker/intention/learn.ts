/**
 * Learning a shop's purchase intention from sampled moments, judged on the newest of them, which it has not seen, also against
 * the model that serves. What was judged is what serves: the newest moments are learned from another night. Pure.
 */
import type { Example } from "./behavior.ts";
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
const NOISE = 1.96;

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
  /** What serves after this training: the new one, or the one before because the new one is worse beyond noise. */
  serves: "new" | "before";
}

/** Undefined when there are too few moments, or too few purchases, to learn from. @param moments in the order of time */
export function learnIntention(
  moments: readonly Example[],
  serving: IntentionModel | undefined,
  seed: number,
): { metrics: IntentionMetrics; model: IntentionModel } | undefined {
  const purchases = (list: readonly Example[]) => list.reduce((sum, { bought }) => sum + bought, 0);
  const cut = Math.floor(moments.length * (1 - JUDGING));
  const [older, newest] = [moments.slice(0, cut), moments.slice(cut)];
  if (moments.length < FEWEST_MOMENTS || purchases(older) < FEWEST_PURCHASES) return undefined;
  const truths = newest.map(({ bought }) => bought);
  const model = learnFrom(older, seed);
  const foretold = newest.map(({ row }) => foretell(model, row));
  const bins = reliability(foretold, truths);
  const keepsServing =
    serving !== undefined &&
    isWorse(
      foretold,
      newest.map(({ row }) => foretell(serving, row)),
      truths,
    );
  const metrics: IntentionMetrics = {
    moments: older.length,
    judged: newest.length,
    bought: purchases(moments),
    ...rankingQuality(foretold, truths),
    calibrationError: calibrationErrorOf(bins),
    bins,
    serves: keepsServing ? "before" : "new",
  };
  return { metrics, model: keepsServing ? serving : model };
}

function learnFrom(moments: readonly Example[], seed: number): IntentionModel {
  return trainIntention(
    moments.map(({ row }) => row),
    Uint8Array.from(moments, ({ bought }) => bought),
    seed,
  );
}

/** By log loss, beyond noise. */
function isWorse(ours: readonly number[], theirs: readonly number[], truths: readonly number[]): boolean {
  const loss = (chance: number, truth: number) => -Math.log(Math.max(1e-6, truth === 1 ? chance : 1 - chance));
  const differences = truths.map((truth, at) => loss(ours[at] ?? 0, truth) - loss(theirs[at] ?? 0, truth));
  const mean = differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
  const square = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return mean > NOISE * Math.sqrt(square / Math.max(1, differences.length - 1) / Math.max(1, differences.length));
}
