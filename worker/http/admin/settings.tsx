/** A site's settings, its keys, and the lines to put into its pages. */
import { type Issue, Refusal } from "../../lib/errors.ts";
import { createKey, revoke } from "../../sites/access.ts";
import { SiteSettings } from "../../sites/schema.ts";
import { changeSite } from "../../sites/site.ts";
import { type Key, listKeys } from "../../sites/store.ts";
import { Embed, type EmbedNames, readEmbed } from "./embed.tsx";
import { checkForm, Lines, text } from "./form.ts";
import { formatMoment } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Badge, CopyButton, Field, Form, Input, Problems, SaveButton, Section, Select, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

/** What this page's form has; the rest is on the page of collection. */
const ShopSettings = SiteSettings.omit({ privacy: true, limits: true, verifyUsers: true });

interface State {
  view: SiteView;
  keys: Key[];
  settings: Partial<SiteSettings>;
  issues: Issue[];
  embed: EmbedNames;
  /** A key that was just made, in clear text. */
  fresh?: string;
}

async function read(view: SiteView): Promise<Pick<State, "view" | "keys" | "embed">> {
  const [keys, embed] = await Promise.all([listKeys(view.deps.control, view.site.id), readEmbed(view)]);
  return { view, keys, embed };
}

export async function showSettings(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <SettingsPage {...(await read(view))} settings={view.site} issues={[]} />);
}

export async function postSettings(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const [name, contact] = [text(form, "sender.name"), text(form, "sender.contact")];
  const settings = {
    name: text(form, "name"),
    origins: Lines.parse(text(form, "origins")).map((origin) => origin.replace(/\/+$/, "")),
    timeZone: text(form, "timeZone"),
    locale: text(form, "locale"),
    currency: text(form, "currency").toUpperCase(),
    sender: name || contact ? { name, contact } : null,
    imageTemplate: text(form, "imageTemplate") || null,
    dailyCap: Number(text(form, "dailyCap") || Number.NaN),
  };
  const checked = checkForm(ShopSettings, settings, view.locale);
  if (checked.ok) {
    await changeSite(view.deps, view.site.id, checked.data);
    return goTo(c, c.req.path, "saved");
  }
  const shown = settings as Partial<SiteSettings>;
  return send(c, <SettingsPage {...(await read(view))} settings={shown} issues={checked.issues} />, 422);
}

/** Answers with the page itself instead of a redirect: the secret is told in this one answer and is in no address. */
export async function postKey(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const kind = text(form, "kind") === "secret" ? "secret" : "public";
  const label = text(form, "label").slice(0, 60) || view.t(`settings.${kind}`);
  const { key } = await createKey(view.deps, view.site.id, kind, label);
  return send(c, <SettingsPage {...(await read(view))} settings={view.site} issues={[]} fresh={key} />);
}

export async function postRevoke(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const id = c.req.param("key");
  if (!id) throw new Refusal("not_found", "there is no such key");
  await revoke(view.deps, view.site.id, id);
  return goTo(c, `/admin/${view.site.id}/settings`, "revoked");
}

function SettingsPage(state: State) {
  const { view, fresh } = state;
  const { t } = view;
  return (
    <Page view={view} room="settings" title={t("settings.title")}>
      {fresh && (
        <Section title={t("settings.created")} hint={t("settings.createdHint")} class="fresh">
          <p class="secret">
            <code id="fresh-key">{fresh}</code>
            <CopyButton view={view} of="fresh-key" />
          </p>
        </Section>
      )}
      <Embed view={view} names={state.embed} />
      <Keys view={view} keys={state.keys} />
      <Section title={t("shops.title")} hint={t("shops.lead")}>
        <a class="button" href={`/admin/${view.site.id}/shops`}>
          {t("settings.shops")}
        </a>
      </Section>
      <SiteForm {...state} />
    </Page>
  );
}

function Keys({ view, keys }: { view: SiteView; keys: Key[] }) {
  const { t, locale, site } = view;
  const head = [
    t("settings.keyLabel"),
    t("settings.keyKind"),
    t("settings.key"),
    t("settings.keyCreated"),
    <span class="visually-hidden">{t("settings.revoke")}</span>,
  ];
  return (
    <Section
      title={t("settings.keys")}
      hint={t("settings.keysHint")}
      actions={<a href="/reference">{t("settings.reference")}</a>}
      class="flush"
    >
      <Table label={t("settings.keys")} head={head}>
        {keys.map((key) => (
          <tr>
            <td>{key.label}</td>
            <td>
              <Badge>{t(`settings.${key.kind}`)}</Badge>
            </td>
            <td>
              <code>{key.kind === "public" ? key.lookup : `sk_…${key.hint}`}</code>
            </td>
            <td class="when">{formatMoment(key.createdAt, locale, site.timeZone)}</td>
            <td class="number">
              {key.revokedAt === null ? (
                <Form view={view} action={`/admin/${site.id}/settings/keys/${key.id}/revoke`}>
                  <button type="submit" class="small danger" data-confirm={t("settings.revokeSure")}>
                    {t("settings.revoke")}
                    <span class="visually-hidden"> {key.label}</span>
                  </button>
                </Form>
              ) : (
                <Badge tone="bad">{t("settings.revoked")}</Badge>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <Form view={view} action={`/admin/${site.id}/settings/keys`} class="inline foot">
        <Select
          name="kind"
          value="secret"
          aria-label={t("settings.keyKind")}
          options={[
            ["secret", t("settings.secret")],
            ["public", t("settings.public")],
          ]}
        />
        <input name="label" maxlength={60} placeholder={t("settings.keyLabel")} aria-label={t("settings.keyLabel")} />
        <button type="submit">{t("settings.createKey")}</button>
      </Form>
    </Section>
  );
}

function SiteForm({ view, settings, issues }: State) {
  const { t } = view;
  return (
    <Section title={t("settings.site")}>
      <Problems view={view} issues={issues} />
      <Form view={view} action={`/admin/${view.site.id}/settings`} class="stack readable">
        <Field name="name" label={t("site.name")} issues={issues}>
          <Input name="name" value={settings.name} required maxlength={80} />
        </Field>
        <Field name="origins" label={t("settings.origins")} hint={t("settings.originsHint")} issues={issues}>
          <textarea id="origins" name="origins" rows={3}>
            {settings.origins?.join("\n")}
          </textarea>
        </Field>
        <div class="row">
          <Field name="locale" label={t("site.locale")} issues={issues}>
            <Select
              name="locale"
              value={settings.locale ?? "ko"}
              options={[
                ["ko", "한국어"],
                ["en", "English"],
              ]}
            />
          </Field>
          <Field name="currency" label={t("site.currency")} issues={issues}>
            <Input name="currency" value={settings.currency} maxlength={3} required />
          </Field>
          <Field name="timeZone" label={t("site.timeZone")} issues={issues}>
            <Input name="timeZone" value={settings.timeZone} required />
          </Field>
        </div>
        <fieldset>
          <legend>{t("settings.sender")}</legend>
          <p class="hint">{t("settings.senderHint")}</p>
          <div class="row">
            <Field name="sender.name" label={t("settings.senderName")} issues={issues}>
              <Input name="sender.name" value={settings.sender?.name} maxlength={40} />
            </Field>
            <Field name="sender.contact" label={t("settings.senderContact")} issues={issues}>
              <Input name="sender.contact" value={settings.sender?.contact} maxlength={80} />
            </Field>
          </div>
        </fieldset>
        <Field
          name="imageTemplate"
          label={t("settings.imageTemplate")}
          hint={t("settings.imageTemplateHint")}
          issues={issues}
        >
          <Input name="imageTemplate" value={settings.imageTemplate ?? ""} />
        </Field>
        <Field name="dailyCap" label={t("settings.dailyCap")} hint={t("settings.dailyCapHint")} issues={issues}>
          <Input name="dailyCap" type="number" value={settings.dailyCap} min={0} max={100} required />
        </Field>
        <div class="form-end">
          <SaveButton view={view} />
        </div>
      </Form>
    </Section>
  );
}
