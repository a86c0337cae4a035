/** `/v1/segments`: rules over people, for servers. */
import { countMembers, pageMembers } from "../../segments/count.ts";
import { estimate } from "../../segments/estimate.ts";
import { EstimateInput, MembersPage, SegmentId, SegmentInput } from "../../segments/schema.ts";
import { deleteSegment, listSegments, putSegment, requireSegment } from "../../segments/segments.ts";
import type { Segment } from "../../segments/store.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 64 * 1024;

function shape({ id, name, rule, updatedAt }: Segment, members?: number) {
  return { id, name, rule, updatedAt, ...(members === undefined ? {} : { members }) };
}

/** `GET /v1/segments` → `{segments: [{id, name, rule, updatedAt, members}]}`; members as of the last refresh. */
export async function getSegments(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const [segments, counts] = await Promise.all([listSegments(deps, site.id), countMembers(deps, site.id)]);
  return c.json({ segments: segments.map((segment) => shape(segment, counts.get(segment.id) ?? 0)) });
}

export async function getSegment(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await requireSegment(c.get("deps"), site.id, c.req.param("id") ?? "")));
}

/** `PUT /v1/segments/{id}` with `{name, rule}`. Everybody is looked at again in the background. */
export async function putSegmentById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(SegmentId, c.req.param("id"), "the segment's id");
  const input = check(SegmentInput, await readJson(c, LIMIT_BYTES), "the segment");
  return c.json(shape(await putSegment(c.get("deps"), site.id, id, input)));
}

export async function deleteSegmentById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deleteSegment(c.get("deps"), site.id, c.req.param("id") ?? "");
  return c.json({ success: true });
}

/** `POST /v1/segments/estimate` with `{rule}` → `{people, members, isExact, sampled}`. Nothing is stored. */
export async function postEstimate(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { rule } = check(EstimateInput, await readJson(c, LIMIT_BYTES), "the rule");
  return c.json(await estimate(c.get("deps"), site.id, rule));
}

/** `GET /v1/segments/{id}/members?after&limit` → `{members, next}`; `next` is the `after` of the next page, or null. */
export async function getMembers(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const segment = await requireSegment(deps, site.id, c.req.param("id") ?? "");
  const { after, limit } = check(MembersPage, c.req.query(), "the query");
  const members = await pageMembers(deps, site.id, segment.id, after, limit);
  return c.json({
    members: members.map(({ profile, enteredAt }) => ({
      profileId: profile.profileId,
      userId: profile.userId,
      anonymousId: profile.anonymousId,
      enteredAt,
    })),
    next: members.length === limit ? (members.at(-1)?.profile.profileId ?? null) : null,
  });
}
