/** A question as the edge renders it: what is picked of it, and what the visitor sees of that. Knows nothing of the network. */

/** Question → keys of what was picked, or what was written. */
export type Answers = Record<string, string[]>;

export function parseForm(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function picksOf(form: HTMLFormElement): Answers {
  const answers: Answers = {};
  for (const [name, value] of new FormData(form)) {
    if (!answers[name]) answers[name] = [];
    if (value) answers[name].push(String(value));
  }
  return answers;
}

export function hasPicks(answers: Answers): boolean {
  return Object.values(answers).some((picked) => picked.length > 0);
}

/** After a change, and at first. Takes back what is one too many. */
export function update(form: HTMLFormElement, changed?: HTMLInputElement): void {
  const { most, picked, full, required } = form.dataset;
  const status = form.querySelector(".status") as HTMLElement;
  const count = () => form.querySelectorAll(":checked").length;
  const isTooMuch = most !== undefined && count() > Number(most);
  if (isTooMuch && changed) changed.checked = false;
  form.classList.toggle("full", most !== undefined && count() >= Number(most));
  status.textContent = (isTooMuch ? full : picked?.replace("{}", String(count()))) ?? "";
  // Not `disabled`, which would take the button away from the keyboard.
  const submit = form.querySelector('[part="submit"]') as HTMLButtonElement;
  submit.ariaDisabled = String(required !== undefined && !hasPicks(picksOf(form)));
  const band = form.querySelector("output");
  if (band) {
    const ends = Object.values(picksOf(form))[0]?.map(Number) ?? [];
    band.textContent = ends
      .sort((a, b) => a - b)
      .map((end) => band.dataset.price?.replace("{}", end.toLocaleString(form.lang)))
      .join(" – ");
  }
}

/** Puts the tiles that stand behind `tapped` from now on; what stays is the same element, with the keyboard's focus. */
export function replaceTiles(tapped: HTMLInputElement, html: string): void {
  const keyOf = (label: Element) => (label.firstElementChild as HTMLInputElement).value;
  const group = tapped.closest("fieldset") as HTMLElement;
  const known = new Map([...group.children].map((label) => [keyOf(label), label]));
  const labels = [...parseForm(html).children];
  const place = labels.findIndex((label) => keyOf(label) === tapped.value);
  while (group.lastElementChild !== tapped.parentElement) group.lastElementChild?.remove();
  group.append(...labels.slice(place + 1).map((label) => known.get(keyOf(label)) ?? label));
}
