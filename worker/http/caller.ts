/** Which site is calling, from the key that the request carries. */

import { Refusal } from "../lib/errors.ts";
import { requireOrigin, requireSiteByKey } from "../sites/access.ts";
import type { Site } from "../sites/schema.ts";
import type { HttpContext } from "./context.ts";

export interface Caller {
  site: Site;
  /** "browser": public key from an allowed origin. "server": secret key. */
  kind: "browser" | "server";
}

/** A browser leaves `Origin` out of same-origin GETs; `Sec-Fetch-Site`, which a page cannot set, says so. */
function originOf(c: HttpContext): string | undefined {
  const origin = c.req.header("origin");
  if (origin) return origin;
  return c.req.header("sec-fetch-site") === "same-origin" ? new URL(c.req.url).origin : undefined;
}

/** `Authorization: Bearer`, Basic with the key as user name (Segment), `?key=`, or the body's `writeKey`. */
function keyOf(c: HttpContext, fromBody: string | undefined): string {
  const [scheme, value = ""] = (c.req.header("authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() === "bearer") return value;
  if (scheme?.toLowerCase() === "basic") return Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? "";
  return fromBody ?? c.req.query("key") ?? "";
}

export async function requireCaller(c: HttpContext, keyFromBody?: string): Promise<Caller> {
  const key = keyOf(c, keyFromBody);
  if (key.startsWith("sk_") && c.req.query("key") === key)
    throw new Refusal("unauthorized", "a secret key does not belong in a URL");
  const { site, key: known } = await requireSiteByKey(c.get("deps"), key);
  if (known.kind === "public") requireOrigin(site, originOf(c));
  return { site, kind: known.kind === "public" ? "browser" : "server" };
}

/** For calls that only servers may make. */
export async function requireServer(c: HttpContext): Promise<Site> {
  const caller = await requireCaller(c);
  if (caller.kind !== "server") throw new Refusal("forbidden", "this call needs a secret key (sk_…)");
  return caller.site;
}
