/** Tells the refresh about people whom it would not find by "seen since". */
import type { Deps, Shard, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { MINUTE } from "../lib/time.ts";
import { asksIntention, eventNames } from "./rule.ts";
import { knownSegments } from "./segments.ts";
import { insertChanges } from "./store.ts";

/** The refresh looks this far behind its last run, so only events older than that on arrival have to be noted. */
export const OVERLAP_MS = 2 * MINUTE;

export interface Happened {
  profileId: ProfileId;
  at: number;
  name: string;
}

/**
 * For `collect`'s `alongside`: notes people whose event came late, when a segment of the site asks for it. `unseen`: the
 * event is not of their own doing (a message was sent), so that they were not "seen" and are noted in any case.
 */
export async function noteChanges(
  deps: Deps,
  siteId: string,
  unseen = false,
): Promise<(shard: Shard, events: Happened[]) => Statement[]> {
  const segments = await knownSegments(deps, siteId);
  if (segments.length === 0) return () => [];
  // Traits come in as "identify", and any rule may ask for traits.
  const anything = segments.some(({ rule }) => asksIntention(rule));
  const names = new Set(["identify", ...segments.flatMap((segment) => [...eventNames(segment.rule)])]);
  const now = deps.clock.now();
  return (shard, events) => {
    const late = events.filter(
      (event) => (unseen || event.at < now - OVERLAP_MS) && (anything || names.has(event.name)),
    );
    if (late.length === 0) return [];
    return [insertChanges(shard.db, siteId, [...new Set(late.map((event) => event.profileId))], now)];
  };
}
