/**
 * The visitor's anonymous id as a cookie of the shop's own domain, for a worker that runs on it: what a script stores, some
 * browsers delete after seven days; what a server of the same site sets, they keep, and the shop's other subdomains read it.
 * The tag reads it (widget/collect/identity.ts), so it is no secret of ours and not HttpOnly. It opens nothing.
 */
import { getCookie, setCookie } from "hono/cookie";
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

/**
 * What the worker, the page and the site's own origins below the same name have in common. A guess that is a public suffix
 * costs the cookie, never more: browsers refuse it. Undefined: this host alone.
 */
export function domainOf(worker: string, origin: string | undefined, origins: string[]): string | undefined {
  const page = hostOf(origin ?? "");
  const hosts = [page, ...origins.map(hostOf)]
    .filter((host) => host !== undefined)
    .filter((host) => isNear(host, worker));
  const domain = hosts.reduce(commonEnd, worker);
  return /^[\d.]+$|^\[|^[^.]+$/.test(domain) ? undefined : domain;
}

/** Without the star of a wildcard. */
function hostOf(origin: string): string | undefined {
  return /^https?:\/\/(?:\*\.)?([^:/]+)/.exec(origin)?.[1];
}

/** Two names that end alike in more than what a registry gives to everybody: `com`, `co.kr`. */
function isNear(host: string, worker: string): boolean {
  const common = commonEnd(host, worker);
  return common.includes(".") && !/^\w{1,3}\.\w{2}$/.test(common);
}

function commonEnd(one: string, two: string): string {
  const [a, b] = [one.split(".").reverse(), two.split(".").reverse()];
  const length = a.findIndex((label, index) => label !== b[index]);
  return (length < 0 ? a : a.slice(0, length)).reverse().join(".");
}
