/** Buttons for a list that scrolls sideways. Without script, and by touch or keyboard, the list scrolls on its own. */
import { make } from "../dom/element.ts";

const WORDS = { ko: ["이전 상품 보기", "다음 상품 보기"], en: ["Previous items", "Next items"] } as const;

export function addButtons(list: HTMLElement, locale: string): void {
  const words = WORDS[locale.startsWith("ko") ? "ko" : "en"];
  const [previous, next] = (["previous", "next"] as const).map((part, index) => {
    const button = make("button", { type: "button", part, "aria-label": words[index] });
    button.addEventListener("click", () => {
      if (button.ariaDisabled === "true") return;
      // A page, less a bit of it: the eye keeps its place.
      const distance = list.clientWidth * 0.9 * (index === 0 ? -1 : 1) * direction(list);
      list.scrollBy({ left: distance, behavior: isStill() ? "auto" : "smooth" });
    });
    return button;
  }) as [HTMLButtonElement, HTMLButtonElement];
  const buttons = make("div", { part: "buttons", class: "buttons" }, previous, next);
  list.before(buttons);

  function update(): void {
    const position = list.scrollLeft * direction(list);
    const end = list.scrollWidth - list.clientWidth;
    buttons.hidden = end < 2;
    // Not `disabled`: the button would lose the keyboard's focus when the end is reached.
    previous.ariaDisabled = String(position < 2);
    next.ariaDisabled = String(position > end - 2);
  }

  list.addEventListener("scroll", update, { passive: true });
  if (typeof ResizeObserver === "undefined") update();
  else new ResizeObserver(update).observe(list);
}

/** -1 where text runs from right to left: there `scrollLeft` counts down from 0. */
function direction(element: Element): 1 | -1 {
  return getComputedStyle(element).direction === "rtl" ? -1 : 1;
}

export function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
