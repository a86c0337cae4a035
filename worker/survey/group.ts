/** Who is asked which survey, from a hash of the browser: nothing is stored, and the same visitor gets the same. Pure. */
import { assign } from "../experiments/assign.ts";
import { HOLDOUT } from "../experiments/schema.ts";
import type { Survey } from "./schema.ts";

/**
 * The id of the survey to ask, or null for those who are held out. Who has no id is asked the survey itself; where the page
 * calls for it, nobody is held out.
 */
export function chooseSurvey({ id, definition }: Survey, person: string | undefined, isCalled = false): string | null {
  const { show, against } = definition;
  if (person === undefined) return id;
  const shares = [{ name: id, share: 1 }, ...against.map(({ survey, share }) => ({ name: survey, share }))];
  const holdout = { share: isCalled ? 0 : show.holdout, shows: "nothing" } as const;
  const group = assign(`survey ${id}`, { traffic: 1, holdout }, shares, person);
  return group === HOLDOUT ? null : group;
}
