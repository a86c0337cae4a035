/** How good a list is, and whether one model is worse than another. Pure. */

import type { IntentionMetrics } from "../intention/learn.ts";
import type { Tuning } from "./engine/training-tuning.ts";
import type { Counted, Examination } from "./impressions.ts";

/** Offline evaluation on sessions that the model has not seen: next new item given the items before, top 20. */
export interface Evaluation {
  cases: number;
  /** Share of cases with the next item in the first 20, and mean reciprocal rank (0 beyond 20). */
  precision20: number;
  mrr20: number;
}

export interface ModelMetrics {
  /** Start of the newest session that was counted, epoch ms. */
  until?: number;
  sessions?: number;
  actions?: number;
  items?: number;
  /** What is served: by the net, or by rows alone. */
  ranker?: "net" | "rows";
  model?: Evaluation;
  /** The same cases answered by rows alone, where there is a net to compare them with. */
  rows?: Evaluation;
  /** The same cases answered with what is popular. */
  popularity?: Evaluation;
  /** Against the model that served, on cases newer than it: mean difference of reciprocal ranks and its standard error. */
  against?: { version: string; cases: number; difference: number; standardError: number };
  /** When its net was learned, epoch ms: nights after that only continue the embeddings. */
  learnedAt?: number;
  /** Items of our lists that people saw while it served, and clicks on them. Counted by the trainings after it. */
  online?: Counted;
  /** How much each place of our lists is looked at, by placement. */
  examination?: Examination;
  /** What the model was made with, and what was tried for it. */
  tuning?: Tuning;
  /** How well purchase intention could be learned; absent where there was too little to learn it from. */
  intention?: IntentionMetrics;
  seconds?: number;
  /** Why it was promoted or not. */
  decision?: string;
}

/** Cases below which a comparison says nothing. */
const FEWEST_CASES = 100;
/** Standard errors beyond which a difference is more than noise (95 %). */
const NOISE = 1.96;

/** Reciprocal ranks of cases → their evaluation. */
export function summarize(reciprocalRanks: readonly number[]): Evaluation {
  const cases = reciprocalRanks.length;
  const hits = reciprocalRanks.filter((rank) => rank > 0).length;
  const sum = reciprocalRanks.reduce((total, rank) => total + rank, 0);
  return { cases, precision20: cases && hits / cases, mrr20: cases && sum / cases };
}

/** Mean and standard error of paired differences. */
export function pairedDifference(
  ours: readonly number[],
  theirs: readonly number[],
): { cases: number; difference: number; standardError: number } {
  const cases = ours.length;
  const differences = ours.map((rank, place) => rank - (theirs[place] ?? 0));
  const difference = cases === 0 ? 0 : differences.reduce((sum, each) => sum + each, 0) / cases;
  const square = differences.reduce((sum, each) => sum + (each - difference) ** 2, 0);
  return { cases, difference, standardError: cases < 2 ? 0 : Math.sqrt(square / (cases - 1) / cases) };
}

/**
 * May the candidate take the place of the model that serves? Not when it answers fresh cases worse beyond noise, and not
 * when there is next to nothing to judge it by while the serving one had plenty: that is lost data, not a new fashion.
 */
export function decide(
  candidate: ModelMetrics,
  serving: ModelMetrics | undefined,
): { promote: boolean; reason: string } {
  if (!serving) return { promote: true, reason: "first model" };
  const { against } = candidate;
  if (against && against.cases >= FEWEST_CASES) {
    return against.difference + NOISE * against.standardError < 0
      ? { promote: false, reason: "worse than the serving model on new sessions" }
      : { promote: true, reason: "not worse than the serving model on new sessions" };
  }
  const [cases, before] = [candidate.model?.cases ?? 0, serving.model?.cases ?? 0];
  if (before >= FEWEST_CASES && cases < before / 10) {
    return { promote: false, reason: "far fewer sessions than the serving model was judged by" };
  }
  return { promote: true, reason: "too few new sessions to compare" };
}
