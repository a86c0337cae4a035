/** Segment's HTTP API and the tag's own call. One verb behind all of them: `collect`. */
import { isbot } from "isbot";
import { startRuns } from "../../campaigns/enter.ts";
import { collect } from "../../events/collect.ts";
import {
  BATCH_LIMIT_BYTES,
  EVENT_LIMIT_BYTES,
  EVENT_LIMIT_LEVELS,
  EventBatch,
  type MESSAGE_TYPES,
} from "../../events/schema.ts";
import { isDeeper } from "../../lib/depth.ts";
import { Refusal } from "../../lib/errors.ts";
import { requireCaller } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

async function store(c: HttpContext, body: unknown, messages: unknown[], sentAt: number | null | undefined) {
  const deps = c.get("deps");
  const writeKey = (body as { writeKey?: unknown } | null)?.writeKey;
  const caller = await requireCaller(c, typeof writeKey === "string" ? writeKey : undefined);
  // A server that holds the secret key is trusted with its own pace; browsers are limited per address.
  const address = c.req.header("cf-connecting-ip") ?? "unknown";
  if (caller.kind === "browser" && !(await deps.ingestLimit.allow(`${caller.site.id} ${address}`))) {
    throw new Refusal("rate_limited", "too many calls in this minute", { retryAfterSeconds: 60 });
  }
  const isBot = caller.kind === "browser" && isbot(c.req.header("user-agent") || "bot");
  const envelope = { siteId: caller.site.id, now: deps.clock.now(), sentAt: sentAt ?? undefined, isBot };
  const result = await collect(deps, envelope, messages, await startRuns(deps, caller.site.id));
  if (result.accepted === 0) {
    const issues = result.refused.flatMap(({ index, issues }) =>
      issues.map((issue) => ({ path: `batch.${index}${issue.path && `.${issue.path}`}`, message: issue.message })),
    );
    throw new Refusal("bad_request", "no event of the batch could be accepted", { issues: issues.slice(0, 20) });
  }
  return result;
}

/** `POST /v1/batch`, `/v1/b`, `/v1/events`. 200 means stored; `refused` names what was not, by index. */
export async function postBatch(c: HttpContext): Promise<Response> {
  const body = await readJson(c, BATCH_LIMIT_BYTES);
  const batch = check(EventBatch, body, "the batch");
  const shared = batch.context;
  if (shared && isDeeper(shared, EVENT_LIMIT_LEVELS))
    throw new Refusal("bad_request", `the batch's context has more than ${EVENT_LIMIT_LEVELS} levels`);
  if (shared && Buffer.byteLength(JSON.stringify(shared)) * batch.batch.length > BATCH_LIMIT_BYTES) {
    // Each event gets a copy: a batch within its limit could otherwise become hundreds of megabytes.
    throw new Refusal(
      "too_large",
      `the batch's context, once for each event, is larger than ${BATCH_LIMIT_BYTES / 1024} KB`,
    );
  }
  const messages = shared
    ? batch.batch.map((each) =>
        isObject(each) ? { ...each, context: { ...shared, ...(each.context as object) } } : each,
      )
    : batch.batch;
  return c.json({ success: true, ...(await store(c, body, messages, batch.sentAt)) });
}

/** `POST /v1/track`, `/v1/t`, … : one message whose type is in the address. */
export function postOne(type: (typeof MESSAGE_TYPES)[number]) {
  return async (c: HttpContext): Promise<Response> => {
    const body = await readJson(c, EVENT_LIMIT_BYTES);
    if (!isObject(body)) throw new Refusal("bad_request", "the body is not a JSON object");
    const result = await store(c, body, [{ ...body, type }], undefined);
    return c.json({ success: true, ...result });
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
