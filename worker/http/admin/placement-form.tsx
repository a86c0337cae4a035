/** The form of a placement's rules. Its buttons for rows send the whole form back; only what they change is replaced. */
import type { Issue } from "../../lib/errors.ts";
import { MOST_ITEMS, WAYS } from "../../recommend/schema.ts";
import type { Found } from "./item-picker.tsx";
import {
  ActButton,
  Checkbox,
  EnterButton,
  Field,
  Form,
  Input,
  Problems,
  SaveButton,
  Section,
  Select,
} from "./parts.tsx";
import { Cases } from "./placement-cases.tsx";
import type { PlacementFacts } from "./placement-facts.ts";
import type { PlacementFields } from "./placement-fields.ts";
import { fieldLabel, issuesInForm } from "./placement-issues.ts";
import { PinsField } from "./placement-pins.tsx";
import { Passing, Rows } from "./placement-rows.tsx";
import type { SiteView } from "./view.ts";

export const PLACEMENT_FORM = "placement-form";

export function PlacementForm(props: {
  view: SiteView;
  action: string;
  isNew: boolean;
  fields: PlacementFields;
  issues: Issue[];
  /** Undefined while the rules are not whole. */
  facts: PlacementFacts | undefined;
  /** What was looked for to be pinned. */
  found?: Found | undefined;
}) {
  const { view, action, isNew, fields, facts } = props;
  const { t } = view;
  const issues = issuesInForm(t, fields, props.issues);
  return (
    <Section title={t("placements.rules")}>
      <Problems view={view} issues={issues} labelOf={(path) => fieldLabel(t, path)} />
      <Form view={view} action={action} class="stack readable" id={PLACEMENT_FORM}>
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
        <fieldset class="stack">
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
          <Field name="mix" label={t("placements.mix")} hint={t("placements.mixHint")} issues={issues}>
            <Input name="mix" value={fields.mix} placeholder={t("placements.mixExample")} maxlength={300} />
          </Field>
        </fieldset>
        <Cases view={view} action={action} cases={fields.cases} issues={issues} />
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
          <Field name="titleWithItem.ko" label={t("placements.titleWithItemKo")} issues={issues}>
            <Input
              name="titleWithItem.ko"
              value={fields.titleWithItem.ko}
              maxlength={80}
              placeholder="'{item}'{와/과} 함께 많이 본 상품"
            />
          </Field>
          <Field
            name="titleWithItem.en"
            label={t("placements.titleWithItemEn")}
            hint={t("placements.titleWithItemHint")}
            issues={issues}
          >
            <Input
              name="titleWithItem.en"
              value={fields.titleWithItem.en}
              maxlength={80}
              placeholder="Often viewed with '{item}'"
            />
          </Field>
        </div>
        <Rows view={view} action={action} name="filter" rows={fields.filter} join={fields.filterJoin}>
          {fields.filter.length > 0 && (
            <>
              <ActButton view={view} act="filter:count" part="filter" action={action} class="small quiet">
                {t("placements.count.button")}
              </ActButton>
              <Passing view={view} facts={facts} />
            </>
          )}
        </Rows>
        <Rows view={view} action={action} name="booster" rows={fields.booster} />
        <fieldset class="stack">
          <legend>{t("placements.fineTuning")}</legend>
          <div class="row">
            <NumberField view={view} name="perBrandCap" fields={fields} issues={issues} range={[1, MOST_ITEMS]} free />
            <NumberField
              view={view}
              name="perCategoryCap"
              fields={fields}
              issues={issues}
              range={[1, MOST_ITEMS]}
              free
            />
            <NumberField view={view} name="diversity" fields={fields} issues={issues} range={[0, 1]} step="0.05" />
          </div>
          <div class="row">
            <NumberField view={view} name="excludePurchasedDays" fields={fields} issues={issues} range={[0, 400]} />
            <NumberField view={view} name="restAfterIgnored" fields={fields} issues={issues} range={[0, 20]} />
            <NumberField view={view} name="explorePercent" fields={fields} issues={issues} range={[0, 50]} />
          </div>
          <Checkbox name="allowRebuy" checked={fields.allowRebuy} label={t("placements.allowRebuy")} />
          <Checkbox name="excludeViewed" checked={fields.excludeViewed} label={t("placements.excludeViewed")} />
          <div class="row">
            <PinsField view={view} action={action} fields={fields} issues={issues} facts={facts} found={props.found} />
            <Field name="excludeItemIds" label={t("placements.excludeItemIds")} issues={issues}>
              <Input name="excludeItemIds" value={fields.excludeItemIds} placeholder="coat-7, bag-1" />
              {facts?.unknown.map((id) => (
                <p class="wrong">{t("placements.unknownItem", { item: id })}</p>
              ))}
            </Field>
          </div>
        </fieldset>
        <details open={fields.more !== ""}>
          <summary>{t("placements.more")}</summary>
          <Field name="more" label={t("placements.moreLabel")} hint={t("placements.moreHint")} issues={issues}>
            <textarea id="more" class="source" name="more" rows={8} spellcheck={false}>
              {fields.more}
            </textarea>
          </Field>
        </details>
        <div class="form-end">
          <SaveButton view={view} />
        </div>
      </Form>
    </Section>
  );
}

function NumberField(props: {
  view: SiteView;
  name: "perBrandCap" | "perCategoryCap" | "diversity" | "excludePurchasedDays" | "restAfterIgnored" | "explorePercent";
  fields: PlacementFields;
  issues: Issue[];
  range: [least: number, most: number];
  step?: string;
  /** Empty is no limit. */
  free?: boolean;
}) {
  const { view, name, fields, issues, range, step, free } = props;
  return (
    <Field name={name} label={view.t(`placements.${name}`)} hint={view.t(`placements.${name}Hint`)} issues={issues}>
      <Input
        name={name}
        type="number"
        value={fields[name]}
        min={range[0]}
        max={range[1]}
        {...(step ? { step } : {})}
        {...(free ? { placeholder: "∞" } : { required: true })}
      />
    </Field>
  );
}
