/** The staff session at the door: which cookie, who it is, and that a form was sent by our own page. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../lib/errors.ts";
import { requireStaffOfAccess } from "../../staff/access.ts";
import { openSession, readSession, SESSION_MS, type Session, sessionOfAccess } from "../../staff/sessions.ts";
import type { Staff } from "../../staff/store.ts";

const COOKIE = "nunchi_session";

/** `__Host-` pins the cookie to this very host and to https; http://localhost cannot have it. */
function prefixOf(c: Context): "host" | undefined {
  return new URL(c.req.url).protocol === "https:" ? "host" : undefined;
}

export async function currentSession(c: Context, deps: Deps): Promise<Session | undefined> {
  const assertion = c.req.header("cf-access-jwt-assertion");
  if (deps.config.access && assertion)
    return sessionOfAccess(deps, await requireStaffOfAccess(deps, deps.config.access, assertion));
  const text = getCookie(c, COOKIE, prefixOf(c));
  return text ? readSession(deps, text) : undefined;
}

export async function startSession(c: Context, deps: Deps, staff: Staff): Promise<void> {
  const prefix = prefixOf(c);
  setCookie(c, COOKIE, await openSession(deps, staff), {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    maxAge: SESSION_MS / 1000,
    ...(prefix ? { prefix, secure: true } : {}),
  });
}

export function endSession(c: Context): void {
  const prefix = prefixOf(c);
  deleteCookie(c, COOKIE, { path: "/", ...(prefix ? { prefix, secure: true } : {}) });
}

/** Throws `forbidden` when the request was not sent by a page of this host. Browsers put `Origin` on every POST. */
export function requireOwnPage(c: Context): void {
  const origin = c.req.header("origin");
  const own = origin
    ? URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host
    : c.req.header("sec-fetch-site") === "same-origin";
  if (!own) throw new Refusal("forbidden", "this form was not sent by a page of this admin");
}

/** Throws `forbidden` when the form does not carry its session's token. */
export function requireCsrfToken(session: Session, token: unknown): void {
  if (typeof token !== "string" || token !== session.csrfToken)
    throw new Refusal("forbidden", "this form is older than your session: reload the page and send it again");
}

/** Where a sign-in came from: Cloudflare writes the header, visitors cannot. */
export function addressOf(c: Context): string {
  return c.req.header("cf-connecting-ip") ?? "local";
}
