/** What every admin page knows about its request. */
import type { Context } from "hono";
import type { Composed } from "../../compose.ts";
import { Refusal } from "../../lib/errors.ts";
import type { Site } from "../../sites/schema.ts";
import type { Session } from "../../staff/sessions.ts";
import type { HttpEnv } from "../context.ts";
import type { Form } from "./form.ts";
import type { Locale, Translate } from "./language.ts";

export interface View {
  deps: Composed;
  locale: Locale;
  t: Translate;
  /** Undefined on the pages that need no sign-in. */
  session: Session | undefined;
  sites: Site[];
  /** The site in the address. */
  site: Site | undefined;
  path: string;
  now: number;
  /** What the last form did, told once after its redirect. */
  notice: string | undefined;
}

/** A page of one site, for somebody who is signed in. */
export type SiteView = View & { session: Session; site: Site };

export type AdminEnv = HttpEnv & { Variables: { view: View; form: Form } };
export type AdminContext = Context<AdminEnv>;

/** The view of a page under `/admin/<site>`; the gate has made sure of both. */
export function siteView(c: AdminContext): SiteView {
  const view = c.get("view");
  if (!view.session || !view.site) throw new Refusal("not_found", "there is no such page");
  return view as SiteView;
}

/** Sends the browser on after a form has done its work, so that a reload does not do it again. */
export function goTo(c: AdminContext, path: string, notice?: string): Response {
  return c.redirect(notice ? `${path}${path.includes("?") ? "&" : "?"}notice=${notice}` : path, 303);
}

/** Only addresses of this admin: nobody's link may send people elsewhere after they signed in. */
export function adminPath(path: string): string {
  const url = URL.parse(path, "https://admin.invalid");
  return url?.host === "admin.invalid" && /^\/admin(\/|$)/.test(url.pathname) ? url.pathname : "/admin";
}
