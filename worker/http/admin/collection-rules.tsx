/** How a site collects: visitors' choices, calls a minute, and proof of users. */
import { type Issue, Refusal } from "../../lib/errors.ts";
import { identitySecret, renewIdentitySecret } from "../../sites/identity.ts";
import { SiteSettings } from "../../sites/schema.ts";
import { changeSite } from "../../sites/site.ts";
import { CollectionPage } from "./collection.tsx";
import { checkForm, text } from "./form.ts";
import { send } from "./frame.tsx";
import { Checkbox, CopyButton, Field, Form, Input, Problems, SaveButton, Section, Select } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

const CollectionRules = SiteSettings.pick({ privacy: true, limits: true, verifyUsers: true });
type Rules = Pick<SiteSettings, "privacy" | "limits" | "verifyUsers">;

export async function showRules(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const secret = await identitySecret(view.deps, view.site);
  return send(c, <RulesPage view={view} rules={view.site} issues={[]} secret={secret} />);
}

export async function postRules(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const count = (name: string) => Number(text(form, name) || Number.NaN);
  const rules = {
    privacy: { gpc: text(form, "privacy.gpc"), consentMode: text(form, "privacy.consentMode") },
    limits: {
      browserPerMinute: count("limits.browserPerMinute"),
      serverPerMinute: count("limits.serverPerMinute"),
    },
    verifyUsers: text(form, "verifyUsers") === "yes",
  };
  const checked = checkForm(CollectionRules, rules, view.locale);
  if (checked.ok) {
    await changeSite(view.deps, view.site.id, checked.data);
    return goTo(c, rulesPath(view), "saved");
  }
  const secret = await identitySecret(view.deps, view.site);
  return send(c, <RulesPage view={view} rules={rules as Rules} issues={checked.issues} secret={secret} />, 422);
}

export async function postRenewal(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  if (text(c.get("form"), "sure") !== "yes") throw new Refusal("bad_request", "renewing needs a word");
  await renewIdentitySecret(view.deps, view.site);
  return goTo(c, rulesPath(view), "renewed");
}

function rulesPath(view: SiteView): string {
  return `/admin/${view.site.id}/collection/rules`;
}

function RulesPage(props: { view: SiteView; rules: Rules; issues: Issue[]; secret: string }) {
  const { view, rules, issues, secret } = props;
  const { t } = view;
  const { privacy, limits, verifyUsers } = rules;
  return (
    <CollectionPage view={view} page="rules">
      <Problems view={view} issues={issues} />
      <Form view={view} action={rulesPath(view)} class="stack readable">
        <Section title={t("rules.privacy")}>
          <div class="stack">
            <Field name="privacy.gpc" label={t("rules.gpc")} hint={t("rules.gpcHint")} issues={issues}>
              <Select
                name="privacy.gpc"
                value={privacy.gpc}
                options={(["ignore", "no_ads", "no_tracking"] as const).map((each) => [each, t(`rules.gpc.${each}`)])}
              />
            </Field>
            <Field
              name="privacy.consentMode"
              label={t("rules.consentMode")}
              hint={t("rules.consentModeHint")}
              issues={issues}
            >
              <Select
                name="privacy.consentMode"
                value={privacy.consentMode}
                options={(["off", "opt_in"] as const).map((each) => [each, t(`rules.consentMode.${each}`)])}
              />
            </Field>
          </div>
        </Section>
        <Section title={t("rules.limits")} hint={t("rules.limitsHint")}>
          <div class="row">
            <Field name="limits.browserPerMinute" label={t("rules.browserPerMinute")} issues={issues}>
              <Input name="limits.browserPerMinute" type="number" value={limits.browserPerMinute} min={10} required />
            </Field>
            <Field name="limits.serverPerMinute" label={t("rules.serverPerMinute")} issues={issues}>
              <Input name="limits.serverPerMinute" type="number" value={limits.serverPerMinute} min={10} required />
            </Field>
          </div>
        </Section>
        <Section title={t("rules.verify")}>
          <Checkbox
            name="verifyUsers"
            checked={verifyUsers}
            label={t("rules.verifyUsers")}
            hint={t("rules.verifyHint")}
          />
        </Section>
        <div class="form-end">
          <SaveButton view={view} />
        </div>
      </Form>
      <Section title={t("rules.secret")} hint={t("rules.secretHint")} class="readable">
        <div class="stack">
          <p class="secret">
            <code id="identity-secret">{secret}</code>
            <CopyButton view={view} of="identity-secret" />
          </p>
          <Form view={view} action={`${rulesPath(view)}/renew`}>
            <input type="hidden" name="sure" value="yes" />
            <button type="submit" class="danger" data-confirm={t("rules.renewSure")}>
              {t("rules.renew")}
            </button>
          </Form>
        </div>
      </Section>
    </CollectionPage>
  );
}
