/** Which site is calling, from the key that the request carries. */

import type { Deps } from "../deps.ts";
import { type Issue, Refusal } from "../lib/errors.ts";
import { requireOrigin, requireSiteByKey } from "../sites/access.ts";
import { identitySecret, isProven } from "../sites/identity.ts";
import type { Site } from "../sites/schema.ts";
import type { HttpContext } from "./context.ts";

export interface Caller {
  site: Site;
  /** "browser": public key from an allowed origin. "server": secret key. */
  kind: "browser" | "server";
  /** The visitor's browser sends Global Privacy Control or Do Not Track; a server speaks for no browser. */
  asksForPrivacy: boolean;
}

/** A browser leaves `Origin` out of same-origin GETs; `Sec-Fetch-Site`, which a page cannot set, says so. */
function originOf(c: HttpContext): string | undefined {
  const origin = c.req.header("origin");
  if (origin) return origin;
  return c.req.header("sec-fetch-site") === "same-origin" ? new URL(c.req.url).origin : undefined;
}

/** `Authorization: Bearer`, Basic with the key as user name (Segment), `?key=`, or the body's `writeKey`. */
function keyOf(c: HttpContext, fromBody: string | undefined): string {
  const authorization = c.req.header("authorization") ?? "";
  const end = authorization.includes(" ") ? authorization.indexOf(" ") : authorization.length;
  const scheme = authorization.slice(0, end).toLowerCase();
  const value = authorization.slice(end + 1).trim();
  if (scheme === "bearer") return value;
  if (scheme === "basic") return Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? "";
  return fromBody ?? c.req.query("key") ?? "";
}

export async function requireCaller(c: HttpContext, keyFromBody?: string): Promise<Caller> {
  const key = keyOf(c, keyFromBody);
  if (key.startsWith("sk_") && c.req.query("key") === key)
    throw new Refusal("unauthorized", "a secret key does not belong in a URL");
  const { site, key: known } = await requireSiteByKey(c.get("deps"), key);
  if (known.kind === "public") requireOrigin(site, originOf(c));
  const kind = known.kind === "public" ? "browser" : "server";
  if (kind === "browser") {
    // What a page shows does not wait for what it collects.
    const room = c.req.path.split("/")[2] ?? "";
    await requireRate(c.get("deps"), `${known.id} ${room} ${addressOf(c)}`, site.limits.browserPerMinute, kind);
  } else await requireRate(c.get("deps"), known.id, site.limits.serverPerMinute, kind);
  const asksForPrivacy = kind === "browser" && (c.req.header("sec-gpc") === "1" || c.req.header("dnt") === "1");
  return { site, kind, asksForPrivacy };
}

function addressOf(c: HttpContext): string {
  return c.req.header("cf-connecting-ip") ?? "unknown";
}

/** Throws `rate_limited` with the time to wait. Writes nothing; see platform/rate-limit.ts. */
async function requireRate(deps: Deps, key: string, perMinute: number, kind: Caller["kind"]): Promise<void> {
  const retryAfterSeconds = await deps.rateLimits.take(key, perMinute, kind);
  if (retryAfterSeconds > 0) throw new Refusal("rate_limited", "too many calls in this minute", { retryAfterSeconds });
}

/** For calls without a key, whose signature says the site: one address with one thing that is asked for. */
export async function requireOpenRate(c: HttpContext, site: Site, what: string): Promise<void> {
  await requireRate(c.get("deps"), `${site.id} ${what} ${addressOf(c)}`, site.limits.serverPerMinute, "server");
}

export const UNPROVEN: Issue = {
  path: "userHash",
  message: "this site asks for proof of a user: the HMAC-SHA-256 of the userId with the site's identity secret",
};

/** What a message names: SDKs that know only Segment's fields put the hash into the context. */
interface Naming {
  userId?: unknown;
  userHash?: unknown;
  context?: unknown;
}

/** Whether a message may speak for the user it names. Servers may; a page that names nobody may as well. */
export async function proverOf(deps: Deps, { site, kind }: Caller): Promise<(message: Naming) => boolean> {
  if (kind === "server" || !site.verifyUsers) return () => true;
  const secret = await identitySecret(deps, site);
  return ({ userId, userHash, context }) => {
    if (userId == null || userId === "") return true;
    const hash = userHash ?? (context as { userHash?: unknown } | null | undefined)?.userHash;
    return isProven(secret, String(userId).trim(), hash);
  };
}

/** Throws `forbidden` when a page names a user without proof, on a site that asks for it. */
export async function requireProof(c: HttpContext, caller: Caller, named: Naming): Promise<void> {
  const mayName = await proverOf(c.get("deps"), caller);
  if (!mayName(named)) throw new Refusal("forbidden", "this page may not speak for that user", { issues: [UNPROVEN] });
}

/** True where the visitor's browser asks not to be followed and the site follows that: they are answered as a stranger. */
export function isStranger({ site, asksForPrivacy }: Caller): boolean {
  return asksForPrivacy && site.privacy.gpc === "no_tracking";
}

/** For calls that only servers may make. */
export async function requireServer(c: HttpContext): Promise<Site> {
  const caller = await requireCaller(c);
  if (caller.kind !== "server") throw new Refusal("forbidden", "this call needs a secret key (sk_…)");
  return caller.site;
}
