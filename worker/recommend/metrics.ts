/** How good a list is, and whether one model is worse than another. Pure. */

import { studentQuantile } from "../experiments/distributions.ts";
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

interface Against extends Pick<Difference, "cases" | "difference" | "standardError"> {
  version: string;
  /** Absent in models of earlier releases. */
  sessions?: number;
  low?: number;
  high?: number;
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
  /** Against the model that served, on cases newer than it. */
  against?: Against;
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

/** Fewer sessions than these tell only what is far apart, and the history says so. */
const FEW_SESSIONS = 100;
/** Cases that a model had plenty of when it was judged. */
const MANY_CASES = 100;
const LEVEL = 0.95;

/** Reciprocal ranks of cases → their evaluation. */
export function summarize(reciprocalRanks: readonly number[]): Evaluation {
  const cases = reciprocalRanks.length;
  const hits = reciprocalRanks.filter((rank) => rank > 0).length;
  const sum = reciprocalRanks.reduce((total, rank) => total + rank, 0);
  return { cases, precision20: cases && hits / cases, mrr20: cases && sum / cases };
}

/** Mean difference of reciprocal ranks, ours less theirs, with its standard error and its interval (95 %). */
export interface Difference {
  cases: number;
  sessions: number;
  difference: number;
  standardError: number;
  low: number;
  high: number;
}

/**
 * Of paired cases. Those of one session are alike, so that the sessions are what is counted (the ratio estimator of cluster
 * samples, Cochran 1977, ch. 11), by Student's t. The interval is of these sessions and two more, one of which speaks wholly
 * for each side (in the manner of Agresti and Coull 1998): a few that agree by chance are no certainty, and of none it is
 * everything.
 * @param sessionOf of each case, whatever tells sessions apart; every case is one where it is left out
 */
export function pairedDifference(
  ours: readonly number[],
  theirs: readonly number[],
  sessionOf: readonly number[] = ours.map((_, place) => place),
): Difference {
  const cases = ours.length;
  const sums = new Map<number, { sum: number; cases: number }>();
  for (const [place, rank] of ours.entries()) {
    const session = sums.get(sessionOf[place] as number) ?? { sum: 0, cases: 0 };
    session.sum += rank - (theirs[place] ?? 0);
    session.cases++;
    sums.set(sessionOf[place] as number, session);
  }
  const sessions = [...sums.values()];
  const { mean: difference, standardError } = ratioOf(sessions);
  const usual = sessions.length === 0 ? 1 : cases / sessions.length;
  const wide = ratioOf([...sessions, { sum: usual, cases: usual }, { sum: -usual, cases: usual }]);
  const reach = studentQuantile((1 + LEVEL) / 2, sessions.length + 1) * wide.standardError;
  return {
    cases,
    sessions: sessions.length,
    difference,
    standardError,
    low: Math.max(-1, wide.mean - reach),
    high: Math.min(1, wide.mean + reach),
  };
}

function ratioOf(sessions: readonly { sum: number; cases: number }[]): { mean: number; standardError: number } {
  const count = sessions.length;
  const cases = sessions.reduce((total, session) => total + session.cases, 0);
  const mean = cases === 0 ? 0 : sessions.reduce((total, { sum }) => total + sum, 0) / cases;
  const square = sessions.reduce((total, session) => total + (session.sum - mean * session.cases) ** 2, 0);
  return { mean, standardError: count < 2 ? 0 : Math.sqrt((square * count) / (count - 1)) / cases };
}

/**
 * May the candidate take the place of the model that serves? Not when it answers new sessions worse beyond noise, however few
 * they are, and not when there is next to nothing to judge it by while the serving one had plenty: that is lost data, not a
 * new fashion. Where nothing can be told it may: it knows what came last.
 */
export function decide(
  candidate: ModelMetrics,
  serving: ModelMetrics | undefined,
): { promote: boolean; reason: string } {
  if (!serving) return { promote: true, reason: "first model" };
  const { against } = candidate;
  if (against && (against.high ?? 1) < 0)
    return { promote: false, reason: "worse than the serving model on new sessions" };
  const [cases, before] = [candidate.model?.cases ?? 0, serving.model?.cases ?? 0];
  const sessions = against?.sessions ?? 0;
  if (sessions < FEW_SESSIONS && before >= MANY_CASES && cases < before / 10)
    return { promote: false, reason: "far fewer sessions than the serving model was judged by" };
  if (!against) return { promote: true, reason: "the serving model could not be asked" };
  if (sessions === 0) return { promote: true, reason: "no new sessions to compare by" };
  if ((against.low ?? -1) > 0) return { promote: true, reason: "better than the serving model on new sessions" };
  const reason =
    sessions < FEW_SESSIONS
      ? "few new sessions, and not worse beyond noise on them"
      : "not worse than the serving model on new sessions";
  return { promote: true, reason };
}
