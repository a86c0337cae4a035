/** `/v1/surveys`: definitions for servers, the next screen and the answer for pages. */
import { isbot } from "isbot";
import { startRuns } from "../../campaigns/enter.ts";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../lib/errors.ts";
import { profileIdOf } from "../../lib/ids.ts";
import { knownOf } from "../../recommend/foretold.ts";
import { answerOf, type Listing, listFor } from "../../recommend/recommend.ts";
import { AnswerWishes, type RecommendationRequest } from "../../recommend/schema.ts";
import { mayAsk, surveyReport } from "../../reports/survey.ts";
import type { Site } from "../../sites/schema.ts";
import { recordAnswer } from "../../survey/answer.ts";
import { chooseSurvey } from "../../survey/group.ts";
import {
  ScreenQuery,
  type Survey,
  SurveyAnswer,
  SurveyId,
  SurveyInput,
  type SurveyScreen,
  TilesRequest,
} from "../../survey/schema.ts";
import { adaptTiles, nextScreen, type Visitor } from "../../survey/screen.ts";
import { deleteSurvey, listSurveys, putSurvey, requireSurvey } from "../../survey/surveys.ts";
import { isStranger, requireCaller, requireProof, requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { deviceOf } from "../device.ts";
import { check, readJson } from "../errors.ts";
import { renderSurvey, renderTiles } from "./survey-fragment.tsx";
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
 * `GET /v1/surveys/{id}`. A page (public key) gets what to ask now, `SurveyScreen`: all questions that can be asked at once, or
 * with `html` one at a time with its markup. Named by its `anonymousId` it may get another survey that this one is compared
 * with, or be held out. A server (secret key) gets the definition.
 */
export async function getSurvey(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const caller = await requireCaller(c);
  const { site, kind } = caller;
  await requireProof(c, caller, c.req.query());
  const asked = await requireSurvey(deps, site.id, c.req.param("id") ?? "");
  if (kind === "server") return c.json(shape(asked));
  const { locale, html = false, called = false, anonymousId, userId } = check(ScreenQuery, c.req.query(), "the query");
  c.header("Cache-Control", "private, no-store");
  const named = anonymousId ? { anonymousId } : userId ? { userId } : undefined;
  const profileId = named && !isStranger(caller) ? profileIdOf(site.id, named) : undefined;
  const chosen = chooseSurvey(asked, profileId, called);
  const survey = chosen === null || chosen === asked.id ? asked : await alternative(deps, site, asked, chosen);
  const visitor = await visitorOf(deps, site, locale);
  const screen = await nextScreen(deps, survey, visitor, { all: !html });
  // Nobody is counted then, neither as asked nor as held out.
  if (!called && !(await mayAsk(deps, asked, profileId))) return c.json({ ...screen, screen: null, ticket: null });
  const compared = { of: asked.id, show: asked.definition.show };
  if (chosen === null) return c.json({ ...screen, ...compared, group: "holdout", screen: null, ticket: null });
  return c.json({ ...screen, ...compared, ...(html ? { html: renderSurvey(screen) } : {}) });
}

/** `GET /v1/surveys/{id}/report` → `SurveyReport`: what asking changed, against those who were held out. */
export async function getSurveyReport(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { survey, ...report } = await surveyReport(c.get("deps"), site.id, c.req.param("id") ?? "");
  return c.json({ survey: shape(survey), ...report });
}

/** The survey itself where the other is gone. */
async function alternative(deps: Deps, site: Site, asked: Survey, id: string): Promise<Survey> {
  try {
    return await requireSurvey(deps, site.id, id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.log.warn("a survey is compared with one that is not there", { siteId: site.id, survey: asked.id });
    return asked;
  }
}

async function visitorOf(deps: Deps, site: Site, locale: string | undefined): Promise<Visitor> {
  const known = await knownOf(deps, site.id);
  return { locale: languageOf(locale) ?? site.locale, currency: site.currency, known };
}

/**
 * `POST /v1/surveys/{id}/tiles` with `TilesRequest` → `{tiles, ticket, html?}`: the tiles of the screen after a tap, those behind
 * it chosen anew. Stores nothing: the new ticket says what is shown by then.
 */
export async function postSurveyTiles(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const request = check(TilesRequest, await readJson(c, ANSWER_LIMIT_BYTES), "the tap");
  const { site } = await requireCaller(c, request.writeKey);
  const survey = await requireSurvey(deps, site.id, c.req.param("id") ?? "");
  const visitor = await visitorOf(deps, site, request.locale);
  const { tiles, questionId, ticket } = await adaptTiles(deps, survey, visitor, request);
  return c.json({ tiles, ticket, ...(request.html ? { html: renderTiles(tiles, questionId) } : {}) });
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
 * `POST /v1/surveys/{id}/answers` with `SurveyAnswer` and `AnswerWishes` → `{picked, ignored, recommendations, fragments?}`, or
 * `{picked, ignored, next}` with the `SurveyScreen` that follows, when it says `continues` and there is one. 200
 * means that the answer is stored; picks of what was not shown are ignored and counted. The recommendations, one for each
 * placement that there is, already know the answer; with `html`, `fragments` has the markup of those with items by placement.
 * Of a visitor who does not want to be recorded nothing is stored, and what they are shown is what a stranger is shown.
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
  let next: SurveyScreen | undefined;
  const { picked, ignored, answered } = await recordAnswer(deps, survey, answer, {
    isBot,
    isWithheld: isStranger(caller),
    alongside: await startRuns(deps, site.id),
    async isComplete(before) {
      if (!answer.continues) return true;
      next = await nextScreen(deps, survey, await visitorOf(deps, site, wishes.locale), { answered: before });
      return next.screen === null;
    },
  });
  if (next?.screen) {
    const hasAnswers = Object.values(answered).some((each) => each.picked.length > 0);
    return c.json({ picked, ignored, next: wishes.html ? { ...next, html: renderSurvey(next, hasAnswers) } : next });
  }
  const { placement } = survey.definition;
  const lists = await recommendFor(deps, site, wishes.placements ?? (placement ? [placement] : []), {
    ...(isStranger(caller) ? {} : { userId: answer.userId, anonymousId: answer.anonymousId }),
    context: {
      recentItemIds: isStranger(caller) ? undefined : wishes.recentItemIds,
      device: kind === "browser" ? deviceOf(c) : undefined,
    },
    locale: languageOf(wishes.locale),
  });
  const recommendations = lists.map(answerOf);
  if (!wishes.html) return c.json({ picked, ignored, recommendations });
  const locale = languageOf(wishes.locale) ?? site.locale;
  const filled = lists.filter((each) => each.items.length > 0);
  const fragments = Object.fromEntries(
    filled.map((each) => [each.placement, renderFragment(each, locale, site.imageTemplate)]),
  );
  return c.json({ picked, ignored, recommendations, fragments });
}

/** The answer is stored by now: a placement that is gone is left out instead of failing it. */
async function recommendFor(
  deps: Deps,
  site: Site,
  placements: string[],
  request: Omit<RecommendationRequest, "placement">,
): Promise<Listing[]> {
  const lists = await Promise.all(
    placements.map((placement) =>
      listFor(deps, site, { ...request, placement }).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        deps.log.warn("a survey answers with a placement that is not there", { siteId: site.id, placement });
        return undefined;
      }),
    ),
  );
  return lists.filter((list) => list !== undefined);
}

function languageOf(locale: string | undefined): "ko" | "en" | undefined {
  if (locale === undefined) return undefined;
  return /^ko\b/i.test(locale) ? "ko" : "en";
}
