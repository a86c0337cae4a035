/**
 * `GET /v1/consent-duties`, `POST /v1/consent-duties/done`: what the shop owes people about their consent, with the words for
 * it, and that it has been said. Secret key only.
 */
import { listDuties, markDone } from "../../profiles/duties.ts";
import { DutiesDone, DutiesPage } from "../../profiles/schema.ts";
import { requireServer } from "../caller.ts";
import { csvOf, dutyOf } from "../consent-list.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 256 * 1024;

export async function getConsentDuties(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const { kind, after, limit, format } = check(DutiesPage, c.req.query(), "the page");
  const { duties, next } = await listDuties(deps, site.id, { kind, after, limit });
  const told = duties.map((duty) => dutyOf(site, duty, deps.clock.now()));
  c.header("Cache-Control", "no-store");
  if (format === "json") return c.json({ duties: told, next });
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", 'attachment; filename="consent-duties.csv"');
  if (next !== null) c.header("X-Next", next);
  return c.body(csvOf(told));
}

export async function postConsentDutiesDone(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { duties } = check(DutiesDone, await readJson(c, LIMIT_BYTES), "the list");
  const done = duties.map(({ userId, anonymousId, kind, channel }) => ({
    person: userId != null ? { userId } : { anonymousId: anonymousId as string },
    kind,
    channel,
  }));
  return c.json({ success: true, closed: await markDone(c.get("deps"), site.id, done) });
}
