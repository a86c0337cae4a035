/**
 * Ready means: migrated, and in the demo also seeded and trained. The demo's start script says so with the installation's
 * token, so that whoever waits for `/healthz` finds a shop with recommendations.
 */
import { Refusal } from "../lib/errors.ts";
import { readSetting, writeSetting } from "../platform/settings.ts";
import type { HttpContext } from "./context.ts";

const READY = "demo_ready";

export async function getHealth(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const ready = await readSetting(deps.control, READY);
  if (deps.config.demo && ready === undefined) return c.json({ ok: false, waitingFor: "demo data" }, 503);
  return c.json({ ok: true });
}

export async function putDemoReady(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const token = deps.config.setupToken;
  if (!deps.config.demo || !token || c.req.header("authorization") !== `Bearer ${token}`) {
    throw new Refusal("forbidden", "only the demo's start script may say this");
  }
  await writeSetting(deps.control, READY, String(deps.clock.now()));
  return c.json({ ok: true });
}
