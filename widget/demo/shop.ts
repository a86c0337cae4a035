/**
 * The demo shop's own script: what a shop's engineer writes to tell nunchi what happens. Everything works without it, only
 * untold. The shop is server-rendered; facts come from `data-` attributes and JSON in the page.
 */
import type { Nunchi } from "../collect/tag.ts";

const nunchi: Nunchi = (...call: unknown[]) => (window.nunchi as (...values: unknown[]) => never)?.(...call);
const korean = document.documentElement.lang === "ko";

// What happened because this page was opened
for (const script of document.querySelectorAll<HTMLScriptElement>("script[data-event]")) {
  const { event = "", once } = script.dataset;
  const facts = JSON.parse(script.textContent ?? "{}") as Record<string, unknown>;
  if (once && sessionStorage.getItem(once)) continue;
  if (once) sessionStorage.setItem(once, "told");
  if (event === "identify") nunchi("identify", String(facts.userId), facts.traits as Record<string, unknown>);
  else nunchi("track", event, facts);
}

/** Tells it of the product or cart that the form names. */
function tell(form: HTMLFormElement, event: string | undefined): void {
  if (event) nunchi("track", event, JSON.parse(form.dataset.about ?? "{}"));
}

let toastTimer = 0;
function toast(text: string): void {
  const element = document.querySelector<HTMLElement>(".toast");
  if (!element) return;
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => {
    element.hidden = true;
  }, 2400);
}

/** Cart and wishlist without leaving the page. */
async function add(form: HTMLFormElement): Promise<void> {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
  });
  const { count, isWished } = (await answer.json()) as { count?: number; isWished?: boolean };
  if (count !== undefined) {
    const badge = document.querySelector<HTMLElement>("[data-cart-count]");
    if (badge) {
      badge.textContent = String(count);
      badge.hidden = count === 0;
    }
    tell(form, form.dataset.adds);
    toast(korean ? "장바구니에 담았어요" : "Added to your cart");
  }
  if (isWished !== undefined) {
    form.querySelector("button")?.setAttribute("aria-pressed", String(isWished));
    if (isWished) tell(form, form.dataset.adds);
    toast(isWished ? (korean ? "찜해 두었어요" : "Added to your wishlist") : korean ? "찜을 풀었어요" : "Removed");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const { adds, removes, tells, resets } = form.dataset;
  if (adds) {
    event.preventDefault();
    add(form).catch(() => form.submit());
  }
  tell(form, removes ?? tells);
  if (resets !== undefined) nunchi("reset");
});

// Consent: one yes for each channel, and one more for the night
const CONSENTS = "demo:consents";
const consents = JSON.parse(localStorage.getItem(CONSENTS) ?? "{}") as Record<string, boolean>;
const night = document.querySelector<HTMLInputElement>("[data-consent-night]");
const boxes = [...document.querySelectorAll<HTMLInputElement>("[data-consent]")];
for (const box of boxes) box.checked = !box.disabled && consents[box.dataset.consent ?? ""] === true;
if (night) night.checked = consents.night === true;

document.addEventListener("change", ({ target }) => {
  const input = target as HTMLInputElement;
  const changed = input === night ? boxes.filter((box) => box.checked) : boxes.filter((box) => box === input);
  for (const box of changed) {
    nunchi("consent", { channel: box.dataset.consent ?? "", granted: box.checked, night: night?.checked === true });
  }
  if (changed.length === 0 && input !== night) return;
  for (const box of boxes) if (!box.disabled) consents[box.dataset.consent ?? ""] = box.checked;
  consents.night = night?.checked === true;
  localStorage.setItem(CONSENTS, JSON.stringify(consents));
  toast(korean ? "알겠어요, 기억해 둘게요" : "Noted");
});

document.addEventListener("click", ({ target }) => {
  const button = (target as Element).closest<HTMLElement>("[data-survey],[data-newcomer]");
  if (!button) return;
  if (button.dataset.survey) nunchi("survey", button.dataset.survey);
  else becomeNewcomer();
});

/** Forgets everything that the shop and the tag remember, except what is still on its way to the server. */
async function becomeNewcomer(): Promise<void> {
  await nunchi("reset");
  for (const name of Object.keys(localStorage)) {
    if (name === CONSENTS || (name.startsWith("nunchi:") && !name.startsWith("nunchi:q:")))
      localStorage.removeItem(name);
  }
  await fetch("/demo/newcomer", { method: "POST" });
  location.href = "/demo/";
}
