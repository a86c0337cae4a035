/** A survey from the edge to the visitor and back. The answer to it already carries what the page shows next. */
import type { SurveyScreen } from "../../worker/survey/schema.ts";
import { newId } from "../collect/id.ts";
import { keep, recall } from "../collect/storage.ts";
import type { SurveyResult, Tag } from "../collect/tag.ts";
import { ask, tell } from "../dom/ask.ts";
import { type Answers, type Form, makeForm } from "./form.ts";
import { WORDS } from "./words.ts";

/** A first visit is as if the one before had been in 1970. */
const FIRST_VISIT_DAYS = 10_000;
/** As many as the edge answers for at once. */
const MOST_PLACEMENTS = 4;

/** The screen, when there is something to ask. */
export type Asked = SurveyScreen & { screen: NonNullable<SurveyScreen["screen"]> };

/** Undefined when there is no such survey, nothing to ask, or no answer in time. */
export async function fetchSurvey(tag: Tag, id: string): Promise<Asked | undefined> {
  const response = await ask(tag, `v1/surveys/${encodeURIComponent(id)}`);
  const survey = (await response?.json().catch(() => undefined)) as SurveyScreen | undefined;
  return survey?.screen ? (survey as Asked) : undefined;
}

/** Whether this visitor is one of those to whom the survey shows itself. */
export function isMeantFor(show: SurveyScreen["show"], visitor: { daysAway?: number; productId?: string }): boolean {
  const { daysAway = 0, productId } = visitor;
  if (productId !== undefined && !show.onProductPages) return false;
  if (daysAway >= FIRST_VISIT_DAYS) return show.firstVisit;
  return show.dormantDays !== null && daysAway >= show.dormantDays;
}

/** Answered and skipped surveys do not come again on their own. */
export function isDone(id: string): boolean {
  return recall(`survey:${id}`) !== null;
}

/** Its form; `done` is called once, as soon as the visitor is done with it and, after an answer, the edge has answered. */
export function presentSurvey(tag: Tag, survey: Asked, done: (result: SurveyResult) => void): Form & { skip(): void } {
  const named = { survey_id: survey.id, survey_version: survey.version };
  let isOver = false;

  function skip(): void {
    if (isOver) return;
    isOver = true;
    keep(`survey:${survey.id}`, "skipped");
    tag.track("survey_skipped", { ...named, question_id: form.questionId() });
    done({ id: survey.id, isAnswered: false, answers: {} });
  }

  async function answer(answers: Answers): Promise<void> {
    if (isOver) return;
    isOver = true;
    keep(`survey:${survey.id}`, "answered");
    form.element.classList.add("sending");
    const fragments = await send(tag, survey, answers);
    done({ id: survey.id, isAnswered: true, answers });
    if (fragments) {
      tag.placements?.fill(fragments);
      tag.placements?.reveal(survey.placement);
    }
  }

  const form = makeForm(survey.screen.questions, WORDS[survey.locale], { answer, skip });
  tag.track("survey_shown", named);
  return { ...form, skip };
}

/** Placement → fragment; undefined when the answer is yet to be delivered, or was refused. */
async function send(tag: Tag, survey: Asked, answers: Answers): Promise<Record<string, string> | undefined> {
  const path = `v1/surveys/${encodeURIComponent(survey.id)}/answers`;
  const placements = tag.placements?.names() ?? [];
  const body = {
    ...tag.identity(),
    ticket: survey.ticket,
    answers: Object.entries(answers).map(([questionId, picked]) => ({ questionId, picked })),
    messageId: newId(),
    timestamp: new Date().toISOString(),
    locale: tag.locale(),
    // The survey's own first: there the visitor is led to.
    placements: placements
      .sort((a, b) => +(b === survey.placement) - +(a === survey.placement))
      .slice(0, MOST_PLACEMENTS),
    recentItemIds: tag.recentItems(),
    html: true,
  };
  const { status, answer } = await tell(tag, path, body);
  if (status === 0 || status === 429 || status >= 500) tag.queue.add(path, body);
  if (status !== 200) return undefined;
  return (answer as { fragments?: Record<string, string> } | undefined)?.fragments ?? {};
}
