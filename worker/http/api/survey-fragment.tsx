/**
 * One question of a survey as markup for a shadow root: native inputs named by the question, so that the tag only reads the
 * form. Everything from a feed or a marketer is escaped by the JSX; colors travel beside it, because a page's policy may
 * refuse inline styles.
 */
import { formatMoney, toMinor } from "../../lib/money.ts";
import type { ShownQuestion, ShownTile, SurveyScreen } from "../../survey/schema.ts";

type Language = SurveyScreen["locale"];

/** The words that no marketer writes: buttons and what is read aloud. `{}` is the number that the tag fills in. */
const WORDS = {
  ko: {
    skip: "건너뛰기",
    next: "다음",
    submit: "추천 보기",
    picked: (most: number) => `${most}개 중 {}개 선택`,
    full: (most: number) => `${most}개까지 고를 수 있어요`,
    step: (step: number, of: number) => `질문 ${of}개 중 ${step}번째`,
    from: "최저 가격",
    to: "최고 가격",
    write: "여기에 적어 주세요",
  },
  en: {
    skip: "Skip",
    next: "Next",
    submit: "Show my picks",
    picked: (most: number) => `{} of ${most} picked`,
    full: (most: number) => `Up to ${most} can be picked`,
    step: (step: number, of: number) => `Question ${step} of ${of}`,
    from: "Lowest price",
    to: "Highest price",
    write: "Your words",
  },
} as const;

/** The form of a screen with one question; undefined without one. */
export function renderSurvey({ screen, locale }: SurveyScreen, hasAnswers = false): string | undefined {
  const question = screen?.questions[0];
  if (!screen || !question) return undefined;
  return String(<SurveyForm question={question} screen={screen} locale={locale} hasAnswers={hasAnswers} />);
}

/** The tiles alone, for those that are chosen anew. */
export function renderTiles(tiles: ShownTile[], questionId: string): string {
  return tiles.map((tile) => String(<TileLabel tile={tile} name={questionId} />)).join("");
}

export function SurveyForm(props: {
  question: ShownQuestion;
  screen: NonNullable<SurveyScreen["screen"]>;
  locale: Language;
  /** Earlier screens were answered: this one may be left out. */
  hasAnswers?: boolean;
}) {
  const { question, screen, locale, hasAnswers = false } = props;
  const { step, steps } = screen;
  const words = WORDS[locale];
  const isLast = step >= steps;
  const most = mostOf(question);
  return (
    <form
      part="survey"
      class="survey"
      lang={locale}
      data-most={most > 1 ? String(most) : undefined}
      data-picked={most > 1 ? words.picked(most) : undefined}
      data-full={most > 1 ? words.full(most) : undefined}
      data-required={isLast && !hasAnswers ? "" : undefined}
    >
      {steps > 1 && (
        <div class="steps" role="img" aria-label={words.step(step, steps)}>
          {Array.from({ length: steps }, (_, index) => (
            <i class={index < step ? "done" : undefined} />
          ))}
        </div>
      )}
      <h2 id="title" part="title" tabindex={-1}>
        {question.title}
      </h2>
      {question.hint && (
        <p part="hint" class="hint">
          {question.hint}
        </p>
      )}
      <fieldset class={question.kind} part={question.kind} aria-labelledby="title" data-adapts={adaptsOf(question)}>
        <Inputs question={question} locale={locale} />
      </fieldset>
      <div class="foot">
        <button type="button" part="skip">
          {words.skip}
        </button>
        <p role="status" class="status" />
        <button type="submit" part="submit">
          {isLast ? words.submit : words.next}
        </button>
      </div>
    </form>
  );
}

function mostOf(question: ShownQuestion): number {
  if (question.kind === "tiles") return question.most;
  return (question.kind === "choice" || question.kind === "size") && question.multiple ? question.options.length : 1;
}

function adaptsOf(question: ShownQuestion): string | undefined {
  return question.kind === "tiles" && question.adapts ? "" : undefined;
}

function Inputs({ question, locale }: { question: ShownQuestion; locale: Language }) {
  const { id } = question;
  const words = WORDS[locale];
  switch (question.kind) {
    case "tiles":
      return (
        <>
          {question.tiles.map((tile) => (
            <TileLabel tile={tile} name={id} />
          ))}
        </>
      );
    case "choice":
    case "size":
      return (
        <>
          {question.options.map(({ value, label }) => (
            <label part="option">
              <input type={question.multiple ? "checkbox" : "radio"} name={id} value={value} />
              <span class="label">{label}</span>
            </label>
          ))}
        </>
      );
    case "price": {
      const { min, max, step, currency } = question;
      const text = (value: number) => formatMoney(toMinor(value, currency), currency, locale);
      return (
        <>
          <output part="band" data-price={text(0).replace(/0([.,]0+)?/, "{}")}>
            {text(min)} – {text(max)}
          </output>
          {[
            [words.from, min],
            [words.to, max],
          ].map(([label, value]) => (
            <label>
              <span>{label}</span>
              <input
                type="range"
                name={id}
                min={String(min)}
                max={String(max)}
                step={String(step)}
                value={String(value)}
              />
            </label>
          ))}
        </>
      );
    }
    case "text":
      return (
        <textarea
          part="text"
          name={id}
          rows={3}
          maxlength={question.most}
          aria-label={question.title}
          placeholder={words.write}
        />
      );
  }
}

function TileLabel({ tile, name }: { tile: ShownTile; name: string }) {
  return (
    <label part="tile">
      <input type="checkbox" name={name} value={tile.key} />
      <span class="picture">
        {tile.imageUrl && <img src={tile.imageUrl} alt="" width={160} height={160} decoding="async" />}
      </span>
      <span class="name">{tile.title}</span>
    </label>
  );
}
