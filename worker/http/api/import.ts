/**
 * History that a shop already has: the same messages as `/v1/batch`, from a server only. Times are taken as they are, and
 * no campaign starts: nobody is written to for what they did last year.
 */
import { collect } from "../../events/collect.ts";
import { BATCH_LIMIT_BYTES, EventBatch } from "../../events/schema.ts";
import { forgetDays } from "../../reports/days.ts";
import { noteChanges } from "../../segments/changes.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

/**
 * `POST /v1/import/events`. 200 says what is stored; `refused` names what is not, by index, also when that is all of it: the
 * importer writes those rows down and goes on. Sending a batch again stores nothing twice when its messages carry `messageId`
 * and `timestamp`.
 */
export async function postImportedEvents(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const { batch } = check(EventBatch, await readJson(c, BATCH_LIMIT_BYTES), "the batch");
  const envelope = {
    siteId: site.id,
    now: deps.clock.now(),
    sentAt: undefined,
    isBot: false,
    trusted: true,
    aliases: site.eventAliases,
  };
  const result = await collect(deps, envelope, batch, await noteChanges(deps, site.id));
  if (result.accepted > 0) await forgetDays(deps, site.id);
  return c.json({ success: true, ...result });
}
