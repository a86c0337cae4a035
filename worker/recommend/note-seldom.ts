/** Lines for the log about what is normal by itself and telling by its number: once a minute, with how often it was. */
import type { Deps } from "../deps.ts";
import { MINUTE } from "../lib/time.ts";

const noted = new Map<string, { at: number; since: number }>();
const NOTES_KEPT = 1000;

/** @param fields ids and names of definitions; nothing that names a person, and nothing that a caller makes up */
export function noteSeldom(deps: Deps, reason: string, fields: { siteId: string; placement: string }): void {
  const name = `${reason} ${fields.siteId} ${fields.placement}`;
  const now = deps.clock.now();
  const known = noted.get(name);
  if (known && Math.abs(now - known.at) < MINUTE) {
    known.since++;
    return;
  }
  if (noted.size >= NOTES_KEPT) noted.clear();
  noted.set(name, { at: now, since: 0 });
  deps.log.info(reason, { ...fields, before: known?.since ?? 0 });
}
