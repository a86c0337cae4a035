/** The parts of the campaign editor's form after when (campaign-trigger.tsx): who, what, how much. */
import { CHANNELS } from "../../deps.ts";
import type { Issue } from "../../lib/errors.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { CampaignFields } from "./campaign-form.ts";
import { type Part, wrongAt } from "./campaign-trigger.tsx";
import { Checkbox, Field, Input, Section, Select } from "./parts.tsx";
import { Duration, EventInput, RuleEditor } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";

export function Who({ view, fields }: Part) {
  const { t } = view;
  return (
    <Section title={t("campaigns.who")} hint={t("campaigns.whoHint")}>
      <div class="stack">
        <RuleEditor view={view} name="audience" rule={fields.audience} label={t("campaigns.audience")} />
        <RuleEditor view={view} name="exclude" rule={fields.exclude} label={t("campaigns.exclude")} />
      </div>
    </Section>
  );
}

export function What({ view, fields, issues, placements }: Part & { placements: Placement[] }) {
  const { t } = view;
  return (
    <Section title={t("campaigns.what")}>
      <div class="stack">
        <div class="row">
          <Field name="channel" label={t("people.channel")} issues={issues}>
            <Select
              name="channel"
              value={fields.channel}
              options={CHANNELS.map((channel) => [channel, t(`channel.${channel}`)])}
            />
          </Field>
          <Field name="placement" label={t("campaigns.placement")} issues={issues}>
            <Select
              name="placement"
              value={fields.placement}
              options={[["", t("form.none")], ...placements.map(({ id, name }): [string, string] => [id, name])]}
            />
          </Field>
          <Field name="link.kind" label={t("campaigns.link")} issues={issues}>
            <Select
              name="link.kind"
              value={fields.link.kind}
              options={[
                ["recommended", t("campaigns.link.recommended")],
                ["triggered", t("campaigns.link.triggered")],
                ["url", t("campaigns.link.url")],
              ]}
            />
          </Field>
        </div>
        <div class="row only-url">
          <Field name="link.url" label={t("campaigns.url")} issues={issues}>
            <Input name="link.url" value={fields.link.url} inputmode="url" placeholder="https://" />
          </Field>
          <Field name="link.imageUrl" label={t("campaigns.imageUrl")} issues={issues}>
            <Input name="link.imageUrl" value={fields.link.imageUrl} inputmode="url" placeholder="https://" />
          </Field>
        </div>
        <Words view={view} locale="ko" fields={fields} issues={issues} />
        <Words view={view} locale="en" fields={fields} issues={issues} />
        <Checkbox name="isAd" checked={fields.isAd} label={t("campaigns.isAd")} hint={t("campaigns.isAdHint")} />
      </div>
    </Section>
  );
}

function Words(props: { view: SiteView; locale: "ko" | "en"; fields: CampaignFields; issues: Issue[] }) {
  const { view, locale, fields, issues } = props;
  const { t } = view;
  const name = (part: string) => `message.${locale}.${part}`;
  return (
    <fieldset class="words">
      <legend>{t(`campaigns.words.${locale}`)}</legend>
      <div class="stack">
        <Field name={name("title")} label={t("campaigns.messageTitle")} issues={issues}>
          <textarea
            id={name("title")}
            name={name("title")}
            class="source one-line"
            rows={2}
            spellcheck={false}
            lang={locale}
          >
            {fields.message[locale].title}
          </textarea>
        </Field>
        <Field name={name("body")} label={t("campaigns.messageBody")} issues={issues}>
          <textarea id={name("body")} name={name("body")} class="source" rows={5} spellcheck={false} lang={locale}>
            {fields.message[locale].body}
          </textarea>
        </Field>
      </div>
    </fieldset>
  );
}

export function Limits({ view, fields, issues }: Part) {
  const { t } = view;
  return (
    <Section title={t("campaigns.limits")}>
      <div class="stack">
        <div class="row">
          <Field name="dailyCap" label={t("campaigns.dailyCap")} issues={issues}>
            <Input name="dailyCap" type="number" value={fields.dailyCap} min={1} max={10} required />
          </Field>
          <Field name="holdoutPercent" label={t("campaigns.holdout")} hint={t("campaigns.holdoutHint")} issues={issues}>
            <Input name="holdoutPercent" type="number" value={fields.holdoutPercent} min={0} max={50} required />
          </Field>
        </div>
        <div class="row">
          <Field name="conversion.event" label={t("campaigns.conversion")} issues={issues}>
            <EventInput view={view} id="conversion.event" name="conversion.event" value={fields.conversionEvent} />
          </Field>
          <Field
            name="conversion.amount"
            label={t("campaigns.conversionWindow")}
            issues={wrongAt(issues, "conversion.windowSeconds", "conversion.amount")}
          >
            <Duration
              view={view}
              amount={["conversion.amount", fields.conversionWindow.amount]}
              unit={["conversion.unit", fields.conversionWindow.unit]}
              label={t("campaigns.conversionWindow")}
              required
            />
          </Field>
        </div>
      </div>
    </Section>
  );
}
