import { renderSurvey } from "../../worker/http/api/survey-fragment.tsx";
import type { ShownQuestion } from "../../worker/survey/schema.ts";
import { type Answer, openPage, type Page, type PageOptions, type Sent } from "./page.ts";

export const DAY = 86_400_000;

export const SHOW = {
  firstVisit: true,
  dormantDays: null as number | null,
  delaySeconds: 0,
  onProductPages: false,
  onAdLandings: false,
  holdout: 0,
  onlyWhereItHelps: false,
};

export const HOME = '<nunchi-recommendations placement="home"></nunchi-recommendations>';

export const tile = (id: string) => ({ key: `item:${id}`, itemId: id, title: `상품 ${id}`, imageUrl: `/${id}.jpg` });

export const tiles: ShownQuestion = {
  id: "picks",
  kind: "tiles",
  adapts: true,
  title: "어떤 게 마음에 드세요?",
  hint: "두 개까지",
  most: 2,
  tiles: ["1", "2", "3"].map(tile),
};

export const choice: ShownQuestion = {
  id: "for",
  kind: "choice",
  title: "누구를 위한 쇼핑인가요?",
  hint: null,
  multiple: false,
  options: [
    { value: "me", label: "나" },
    { value: "gift", label: "선물" },
  ],
};

export function screenOf(questions: ShownQuestion[], step = 1, show: Partial<typeof SHOW> = {}, more: object = {}) {
  const screen = { questions: questions.slice(step - 1, step), step, steps: questions.length };
  const whole = {
    id: "taste",
    of: "taste",
    version: 3,
    locale: "ko" as const,
    placement: "home",
    show: { ...SHOW, ...show },
    look: {},
    group: "asked" as const,
    screen: questions.length > 0 ? screen : null,
    ticket: questions.length > 0 ? `signed ${step}` : null,
  };
  return { ...whole, html: renderSurvey(whole, step > 1), ...more };
}

export const survey = (
  questions: ShownQuestion[] = [tiles],
  show: Partial<typeof SHOW> = {},
  more: object = {},
): Answer => ({
  status: 200,
  text: JSON.stringify(screenOf(questions, 1, show, more)),
});

const section = (placement: string, id: string) =>
  `<section class="nunchi" data-recommendation-id="rec_2" data-placement="${placement}"><h2>추천</h2><ul class="grid"><li><a href="/p/${id}" data-item-id="${id}" data-position="1">N</a></li></ul></section>`;

export const isSurvey = ({ method, path }: Sent) => method === "GET" && path.startsWith("/v1/surveys/");

export const isAnswer = ({ method, path }: Sent) => method === "POST" && path === "/v1/surveys/taste/answers";

export const isWidget = ({ path }: Sent) => path === "/v1/widgets/recommendations";

export function open(options: PageOptions & { survey?: Answer; answered?: Answer } = {}): Promise<Page> {
  const answered = options.answered ?? {
    status: 200,
    text: JSON.stringify({
      picked: 1,
      ignored: 0,
      fragments: { home: section("home", "picked") },
    }),
  };
  const answer = (sent: Sent): Answer | undefined =>
    options.answer?.(sent) ??
    (isSurvey(sent)
      ? (options.survey ?? survey())
      : isAnswer(sent)
        ? answered
        : isWidget(sent)
          ? { status: 200, text: section(sent.query.placement!, "cold") }
          : undefined);
  return openPage({
    html: HOME,
    ...options,
    attributes: `data-manual ${options.attributes ?? 'data-survey="taste"'}`,
    answer,
  });
}

/** The dialog's or the element's form; the tag's hosts are the only shadow roots in the page. */
export function root(page: Page) {
  return [...page.document.querySelectorAll("*")]
    .map((each) => each.shadowRoot)
    .find((each) => each?.querySelector("form.survey"));
}

export function press(page: Page, part: string, index = 0): void {
  const pressed = root(page)!.querySelectorAll(`[part="${part}"]`)[index]!;
  ((pressed.querySelector("input") ?? pressed) as unknown as { click(): void }).click();
}

export const inputs = (page: Page) => [...root(page)!.querySelectorAll("input")] as unknown as HTMLInputElement[];

export const pressed = (page: Page) => inputs(page).map((each) => String(each.checked));

export const shown = (page: Page) =>
  [...page.document.querySelectorAll("nunchi-recommendations")].map((host) =>
    host.shadowRoot?.querySelector("a")?.getAttribute("data-item-id"),
  );

export const about = (page: Page, name: string) =>
  page
    .events()
    .filter(({ event }) => event === name)
    .map(({ properties }) => properties);
