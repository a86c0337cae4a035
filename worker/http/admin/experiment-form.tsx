/** The editor of an experiment that has not begun. */
import type { Issue } from "../../lib/errors.ts";
import { MOST_ITEMS, WAYS } from "../../recommend/schema.ts";
import type { ExperimentFields, VariantFields } from "./experiment-fields.ts";
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
import { Duration } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";

export function ExperimentForm(props: { view: SiteView; action: string; fields: ExperimentFields; issues: Issue[] }) {
  const { view, action, fields, issues } = props;
  const { t } = view;
  const wrongAt = (from: string, to: string) =>
    issues.map((issue) => (issue.path.startsWith(from) ? { ...issue, path: to } : issue));
  return (
    <Section title={t("experiments.plan")}>
      <Problems view={view} issues={issues} />
      <Form view={view} action={action} class="stack readable" id="experiment-form">
        <EnterButton />
        <Field name="name" label={t("experiments.name")} issues={issues}>
          <Input name="name" value={fields.name} required maxlength={120} />
        </Field>
        <div class="row">
          <Field name="metric" label={t("experiments.metric")} issues={wrongAt("definition.metric.kind", "metric")}>
            <Select
              name="metric"
              value={fields.metric}
              options={[
                ["click", t("experiments.metric.click")],
                ["purchase", t("experiments.metric.purchase")],
                ["revenue", t("experiments.metric.revenue")],
              ]}
            />
          </Field>
          <Field
            name="window.amount"
            label={t("experiments.window")}
            hint={t("experiments.windowHint")}
            issues={wrongAt("definition.metric.windowSeconds", "window.amount")}
          >
            <Duration
              view={view}
              amount={["window.amount", fields.window.amount]}
              unit={["window.unit", fields.window.unit]}
              label={t("experiments.window")}
              required
            />
          </Field>
        </div>
        <Field name="mode" label={t("experiments.mode")} hint={t("experiments.modeHint")} issues={issues}>
          <Select
            name="mode"
            value={fields.mode}
            options={[
              ["fixed", t("experiments.mode.fixed")],
              ["auto", t("experiments.mode.auto")],
            ]}
          />
        </Field>
        <Variants view={view} action={action} variants={fields.variants} />
        <div class="row">
          <Field
            name="trafficPercent"
            label={t("experiments.traffic")}
            hint={t("experiments.trafficHint")}
            issues={wrongAt("definition.traffic", "trafficPercent")}
          >
            <PercentInput name="trafficPercent" value={fields.trafficPercent} max={100} />
          </Field>
          <Field
            name="holdoutPercent"
            label={t("experiments.holdout")}
            hint={t("experiments.holdoutHint")}
            issues={wrongAt("definition.holdout.share", "holdoutPercent")}
          >
            <PercentInput name="holdoutPercent" value={fields.holdoutPercent} max={50} />
          </Field>
          <Field name="shows" label={t("experiments.shows")} issues={issues}>
            <Select
              name="shows"
              value={fields.shows}
              options={[
                ["popular", t("experiments.shows.popular")],
                ["nothing", t("experiments.shows.nothing")],
              ]}
            />
          </Field>
        </div>
        <div class="form-end">
          <SaveButton view={view} />
        </div>
      </Form>
    </Section>
  );
}

export function PercentInput({ name, value, max }: { name: string; value: string; max: number }) {
  return <Input name={name} type="number" value={value} min={0} max={max} step="any" inputmode="decimal" required />;
}

function Variants({ view, action, variants }: { view: SiteView; action: string; variants: VariantFields[] }) {
  const { t } = view;
  return (
    <fieldset id="variants" class="rule">
      <legend>{t("experiments.variants")}</legend>
      <p class="hint">{t("experiments.variantsHint")}</p>
      <ol class="rule-rows">
        {variants.map((fields, index) => (
          <li class="rule-row" aria-label={t("experiments.variant", { number: index + 1 })}>
            <VariantInputs view={view} fields={fields} name={`variants.${index}`} />
            {variants.length > 1 && (
              <div class="inline">
                <ActButton
                  view={view}
                  act={`variants:remove:${index}`}
                  part="variants"
                  action={action}
                  class="small quiet"
                >
                  {t("experiments.remove", { number: index + 1 })}
                </ActButton>
              </div>
            )}
          </li>
        ))}
      </ol>
      <ActButton view={view} act="variants:add" part="variants" action={action}>
        {t("experiments.add")}
      </ActButton>
    </fieldset>
  );
}

function VariantInputs({ view, fields, name }: { view: SiteView; fields: VariantFields; name: string }) {
  const { t } = view;
  const nameOf = (part: string) => `${name}.${part}`;
  return (
    <>
      <div class="row">
        <Field name={nameOf("name")} label={t("experiments.variantName")}>
          <Input name={nameOf("name")} value={fields.name} required maxlength={32} pattern="[a-z0-9][a-z0-9_\-]*" />
        </Field>
        <Field name={nameOf("share")} label={t("experiments.share")}>
          <Input name={nameOf("share")} type="number" value={fields.share} min={0} max={1000} step="any" required />
        </Field>
        <Field name={nameOf("count")} label={t("placements.count")}>
          <Input
            name={nameOf("count")}
            type="number"
            value={fields.count}
            min={1}
            max={MOST_ITEMS}
            placeholder={t("experiments.asPlacement")}
          />
        </Field>
      </div>
      <fieldset>
        <legend>{t("placements.ways")}</legend>
        <p class="hint">{t("experiments.waysHint")}</p>
        <div class="inline">
          {WAYS.map((way) => (
            <Checkbox name={nameOf("ways")} value={way} checked={fields.ways.includes(way)} label={t(`way.${way}`)} />
          ))}
        </div>
      </fieldset>
      <div class="row">
        <Field name={nameOf("layout")} label={t("placements.layout")}>
          <Select
            name={nameOf("layout")}
            value={fields.layout}
            options={[
              ["", t("experiments.asPlacement")],
              ["grid", t("placements.layout.grid")],
              ["scroll", t("placements.layout.scroll")],
            ]}
          />
        </Field>
        <Field name={nameOf("titleKo")} label={t("placements.titleKo")}>
          <Input
            name={nameOf("titleKo")}
            value={fields.titleKo}
            maxlength={80}
            placeholder={t("experiments.asPlacement")}
          />
        </Field>
        <Field name={nameOf("titleEn")} label={t("placements.titleEn")}>
          <Input
            name={nameOf("titleEn")}
            value={fields.titleEn}
            maxlength={80}
            placeholder={t("experiments.asPlacement")}
          />
        </Field>
      </div>
      <details open={fields.others !== ""}>
        <summary>{t("experiments.others")}</summary>
        <textarea class="source" name={nameOf("others")} aria-label={t("experiments.others")} rows={3}>
          {fields.others}
        </textarea>
      </details>
    </>
  );
}
