/**
 * Finding a product by a part of its title or id, for a form's field that takes an id. With the script while it is typed;
 * without it the form's own buttons search. What is found are buttons of the form, so that the keyboard reaches them.
 */
import type { Item } from "../../catalog/price.ts";
import { isServable, listItems, readItems, titleOf } from "../../catalog/read.ts";
import { formatMoney } from "../../lib/money.ts";
import { text } from "./form.ts";
import { PLACEMENT_FORM } from "./placement-form.tsx";
import { quoted } from "./quoted.ts";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const OFFERED = 8;

/** What a product is chosen for: a placement's pins, or the page that it is previewed on. */
export const PICKED_FOR = {
  pin: { field: "pinSearch", part: "pins-part" },
  page: { field: "previewItem", part: "preview" },
} as const;
export type PickedFor = keyof typeof PICKED_FOR;

/** What was found for what was typed; undefined: nothing was asked. */
export interface Found {
  query: string;
  items: Item[];
}

export async function findItems({ deps, site }: SiteView, typed: string): Promise<Found | undefined> {
  const query = typed.trim().slice(0, 128);
  if (query === "") return undefined;
  const [exact, items] = await Promise.all([
    readItems(deps, site.id, [query]),
    listItems(deps, site.id, { search: query, limit: OFFERED }),
  ]);
  const own = exact.get(query);
  const isThere = own !== undefined && own.deletedAt === null;
  const others = items.filter(({ id }) => id !== query);
  return { query, items: isThere ? [own, ...others].slice(0, OFFERED) : others };
}

/** What is found while it is typed: `for` says which of the form's fields, `action` where the form's buttons send it. */
export async function postChoices(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const pickedFor = text(form, "for") === "page" ? "page" : "pin";
  const found = await findItems(view, text(form, PICKED_FOR[pickedFor].field));
  const placement = encodeURIComponent(text(form, "placement") || "new");
  const action = `/admin/${view.site.id}/placements/${placement}${pickedFor === "page" ? "/preview" : ""}`;
  return c.html(String(<Choices view={view} pickedFor={pickedFor} action={action} found={found} />));
}

/** The attributes with which an input offers what is found while it is typed. */
export function searching(view: SiteView, pickedFor: PickedFor, placement: string): Record<string, string> {
  return {
    "hx-post": `/admin/${view.site.id}/choices`,
    "hx-trigger": "input changed delay:300ms",
    "hx-vals": JSON.stringify({ for: pickedFor, placement }),
    "hx-target": `#${pickedFor}-choices`,
    "hx-swap": "outerHTML",
  };
}

/** `pins:add:<id, quoted>` adds to the pins that are being edited; `pick` is the item of the preview's page. */
export function Choices(props: { view: SiteView; pickedFor: PickedFor; action: string; found: Found | undefined }) {
  const { view, pickedFor, action, found } = props;
  const { t, locale } = view;
  const { part } = PICKED_FOR[pickedFor];
  return (
    <div id={`${pickedFor}-choices`} class="choices">
      <p class="hint" role="status">
        {found && (found.items.length === 0 ? t("picker.none", { query: found.query }) : t("picker.found"))}
      </p>
      {found && found.items.length > 0 && (
        <ul class="plain-list">
          {found.items.map((item) => (
            <li>
              <button
                type="submit"
                class="small"
                name={pickedFor === "pin" ? "act" : "pick"}
                value={pickedFor === "pin" ? `pins:add:${quoted(item.id)}` : item.id}
                form={PLACEMENT_FORM}
                formaction={action}
                formnovalidate
                hx-post={action}
                hx-target={`#${part}`}
                hx-select={`#${part}`}
                hx-swap="outerHTML"
              >
                {titleOf(item, locale)} <span class="muted">{item.id}</span>
              </button>{" "}
              <span class="muted">
                {item.price !== null && formatMoney(item.price, item.currency, locale)}
                {!isServable(item) && ` · ${t("placements.pinRests")}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
