/** First step of a training: a slice of a shard's events as a part in R2. */
import type { Deps } from "../deps.ts";
import { type HistoryEvent, scanEvents } from "../events/store.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { listLinks } from "../profiles/store.ts";
import { cutVisits, packVisits, type Visit } from "./visits.ts";

/** Rows a query and queries a part: some 100,000 events, well within a step's time and memory. */
const EVENTS_A_QUERY = 5000;
const QUERIES_A_PART = 20;

export interface Cursor {
  profileId: ProfileId;
  at: number;
  messageId: string;
}

export function partsPrefix(siteId: string, version = ""): string {
  return `training/${siteId}/${version}`;
}

/** Writes one part; answers where the next begins, or null behind the last event. Repeating it writes the same part. */
export async function exportPart(
  deps: Deps,
  siteId: string,
  version: string,
  slice: { shard: number; number: number; after: Cursor | null },
): Promise<{ events: number; next: Cursor | null }> {
  const { db } = deps.shards.at(slice.shard);
  const range = profileRange(siteId);
  const visits: Visit[] = [];
  let after = slice.after ?? undefined;
  let [events, isLast] = [0, false];
  for (let query = 0; query < QUERIES_A_PART && !isLast; query++) {
    const found: HistoryEvent[] = await scanEvents(db, range, after, 0, EVENTS_A_QUERY);
    const owners = await listLinks(db, [...new Set(found.map((event) => event.profileId))], "owner");
    const ownerOf = new Map(owners.map((link) => [link.profileId, link.otherId]));
    for (const visit of cutVisits(found, ownerOf)) visits.push(visit);
    const last = found[found.length - 1];
    events += found.length;
    isLast = found.length < EVENTS_A_QUERY;
    if (last) after = { profileId: last.profileId, at: last.at, messageId: last.messageId };
  }
  const name = `${partsPrefix(siteId, version)}/${slice.shard}-${String(slice.number).padStart(5, "0")}`;
  if (visits.length > 0) await deps.blobs.put(name, packVisits(visits));
  return { events, next: isLast ? null : (after ?? null) };
}
