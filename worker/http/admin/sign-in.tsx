/** Coming in and going out. */
import { changePassword, signIn } from "../../staff/sign-in.ts";
import { hasStaff, raiseEpoch } from "../../staff/store.ts";
import { text } from "./form.ts";
import { Card, Shell, send } from "./frame.tsx";
import { rememberLocale } from "./language.ts";
import { Field, Form, Input, Notice, Problems, Section } from "./parts.tsx";
import { addressOf, currentSession, endSession, startSession } from "./session.ts";
import { type AdminContext, adminPath, goTo, type View } from "./view.ts";
import type { Word } from "./words/words.ts";

export async function showSignIn(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  if (await currentSession(c, view.deps)) return c.redirect("/admin");
  if (!(await hasStaff(view.deps.control))) return c.redirect("/admin/setup");
  return send(c, <SignInPage view={view} to={adminPath(c.req.query("to") ?? "")} email="" problem={undefined} />);
}

export async function postSignIn(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  const form = c.get("form");
  const [email, to] = [text(form, "email"), adminPath(text(form, "to"))];
  const password = typeof form.password === "string" ? form.password : "";
  const result = await signIn(view.deps, { email, password, address: addressOf(c) });
  if (result.signedIn) {
    await startSession(c, view.deps, result.staff);
    return c.redirect(to, 303);
  }
  if (result.reason === "too_many") c.header("Retry-After", "60");
  const problem = view.t(`signIn.${result.reason}`);
  return send(
    c,
    <SignInPage view={view} to={to} email={email} problem={problem} />,
    result.reason === "too_many" ? 429 : 422,
  );
}

export async function postSignOut(c: AdminContext): Promise<Response> {
  const { session, deps } = c.get("view");
  if (session && text(c.get("form"), "everywhere")) await raiseEpoch(deps.control, session.staff.id);
  endSession(c);
  // Access would let the same person straight in again.
  if (deps.config.access && c.req.header("cf-access-jwt-assertion")) return c.redirect("/cdn-cgi/access/logout", 303);
  return goTo(c, "/admin/sign-in", "signed-out");
}

export async function postLocale(c: AdminContext): Promise<Response> {
  const form = c.get("form");
  rememberLocale(c, text(form, "locale") === "ko" ? "ko" : "en");
  return c.redirect(adminPath(text(form, "to")), 303);
}

export async function showAccount(c: AdminContext): Promise<Response> {
  return send(c, <AccountPage view={c.get("view")} problem={undefined} />);
}

export async function postPassword(c: AdminContext): Promise<Response> {
  const view = c.get("view");
  const form = c.get("form");
  if (!view.session) return c.redirect("/admin/sign-in");
  const [current, next] = [form.current, form.next].map((each) => (typeof each === "string" ? each : ""));
  const result = await changePassword(view.deps, view.session.staff, { current: current ?? "", next: next ?? "" });
  if (!result.changed) return send(c, <AccountPage view={view} problem={`password.${result.reason}`} />, 422);
  await startSession(c, view.deps, result.staff);
  return goTo(c, "/admin/account", "password-changed");
}

function SignInPage(props: { view: View; to: string; email: string; problem: string | undefined }) {
  const { view, to, email, problem } = props;
  const { t } = view;
  return (
    <Card view={view} title={t("signIn.title")}>
      {problem && (
        <p class="problems" role="alert">
          {problem}
        </p>
      )}
      <Form view={view} action="/admin/sign-in" class="stack">
        <input type="hidden" name="to" value={to} />
        <Field name="email" label={t("signIn.email")}>
          <Input name="email" type="email" value={email} autocomplete="username" required autofocus />
        </Field>
        <Field name="password" label={t("signIn.password")}>
          <Input name="password" type="password" autocomplete="current-password" required />
        </Field>
        <button class="primary" type="submit">
          {t("signIn.submit")}
        </button>
      </Form>
    </Card>
  );
}

function AccountPage({ view, problem }: { view: View; problem: Word | undefined }) {
  const { t, session } = view;
  return (
    <Shell view={view} title={t("account.title")}>
      <div class="page-head">
        <div>
          <h1>{t("account.title")}</h1>
          <p class="lead">{session?.staff.email}</p>
        </div>
      </div>
      <Notice view={view} />
      <Section title={t("account.password")} hint={t("account.passwordHint")} class="narrow">
        {problem && <Problems view={view} issues={[{ path: "", message: t(problem) }]} />}
        <Form view={view} action="/admin/account" class="stack">
          <input type="hidden" name="username" value={session?.staff.email} autocomplete="username" />
          <Field name="current" label={t("account.current")}>
            <Input name="current" type="password" autocomplete="current-password" required />
          </Field>
          <Field name="next" label={t("account.next")} hint={t("setup.passwordHint")}>
            <Input name="next" type="password" autocomplete="new-password" required maxlength={200} />
          </Field>
          <button class="primary" type="submit">
            {t("account.change")}
          </button>
        </Form>
      </Section>
      <Section title={t("account.sessions")} hint={t("account.sessionsHint")} class="narrow">
        <Form view={view} action="/admin/sign-out">
          <button type="submit" name="everywhere" value="yes">
            {t("account.everywhere")}
          </button>
        </Form>
      </Section>
    </Shell>
  );
}
