/** The editor of an on-site message: what, when, where, to whom; beside it the message on a phone and on a desktop. */
import type { Child } from "hono/jsx";
import type { Issue } from "../../lib/errors.ts";
import { KINDS, type OnsiteMessage } from "../../onsite/definition.ts";
import { FORMATS } from "../../onsite/schema.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { Segment } from "../../segments/store.ts";
import { type OnsiteField, type OnsiteFields, TRIGGERS } from "./onsite-form.ts";
import { Checkbox, EnterButton, Field, Form, Input, Problems, Section, Select } from "./parts.tsx";
import { Duration, EventInput, EventNames, RuleEditor } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";
import type { Word } from "./words/words.ts";

interface Editing {
  view: SiteView;
  fields: OnsiteFields;
  issues: Issue[];
}

export function OnsiteEditor(
  editing: Editing & { message: OnsiteMessage | undefined; placements: Placement[]; segments: Segment[] },
) {
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
            <button type="submit" class="primary">
              {t("form.save")}
            </button>
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

type Part = Editing & { placements: Placement[]; segments: Segment[] };

/** One of the form's plain fields, as an input with its label. */
function Plain(
  props: Editing & { name: OnsiteField; label: string; type?: string; hint?: string; max?: number; of?: string },
) {
  const { fields, issues, name, label, type = "text", hint, max, of } = props;
  return (
    <Field name={name} label={label} hint={hint} issues={issues} class={of ?? ""}>
      <Input
        name={name}
        type={type}
        value={fields.plain[name]}
        {...(type === "number" ? { min: 0, step: "any" } : {})}
        {...(max === undefined ? {} : { max })}
      />
    </Field>
  );
}

function Choice(props: Editing & { name: OnsiteField; label: string; options: [string, string][]; of?: string }) {
  const { fields, issues, name, label, options, of } = props;
  return (
    <Field name={name} label={label} issues={issues} class={of ?? ""}>
      <Select name={name} value={fields.plain[name]} options={options} />
    </Field>
  );
}

function Tick({ view, fields, name, word }: Editing & { name: OnsiteField; word: Word }) {
  return <Checkbox name={name} checked={fields.plain[name] !== ""} label={view.t(word)} />;
}

function What(part: Part) {
  const { view, placements } = part;
  const { t } = view;
  const does = (["open", "close", "survey"] as const).map((each): [string, string] => [each, t(`onsite.does.${each}`)]);
  return (
    <Section title={t("onsite.what")}>
      <div class="stack">
        <Plain {...part} name="name" label={t("onsite.name")} />
        <div class="row">
          <Choice
            {...part}
            name="format"
            label={t("onsite.format")}
            options={FORMATS.map((format) => [format, t(`onsite.format.${format}`)])}
          />
          <Choice
            {...part}
            name="kind"
            label={t("onsite.kind")}
            options={KINDS.map((kind) => [kind, t(`onsite.kind.${kind}`)])}
          />
        </div>
        {(["ko", "en"] as const).map((locale) => (
          <Words {...part} locale={locale} />
        ))}
        {([0, 1] as const).map((place) => (
          <div class="row">
            <Choice
              {...part}
              name={`button${place}.does`}
              label={t("onsite.button", { number: place + 1 })}
              options={[["", t("form.none")], ...does]}
            />
            <Plain {...part} name={`button${place}.url`} label={t("onsite.target", { number: place + 1 })} />
          </div>
        ))}
        <div class="row">
          <Choice
            {...part}
            name="media.kind"
            label={t("onsite.media")}
            options={[
              ["", t("form.none")],
              ["image", t("onsite.media.image")],
              ["video", t("onsite.media.video")],
            ]}
          />
          <Plain {...part} name="media.url" label={t("onsite.mediaUrl")} />
        </div>
        <div class="row">
          <Plain {...part} name="media.still" label={t("onsite.still")} />
          <Plain {...part} name="media.alt" label={t("onsite.alt")} />
        </div>
        <div class="row">
          <Choice
            {...part}
            name="placement"
            label={t("campaigns.placement")}
            options={[["", t("form.none")], ...placements.map(({ id, name }): [string, string] => [id, name])]}
          />
          <Choice
            {...part}
            name="scale"
            of="of-rating"
            label={t("onsite.scale")}
            options={[
              ["stars", t("onsite.scale.stars")],
              ["nps", t("onsite.scale.nps")],
            ]}
          />
        </div>
        <div class="row">
          <Plain {...part} name="stores.apple" of="of-review" label={t("onsite.apple")} />
          <Plain {...part} name="stores.google" of="of-review" label={t("onsite.google")} />
          <Plain {...part} name="height" of="of-html" label={t("onsite.height")} type="number" />
        </div>
      </div>
    </Section>
  );
}

function Words({ view, fields, issues, locale }: Editing & { locale: "ko" | "en" }) {
  const { t } = view;
  const own = fields.words[locale];
  const line = (name: keyof typeof own, label: string, of = "") => (
    <Field name={`words.${locale}.${name}`} label={label} issues={issues} class={of}>
      <Input name={`words.${locale}.${name}`} value={own[name]} />
    </Field>
  );
  const lines = (name: keyof typeof own, label: string, rows: number, of = ""): Child => (
    <Field name={`words.${locale}.${name}`} label={label} issues={issues} class={of}>
      <textarea id={`words.${locale}.${name}`} name={`words.${locale}.${name}`} class="source" rows={rows}>
        {own[name]}
      </textarea>
    </Field>
  );
  return (
    <fieldset class="stack">
      <legend>{t(locale === "ko" ? "onsite.korean" : "onsite.english")}</legend>
      {line("title", t("onsite.heading"))}
      {lines("body", t("onsite.body"), 3)}
      <div class="row">
        {line("button0", t("onsite.label", { number: 1 }))}
        {line("button1", t("onsite.label", { number: 2 }))}
      </div>
      <div class="row">
        {line("code", t("onsite.code"), "of-coupon")}
        {line("thanks", t("onsite.thanks"), "of-coupon of-rating")}
      </div>
      {lines("html", t("onsite.html"), 4, "of-html")}
    </fieldset>
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
