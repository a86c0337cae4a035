/**
 * The admin works without this script. With it: parts of a page follow what is typed (htmx), codes can be copied, and what
 * cannot be undone asks first. Loaded under a policy without inline script and eval, so no `hx-on` and no `js:`.
 */
import "htmx.org";
import { showSurveyPreviews } from "./survey-preview.ts";

document.addEventListener("htmx:after:settle", showSurveyPreviews);

document.addEventListener("submit", (event) => {
  const question = (event.submitter as HTMLElement | null)?.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

document.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest<HTMLElement>("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy ?? "");
  if (!button || !source) return;
  await navigator.clipboard.writeText(source.textContent ?? "");
  const label = button.textContent;
  button.textContent = button.dataset.copied ?? label;
  setTimeout(() => {
    button.textContent = label;
  }, 2000);
});

// An open menu closes when somebody turns elsewhere, like any menu.
for (const name of ["click", "focusin"]) {
  document.addEventListener(name, (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.switcher[open]")) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
}

// On a phone the rooms are a strip: show where we are.
const strip = document.querySelector(".rooms");
const current = strip?.querySelector<HTMLElement>("[aria-current]");
if (strip && current) strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2 + current.clientWidth / 2;
