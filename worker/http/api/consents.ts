/**
 * `POST /v1/consents`: what a person agreed to or refused. Synchronous, unlike events: when it answers, the next message
 * already obeys. A page speaks for its own visitor; an address can only be agreed to as the user who gave it.
 */
import { startRuns } from "../../campaigns/enter.ts";
import { recordConsent } from "../../events/consent.ts";
import { EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { Refusal } from "../../lib/errors.ts";
import { ConsentInput } from "../../profiles/schema.ts";
import { requireCaller, requireProof } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

/** With both ids it is the user's word. `recorded: false`: this `messageId` was recorded before. */
export async function postConsent(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readJson(c, EVENT_LIMIT_BYTES);
  const writeKey = (body as { writeKey?: unknown } | null)?.writeKey;
  const caller = await requireCaller(c, typeof writeKey === "string" ? writeKey : undefined);
  const { site, kind } = caller;
  const input = check(ConsentInput, body, "the consent");
  await requireProof(c, caller, body as object);
  const { channel, granted, source } = input;
  if (kind === "browser" && input.userId == null && channel !== "web_push") {
    throw new Refusal("forbidden", `consent to ${channel} needs a userId: an anonymous browser has no address`);
  }
  const person = input.userId != null ? { userId: input.userId } : { anonymousId: input.anonymousId as string };
  const change = {
    channel,
    granted,
    source,
    night: input.night ?? undefined,
    purpose: input.purpose ?? undefined,
    textVersion: input.textVersion ?? undefined,
    messageId: input.messageId ?? undefined,
  };
  const { recorded } = await recordConsent(deps, site.id, person, change, await startRuns(deps, site.id));
  return c.json({ success: true, recorded });
}
