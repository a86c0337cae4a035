/** A survey from the edge to the visitor and back. The answer to it already carries what the page shows next. */
import type { SurveyScreen } from "../../worker/survey/schema.ts";
import { keep, newId, recall } from "../collect/shared.ts";
import type { SurveyResult, Tag } from "../collect/tag.ts";
import { ask, tell } from "../dom/ask.ts";
import { make } from "../dom/element.ts";
import { type Answers, hasPicks, parseForm, picksOf, replaceTiles, update } from "./form.ts";

/** A first visit is as if the one before had been in 1970. */
const FIRST_VISIT_DAYS = 10_000;
/** As many as the edge answers for at once. */
const MOST_PLACEMENTS = 4;
/** Tiles that come later than this would move under the visitor's finger. */
const TAP_MS = 700;
/** An advertisement, as its address says: tags of campaigns, and click ids of Google, Meta, Microsoft, TikTok and Naver. */
const ADVERTISED = /[?&](utm_\w+|gclid|[gw]braid|fbclid|msclkid|ttclid|n_\w+|napm)=/i;

/** What the edge says, when the survey is for this visitor: a screen, or that they are held out. */
export type Asked = SurveyScreen;

/** Undefined when there is no such survey, nothing to ask, or no answer in time. `isCalled`: by the page. */
export async function fetchSurvey(tag: Tag, id: string, isCalled: boolean): Promise<Asked | undefined> {
  const query = { html: "true", called: isCalled ? "true" : "" };
  const response = await ask(tag, `v1/surveys/${encodeURIComponent(id)}`, query);
  const survey = (await response?.json().catch(() => undefined)) as Asked | undefined;
  return survey?.html || survey?.group === "holdout" ? survey : undefined;
}

/** Whether this visitor is one of those to whom the survey shows itself. */
export function isMeantFor(show: Asked["show"], visitor: { daysAway?: number; productId?: string }): boolean {
  const { daysAway = 0, productId } = visitor;
  const visit = recall("away") ?? "";
  if (productId !== undefined && ADVERTISED.test(location.search)) keep("landed", visit);
  if (recall("landed") === visit && !show.onAdLandings) return false;
  if (productId !== undefined && !show.onProductPages) return false;
  if (daysAway >= FIRST_VISIT_DAYS) return show.firstVisit;
  return show.dormantDays !== null && daysAway >= show.dormantDays;
}

/** Answered and skipped surveys do not come again on their own. */
export function isDone(id: string): boolean {
  return recall(`survey:${id}`) !== null;
}

function nameOf({ id, version, of }: Asked) {
  return { survey_id: id, survey_version: version, survey_of: of };
}

/** Would have been asked, but that the others can be compared with somebody. */
export function standAside(tag: Tag, survey: Asked): void {
  keep(`survey:${survey.of}`, "held out");
  tag.track("survey_held_out", nameOf(survey));
}

/** In a frame of its own; `done` is called once, as soon as the visitor is done with it and, after an answer, the edge has answered. */
export function presentSurvey(
  tag: Tag,
  survey: Asked,
  isCalled: boolean,
  done: (result: SurveyResult) => void,
): { frame: HTMLElement; skip(): void } {
  const named = { ...nameOf(survey), ...(isCalled ? { survey_called: true } : {}) };
  const path = `v1/surveys/${encodeURIComponent(survey.id)}/`;
  const answers: Answers = {};
  const frame = make("div");
  let ticket = survey.ticket;
  let [isOver, isSending, isStarted] = [false, false, false];
  let latest = 0;
  for (const [name, value] of Object.entries(survey.look)) frame.style.setProperty(name, value);

  const form = () => frame.querySelector("form") as HTMLFormElement;

  function show(html: string): void {
    // The next question does not make the dialog jump.
    frame.style.setProperty("--height", `${frame.offsetHeight}px`);
    frame.replaceChildren(...parseForm(html).children);
    update(form());
  }

  function end(state: "answered" | "skipped"): void {
    isOver = true;
    keep(`survey:${survey.of}`, state);
    done({ id: survey.id, isAnswered: hasPicks(answers), answers });
  }

  function skip(): void {
    if (isOver) return;
    if (!isSending) {
      const question_id = form().querySelector("[name]")?.getAttribute("name");
      tag.track("survey_skipped", { ...named, question_id });
    }
    end("skipped");
    // What earlier screens said counts all the same.
    if (hasPicks(answers)) tag.placements?.refresh();
  }

  async function submit(): Promise<void> {
    const picked = picksOf(form());
    if (isOver || isSending || (form().dataset.required !== undefined && !hasPicks(picked))) return;
    isSending = true;
    latest++;
    form().classList.add("sending");
    Object.assign(answers, picked);
    const placements = tag.placements?.names() ?? [];
    const body = {
      ...tag.identity(),
      ticket,
      answers: Object.entries(picked).map(([questionId, keys]) => ({ questionId, picked: keys })),
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
    const { status, answer } = await tell(tag, `${path}answers`, { ...body, continues: true });
    const { next, fragments } = (answer ?? {}) as { next?: Asked; fragments?: Record<string, string> };
    isSending = false;
    if (status === 0 || status === 429 || status >= 500) tag.queue.add(`${path}answers`, body);
    // Skipped while it was on its way.
    if (isOver) return;
    if (next?.html) {
      ticket = next.ticket;
      show(next.html);
      frame.querySelector("h2")?.focus();
      return;
    }
    end("answered");
    if (status === 200) {
      tag.placements?.fill(fragments ?? {});
      if (survey.placement) tag.placements?.reveal(survey.placement);
    }
  }

  /** The rest moves towards and around what is picked. */
  async function adapt(tapped: HTMLInputElement): Promise<void> {
    const mine = latest;
    const asked = Date.now();
    const picked = picksOf(form())[tapped.name];
    const body = { ticket, picked, tapped: tapped.value, locale: tag.locale(), html: true };
    const { answer } = await tell(tag, `${path}tiles`, body);
    const { html, ticket: newer } = (answer ?? {}) as Asked;
    if (!html || isOver || mine !== latest || Date.now() - asked > TAP_MS) return;
    ticket = newer;
    replaceTiles(tapped, html);
  }

  frame.addEventListener("input", ({ target }) => {
    if (!isStarted) tag.track("survey_started", named);
    isStarted = true;
    const input = target as HTMLInputElement;
    update(form(), input);
    latest++;
    if (input.checked && input.closest("[data-adapts]")) adapt(input);
  });
  frame.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  frame.addEventListener("click", ({ target }) => {
    if ((target as Element).matches('[part="skip"]')) skip();
  });
  show(survey.html ?? "");
  tag.track("survey_shown", named);
  return { frame, skip };
}
