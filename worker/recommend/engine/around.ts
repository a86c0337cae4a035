/** What the net is told of a candidate that behavior may say little of: how it trends, what it is described like, how new it is. */
import { type Gathering, SOURCE } from "./candidates.ts";
import { AROUND_FEATURES, PLACED } from "./feature-list.ts";
import { ROOM, type Scoring } from "./kernel/scoring.ts";
import type { Model } from "./model.ts";
import { ageOf, NEW_DAYS } from "./occasion.ts";

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
  const like = (PLACED + 2) * ROOM;
  const at = claim(PLACED + 4, AROUND_FEATURES.length - 4);
  for (let c = 0; c < count; c++) {
    const item = items[c] as number;
    const age = ageOf(aspects, item, day);
    const isNew = age !== undefined && age < NEW_DAYS ? 1 : 0;
    columns[at + c] = 1 + Math.min(OLDEST, age ?? OLDEST);
    columns[at + ROOM + c] = isNew;
    columns[at + 2 * ROOM + c] = (statistics.all[item] ?? 0) > 0 ? 0 : 1;
    columns[at + 3 * ROOM + c] = isNew * (columns[like + c] as number);
  }
  scoring.logs(PLACED + 4, 1, count);
}
