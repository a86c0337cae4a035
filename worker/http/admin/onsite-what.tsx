/** What an on-site message is: its format, its words in both languages, its picture and its buttons. */
import type { Child } from "hono/jsx";
import { KINDS } from "../../onsite/definition.ts";
import { FORMATS } from "../../onsite/schema.ts";
import { Choice, type Editing, type Part, Plain } from "./onsite-inputs.tsx";
import { Field, Input, Section } from "./parts.tsx";

export function What(part: Part) {
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
