/** Which part of the history the base model learns from, and which questions are left to train the net and to judge it. */
import { type Sessions, sessionCount, sliceSessions } from "./sessions.ts";
import type { TrainingPlan } from "./training.ts";

/** A click to be foretold (`at`) from those before it in its session (`begin … at`). */
export interface Question {
  begin: number;
  at: number;
  session: number;
}

export interface Split {
  base: Sessions;
  /** Offsets into the clicks of all sessions, in their order. */
  questions: Question[];
}

export function splitSessions(sessions: Sessions, plan: Pick<TrainingPlan, "split" | "holdOut">): Split {
  return plan.split === "newest" ? newest(sessions, plan.holdOut) : last(sessions);
}

function newest(sessions: Sessions, holdOut: number): Split {
  const { starts } = sessions;
  const first = Math.floor(sessionCount(sessions) * (1 - holdOut));
  const questions: Question[] = [];
  for (let session = first; session < sessionCount(sessions); session++) {
    const begin = starts[session] as number;
    for (let at = begin + 1; at < (starts[session + 1] as number); at++) questions.push({ begin, at, session });
  }
  return { base: sliceSessions(sessions, 0, first), questions };
}

/** Histories of one or two items stay whole: what is left would teach nothing. */
function last({ items, starts, weights, previous }: Sessions): Split {
  const kept = new Int32Array(items.length);
  const baseStarts = new Int32Array(starts.length);
  const baseWeights = weights && new Float32Array(items.length);
  const questions: Question[] = [];
  let used = 0;
  for (let person = 0; person < starts.length - 1; person++) {
    const begin = starts[person] as number;
    const end = starts[person + 1] as number;
    const asked = end - begin > 2;
    if (asked) questions.push({ begin, at: end - 1, session: person });
    for (let at = begin; at < (asked ? end - 1 : end); at++) {
      kept[used] = items[at] as number;
      if (weights && baseWeights) baseWeights[used] = weights[at] as number;
      used++;
    }
    baseStarts[person + 1] = used;
  }
  const base: Sessions = { items: kept.slice(0, used), starts: baseStarts };
  if (baseWeights) base.weights = baseWeights.slice(0, used);
  if (previous) base.previous = previous;
  return { base, questions };
}
