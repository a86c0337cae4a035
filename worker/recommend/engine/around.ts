/** What the net is told of a candidate that behavior may say little of: how it trends, what it is described like, how new it is. */
import { type Gathering, SOURCE } from "./candidates.ts";
import { PLACED } from "./feature-list.ts";
import { ROOM, type Scoring } from "./kernel/scoring.ts";
import type { Model } from "./model.ts";
import { NEW_DAYS } from "./occasion.ts";

/** Where nothing says how old an item is, it is not new. */
const OLDEST = 365;

/** @param claim makes columns each candidate's own, and says where the first begins; those of likeness are filled */
export function tellAround(
  claim: (first: number, columns: number) => number,
  scoring: Pick<Scoring, "columns" | "logs">,
  { statistics, aspects, likeOf }: Model,
  { count, items, sources, occasion: { day } }: Gathering,
): void {
  const { columns } = scoring;
  if (likeOf) {
    const at = claim(PLACED + 1, 3) + 2 * ROOM;
    for (let c = 0; c < count; c++) columns[at + c] = ((sources[c] as number) & SOURCE.likeness) === 0 ? 0 : 1;
  }
  if (!aspects || day === undefined) return;
  const { born } = aspects;
  const like = (PLACED + 2) * ROOM;
  const at = claim(PLACED + 4, 1);
  const [newAt, neverAt, bothAt] = [at + ROOM, at + 2 * ROOM, at + 3 * ROOM];
  let [isAnyNew, isAnyUnseen] = [false, false];
  for (let c = 0; c < count; c++) {
    const item = items[c] as number;
    const since = item < born.length ? (born[item] as number) : 0;
    const age = since > 0 && since <= day ? day - since : OLDEST;
    const isNew = age < NEW_DAYS ? 1 : 0;
    const isUnseen = item < statistics.all.length && (statistics.all[item] as number) > 0 ? 0 : 1;
    if (isNew === 1) isAnyNew = true;
    if (isUnseen === 1) isAnyUnseen = true;
    columns[at + c] = 1 + Math.min(OLDEST, age);
    columns[newAt + c] = isNew;
    columns[neverAt + c] = isUnseen;
    columns[bothAt + c] = isNew * (columns[like + c] as number);
  }
  scoring.logs(PLACED + 4, 1, count);
  // What is zero of everybody need not be multiplied.
  if (isAnyNew) claim(PLACED + 5, 1);
  if (isAnyUnseen) claim(PLACED + 6, 1);
  if (isAnyNew) claim(PLACED + 7, 1);
}
