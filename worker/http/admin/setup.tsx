/** The first account and the first site, for people; `POST /v1/setup` is the same for programs. */
import { type Issue, Refusal } from "../../lib/errors.ts";
import { passwordProblem } from "../../staff/password.ts";
import { NewSite, Setup } from "../../staff/schema.ts";
import { openSite, requireSetupToken, type SiteKeys, setUp } from "../../staff/setup.ts";
import { hasStaff } from "../../staff/store.ts";
import { checkForm, type Form as FormData, text } from "./form.ts";
import { Card, Shell, send } from "./frame.tsx";
import { CopyButton, Field, Form, Input, Problems, Section, Select } from "./parts.tsx";
import { addressOf, startSession } from "./session.ts";
import type { AdminContext, View } from "./view.ts";

export async function showSetup(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  if (await hasStaff(view.deps.control)) return c.redirect("/admin/sign-in");
  return send(c, <SetupPage view={view} values={{}} issues={[]} />);
}

export async function postSetup(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  const { deps, t } = view;
  const values = c.get("form");
  const again = (issues: Issue[], status: 403 | 409 | 422 | 429 = 422) =>
    send(c, <SetupPage view={view} values={values} issues={issues} />, status);
  if (!(await deps.loginLimit.allow(`setup:${addressOf(c)}`)))
    return again([{ path: "", message: t("signIn.too_many") }], 429);
  try {
    requireSetupToken(deps, text(values, "token"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return again(
      [{ path: "token", message: t(error.code === "forbidden" ? "setup.noToken" : "setup.wrongToken") }],
      403,
    );
  }
  const password = typeof values.password === "string" ? values.password : "";
  const checked = checkForm(
    Setup,
    { staff: { email: values.email, password }, site: siteOf(values, view) },
    view.locale,
  );
  if (!checked.ok)
    return again(checked.issues.map(({ path, message }) => ({ path: path.replace(/^staff\./, ""), message })));
  const problem = passwordProblem(password, checked.data.staff.email, deps.config.demo);
  if (problem) return again([{ path: "password", message: t(`password.${problem}`) }]);
  try {
    const { staff, ...keys } = await setUp(deps, checked.data);
    await startSession(c, deps, staff);
    return send(c, <KeysPage view={view} keys={keys} />);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "conflict") throw error;
    return again([{ path: "", message: t("setup.done") }], 409);
  }
}

export async function showNewSite(c: AdminContext): Promise<Response> {
  return send(c, <NewSitePage view={c.get("view")} values={{}} issues={[]} />);
}

export async function postNewSite(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  const values = c.get("form");
  const checked = checkForm(NewSite, { site: siteOf(values, view) }, view.locale);
  if (!checked.ok) return send(c, <NewSitePage view={view} values={values} issues={checked.issues} />, 422);
  return send(c, <KeysPage view={view} keys={await openSite(view.deps, checked.data)} />);
}

/** The rest of a site's settings has defaults and is changed on its own page. */
function siteOf(values: FormData, view: View) {
  const origin = text(values, "origin").replace(/\/+$/, "");
  return {
    name: values.name,
    origins: origin ? [origin] : [],
    locale: text(values, "locale") || view.locale,
    timeZone: text(values, "timeZone") || "Asia/Seoul",
    currency: text(values, "currency").toUpperCase() || "KRW",
  };
}

function SetupPage({ view, values, issues }: { view: View; values: FormData; issues: Issue[] }) {
  const { t } = view;
  return (
    <Card view={view} title={t("setup.title")}>
      <p class="lead">{t("setup.lead")}</p>
      <Problems view={view} issues={issues} />
      <Form view={view} action="/admin/setup" class="stack">
        <Field name="token" label={t("setup.token")} hint={t("setup.tokenHint")}>
          <Input name="token" type="password" autocomplete="off" required />
        </Field>
        <Field name="email" label={t("signIn.email")}>
          <Input name="email" type="email" value={text(values, "email")} autocomplete="username" required />
        </Field>
        <Field name="password" label={t("signIn.password")} hint={t("setup.passwordHint")}>
          <Input name="password" type="password" autocomplete="new-password" required maxlength={200} />
        </Field>
        <SiteFields view={view} values={values} />
        <button class="primary" type="submit">
          {t("setup.submit")}
        </button>
      </Form>
    </Card>
  );
}

function NewSitePage({ view, values, issues }: { view: View; values: FormData; issues: Issue[] }) {
  const { t } = view;
  return (
    <Shell view={view} title={t("newSite.title")}>
      <div class="page-head">
        <div>
          <h1>{t("newSite.title")}</h1>
          <p class="lead">{t("newSite.lead")}</p>
        </div>
      </div>
      <Section class="narrow">
        <Problems view={view} issues={issues} />
        <Form view={view} action="/admin/new-site" class="stack">
          <SiteFields view={view} values={values} />
          <button class="primary" type="submit">
            {t("newSite.submit")}
          </button>
        </Form>
      </Section>
    </Shell>
  );
}

function SiteFields({ view, values }: { view: View; values: FormData }) {
  const { t } = view;
  return (
    <>
      <Field name="name" label={t("site.name")}>
        <Input name="name" value={text(values, "name")} required maxlength={80} />
      </Field>
      <Field name="origin" label={t("site.origin")} hint={t("site.originHint")}>
        <Input name="origin" type="url" value={text(values, "origin")} placeholder="https://shop.example" />
      </Field>
      <div class="row">
        <Field name="locale" label={t("site.locale")}>
          <Select
            name="locale"
            value={text(values, "locale") || view.locale}
            options={[
              ["ko", "한국어"],
              ["en", "English"],
            ]}
          />
        </Field>
        <Field name="currency" label={t("site.currency")}>
          <Input
            name="currency"
            value={text(values, "currency") || "KRW"}
            maxlength={3}
            pattern="[A-Za-z]{3}"
            required
          />
        </Field>
      </div>
      <Field name="timeZone" label={t("site.timeZone")}>
        <Input name="timeZone" value={text(values, "timeZone") || "Asia/Seoul"} required />
      </Field>
    </>
  );
}

/** The answer to the form itself, never an address: the secret key is told this once and must not be in a history. */
function KeysPage({ view, keys }: { view: View; keys: SiteKeys }) {
  const { t } = view;
  return (
    <Card view={view} title={t("keys.title")}>
      <p class="lead">{t("keys.lead")}</p>
      <dl class="pairs">
        <dt>{t("keys.site")}</dt>
        <dd>
          <code>{keys.siteId}</code>
        </dd>
        <dt>{t("keys.public")}</dt>
        <dd>
          <code>{keys.publicKey}</code>
        </dd>
        <dt>{t("keys.secret")}</dt>
        <dd>
          <span class="secret">
            <code id="secret-key">{keys.secretKey}</code>
            <CopyButton view={view} of="secret-key" />
          </span>
        </dd>
      </dl>
      <p class="hint">{t("keys.once")}</p>
      <p>
        <a class="button primary" href={`/admin/${keys.siteId}/settings`}>
          {t("keys.next")}
        </a>
      </p>
    </Card>
  );
}
