/**
 * Recommending by rows alone: the rows of what the person just did, summed with decay. Enough to serve before the net
 * has been trained; for anything more the net re-ranks (candidates.ts, net.ts).
 */
import { CODES_PER_ENTRY, DECODE, type Row } from "./codec.ts";
import { CODE } from "./rows.ts";

/** A distinct item of the session. */
export interface SessionItem {
  item: number;
  /** How many actions ago it was last touched; 0 is the latest. */
  lag: number;
  /** What the action is worth against a view; 1 by default. */
  weight?: number;
}

export interface RowScoreOptions {
  /** Which value of an entry to add up, `CODE.BA` by default. */
  code?: number;
  /** Factor per step of lag, 0.8 by default. */
  decay?: number;
  /** Never listed (the session's own items, what was bought, …). */
  exclude?: ReadonlySet<number>;
  /** Length of the answer; all by default. */
  limit?: number;
}

/** Distinct items of a list of clicks in time order, with the lag of each one's latest click; the latest first. */
export function sessionItems(clicks: ArrayLike<number>, window = 25): SessionItem[] {
  const items: SessionItem[] = [];
  for (let lag = 0; lag < Math.min(window, clicks.length); lag++) {
    const item = clicks[clicks.length - 1 - lag] as number;
    if (!items.some((known) => known.item === item)) items.push({ item, lag });
  }
  return items;
}

/** Neighbors of the session's items, best first; ties go to the smaller index. */
export function scoreByRows(
  session: readonly SessionItem[],
  rowOf: (item: number) => Row | undefined,
  options: RowScoreOptions = {},
): { items: Int32Array; scores: Float32Array } {
  const { code = CODE.BA, decay = 0.8, exclude, limit = Number.POSITIVE_INFINITY } = options;
  const sums = new Map<number, number>();
  for (const { item, lag, weight = 1 } of session) {
    const row = rowOf(item);
    if (!row) continue;
    const factor = weight * decay ** lag;
    for (let entry = 0; entry < row.targets.length; entry++) {
      const target = row.targets[entry] as number;
      if (exclude?.has(target)) continue;
      const value = DECODE[row.codes[entry * CODES_PER_ENTRY + code] as number] as number;
      sums.set(target, (sums.get(target) ?? 0) + factor * value);
    }
  }
  const ranked = [...sums].sort((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, limit);
  const items = new Int32Array(ranked.length);
  const scores = new Float32Array(ranked.length);
  for (const [place, [target, sum]] of ranked.entries()) {
    items[place] = target;
    scores[place] = sum;
  }
  return { items, scores };
}
