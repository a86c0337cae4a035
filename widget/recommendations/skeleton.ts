/** What stands in a placement's place until it is here: the same boxes, so that nothing moves when they are filled. */
import { make } from "../dom/element.ts";

/** How a placement looked last on this device; pages say it for the first time by attributes. */
export interface Shape {
  layout: string;
  count: number;
}

export function readShape(text: string | null, attributes: { layout: string | null; count: string | null }): Shape {
  const [layout, count] = text?.split(" ") ?? [];
  return {
    layout: (attributes.layout ?? layout) === "scroll" ? "scroll" : "grid",
    count: Math.min(50, Number(attributes.count ?? count) || 4),
  };
}

export function writeShape(section: Element): string {
  const layout = section.querySelector(".scroll") ? "scroll" : "grid";
  return `${layout} ${section.querySelectorAll("[data-item-id]").length}`;
}

export function makeSkeleton({ layout, count }: Shape): HTMLElement {
  const line = (part: string) => make("span", { class: `bone ${part}` }, "\u00a0");
  const cards = Array.from({ length: count }, () =>
    make(
      "li",
      {},
      make(
        "div",
        { class: "card" },
        make("span", { class: "bone image" }),
        ...["brand", "name", "price", "reason"].map(line),
      ),
    ),
  );
  return make(
    "section",
    { class: "nunchi skeleton", "aria-hidden": "true" },
    make("div", { class: "title" }, line("words")),
    make("ul", { class: layout }, ...cards),
  );
}
