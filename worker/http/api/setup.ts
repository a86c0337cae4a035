/** The installation's first call. It works once, for whoever holds the setup token. */
import { Refusal } from "../../lib/errors.ts";
import { Setup } from "../../staff/schema.ts";
import { requireSetupToken, setUp } from "../../staff/setup.ts";
import { addressOf } from "../admin/session.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 16 * 1024;

export function bearerOf(c: HttpContext): string {
  const [scheme, value = ""] = (c.req.header("authorization") ?? "").split(" ", 2);
  return scheme?.toLowerCase() === "bearer" ? value : "";
}

/** `POST /v1/setup` `{staff: {email, password}, site, publicKey?}` → 201 `{siteId, publicKey, secretKey}`. */
export async function postSetup(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  if (!(await deps.loginLimit.allow(`setup:${addressOf(c)}`)))
    throw new Refusal("rate_limited", "too many attempts in this minute", { retryAfterSeconds: 60 });
  requireSetupToken(deps, bearerOf(c));
  const { staff: _staff, ...keys } = await setUp(deps, check(Setup, await readJson(c, LIMIT_BYTES)));
  return c.json(keys, 201);
}
