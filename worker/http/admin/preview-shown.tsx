/** Of which moment a preview is: as of now, or as of a list that the person was shown, and what of it is as it was then. */
import { titleOf } from "../../catalog/read.ts";
import { itemPath } from "./catalog.tsx";
import { formatMoment } from "./format.ts";
import { PLACEMENT_FORM } from "./placement-form.tsx";
import type { Preview } from "./preview.ts";
import type { SiteView } from "./view.ts";

export function PreviewShown({ view, preview: { asked, shown, items } }: { view: SiteView; preview: Preview }) {
  const { t, locale, site } = view;
  if (!shown) {
    return (
      <div class="situation">
        <p class="hint">{t(asked.list === "" ? "placements.asOfNow" : "placements.notInLog")}</p>
      </div>
    );
  }
  const { at, pageItemId, itemIds, again, model, rules } = shown;
  const named = (id: string) => {
    const item = items.get(id);
    return <a href={itemPath(view, id)}>{item ? titleOf(item, locale) : id}</a>;
  };
  return (
    <section class="stack situation" aria-label={t("placements.then")}>
      {/* A list that is asked for stays asked for while rules are tried. */}
      <input type="hidden" name="previewList" value={asked.list} form={PLACEMENT_FORM} />
      <p>{t("placements.asOf", { time: formatMoment(at, locale, site.timeZone) })}</p>
      <ul class="plain-list hint">
        <li>{t(`placements.then.model.${model}`)}</li>
        <li>{t(`placements.then.rules.${rules}`)}</li>
        <li>{t("placements.then.rest")}</li>
        {pageItemId !== null ? (
          <li>
            {t("placements.then.page")}: {named(pageItemId)}
          </li>
        ) : (
          asked.itemId === "" && <li>{t("placements.then.noPage")}</li>
        )}
        {itemIds.length > 0 && (
          <li>
            {t("placements.then.again", { again, count: itemIds.length })}:{" "}
            {itemIds.map((id, place) => (
              <>
                {place > 0 && ", "}
                {named(id)}
              </>
            ))}
          </li>
        )}
      </ul>
    </section>
  );
}
