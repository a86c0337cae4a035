/**
 * Before every admin page: strict headers, the language, who is signed in, which site, and for every POST that our own page
 * sent it. Nobody gets past without a session, except to sign in or to set up.
 */
import type { Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { Refusal } from "../../lib/errors.ts";
import { listSites } from "../../sites/store.ts";
import { localeOf, translator } from "./language.ts";
import { currentSession, requireCsrfToken, requireOwnPage } from "./session.ts";
import type { AdminContext } from "./view.ts";

const FORM_LIMIT_BYTES = 256 * 1024;

/** No inline script or style, no frame around the admin, pictures of products from wherever the shop keeps them. */
export const adminHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "https:", "data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  // Not "no-referrer": with it browsers send `Origin: null`, and a form could not be told from a foreign one.
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  crossOriginEmbedderPolicy: false,
});

export const formLimit = bodyLimit({
  maxSize: FORM_LIMIT_BYTES,
  onError: () => {
    throw new Refusal("too_large", `the form is larger than ${FORM_LIMIT_BYTES / 1024} KB`);
  },
});

export async function openView(c: AdminContext, next: Next): Promise<void> {
  const deps = c.get("deps");
  const locale = localeOf(c);
  c.header("Cache-Control", "no-store");
  c.set("view", {
    deps,
    locale,
    t: translator(locale),
    session: undefined,
    sites: [],
    site: undefined,
    path: c.req.path,
    now: deps.clock.now(),
    notice: c.req.query("notice"),
  });
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    requireOwnPage(c);
    c.set("form", (await c.req.parseBody({ all: true, dot: true })) as Record<string, unknown>);
  }
  await next();
}

/** For everything behind the sign-in. */
export async function requireSignIn(c: AdminContext, next: Next): Promise<Response | undefined> {
  const view = c.get("view");
  const session = await currentSession(c, view.deps);
  if (!session) {
    if (c.req.method !== "GET") throw new Refusal("unauthorized", "sign in again: your session has ended");
    return c.redirect(view.path === "/admin" ? "/admin/sign-in" : `/admin/sign-in?to=${encodeURIComponent(view.path)}`);
  }
  if (c.req.method !== "GET" && c.req.method !== "HEAD")
    requireCsrfToken(session, c.req.header("x-csrf-token") ?? c.get("form").csrf);
  const sites = await listSites(view.deps.control);
  c.set("view", { ...view, session, sites });
  await next();
  return undefined;
}

/** Throws `not_found` for a site that is not there. */
export async function requireKnownSite(c: AdminContext, next: Next): Promise<void> {
  const view = c.get("view");
  const site = view.sites.find(({ id }) => id === c.req.param("site"));
  if (!site) throw new Refusal("not_found", "there is no such site");
  c.set("view", { ...view, site });
  await next();
}
