/**
 * The visitor's anonymous id as a cookie of the shop's own domain, for a worker that runs on it: what a script stores, some
 * browsers delete after seven days; what a server of the same site sets, they keep, and the shop's other subdomains read it.
 * The tag reads it (widget/collect/identity.ts), so it is no secret of ours and not HttpOnly. It opens nothing.
 */
import { getCookie, setCookie } from "hono/cookie";
import { domainOf } from "../lib/cookie-domain.ts";
import type { Site } from "../sites/schema.ts";
import type { HttpContext } from "./context.ts";

const NAME = "nunchi";
/** The longest that browsers allow: 400 days. */
const MAX_AGE_SECONDS = 400 * 86_400;

/** Only the browser knows that page and worker are one site, and says so in a header that no page can set. */
export function keepVisitor(c: HttpContext, site: Site, anonymousId: unknown): void {
  const relation = c.req.header("sec-fetch-site");
  if (relation !== "same-origin" && relation !== "same-site") return;
  if (typeof anonymousId !== "string" || !/^\w{1,64}$/.test(anonymousId)) return;
  // A beacon's answer may come after the next page's, and an id from before somebody signed out after the one since: the ids
  // of the tag are in the order in which they were made.
  if (c.req.header("sec-fetch-mode") === "no-cors" || (getCookie(c, NAME) ?? "") > anonymousId) return;
  const { hostname, protocol } = new URL(c.req.url);
  const domain = domainOf(hostname, c.req.header("origin"), site.origins);
  setCookie(c, NAME, anonymousId, {
    path: "/",
    maxAge: MAX_AGE_SECONDS,
    sameSite: "Lax",
    secure: protocol === "https:",
    ...(domain ? { domain } : {}),
  });
}
