/** The definitions. A change of a rule looks at everybody again, in the background. */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { profileRange } from "../lib/ids.ts";
import { SECOND } from "../lib/time.ts";
import { MOST_SEGMENTS, type SegmentInput } from "./schema.ts";
import {
  deleteAllMembers,
  removeSegment,
  type Segment,
  selectSegment,
  selectSegments,
  upsertSegment,
} from "./store.ts";

const known = new TtlCache<Segment[]>(5 * SECOND);

export async function listSegments(deps: Deps, siteId: string): Promise<Segment[]> {
  return selectSegments(deps.control, siteId);
}

/** The same, at most five seconds old on an isolate that did not make the change: for hot paths. */
export async function knownSegments(deps: Deps, siteId: string): Promise<Segment[]> {
  return known.get(siteId, deps.clock.now(), () => selectSegments(deps.control, siteId));
}

/** Throws `not_found`. */
export async function requireSegment(deps: Deps, siteId: string, id: string): Promise<Segment> {
  const segment = await selectSegment(deps.control, siteId, id);
  if (!segment) throw new Refusal("not_found", "there is no such segment");
  return segment;
}

/** Makes or replaces it. Throws `conflict` when the site has as many as it may have. */
export async function putSegment(deps: Deps, siteId: string, id: string, input: SegmentInput): Promise<Segment> {
  const others = await selectSegments(deps.control, siteId);
  const before = others.find((each) => each.id === id);
  if (!before && others.length >= MOST_SEGMENTS) {
    throw new Refusal("conflict", `a site has at most ${MOST_SEGMENTS} segments`);
  }
  const segment: Segment = { siteId, id, ...input, updatedAt: deps.clock.now() };
  await upsertSegment(deps.control, segment);
  known.drop(siteId);
  if (JSON.stringify(before?.rule) !== JSON.stringify(segment.rule)) {
    await deps.queue.send(
      deps.shards.all().map(({ index }) => ({ kind: "refresh-segments", siteId, shard: index, full: true })),
    );
  }
  return segment;
}

/** Throws `not_found`. The memberships go with it. */
export async function deleteSegment(deps: Deps, siteId: string, id: string): Promise<void> {
  const existed = await removeSegment(deps.control, siteId, id);
  known.drop(siteId);
  const range = profileRange(siteId);
  await Promise.all(deps.shards.all().map(({ db }) => deleteAllMembers(db, id, range)));
  if (!existed) throw new Refusal("not_found", "there is no such segment");
}
