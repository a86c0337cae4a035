/**
 * What Segment's and RudderStack's browser SDKs ask for before they send: both work as they are when they are told this
 * worker's address. Formats are theirs: @segment/analytics-next (`cdnURL`), @rudderstack/analytics-js (`configUrl`).
 */
import { Refusal } from "../../lib/errors.ts";
import { requireCaller } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { kept } from "../kept.ts";

/** SDKs may keep it as long as the tag is kept. */
const KEPT = kept("public", 300);

/** `GET /v1/projects/{writeKey}/settings`: events go to this worker, and to nobody else. */
export async function getSegmentSettings(c: HttpContext): Promise<Response> {
  const writeKey = c.req.param("writeKey") ?? "";
  if (writeKey.startsWith("sk_")) throw new Refusal("unauthorized", "a secret key does not belong in a URL");
  await requireCaller(c, writeKey);
  const { protocol, host } = new URL(c.req.url);
  const settings = {
    integrations: {
      "Segment.io": { apiKey: writeKey, apiHost: `${host}/v1`, protocol: protocol.replace(":", "") },
    },
    // Everything is planned; usage is measured for nobody.
    plan: Object.fromEntries(["track", "identify", "group"].map((call) => [call, { __default: { enabled: true } }])),
    metrics: { sampleRate: 0 },
  };
  return c.json(settings, 200, KEPT);
}

/** `GET /sourceConfig/` with Basic, the key as user name: a source without destinations. */
export async function getRudderConfig(c: HttpContext): Promise<Response> {
  const { site } = await requireCaller(c);
  const off = { enabled: false };
  const source = {
    id: site.id,
    name: site.name,
    workspaceId: site.id,
    enabled: true,
    destinations: [],
    config: { statsCollection: { errors: off, metrics: off } },
  };
  return c.json({ source }, 200, KEPT);
}
