/** What a person would see in a placement, why, and what everybody would see. */
import { titleOf } from "../../catalog/read.ts";
import type { Item } from "../../catalog/price.ts";
import type { Explanation, Recommendation, RecommendedItem } from "../../recommend/recommend.ts";
import { itemPath } from "./catalog.tsx";
import { nameOf } from "./find-person.ts";
import { translateOr } from "./language.ts";
import { Badge, Empty, Form, Section, Table } from "./parts.tsx";
import { PersonPicker } from "./person-picker.tsx";
import type { Preview } from "./placements.tsx";
import type { SiteView } from "./view.ts";

export function PlacementPreview({ view, action, preview }: { view: SiteView; action: string; preview: Preview }) {
  const { t } = view;
  const { person, forPerson, forEverybody, typed, people, isUnknown, items } = preview;
  return (
    <div id="preview">
      <Section title={t("placements.preview")} hint={t("placements.previewHint")}>
        <Form view={view} action={action} class="search">
          <PersonPicker view={view} name="person" value={typed} people={people} />
          <button type="submit" hx-post={action} hx-target="#preview" hx-select="#preview" hx-swap="outerHTML">
            {t("placements.show")}
          </button>
        </Form>
        {isUnknown && (
          <p class="wrong" role="alert">
            {t("people.notFound")}
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
        <a class="main-link" href={itemPath(view, item.id)}>
          {item.title}
        </a>
        <span class="sub">{item.reason}</span>
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
      <h3>{t("placements.candidates")}</h3>
      <Table
        label={t("placements.candidates")}
        head={[t("catalog.item"), t("placements.way"), t("way.together"), t("way.similar"), t("placements.score")]}
        numbers={[2, 3, 4]}
      >
        {explain.candidates.map((candidate) => (
          <tr>
            <td>{name(candidate.id)}</td>
            <td class="muted">{t(`way.${candidate.way}`)}</td>
            <td class="number">{candidate.parts.together.toFixed(3)}</td>
            <td class="number">{candidate.parts.similar.toFixed(3)}</td>
            <td class="number">{candidate.score.toFixed(3)}</td>
          </tr>
        ))}
      </Table>
      {explain.removed.length > 0 && (
        <>
          <h3>{t("placements.removed")}</h3>
          <Table label={t("placements.removed")} head={[t("catalog.item"), t("placements.why")]}>
            {explain.removed.map(({ id, rule }) => (
              <tr>
                <td>{name(id)}</td>
                <td class="muted">{ruleWord(view, rule)}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </details>
  );
}
