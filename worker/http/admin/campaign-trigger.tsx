/** The campaign editor's first part: what starts it, how long it waits, and how often a person enters. */
import { WATCHED_CHANGES } from "../../campaigns/schema.ts";
import type { Issue } from "../../lib/errors.ts";
import type { CampaignFields } from "./campaign-form.ts";
import type { TriggerFields } from "./campaign-trigger-form.ts";
import { ActButton, Field, Input, Section, Select } from "./parts.tsx";
import { ConditionInputs, Duration, EventInput } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";

export interface Part {
  view: SiteView;
  fields: CampaignFields;
  /** Paths as in the definition: `message.ko.title`. */
  issues: Issue[];
}

export function When({ view, fields, issues }: Part) {
  const { t } = view;
  const { trigger } = fields;
  return (
    <Section title={t("campaigns.when")}>
      <div class="stack">
        <Field name="trigger.kind" label={t("campaigns.startsWith")} issues={issues}>
          <Select
            name="trigger.kind"
            value={trigger.kind}
            options={[
              ["event", t("campaigns.trigger.event")],
              ["catalog", t("campaigns.trigger.catalog")],
            ]}
          />
        </Field>
        <CatalogFields view={view} trigger={trigger} issues={issues} />
        <div class="stack only-event">
          <Field
            name="events"
            label={t("campaigns.events")}
            hint={t("campaigns.eventsHint")}
            issues={wrongAt(issues, "trigger", "events")}
          >
            <EventInput view={view} id="events" name="events" value={trigger.events} />
          </Field>
          <fieldset id="where" class="rule">
            <legend>{t("campaigns.where")}</legend>
            {trigger.where.length > 0 && (
              <ol class="rule-rows">
                {trigger.where.map((condition, index) => (
                  <li class="rule-row" aria-label={t("rule.row", { number: index + 1 })}>
                    <ConditionInputs view={view} fields={condition} nameOf={(part) => `where.${index}.${part}`} />
                  </li>
                ))}
              </ol>
            )}
            <ActButton view={view} act="where:add" part="where">
              {t("rule.add")}
            </ActButton>
          </fieldset>
        </div>
        <div class="row">
          <Field
            name="delay.amount"
            label={t("campaigns.delay")}
            issues={wrongAt(issues, "delaySeconds", "delay.amount")}
          >
            <Duration
              view={view}
              amount={["delay.amount", fields.delay.amount]}
              unit={["delay.unit", fields.delay.unit]}
              label={t("campaigns.delay")}
              required
            />
          </Field>
          <Field name="reentry" label={t("campaigns.reentry")} issues={issues}>
            <Select
              name="reentry"
              value={fields.reentry}
              options={[
                ["every", t("campaigns.reentry.every")],
                ["once", t("campaigns.reentry.once")],
              ]}
            />
          </Field>
          <Field
            name="window.amount"
            label={t("campaigns.window")}
            issues={wrongAt(issues, "reentry", "window.amount")}
          >
            <Duration
              view={view}
              amount={["window.amount", fields.window.amount]}
              unit={["window.unit", fields.window.unit]}
              label={t("campaigns.window")}
            />
          </Field>
        </div>
      </div>
    </Section>
  );
}

/** A change of the catalog, and in whom it starts something. */
function CatalogFields({ view, trigger, issues }: { view: SiteView; trigger: TriggerFields; issues: Issue[] }) {
  const { t } = view;
  return (
    <div class="stack only-catalog">
      <div class="row">
        <Field name="trigger.change" label={t("campaigns.change")} issues={issues}>
          <Select
            name="trigger.change"
            value={trigger.change}
            options={WATCHED_CHANGES.map((change) => [change, t(`campaigns.change.${change}`)])}
          />
        </Field>
        <Field name="trigger.minPercent" label={t("campaigns.minPercent")} issues={issues} class="only-drop">
          <Input name="trigger.minPercent" type="number" value={trigger.minPercent} min={0} max={99} />
        </Field>
        <Field
          name="trigger.in"
          label={t("campaigns.interestIn")}
          issues={wrongAt(issues, "trigger.interest.in", "trigger.in")}
        >
          <Select
            name="trigger.in"
            value={trigger.interestIn}
            options={[
              ["item", t("campaigns.interestIn.item")],
              ["category", t("campaigns.interestIn.category")],
              ["brand", t("campaigns.interestIn.brand")],
            ]}
          />
        </Field>
      </div>
      <div class="row">
        <Field
          name="trigger.interest"
          label={t("campaigns.interest")}
          hint={t("campaigns.eventsHint")}
          issues={wrongAt(issues, "trigger.interest.events", "trigger.interest")}
        >
          <EventInput view={view} id="trigger.interest" name="trigger.interest" value={trigger.interestEvents} />
        </Field>
        <Field
          name="trigger.window.amount"
          label={t("campaigns.interestWindow")}
          issues={wrongAt(issues, "trigger.interest.withinSeconds", "trigger.window.amount")}
        >
          <Duration
            view={view}
            amount={["trigger.window.amount", trigger.interestWindow.amount]}
            unit={["trigger.window.unit", trigger.interestWindow.unit]}
            label={t("campaigns.interestWindow")}
          />
        </Field>
      </div>
      <Field name="trigger.unless" label={t("campaigns.unless")} hint={t("campaigns.unlessHint")} issues={issues}>
        <EventInput view={view} id="trigger.unless" name="trigger.unless" value={trigger.unless} />
      </Field>
      <div class="row">
        <Field
          name="trigger.categories"
          label={t("campaigns.onlyCategories")}
          hint={t("campaigns.onlyHint")}
          issues={issues}
        >
          <textarea id="trigger.categories" name="trigger.categories" rows={2}>
            {trigger.categories}
          </textarea>
        </Field>
        <Field name="trigger.brands" label={t("campaigns.onlyBrands")} hint={t("campaigns.onlyHint")} issues={issues}>
          <textarea id="trigger.brands" name="trigger.brands" rows={2}>
            {trigger.brands}
          </textarea>
        </Field>
      </div>
    </div>
  );
}

/** Issues of a part of the definition, shown at the field that stands for it. */
export function wrongAt(issues: Issue[], path: string, field: string): Issue[] {
  return issues
    .filter((issue) => issue.path === path || issue.path.startsWith(`${path}.`))
    .map((issue) => ({ ...issue, path: field }));
}
