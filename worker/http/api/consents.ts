/**
 * `POST /v1/consents`: what a person agreed to or refused. Synchronous, unlike events: when it answers, the next message
 * already obeys. A page speaks for its own visitor; an address can only be agreed to as the user who gave it.
 */
import type * as z from "zod";
import { startRuns } from "../../campaigns/enter.ts";
import { importConsents, type PastConsent, recordConsent } from "../../events/consent.ts";
import { EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { type Issue, Refusal } from "../../lib/errors.ts";
import { issuesOf } from "../../lib/issues.ts";
import { ConsentInput, ConsentsImport, PastConsentInput } from "../../profiles/schema.ts";
import { requireCaller, requireProof, requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

/** `recorded: false`: this `messageId` was recorded before. */
export async function postConsent(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readJson(c, EVENT_LIMIT_BYTES);
  const writeKey = (body as { writeKey?: unknown } | null)?.writeKey;
  const caller = await requireCaller(c, typeof writeKey === "string" ? writeKey : undefined);
  const { site, kind } = caller;
  const input = check(ConsentInput, body, "the consent");
  await requireProof(c, caller, body as object);
  const { person, ...change } = wordOf(input);
  const { channel } = change;
  if (kind === "browser" && input.userId == null && channel !== "web_push") {
    throw new Refusal("forbidden", `consent to ${channel} needs a userId: an anonymous browser has no address`);
  }
  const { recorded } = await recordConsent(deps, site.id, person, change, await startRuns(deps, site.id));
  return c.json({ success: true, recorded });
}

const IMPORT_LIMIT_BYTES = 1024 * 1024;

/** `POST /v1/consents/import`: words of long ago, with their time and where their proof is. Secret key only. */
export async function postConsentsImport(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const { consents } = check(ConsentsImport, await readJson(c, IMPORT_LIMIT_BYTES), "the import");
  const now = deps.clock.now();
  const words: PastConsent[] = [];
  const refused: { index: number; issues: Issue[] }[] = [];
  for (const [index, value] of consents.entries()) {
    const checked = PastConsentInput.safeParse(value);
    if (!checked.success) refused.push({ index, issues: issuesOf(checked.error) });
    else if (checked.data.at > now)
      refused.push({ index, issues: [{ path: "at", message: "it is not yet that time" }] });
    else words.push({ ...wordOf(checked.data), at: checked.data.at });
  }
  if (words.length === 0) {
    const issues = refused.flatMap(({ index, issues: own }) =>
      own.map(({ path, message }) => ({ path: `consents.${index}${path && `.${path}`}`, message })),
    );
    throw new Refusal("bad_request", "no consent of the import could be accepted", { issues: issues.slice(0, 20) });
  }
  await importConsents(deps, site.id, words);
  return c.json({ success: true, accepted: words.length, refused });
}

/** With both ids it is the user's word. */
function wordOf(input: z.infer<typeof ConsentInput>): Omit<PastConsent, "at"> {
  const { userId, anonymousId, channel, granted, source } = input;
  return {
    person: userId != null ? { userId } : { anonymousId: anonymousId as string },
    channel,
    granted,
    source,
    night: input.night ?? undefined,
    purpose: input.purpose ?? undefined,
    textVersion: input.textVersion ?? undefined,
    proof: input.proof ?? undefined,
    messageId: input.messageId ?? undefined,
  };
}
