/** The pins of a placement: as text, with what they name, and a search for one more. */
import { isServable, titleOf } from "../../catalog/read.ts";
import type { Issue } from "../../lib/errors.ts";
import { MOST_ITEMS } from "../../recommend/schema.ts";
import { itemPath } from "./catalog.tsx";
import { Choices, type Found, PICKED_FOR, searching } from "./item-picker.tsx";
import { ActButton, Field, Input } from "./parts.tsx";
import type { PlacementFacts } from "./placement-facts.ts";
import type { PlacementFields } from "./placement-fields.ts";
import type { SiteView } from "./view.ts";

export function PinsField(props: {
  view: SiteView;
  action: string;
  fields: PlacementFields;
  issues: Issue[];
  facts: PlacementFacts | undefined;
  found: Found | undefined;
}) {
  const { view, action, fields, issues, facts, found } = props;
  const { t } = view;
  const placement = decodeURIComponent(action.split("/").at(-1) ?? "new");
  return (
    <div id={PICKED_FOR.pin.part} class="stack">
      <Field name="pins" label={t("placements.pins")} hint={t("placements.pinsHint")} issues={issues}>
        <Input name="pins" value={fields.pins} placeholder="1=coat-12, 4=bag-3" />
        <Pinned view={view} facts={facts} count={Number(fields.count)} />
      </Field>
      <div class="inline">
        <input
          type="search"
          class="event"
          name={PICKED_FOR.pin.field}
          value={fields.pinSearch}
          placeholder={t("picker.search")}
          aria-label={t("placements.pinOne")}
          maxlength={128}
          autocomplete="off"
          autofocus={fields.hasPinned}
          {...searching(view, "pin", placement)}
        />
        <input
          type="number"
          class="short"
          name="pinPlace"
          value={fields.pinPlace}
          min={1}
          max={MOST_ITEMS}
          placeholder={t("placements.pinPlace")}
          aria-label={t("placements.pinPlace")}
        />
        <ActButton view={view} act="pins:search" part={PICKED_FOR.pin.part} action={action}>
          {t("form.search")}
        </ActButton>
      </div>
      <Choices view={view} pickedFor="pin" action={action} found={found} />
    </div>
  );
}

function Pinned({ view, facts, count }: { view: SiteView; facts: PlacementFacts | undefined; count: number }) {
  const { t, locale } = view;
  return (
    <>
      {facts?.pinned.map(({ position, id, item }) =>
        item ? (
          <p class="hint">
            {position}. <a href={itemPath(view, id)}>{titleOf(item, locale)}</a>
            {!isServable(item) && ` · ${t("placements.pinRests")}`}
            {position > count && ` · ${t("placements.pinBeyond", { count })}`}
          </p>
        ) : (
          <p class="wrong">{t("placements.unknownItem", { item: id })}</p>
        ),
      )}
    </>
  );
}
