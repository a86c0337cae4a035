/** What a person would see in a placement, why, and what everybody would see. */

import type { Item } from "../../catalog/price.ts";
import { titleOf } from "../../catalog/read.ts";
import type { Explanation } from "../../recommend/explain.ts";
import type { Recommendation, RecommendedItem } from "../../recommend/recommend.ts";
import type { Way } from "../../recommend/schema.ts";
import { itemPath } from "./catalog.tsx";
import { nameOf } from "./find-person.ts";
import { formatShare } from "./format.ts";
import { translateOr } from "./language.ts";
import { Badge, Empty, RowName, Section, Table } from "./parts.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { PLACEMENT_FORM } from "./placement-form.tsx";
import type { Preview } from "./placements.tsx";
import type { SiteView } from "./view.ts";

/** Its fields belong to the form of the rules: what is shown is by the rules as they are being edited. */
export function PlacementPreview({ view, action, preview }: { view: SiteView; action: string; preview: Preview }) {
  const { t } = view;
  const { person, forPerson, forEverybody, typed, itemId, isSaved, people, isUnknown, items } = preview;
  return (
    <div id="preview">
      <Section title={t("placements.preview")} hint={t("placements.previewHint")}>
        <div class="search">
          {/* Enter saves, here as in the form. */}
          <button type="submit" form={PLACEMENT_FORM} hidden />
          <PersonPicker view={view} name="person" value={typed} people={people} form={PLACEMENT_FORM} />
          <input
            type="search"
            name="previewItem"
            value={itemId}
            form={PLACEMENT_FORM}
            placeholder={t("placements.atItem")}
            aria-label={t("placements.atItem")}
            autocomplete="off"
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
        {isUnknown && (
          <p class="wrong" role="alert">
            {t("people.notFound")}
          </p>
        )}
        {isSaved && (
          <p class="wrong" role="alert">
            {t("placements.draftWrong")}
          </p>
        )}
        <div class="columns even side-by-side">
          {person && forPerson ? (
            <List view={view} title={t("placements.forPerson", { person: nameOf(person) })} list={forPerson} />
          ) : (
            <Empty title={t("placements.nobody")} />
          )}
          <List view={view} title={t("placements.forEverybody")} list={forEverybody} />
        </div>
        {forPerson?.explain && <Explain view={view} explain={forPerson.explain} items={items} />}
      </Section>
    </div>
  );
}

function List({ view, title, list }: { view: SiteView; title: string; list: Recommendation }) {
  const { t } = view;
  return (
    <section aria-label={title}>
      <div class="section-head">
        <h3>{title}</h3>
        <Badge tone={list.fallbackLevel === "personal" || list.fallbackLevel === "survey" ? "good" : "plain"}>
          {t(`level.${list.fallbackLevel}`)}
        </Badge>
      </div>
      {list.relaxed && list.relaxed.length > 0 && (
        <p class="hint">
          {t("placements.relaxed", { rules: list.relaxed.map((rule) => ruleWord(view, rule)).join(", ") })}
        </p>
      )}
      {list.items.length === 0 ? (
        <Empty title={t("placements.empty")} />
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

function ruleWord(view: SiteView, rule: string): string {
  return translateOr(view.t, `removed.${rule}`, rule);
}

function Explain({ view, explain, items }: { view: SiteView; explain: Explanation; items: Map<string, Item> }) {
  const { t } = view;
  const name = (id: string) => {
    const item = items.get(id);
    return item ? titleOf(item, view.locale) : id;
  };
  return (
    <details class="explain">
      <summary>{t("placements.explain")}</summary>
      <p class="hint">{explain.model ? t("placements.model", { model: explain.model }) : t("placements.noModel")}</p>
      {explain.intention && (
        <p class="hint">
          {t(`placements.intention.${explain.intention.mode}`, {
            chance: formatShare(explain.intention.chance, 1, view.locale),
          })}
        </p>
      )}
      <h3>{t("placements.seeds")}</h3>
      {explain.seeds.length === 0 ? (
        <p class="muted">{t("placements.noSeeds")}</p>
      ) : (
        <Table
          label={t("placements.seeds")}
          head={[t("catalog.item"), t("placements.from"), t("placements.weight")]}
          numbers={[2]}
        >
          {explain.seeds.map((seed) => (
            <tr>
              <td>{name(seed.itemId)}</td>
              <td class="muted">
                {t(`seed.${seed.from}`)} · {translateOr(t, `seed.kind.${seed.kind}`, seed.kind)}
              </td>
              <td class="number">{seed.weight}</td>
            </tr>
          ))}
        </Table>
      )}
      {explain.contexts.length > 0 && (
        <p class="hint">
          {t("placements.contexts")}: {explain.contexts.join(", ")}
        </p>
      )}
      <h3>{t("placements.byWay")}</h3>
      <dl class="facts">
        {Object.entries(explain.ways).map(([way, list]) => (
          <>
            <dt>{t(`way.${way as Way}`)}</dt>
            <dd class="muted">
              {list.length === 0 ? "–" : list.map(({ id, value }) => `${name(id)} ${value.toFixed(2)}`).join(" · ")}
            </dd>
          </>
        ))}
      </dl>
      <h3>{t("placements.candidates")}</h3>
      <Table
        label={t("placements.candidates")}
        head={[
          t("catalog.item"),
          t("placements.way"),
          t("placements.features"),
          t("placements.boost"),
          t("placements.score"),
        ]}
        numbers={[3, 4]}
      >
        {explain.candidates.slice(0, CANDIDATES_SHOWN).map((candidate) => (
          <tr>
            <td>{name(candidate.id)}</td>
            <td class="muted">
              {Object.entries(candidate.parts)
                .map(([way, part]) => `${t(`way.${way as Way}`)} ${part.toFixed(2)}`)
                .join(" · ")}
            </td>
            <td class="muted">{candidate.net ? featuresOf(candidate.net.features) : "–"}</td>
            <td class="number">{candidate.boost ? `×${candidate.boost}` : ""}</td>
            <td class="number">{candidate.score.toFixed(3)}</td>
          </tr>
        ))}
      </Table>
      {explain.removed.length > 0 && (
        <>
          <h3>{t("placements.removed")}</h3>
          <Table label={t("placements.removed")} head={[t("catalog.item"), t("placements.why")]}>
            {explain.removed.map(({ id, rule, condition }) => (
              <tr>
                <td>{name(id)}</td>
                <td class="muted">
                  {ruleWord(view, rule)}
                  {condition !== undefined && ` · ${t("placements.condition", { number: condition + 1 })}`}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </details>
  );
}

const FEATURES_SHOWN = 3;
const CANDIDATES_SHOWN = 30;

/** Those that say something, the largest first. */
function featuresOf(features: Record<string, number>): string {
  return Object.entries(features)
    .filter(([, value]) => Math.abs(value) >= 0.01)
    .sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]))
    .slice(0, FEATURES_SHOWN)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(" · ");
}
