/** The questions of one screen, one after the other. Knows nothing of the network: it ends with answers or with a skip. */
import type { ShownQuestion } from "../../worker/survey/schema.ts";
import { make } from "../dom/element.ts";
import type { Words } from "./words.ts";

export type Answers = Record<string, string[]>;

export interface Form {
  element: HTMLElement;
  /** The question that is asked now. */
  questionId(): string;
}

export function makeForm(
  questions: ShownQuestion[],
  words: Words,
  on: { answer(answers: Answers): void; skip(): void },
): Form {
  const answers: Answers = {};
  let step = 0;
  const element = make("form", { part: "survey", class: "survey" });

  const question = () => questions[step] as ShownQuestion;
  const isLast = () => step === questions.length - 1;
  const hasAnswers = () => Object.values(answers).some((picked) => picked.length > 0);

  function ask(): void {
    const asked = question();
    const most = asked.kind === "tiles" ? asked.most : asked.multiple ? asked.options.length : 1;
    answers[asked.id] ??= [];
    const status = make("p", { role: "status", class: "status" });
    const submit = make("button", { part: "submit" }, isLast() ? words.submit : words.next);
    const skip = make("button", { part: "skip", type: "button" }, words.skip);
    skip.addEventListener("click", on.skip);
    const choices = choicesOf(asked);

    function update(isFull = false): void {
      const picked = answers[asked.id] ?? [];
      for (const [key, choice] of choices) {
        choice.setAttribute("aria-pressed", String(picked.includes(key)));
        choice.classList.toggle("full", most > 1 && picked.length >= most && !picked.includes(key));
      }
      status.textContent = isFull ? words.full(most) : most > 1 ? words.picked(picked.length, most) : "";
      // Not `disabled`, which would take the button away from the keyboard.
      submit.ariaDisabled = String(isLast() && !hasAnswers());
    }

    for (const [key, choice] of choices) {
      choice.addEventListener("click", () => {
        const picked = answers[asked.id] ?? [];
        const isPicked = picked.includes(key);
        const isFull = !isPicked && most > 1 && picked.length >= most;
        if (!isFull) {
          const others = most > 1 ? picked.filter((other) => other !== key) : [];
          answers[asked.id] = isPicked ? others : [...others, key];
        }
        update(isFull);
      });
    }

    // The next question does not make the dialog jump.
    element.style.setProperty("--height", `${element.offsetHeight}px`);
    const title = make("h2", { id: "title", part: "title", tabindex: "-1" }, asked.title);
    if (questions.length > 1) {
      const progress = questions.map((_, index) => make("i", { class: index <= step ? "done" : false }));
      const steps = make("div", { class: "steps", role: "img" }, ...progress);
      steps.ariaLabel = words.step(step + 1, questions.length);
      element.replaceChildren(steps);
    } else element.replaceChildren();
    element.append(
      title,
      ...(asked.hint ? [make("p", { part: "hint", class: "hint" }, asked.hint)] : []),
      make(
        "div",
        { class: asked.kind, part: asked.kind, role: "group", "aria-labelledby": "title" },
        ...choices.map(([, choice]) => choice),
      ),
      make("div", { class: "foot" }, skip, status, submit),
    );
    update();
    if (step > 0) title.focus();
  }

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isLast()) {
      step++;
      ask();
    } else if (hasAnswers()) on.answer(answers);
  });
  ask();
  return { element, questionId: () => question().id };
}

/** Key → button, in the order of showing. */
function choicesOf(question: ShownQuestion): [string, HTMLButtonElement][] {
  if (question.kind === "choice") {
    return question.options.map(({ value, label }) => [
      value,
      make("button", { part: "option", type: "button" }, label),
    ]);
  }
  return question.tiles.map(({ key, title, imageUrl }) => {
    const picture = make("span", { class: "picture" });
    if (imageUrl)
      picture.append(make("img", { src: imageUrl, alt: "", width: "160", height: "160", decoding: "async" }));
    return [key, make("button", { part: "tile", type: "button" }, picture, make("span", { class: "name" }, title))];
  });
}
