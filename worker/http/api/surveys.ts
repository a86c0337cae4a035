/** `/v1/surveys`: definitions for servers, the next screen and the answer for pages. */
import { isbot } from "isbot";
import { startRuns } from "../../campaigns/enter.ts";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../lib/errors.ts";
import { openModel } from "../../recommend/model.ts";
import { NO_POPULAR, popularNow } from "../../recommend/popularity.ts";
import { type Recommendation, recommend } from "../../recommend/recommend.ts";
import { AnswerWishes, type RecommendationRequest } from "../../recommend/schema.ts";
import type { Site } from "../../sites/schema.ts";
import { recordAnswer } from "../../survey/answer.ts";
import { ScreenQuery, type Survey, SurveyAnswer, SurveyId, SurveyInput } from "../../survey/schema.ts";
import { nextScreen } from "../../survey/screen.ts";
import { deleteSurvey, listSurveys, putSurvey, requireSurvey } from "../../survey/surveys.ts";
import { requireCaller, requireProof, requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { deviceOf } from "../device.ts";
import { check, readJson } from "../errors.ts";
import { renderFragment } from "./widgets.tsx";

const DEFINITION_LIMIT_BYTES = 64 * 1024;
const ANSWER_LIMIT_BYTES = 32 * 1024;

function shape({ id, name, version, definition, updatedAt }: Survey) {
  return { id, name, version, definition, updatedAt };
}

/** `GET /v1/surveys` → `{surveys: [{id, name, version, definition, updatedAt}]}`. */
export async function getSurveys(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const surveys = await listSurveys(c.get("deps"), site.id);
  return c.json({ surveys: surveys.map(shape) });
}

/**
 * `GET /v1/surveys/{id}`. A page (public key) gets what to ask now, `SurveyScreen`; a server (secret key) gets the
 * definition.
 */
export async function getSurvey(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const { site, kind } = await requireCaller(c);
  const survey = await requireSurvey(deps, site.id, c.req.param("id") ?? "");
  if (kind === "server") return c.json(shape(survey));
  const { locale } = check(ScreenQuery, c.req.query(), "the query");
  const model = await openModel(deps, site.id);
  const popular = popularNow(model?.popular ?? NO_POPULAR);
  return c.json(await nextScreen(deps, survey, { locale: languageOf(locale) ?? site.locale, popular }));
}

/** `PUT /v1/surveys/{id}` with `{name, definition}`. Another definition is another version. */
export async function putSurveyById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(SurveyId, c.req.param("id"), "the survey's id");
  const input = check(SurveyInput, await readJson(c, DEFINITION_LIMIT_BYTES), "the survey");
  return c.json(shape(await putSurvey(c.get("deps"), site.id, id, input)));
}

export async function deleteSurveyById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deleteSurvey(c.get("deps"), site.id, c.req.param("id") ?? "");
  return c.json({ success: true });
}

/**
 * `POST /v1/surveys/{id}/answers` with `SurveyAnswer` and `AnswerWishes` → `{picked, ignored, recommendations, fragments?}`. 200
 * means that the answer is stored; picks of what was not shown are ignored and counted. The recommendations, one for each
 * placement that there is, already know the answer; with `html`, `fragments` has the markup of those with items by placement.
 */
export async function postSurveyAnswer(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readJson(c, ANSWER_LIMIT_BYTES);
  const wishes = check(AnswerWishes, body, "the answer");
  const caller = await requireCaller(c, wishes.writeKey);
  const { site, kind } = caller;
  await requireProof(c, caller, body as object);
  const answer = check(SurveyAnswer, body, "the answer");
  const survey = await requireSurvey(deps, site.id, c.req.param("id") ?? "");
  const isBot = kind === "browser" && isbot(c.req.header("user-agent") || "bot");
  const { picked, ignored } = await recordAnswer(deps, survey, answer, {
    isBot,
    alongside: await startRuns(deps, site.id),
  });
  const recommendations = await recommendFor(deps, site, wishes.placements ?? [survey.definition.placement], {
    userId: answer.userId,
    anonymousId: answer.anonymousId,
    context: { recentItemIds: wishes.recentItemIds, device: kind === "browser" ? deviceOf(c) : undefined },
    locale: languageOf(wishes.locale),
  });
  if (!wishes.html) return c.json({ picked, ignored, recommendations });
  const locale = languageOf(wishes.locale) ?? site.locale;
  const filled = recommendations.filter((each) => each.items.length > 0);
  const fragments = Object.fromEntries(filled.map((each) => [each.placement, renderFragment(each, locale)]));
  return c.json({ picked, ignored, recommendations, fragments });
}

/** The answer is stored by now: a placement that is gone is left out instead of failing it. */
async function recommendFor(
  deps: Deps,
  site: Site,
  placements: string[],
  request: Omit<RecommendationRequest, "placement">,
): Promise<Recommendation[]> {
  const answers = await Promise.all(
    placements.map((placement) =>
      recommend(deps, site, { ...request, placement }).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        deps.log.warn("a survey answers with a placement that is not there", { siteId: site.id, placement });
        return undefined;
      }),
    ),
  );
  return answers.filter((answer) => answer !== undefined);
}

function languageOf(locale: string | undefined): "ko" | "en" | undefined {
  if (locale === undefined) return undefined;
  return /^ko\b/i.test(locale) ? "ko" : "en";
}
