type Attributes = Record<string, string | false | undefined>;

/** An element with attributes and children; `false` and `undefined` leave an attribute out. Texts are texts, never markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "string") element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
