/** `GET /v1/content/{campaignId}`: one person's content for another tool's message. The signature in the address is the key. */
import { contentFor, readContentSignature } from "../../campaigns/content.ts";
import { ContentQuery } from "../../campaigns/schema.ts";
import { Refusal } from "../../lib/errors.ts";
import { requireSite } from "../../sites/site.ts";
import { requireOpenRate } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check } from "../errors.ts";
import { kept } from "../kept.ts";

/** A tool that knows nobody sends an empty id: that is a stranger, not an error. */
const STRANGER = { anonymousId: "nobody in particular" };

/** 200 for every person, known or not; 403 without the campaign's own signature. */
export async function getContent(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const { sig, user_id, anonymous_id } = check(ContentQuery, c.req.query(), "the query");
  const campaignId = c.req.param("id") ?? "";
  const siteId = await readContentSignature(deps, campaignId, sig);
  if (siteId === undefined) throw new Refusal("forbidden", "the signature does not open this campaign's content");
  const site = await requireSite(deps, siteId);
  await requireOpenRate(c, site, "content");
  const person = user_id ? { userId: user_id } : anonymous_id ? { anonymousId: anonymous_id } : STRANGER;
  const content = await contentFor(deps, site, campaignId, person);
  return c.json(content, 200, kept("private", 60));
}
