/** What the net is told of a long history's taste: nothing of anybody whose history is short. */
import type { Gathering } from "./candidates.ts";

export const TASTE_FEATURES = ["taste", "taste against best", "rank of taste", "length of history"] as const;

const TINY = 1e-3;

/**
 * Writes them to each candidate's features, `width` numbers each, from `first` on: how strongly the history leads to it, the
 * same against the best that is not in the session, its rank, and how long the history is.
 */
export function tellTaste(
  values: Float32Array,
  width: number,
  first: number,
  { count, tastes, history }: Gathering,
  seen: Uint8Array,
): void {
  if (history.length === 0) return;
  const length = Math.log(history.length);
  let best = 0;
  for (let c = 0; c < count; c++) if (seen[c] === 0) best = Math.max(best, tastes[c] as number);
  const highest = Math.log(best + TINY);
  const order = Int32Array.from({ length: count }, (_, c) => c);
  order.sort((one, other) => (tastes[other] as number) - (tastes[one] as number) || one - other);
  for (let rank = 0; rank < count; rank++) {
    const c = order[rank] as number;
    const at = c * width + first;
    const said = Math.log(Math.max(0, tastes[c] as number) + TINY);
    values[at] = said;
    values[at + 1] = said - highest;
    values[at + 2] = Math.log(rank + 1);
    values[at + 3] = length;
  }
}
