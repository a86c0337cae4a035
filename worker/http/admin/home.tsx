/** Where /admin leads, and what it says when something is wrong. */

import { sendDuties } from "../../jobs/schedule.ts";
import { Refusal, type RefusalCode } from "../../lib/errors.ts";
import { DAY, HOUR } from "../../lib/time.ts";
import { moveClock } from "../../platform/demo-clock.ts";
import { text } from "./form.ts";
import { Card, send } from "./frame.tsx";
import { localeOf, translateOr, translator } from "./language.ts";
import { type AdminContext, adminPath, goTo, type View } from "./view.ts";
import { messageInKorean } from "./words/messages.ts";

/** To the first site, or to adding one. */
export function showHome(c: AdminContext): Response {
  const [first] = c.get("view").sites;
  return c.redirect(first ? `/admin/${first.id}` : "/admin/new-site");
}

/** Moves the demo's clock and does what the minute's cron would do then, so that what is due happens at once. */
export async function postDemoAdvance(c: AdminContext): Promise<Response> {
  const { deps } = c.get("view");
  if (!deps.config.demo) throw new Refusal("not_found", "there is no such page");
  const form = c.get("form");
  await moveClock(deps.control, text(form, "by") === "day" ? DAY : HOUR);
  await sendDuties(deps, "* * * * *");
  return goTo(c, adminPath(text(form, "to")), "clock-moved");
}

/** The error envelope for people. Says nothing about what went wrong inside. */
export function answerAdminError(error: Error, c: AdminContext): Response | Promise<Response> {
  const refusal = error instanceof Refusal ? error : undefined;
  if (!refusal) c.get("deps").log.error("admin page failed", error);
  if (refusal?.retryAfterSeconds !== undefined) c.header("Retry-After", String(refusal.retryAfterSeconds));
  const status = refusal?.status ?? 500;
  const view = c.get("view") ?? viewWithoutSession(c);
  const page = (
    <ErrorPage
      view={view}
      code={refusal?.code ?? "internal"}
      message={refusal?.message}
      requestId={c.get("requestId")}
    />
  );
  return send(c, page, status as 403);
}

export function answerUnknownPage(): never {
  throw new Refusal("not_found", "there is no such page");
}

function viewWithoutSession(c: AdminContext): View {
  const deps = c.get("deps");
  const locale = localeOf(c);
  return {
    deps,
    locale,
    t: translator(locale),
    session: undefined,
    sites: [],
    site: undefined,
    path: "/admin",
    now: deps.clock.now(),
    notice: undefined,
  };
}

function ErrorPage(props: {
  view: View;
  code: RefusalCode | "internal";
  message: string | undefined;
  requestId: string;
}) {
  const { view, code, message, requestId } = props;
  const { t } = view;
  return (
    <Card view={view} title={translateOr(t, `error.${code}`, t("error.other"))}>
      <p class="lead">
        {message ? (view.locale === "ko" ? messageInKorean(message) : message) : t("error.internalLead")}
      </p>
      <p>
        <a class="button" href="/admin">
          {t("error.back")}
        </a>
      </p>
      <p class="hint">
        {t("error.request")} <code>{requestId}</code>
      </p>
    </Card>
  );
}
