/** The editor of an on-site message: what, when, where, to whom; beside it the message on a phone and on a desktop. */
import type { OnsiteMessage } from "../../onsite/definition.ts";
import { TRIGGERS } from "./onsite-form.ts";
import { Choice, type Part, Plain, Tick } from "./onsite-inputs.tsx";
import { What } from "./onsite-what.tsx";
import { EnterButton, Field, Form, Problems, SaveButton, Section, Select } from "./parts.tsx";
import { Duration, EventInput, EventNames, RuleEditor } from "./rule-editor.tsx";

export function OnsiteEditor(editing: Part & { message: OnsiteMessage | undefined }) {
  const { view, message } = editing;
  const { t, site, locale } = view;
  const base = `/admin/${site.id}/onsite`;
  const issues = editing.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^definition\./, "") }));
  const parts = { ...editing, issues };
  return (
    <div class="columns">
      <div>
        <Problems view={view} issues={issues} />
        <EventNames view={view} />
        <Form view={view} action={`${base}/${message?.id ?? "new"}`} class="stack" id="onsite">
          <EnterButton />
          <What {...parts} />
          <When {...parts} />
          <Where {...parts} />
          <Who {...parts} />
          <div class="form-end sticky-end">
            <SaveButton view={view} />
            {message?.state !== "running" && (
              <button type="submit" name="act" value="launch">
                {t("onsite.launch")}
              </button>
            )}
          </div>
        </Form>
      </div>
      <aside class="stack follow" aria-label={t("onsite.preview")}>
        <Section title={t("onsite.preview")}>
          <div class="stack">
            <Field name="language" label={t("onsite.previewLanguage")}>
              <Select
                name="language"
                value={locale}
                options={[
                  ["ko", t("onsite.korean")],
                  ["en", t("onsite.english")],
                ]}
              />
            </Field>
            <div
              hx-post={`${base}/preview`}
              hx-trigger="load, input delay:500ms from:#onsite, change delay:500ms from:#language, htmx:after:settle from:#onsite"
              hx-include="#onsite, #language"
            >
              <p class="muted">{t("campaigns.previewWaits")}</p>
            </div>
          </div>
        </Section>
      </aside>
    </div>
  );
}

function When(part: Part) {
  const { view, fields, issues, segments } = part;
  const { t } = view;
  return (
    <Section title={t("onsite.when")}>
      <div class="stack">
        <div class="row">
          <Choice
            {...part}
            name="trigger.kind"
            label={t("onsite.trigger")}
            options={TRIGGERS.map((kind) => [kind, t(`onsite.trigger.${kind}`)])}
          />
          <Plain {...part} name="delaySeconds" label={t("onsite.delay")} type="number" />
        </div>
        <div class="stack">
          <div class="row">
            <Field class="of-event" name="trigger.events" label={t("onsite.events")} issues={issues}>
              <EventInput
                view={view}
                name="trigger.events"
                id="trigger.events"
                value={fields.plain["trigger.events"]}
              />
            </Field>
            <Plain {...part} name="trigger.count" of="of-event" label={t("onsite.count")} type="number" />
            <Field class="of-event" name="trigger.within.amount" label={t("onsite.within")} issues={issues}>
              <Duration
                view={view}
                amount={["trigger.within.amount", fields.plain["trigger.within.amount"]]}
                unit={["trigger.within.unit", fields.plain["trigger.within.unit"]]}
                label={t("onsite.within")}
              />
            </Field>
          </div>
          <div class="row">
            <Plain {...part} name="trigger.atLeast" of="of-cart" label={t("onsite.atLeast")} type="number" />
            <Plain {...part} name="trigger.below" of="of-cart" label={t("onsite.below")} type="number" />
            <Choice
              {...part}
              name="trigger.segmentId"
              of="of-segment"
              label={t("onsite.segment")}
              options={[["", t("form.none")], ...segments.map(({ id, name }): [string, string] => [id, name])]}
            />
          </div>
          <div class="row">
            <Plain {...part} name="trigger.percent" of="of-scroll" label={t("onsite.percent")} type="number" />
            <Plain {...part} name="trigger.seconds" of="of-dwell" label={t("onsite.seconds")} type="number" />
            <Plain {...part} name="trigger.idleSeconds" of="of-exit" label={t("onsite.idle")} type="number" />
          </div>
          <div class="of-exit">
            <Tick {...part} name="trigger.back" word="onsite.back" />
          </div>
        </div>
        <div class="row">
          <Plain {...part} name="from" label={t("onsite.from")} hint="2026-12-01T09:00:00+09:00" />
          <Plain {...part} name="until" label={t("onsite.until")} hint="2026-12-31T23:59:59+09:00" />
        </div>
      </div>
    </Section>
  );
}

function Where(part: Part) {
  const { view, fields, issues } = part;
  const { t } = view;
  return (
    <Section title={t("onsite.where")} hint={t("onsite.pathHint")}>
      <div class="row">
        {(["include", "exclude"] as const).map((name) => (
          <Field name={name} label={t(`onsite.${name}`)} issues={issues}>
            <textarea id={name} name={name} class="source" rows={2}>
              {fields.plain[name]}
            </textarea>
          </Field>
        ))}
        <Choice
          {...part}
          name="device"
          label={t("onsite.device")}
          options={(["all", "phone", "desktop"] as const).map((device) => [device, t(`onsite.device.${device}`)])}
        />
      </div>
    </Section>
  );
}

function Who(part: Part) {
  const { view, fields, issues } = part;
  const { t } = view;
  return (
    <Section title={t("onsite.who")}>
      <div class="stack">
        <RuleEditor view={view} name="audience" rule={fields.audience} label={t("onsite.audience")} />
        <div class="row">
          <Plain {...part} name="priority" label={t("onsite.priority")} type="number" />
          <Plain {...part} name="dailyCap" label={t("onsite.dailyCap")} type="number" />
          <Plain {...part} name="totalCap" label={t("onsite.totalCap")} type="number" />
        </div>
        <div class="row">
          <Field name="rest.amount" label={t("onsite.rest")} issues={issues}>
            <Duration
              view={view}
              amount={["rest.amount", fields.plain["rest.amount"]]}
              unit={["rest.unit", fields.plain["rest.unit"]]}
              label={t("onsite.rest")}
            />
          </Field>
          <Plain {...part} name="holdoutPercent" label={t("onsite.holdout")} type="number" max={50} />
        </div>
        <Tick {...part} name="untilClicked" word="onsite.untilClicked" />
        <Tick {...part} name="duringCheckout" word="onsite.duringCheckout" />
        <details>
          <summary>{t("onsite.more")}</summary>
          <Field name="more" label={t("onsite.more")} hint={t("onsite.moreHint")} issues={issues}>
            <textarea id="more" name="more" class="source" rows={8} spellcheck={false}>
              {fields.plain.more}
            </textarea>
          </Field>
        </details>
      </div>
    </Section>
  );
}
