/** A placement's rules as a form, and back. */
import type { Issue } from "../../lib/errors.ts";
import { MOST_ITEMS, type PlacementInput, WAYS } from "../../recommend/schema.ts";
import { type Form as FormData, list, text } from "./form.ts";
import { Checkbox, EnterButton, Field, Form, Input, Problems, Section, Select } from "./parts.tsx";
import { ConditionInputs } from "./rule-editor.tsx";
import { type ConditionFields, conditionFields, fromCondition, readRows } from "./rule-form.ts";
import type { SiteView } from "./view.ts";

export interface PlacementFields {
  id: string;
  name: string;
  ways: string[];
  count: string;
  layout: string;
  title: { ko: string; en: string };
  excludePurchasedDays: string;
  excludeViewed: boolean;
  perBrandCap: string;
  perCategoryCap: string;
  filter: ConditionFields[];
}

const BLANK_CONDITION: ConditionFields = { property: "", op: "lte", value: "" };
/** What an item can be filtered by; `attributes.<name>` besides. */
const ITEM_PROPERTIES = ["price", "listPrice", "brand", "category", "tags", "id", "title", "groupId"];

export function toPlacementFields({ name, rules }: PlacementInput): PlacementFields {
  return {
    id: "",
    name,
    ways: rules.ways,
    count: String(rules.count),
    layout: rules.layout,
    title: rules.title,
    excludePurchasedDays: String(rules.excludePurchasedDays),
    excludeViewed: rules.excludeViewed,
    perBrandCap: rules.perBrandCap === undefined ? "" : String(rules.perBrandCap),
    perCategoryCap: rules.perCategoryCap === undefined ? "" : String(rules.perCategoryCap),
    filter: rules.filter.map(conditionFields),
  };
}

/** `input` is not checked yet. `isEdited`: a button of the filter sent it, and nothing is to be saved. */
export function readPlacementForm(form: FormData): { fields: PlacementFields; input: unknown; isEdited: boolean } {
  const act = text(form, "act");
  const filter = readRows(form, "filter").map((row) => ({
    property: text(row, "property"),
    op: text(row, "op"),
    value: text(row, "value"),
  }));
  const fields: PlacementFields = {
    id: text(form, "id"),
    name: text(form, "name"),
    ways: list(form, "ways"),
    count: text(form, "count"),
    layout: text(form, "layout"),
    title: { ko: text(form, "title.ko"), en: text(form, "title.en") },
    excludePurchasedDays: text(form, "excludePurchasedDays"),
    excludeViewed: text(form, "excludeViewed") !== "",
    perBrandCap: text(form, "perBrandCap"),
    perCategoryCap: text(form, "perCategoryCap"),
    filter: act === "filter:add" ? [...filter, BLANK_CONDITION] : filter,
  };
  const number = (value: string) => (value === "" ? undefined : Number(value));
  const rules = {
    ...fields,
    id: undefined,
    name: undefined,
    count: number(fields.count),
    excludePurchasedDays: number(fields.excludePurchasedDays),
    perBrandCap: number(fields.perBrandCap),
    perCategoryCap: number(fields.perCategoryCap),
    filter: filter.filter(({ property }) => property !== "").map(fromCondition),
  };
  const { id: _id, name: _name, ...said } = rules;
  return { fields, input: { name: fields.name, rules: said }, isEdited: act === "filter:add" };
}

export function PlacementForm(props: {
  view: SiteView;
  action: string;
  isNew: boolean;
  fields: PlacementFields;
  issues: Issue[];
}) {
  const { view, action, isNew, fields } = props;
  const { t } = view;
  const issues = props.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^rules\./, "") }));
  return (
    <Section title={t("placements.rules")}>
      <Problems view={view} issues={issues} />
      <Form view={view} action={action} class="stack readable" id="placement-form">
        <EnterButton />
        {isNew && (
          <Field name="id" label={t("placements.id")} hint={t("placements.idHint")} issues={issues}>
            <Input name="id" value={fields.id} required maxlength={64} pattern="[A-Za-z0-9][A-Za-z0-9_\-]*" />
          </Field>
        )}
        <Field name="name" label={t("placements.name")} issues={issues}>
          <Input name="name" value={fields.name} required maxlength={80} />
        </Field>
        <div class="row">
          <Field name="title.ko" label={t("placements.titleKo")} issues={issues}>
            <Input name="title.ko" value={fields.title.ko} required maxlength={80} />
          </Field>
          <Field name="title.en" label={t("placements.titleEn")} issues={issues}>
            <Input name="title.en" value={fields.title.en} required maxlength={80} />
          </Field>
        </div>
        <fieldset>
          <legend>{t("placements.ways")}</legend>
          <p class="hint">{t("placements.waysHint")}</p>
          <div class="checks">
            {WAYS.map((way) => (
              <Checkbox
                name="ways"
                value={way}
                checked={fields.ways.includes(way)}
                label={t(`way.${way}`)}
                hint={t(`way.${way}.hint`)}
              />
            ))}
          </div>
        </fieldset>
        <div class="row">
          <Field name="layout" label={t("placements.layout")} issues={issues}>
            <Select
              name="layout"
              value={fields.layout}
              options={[
                ["grid", t("placements.layout.grid")],
                ["scroll", t("placements.layout.scroll")],
              ]}
            />
          </Field>
          <Field name="count" label={t("placements.count")} issues={issues}>
            <Input name="count" type="number" value={fields.count} min={1} max={MOST_ITEMS} required />
          </Field>
        </div>
        <div class="row">
          <Field name="perBrandCap" label={t("placements.perBrandCap")} issues={issues}>
            <Input
              name="perBrandCap"
              type="number"
              value={fields.perBrandCap}
              min={1}
              max={MOST_ITEMS}
              placeholder="∞"
            />
          </Field>
          <Field name="perCategoryCap" label={t("placements.perCategoryCap")} issues={issues}>
            <Input
              name="perCategoryCap"
              type="number"
              value={fields.perCategoryCap}
              min={1}
              max={MOST_ITEMS}
              placeholder="∞"
            />
          </Field>
          <Field name="excludePurchasedDays" label={t("placements.excludePurchasedDays")} issues={issues}>
            <Input
              name="excludePurchasedDays"
              type="number"
              value={fields.excludePurchasedDays}
              min={0}
              max={400}
              required
            />
          </Field>
        </div>
        <Checkbox name="excludeViewed" checked={fields.excludeViewed} label={t("placements.excludeViewed")} />
        <Filter view={view} action={action} filter={fields.filter} />
        <div class="form-end">
          <button type="submit" class="primary">
            {t("form.save")}
          </button>
        </div>
      </Form>
    </Section>
  );
}

function Filter({ view, action, filter }: { view: SiteView; action: string; filter: ConditionFields[] }) {
  const { t } = view;
  return (
    <fieldset id="filter" class="rule">
      <legend>{t("placements.filter")}</legend>
      <p class="hint">{t("placements.filterHint")}</p>
      <datalist id="item-properties">
        {ITEM_PROPERTIES.map((property) => (
          <option value={property} />
        ))}
      </datalist>
      {filter.length > 0 && (
        <ol class="rule-rows">
          {filter.map((fields, index) => (
            <li class="rule-row" aria-label={t("rule.row", { number: index + 1 })}>
              <ConditionInputs
                view={view}
                fields={fields}
                nameOf={(part) => `filter.${index}.${part}`}
                list="item-properties"
              />
            </li>
          ))}
        </ol>
      )}
      <button
        type="submit"
        class="small"
        name="act"
        value="filter:add"
        formnovalidate
        hx-post={action}
        hx-target="#filter"
        hx-select="#filter"
        hx-swap="outerHTML"
      >
        {t("rule.add")}
      </button>
    </fieldset>
  );
}
