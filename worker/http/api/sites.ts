/** Further sites of an installation: by the setup token (servers, scripts) or by somebody who is signed in. */
import { Refusal } from "../../lib/errors.ts";
import { NewSite } from "../../staff/schema.ts";
import { openSite, requireSetupToken } from "../../staff/setup.ts";
import { addressOf, currentSession, requireCsrfToken, requireOwnPage } from "../admin/session.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";
import { bearerOf } from "./setup.ts";

const LIMIT_BYTES = 16 * 1024;

/** `POST /v1/sites` `{site, publicKey?}` → 201 `{siteId, publicKey, secretKey}`. The secret key is told this once. */
export async function postSite(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  await requireInstaller(c);
  return c.json(await openSite(deps, check(NewSite, await readJson(c, LIMIT_BYTES))), 201);
}

async function requireInstaller(c: HttpContext): Promise<void> {
  const deps = c.get("deps");
  const token = bearerOf(c);
  const session = token ? undefined : await currentSession(c, deps);
  if (session) {
    requireOwnPage(c);
    requireCsrfToken(session, c.req.header("x-csrf-token"));
    return;
  }
  if (!(await deps.loginLimit.allow(`setup:${addressOf(c)}`)))
    throw new Refusal("rate_limited", "too many attempts in this minute", { retryAfterSeconds: 60 });
  requireSetupToken(deps, token);
}
