import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import type { Survey, SurveyInput } from "./schema.ts";
import { removeSurvey, selectSurvey, selectSurveys, upsertSurvey } from "./store.ts";

const known = new TtlCache<Survey | undefined>(5 * SECOND);
const nameOf = (siteId: string, id: string) => `${siteId}/${id}`;

export async function listSurveys(deps: Deps, siteId: string): Promise<Survey[]> {
  return selectSurveys(deps.control, siteId);
}

/** Throws `not_found`. A change is seen here at once and elsewhere within seconds. */
export async function requireSurvey(deps: Deps, siteId: string, id: string): Promise<Survey> {
  const survey = await known.get(nameOf(siteId, id), deps.clock.now(), () => selectSurvey(deps.control, siteId, id));
  if (!survey) throw new Refusal("not_found", "there is no such survey");
  return survey;
}

export async function putSurvey(deps: Deps, siteId: string, id: string, input: SurveyInput): Promise<Survey> {
  const survey = await upsertSurvey(deps.control, { siteId, id, ...input, updatedAt: deps.clock.now() });
  known.drop(nameOf(siteId, id));
  return survey;
}

/** Throws `not_found`. Answers that people gave stay in their histories. */
export async function deleteSurvey(deps: Deps, siteId: string, id: string): Promise<void> {
  const existed = await removeSurvey(deps.control, siteId, id);
  known.drop(nameOf(siteId, id));
  if (!existed) throw new Refusal("not_found", "there is no such survey");
}
