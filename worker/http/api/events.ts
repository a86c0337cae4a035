/** Segment's HTTP API and the tag's own call. One verb behind all of them: `collectOrQueue`. */
import { isbot } from "isbot";
import { startRuns } from "../../campaigns/enter.ts";
import type { Alongside } from "../../events/collect.ts";
import type { Envelope } from "../../events/normalize.ts";
import { collectOrQueue } from "../../events/overload.ts";
import { treatmentOf, unlinked } from "../../events/privacy.ts";
import { noteRefusals } from "../../events/refused/note.ts";
import {
  BATCH_LIMIT_BYTES,
  type CollectResult,
  EVENT_LIMIT_BYTES,
  EVENT_LIMIT_LEVELS,
  EventBatch,
  type MESSAGE_TYPES,
} from "../../events/schema.ts";
import { isDeeper } from "../../lib/depth.ts";
import { Refusal } from "../../lib/errors.ts";
import type { Offer } from "../../onsite/schema.ts";
import { type Caller, proverOf, requireCaller, UNPROVEN } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { timeZoneOf, visitOf } from "../device.ts";
import { check, readJson } from "../errors.ts";
import { keepVisitor } from "../visitor-cookie.ts";
import { onsiteAfter } from "./onsite.ts";

/** What may be recorded of a batch, each message with its place in it. */
interface Sorted {
  recorded: Placed[];
  unlinked: Placed[];
  refused: CollectResult["refused"];
  withheld: number;
}

interface Placed {
  index: number;
  message: unknown;
}

async function sort(c: HttpContext, caller: Caller, messages: unknown[]): Promise<Sorted> {
  const { site, kind, asksForPrivacy } = caller;
  const isProven = await proverOf(c.get("deps"), caller);
  const sorted: Sorted = { recorded: [], unlinked: [], refused: [], withheld: 0 };
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) {
      sorted.recorded.push({ index, message });
      continue;
    }
    const treatment = treatmentOf(site.privacy, { isBrowser: kind === "browser", asksForPrivacy }, message.context);
    const kept = treatment === "unlink" ? unlinked(message) : message;
    if (treatment === "withhold" || kept === undefined) sorted.withheld++;
    else if (!isProven(kept)) sorted.refused.push({ index, issues: [UNPROVEN] });
    else sorted[treatment === "unlink" ? "unlinked" : "recorded"].push({ index, message: kept });
  }
  return sorted;
}

async function store(c: HttpContext, body: unknown, messages: unknown[], sentAt: number | null | undefined) {
  const deps = c.get("deps");
  const writeKey = (body as { writeKey?: unknown } | null)?.writeKey;
  const caller = await requireCaller(c, typeof writeKey === "string" ? writeKey : undefined);
  const isBot = caller.kind === "browser" && isbot(c.req.header("user-agent") || "bot");
  const { id: siteId, eventAliases: aliases } = caller.site;
  const visit = caller.kind === "browser" ? { ...visitOf(c), timeZone: timeZoneOf(c) } : {};
  const envelope = { siteId, now: deps.clock.now(), sentAt: sentAt ?? undefined, isBot, visit, aliases };
  const sorted = await sort(c, caller, messages);
  const parts = [
    await storePart(c, envelope, sorted.recorded, () => startRuns(deps, caller.site.id)),
    await storePart(c, { ...envelope, isUnlinked: true }, sorted.unlinked, async () => () => []),
  ];
  const refused = [...sorted.refused, ...parts.flatMap((part) => part.refused)].sort((a, b) => a.index - b.index);
  noteRefusals(
    deps,
    caller.site.id,
    caller.kind,
    refused.map(({ index, issues }) => ({ message: messages[index], issues })),
  );
  const result = summarize(parts, refused, sorted.withheld);
  // The tag's own call; other clients keep their ids as they know best.
  if (c.req.path === "/v1/events" && result.accepted > 0) keepVisitor(c, caller.site, anonymousIdOf(messages));
  if (result.accepted + sorted.withheld > 0) {
    // A database that takes no events has no answers either.
    const onsite = result.delayed ? undefined : await onsiteFor(c, caller, sorted.recorded);
    return onsite ? { ...result, onsite } : result;
  }
  const issues = refused.flatMap(({ index, issues }) =>
    issues.map((issue) => ({ path: `batch.${index}${issue.path && `.${issue.path}`}`, message: issue.message })),
  );
  throw new Refusal("bad_request", "no event of the batch could be accepted", { issues: issues.slice(0, 20) });
}

/**
 * Only the tag's own call is answered with what a page may show next, to visitors whose doings may be recorded. The events are
 * stored by now, whatever becomes of this.
 */
async function onsiteFor(c: HttpContext, { site, kind }: Caller, recorded: Placed[]): Promise<Offer[] | undefined> {
  if (kind !== "browser" || c.req.path !== "/v1/events") return undefined;
  try {
    return await onsiteAfter(
      c,
      site,
      recorded.map(({ message }) => message),
    );
  } catch (error) {
    c.get("deps").log.error("on-site messages could not be chosen", error, { siteId: site.id });
    return undefined;
  }
}

async function storePart(
  c: HttpContext,
  envelope: Envelope,
  placed: Placed[],
  openAlongside: () => Promise<Alongside>,
): Promise<CollectResult> {
  if (placed.length === 0) return { accepted: 0, refused: [] };
  const messages = placed.map(({ message }) => message);
  const result = await collectOrQueue(c.get("deps"), envelope, messages, openAlongside);
  const refused = result.refused.map((each) => ({ ...each, index: placed[each.index]?.index ?? each.index }));
  return { ...result, refused };
}

/** What is rare is in the answer only when it happened. */
function summarize(parts: CollectResult[], refused: CollectResult["refused"], withheld: number): CollectResult {
  const sum = (field: "accepted" | "delayed") => parts.reduce((total, part) => total + (part[field] ?? 0), 0);
  const delayed = sum("delayed");
  return {
    accepted: sum("accepted"),
    refused,
    ...(delayed > 0 ? { delayed } : {}),
    ...(withheld > 0 ? { withheld } : {}),
  };
}

/**
 * `POST /v1/batch`, `/v1/b`, `/v1/events`. 200 means stored, or safe in the queue (`delayed`); `refused` names what was not, by
 * index; `withheld` counts what the visitor does not want to be recorded.
 */
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

function anonymousIdOf(messages: unknown[]): unknown {
  const last = messages.at(-1);
  return isObject(last) ? last.anonymousId : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
