/**
 * How long things are kept, and the nightly job that keeps to it. Walks a site's people in key order, a slice a job, so that
 * a night's work is bounded however large a shard is; a job that is repeated finds nothing left to do.
 */
import type { Deps } from "../deps.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { DAY, HOUR, utcDay } from "../lib/time.ts";
import { listProfiles } from "../profiles/store.ts";
import { erasePerson } from "./erase.ts";
import { deleteOldDays, deleteOldDefinitions, deleteOldErasures, deleteOldRows } from "./store.ts";

/** Days. Anonymous profiles count from the last visit; consents are kept with the profile: they are its proof. */
export const KEPT_DAYS = {
  events: 400,
  messages: 400,
  anonymousProfiles: 400,
  finishedRuns: 90,
  deletedItems: 400,
  catalogChanges: 30,
  dayReports: 400,
  deadLetters: 30,
  erasedLately: 30,
  refusedEvents: 7,
  refusalCounts: 90,
  shopDeliveries: 30,
} as const;

const PEOPLE_A_SLICE = 500;

/** One slice of one site in one shard; sends itself again behind the last person looked at. */
export async function expire(deps: Deps, job: { siteId: string; shard: number; after?: string }): Promise<void> {
  const { siteId, shard, after } = job;
  const { db } = deps.shards.at(shard);
  const now = deps.clock.now();
  const range = profileRange(siteId);
  const people = await listProfiles(db, { from: after ?? range.from, to: range.to }, PEOPLE_A_SLICE);
  const ids: ProfileId[] = people.map(({ profileId }) => profileId);
  await db.batch(
    deleteOldRows(db, ids, {
      events: now - KEPT_DAYS.events * DAY,
      messages: now - KEPT_DAYS.messages * DAY,
      finishedRuns: now - KEPT_DAYS.finishedRuns * DAY,
    }),
  );
  for (const { anonymousId, lastSeenAt } of people) {
    if (anonymousId === null || lastSeenAt >= now - KEPT_DAYS.anonymousProfiles * DAY) continue;
    await erasePerson(deps, siteId, { anonymousId });
  }
  const last = ids.at(-1);
  if (last !== undefined && people.length === PEOPLE_A_SLICE) {
    await deps.queue.send([{ kind: "expire", siteId, shard, after: last }]);
    return;
  }
  await deleteOldErasures(db, now - KEPT_DAYS.erasedLately * DAY);
  await deleteOldDays(db, siteId, utcDay(now) - KEPT_DAYS.events);
}

/** What the control database keeps: tombstones of items, figures of days, jobs that failed for good. */
export async function expireDefinitions(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  await deleteOldDefinitions(deps.control, {
    deletedItems: now - KEPT_DAYS.deletedItems * DAY,
    catalogChanges: now - KEPT_DAYS.catalogChanges * DAY,
    dayReports: new Date(now - KEPT_DAYS.dayReports * DAY).toISOString().slice(0, 10),
    deadLetters: now - KEPT_DAYS.deadLetters * DAY,
    refusedEvents: now - KEPT_DAYS.refusedEvents * DAY,
    refusalHours: Math.floor((now - KEPT_DAYS.refusalCounts * DAY) / HOUR),
    shopDeliveries: now - KEPT_DAYS.shopDeliveries * DAY,
  });
}
