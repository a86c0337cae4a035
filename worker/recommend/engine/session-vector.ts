/** The session as a vector that any item can be compared with: the normalized sum of its last clicks' vectors. */
import { type Embedding, LAGS } from "./embedding.ts";
import { keptBy } from "./kept-items.ts";
import { KEPT, type Scoring } from "./kernel/scoring.ts";

/**
 * The session's unit vector, written to the kernel's `unit`.
 * @param kind of the embedding's vectors (kept-items.ts), @param clicks in time order; unknown items (beyond the embedding) are skipped
 * @returns false, and zeros, when no click is known
 */
export function encodeSession(
  scoring: Scoring,
  kind: number,
  { gates, lags, focus }: Embedding,
  clicks: ArrayLike<number>,
): boolean {
  const { unit, scales } = scoring;
  const kept = keptBy(scoring);
  unit.fill(0);
  const latest = kept.slotOf(clicks[clicks.length - 1] ?? -1);
  for (let lag = 0; lag < Math.min(LAGS, clicks.length); lag++) {
    const item = clicks[clicks.length - 1 - lag] as number;
    if (item >= gates.length) continue;
    const slot = kept.slotOf(item);
    const scale = scales[kind * KEPT + slot] as number;
    const cosine = scoring.dot(kind, slot, latest) * scale * (scales[kind * KEPT + latest] as number);
    // A click that is like the latest one counts for more.
    const likeness = Math.exp(focus * (slot === latest ? 1 : cosine));
    scoring.blend(kind, slot, (lags[lag] as number) * (gates[item] as number) * scale * likeness);
  }
  let squares = 0;
  for (let d = 0; d < unit.length; d++) squares += (unit[d] as number) ** 2;
  if (squares === 0) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < unit.length; d++) unit[d] = (unit[d] as number) * scale;
  return true;
}
