/**
 * Brings stored memberships up to date, slice by slice, one shard at a time. A person's memberships can only change when
 * they did something, when something about them came in late, or when one of their events leaves a window: everybody else
 * is not looked at. Only differences are written, and any slice may run twice.
 */
import type { Deps, Shard } from "../deps.ts";
import { listActive } from "../events/store.ts";
import type { Job } from "../job.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { HOUR, SECOND } from "../lib/time.ts";
import { byShard } from "../profiles/person.ts";
import { listPresent, listProfiles, listSeenSince } from "../profiles/store.ts";
import { OVERLAP_MS } from "./changes.ts";
import { matching } from "./of.ts";
import { windowsOf } from "./rule.ts";
import { listSegments } from "./segments.ts";
import {
  deleteChanges,
  deleteMemberships,
  insertMemberships,
  listChanges,
  type Membership,
  type Segment,
  selectMemberships,
  selectProgress,
  upsertProgress,
} from "./store.ts";
import { needsOf, readSubjects, resolvePeople } from "./subjects.ts";

/** People a slice looks at: their histories are in memory at once. */
const SLICE = 200;
/** Keys read at a time while looking for events that leave a window. */
const PRESENT_PAGE = 5000;

type RefreshJob = Extract<Job, { kind: "refresh-segments" }>;

export async function refreshSegments(deps: Deps, job: RefreshJob): Promise<void> {
  const segments = await listSegments(deps, job.siteId);
  if (segments.length === 0) return;
  const shard = deps.shards.at(job.shard);
  const range = profileRange(job.siteId);
  const startedAt = job.startedAt ?? deps.clock.now();
  const refreshedAt = await selectProgress(shard.db, job.siteId);
  const after = job.after ?? range.from;
  const isFull = job.full === true || refreshedAt === undefined;
  const slice = isFull
    ? (await listProfiles(shard.db, { from: after, to: range.to }, SLICE)).map((profile) => profile.profileId)
    : await findChanged(deps, shard, job.siteId, segments, { since: refreshedAt, after });
  const readAt = deps.clock.now();
  if (slice.length > 0) {
    await refreshPeople(deps, segments, slice);
    await deleteChanges(shard.db, job.siteId, slice, readAt);
  }
  const last = slice.at(-1);
  if (slice.length === SLICE && last !== undefined) {
    await deps.queue.send([{ ...job, after: last, startedAt, full: isFull }]);
  } else if (
    last !== undefined ||
    job.after !== undefined ||
    refreshedAt === undefined ||
    startedAt - refreshedAt > HOUR
  ) {
    await upsertProgress(shard.db, job.siteId, startedAt);
  }
}

/** The next slice of people who may have changed since `since`, in the order of their keys. */
async function findChanged(
  deps: Deps,
  shard: Shard,
  siteId: string,
  segments: Segment[],
  { since, after }: { since: number; after: ProfileId },
): Promise<ProfileId[]> {
  const now = deps.clock.now();
  const windows = new Set(segments.flatMap((segment) => windowsOf(segment.rule)));
  const found = await Promise.all([
    listSeenSince(shard.db, siteId, { since: since - OVERLAP_MS, until: now }, after, SLICE),
    listChanges(shard.db, siteId, after, SLICE),
    ...[...windows].map((seconds) => {
      const window = { since: since - seconds * SECOND, until: now - seconds * SECOND };
      return findLeaving(shard, siteId, window, after);
    }),
  ]);
  return [...new Set(found.flat())].sort().slice(0, SLICE);
}

/** People with an event in the stretch of time that has left a window since the last refresh. */
async function findLeaving(
  shard: Shard,
  siteId: string,
  window: { since: number; until: number },
  after: ProfileId,
): Promise<ProfileId[]> {
  const leaving: ProfileId[] = [];
  let from = after;
  while (leaving.length < SLICE) {
    const present = await listPresent(shard.db, siteId, window, from, PRESENT_PAGE);
    if (present.length > 0) leaving.push(...(await listActive(shard.db, present, window)).sort());
    const last = present.at(-1);
    if (present.length < PRESENT_PAGE || last === undefined) break;
    from = last;
  }
  return leaving.slice(0, SLICE);
}

/** A browser that belongs to a user is in no segment: the user is, in the user's own shard. */
async function refreshPeople(deps: Deps, segments: Segment[], profileIds: ProfileId[]): Promise<void> {
  const now = deps.clock.now();
  const { people, devices } = await resolvePeople(deps, profileIds);
  const rules = segments.map((segment) => segment.rule);
  const subjects = await readSubjects(deps, people, needsOf(rules, now));
  const wanted = new Map<ProfileId, Set<string>>([...devices].map((id) => [id, new Set()]));
  for (const [id, subject] of subjects) {
    wanted.set(id, new Set(matching(segments, subject, now).map((segment) => segment.id)));
  }
  const segmentIds = segments.map((segment) => segment.id);
  await Promise.all(
    [...byShard(deps, wanted.keys())].map(async ([shard, ids]) => {
      const current = await selectMemberships(shard.db, segmentIds, ids);
      const { entered, left } = difference(ids, wanted, current);
      const statements = [
        ...(entered.length > 0 ? [insertMemberships(shard.db, entered, now)] : []),
        ...(left.length > 0 ? [deleteMemberships(shard.db, left)] : []),
      ];
      if (statements.length === 0) return;
      await shard.db.batch(statements);
      const changed = new Set([...entered, ...left].map(({ profileId }) => profileId));
      await deps.memory.notePeople([...changed].map((subject) => ({ subject })));
    }),
  );
}

function difference(
  ids: ProfileId[],
  wanted: Map<ProfileId, Set<string>>,
  current: Membership[],
): { entered: Membership[]; left: Membership[] } {
  const has = new Set(current.map(({ segmentId, profileId }) => `${profileId}${segmentId}`));
  const entered = ids.flatMap((profileId) =>
    [...(wanted.get(profileId) ?? [])]
      .filter((segmentId) => !has.has(`${profileId}${segmentId}`))
      .map((segmentId) => ({ segmentId, profileId })),
  );
  const left = current.filter(({ segmentId, profileId }) => !wanted.get(profileId)?.has(segmentId));
  return { entered, left };
}
