/** What a person would see in a placement, why, and what everybody would see. */
import { parseLabel } from "../../experiments/label.ts";
import type { Recommendation } from "../../recommend/recommend.ts";
import type { RecommendedItem } from "../../recommend/recommended-item.ts";
import { itemPath } from "./catalog.tsx";
import { nameOf } from "./find-person.ts";
import { Choices, PICKED_FOR, searching } from "./item-picker.tsx";
import { Badge, Empty, RowName, Section } from "./parts.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { Explain } from "./placement-explain.tsx";
import { PLACEMENT_FORM } from "./placement-form.tsx";
import type { Preview } from "./preview.ts";
import type { PreviewRequest } from "./preview-request.ts";
import { PreviewShown } from "./preview-shown.tsx";
import { removalInWords } from "./removal-words.ts";
import { variantInWords } from "./variant-words.ts";
import type { SiteView } from "./view.ts";

/** Its fields belong to the form of the rules: what is shown is by the rules as they are being edited. */
export function PlacementPreview({ view, action, preview }: { view: SiteView; action: string; preview: Preview }) {
  const { t } = view;
  const { asked, link, person, forPerson, forEverybody, isSaved, people, isUnknown, isUnknownItem, items, choices } =
    preview;
  const placementId = forEverybody.placement;
  const whose = person ? t("placements.forPerson", { person: nameOf(person) }) : t("placements.forStranger");
  // An address names nobody: the field does.
  const typed = person && asked.person === person.profileId ? nameOf(person) : asked.person;
  return (
    <div id="preview">
      <Section title={t("placements.preview")} hint={t("placements.previewHint")}>
        <div class="search">
          {/* Enter saves, here as in the form. */}
          <button type="submit" form={PLACEMENT_FORM} hidden />
          <PersonPicker view={view} name="person" value={typed} people={people} form={PLACEMENT_FORM} />
          <PreviewInput
            name={PICKED_FOR.page.field}
            value={asked.itemId}
            label={t("placements.atItem")}
            autofocus={asked.isPicked === true}
            {...searching(view, "page", placementId)}
          />
          <button
            type="submit"
            form={PLACEMENT_FORM}
            formaction={action}
            formnovalidate
            hx-post={action}
            hx-include={`#${PLACEMENT_FORM}`}
            hx-target="#preview"
            hx-select="#preview"
            hx-swap="outerHTML"
          >
            {t("placements.show")}
          </button>
        </div>
        <Choices view={view} pickedFor="page" action={action} found={choices} />
        <Situation view={view} asked={asked} />
        <PreviewShown view={view} preview={preview} />
        {isUnknown && <Wrong>{t("placements.unknownPerson", { person: typed })}</Wrong>}
        {isUnknownItem && <Wrong>{t("placements.unknownItem", { item: asked.itemId })}</Wrong>}
        {isSaved && <Wrong>{t("placements.draftWrong")}</Wrong>}
        <div class="columns even side-by-side">
          <List view={view} title={whose} list={forPerson} />
          <List view={view} title={t("placements.forEverybody")} list={forEverybody} />
        </div>
        {/* An address cannot name who is not known. */}
        {!isUnknown && (
          <p class="hint">
            <a href={link}>{t("placements.link")}</a> {t("placements.linkHint")}
          </p>
        )}
        {forPerson.explain && (
          <Explain view={view} explain={forPerson.explain} items={items} isOpen={asked.person !== ""} />
        )}
      </Section>
    </div>
  );
}

function Wrong({ children }: { children: string }) {
  return (
    <p class="wrong" role="alert">
      {children}
    </p>
  );
}

function PreviewInput(props: { name: string; value: string; label: string; autofocus?: boolean }) {
  const { name, value, label, ...more } = props;
  return (
    <input
      type="search"
      name={name}
      value={value}
      form={PLACEMENT_FORM}
      placeholder={label}
      aria-label={label}
      maxlength={256}
      autocomplete="off"
      {...more}
    />
  );
}

/** What is known of a visit besides who it is: enough to see what somebody sees who comes for the first time. */
function Situation({ view, asked }: { view: SiteView; asked: PreviewRequest }) {
  const { t } = view;
  const isOpen = [asked.device, asked.campaign, asked.referrer].some((each) => each !== "");
  const devices = ["", "phone", "desktop"] as const;
  return (
    <details class="situation" open={isOpen}>
      <summary>{t("placements.situation")}</summary>
      <p class="hint">{t("placements.situationHint")}</p>
      <div class="search">
        <select name="previewDevice" form={PLACEMENT_FORM} aria-label={t("placements.device")}>
          {devices.map((device) => (
            <option value={device} selected={device === asked.device}>
              {t(device === "" ? "placements.anyDevice" : `experiments.device.${device}`)}
            </option>
          ))}
        </select>
        <PreviewInput name="previewCampaign" value={asked.campaign} label={t("placements.campaign")} />
        <PreviewInput name="previewReferrer" value={asked.referrer} label={t("placements.referrer")} />
      </div>
    </details>
  );
}

function List({ view, title, list }: { view: SiteView; title: string; list: Recommendation }) {
  const { t } = view;
  return (
    <section aria-label={title}>
      <div class="section-head">
        <h3>{title}</h3>
        <span class="badges">
          <Variant view={view} list={list} />
          <Badge tone={list.fallbackLevel === "personal" || list.fallbackLevel === "survey" ? "good" : "plain"}>
            {t(`level.${list.fallbackLevel}`)}
          </Badge>
        </span>
      </div>
      {list.relaxed && list.relaxed.length > 0 && (
        <p class="hint">
          {t("placements.relaxed", {
            rules: list.relaxed.map((rule) => removalInWords(view, rule)).join(", "),
          })}
        </p>
      )}
      {list.items.length === 0 ? (
        <Empty title={t(list.explain?.variant?.shows === "nothing" ? "experiments.seesNothing" : "placements.empty")} />
      ) : (
        <ol class="recommended">
          {list.items.map((item) => (
            <Recommended view={view} item={item} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Recommended({ view, item }: { view: SiteView; item: RecommendedItem }) {
  return (
    <li class="with-thumb">
      {item.imageUrl ? (
        <img class="thumb" src={item.imageUrl} alt="" loading="lazy" width="40" height="40" />
      ) : (
        <span class="thumb" />
      )}
      <span class="recommended-text">
        <RowName href={itemPath(view, item.id)} name={item.title}>
          {item.reason}
        </RowName>
      </span>
      <span class="recommended-price">{item.priceText}</span>
    </li>
  );
}

/** The running experiment's, where this person takes part: it decides what they see. */
function Variant({ view, list }: { view: SiteView; list: Recommendation }) {
  const label = parseLabel(list.variant);
  if (!label) return null;
  const path = `/admin/${view.site.id}/placements/${list.placement}/experiments/${label.experimentId}`;
  return (
    <a href={path}>
      <Badge tone="warn">{variantInWords(view, label, list.explain?.variant?.shows)}</Badge>
    </a>
  );
}
