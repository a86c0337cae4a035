/** The definitions and their states: draft → running ⇄ paused. Nothing runs before `launch` has found it whole. */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { type Issue, Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import { checkTemplate } from "../messages/template.ts";
import { listPlacements } from "../recommend/placements.ts";
import { listSegments } from "../segments/segments.ts";
import {
  MOST_MESSAGES,
  type OnsiteDefinition,
  type OnsiteInput,
  type OnsiteMessage,
  type OnsiteWords,
} from "./definition.ts";
import { moveMessage, removeMessage, selectMessage, selectMessages, upsertMessage } from "./store.ts";

const known = new TtlCache<OnsiteMessage[]>(5 * SECOND);

/** All of them, drafts included. */
export async function listOnsite(deps: Deps, siteId: string): Promise<OnsiteMessage[]> {
  return selectMessages(deps.control, siteId);
}

/** Those that run, at most five seconds old on an isolate that did not make the change, highest priority first. */
export async function runningOnsite(deps: Deps, siteId: string): Promise<OnsiteMessage[]> {
  return known.get(siteId, deps.clock.now(), async () =>
    (await selectMessages(deps.control, siteId))
      .filter(({ state }) => state === "running")
      .sort((a, b) => b.definition.priority - a.definition.priority || (a.id < b.id ? -1 : 1)),
  );
}

/** Throws `not_found`. */
export async function requireOnsite(deps: Deps, siteId: string, id: string): Promise<OnsiteMessage> {
  const message = await selectMessage(deps.control, siteId, id);
  if (!message) throw new Refusal("not_found", "there is no such on-site message");
  return message;
}

/**
 * Makes a draft, or replaces name and definition; what runs must stay whole (`unprocessable`). Throws `conflict` when the
 * site has as many as it may have.
 */
export async function putOnsite(deps: Deps, siteId: string, id: string, input: OnsiteInput): Promise<OnsiteMessage> {
  const others = await selectMessages(deps.control, siteId);
  const before = others.find((each) => each.id === id);
  if (!before && others.length >= MOST_MESSAGES)
    throw new Refusal("conflict", `a site has at most ${MOST_MESSAGES} on-site messages`);
  if (before && before.state !== "draft") await requireWhole(deps, siteId, input.definition);
  const message = await upsertMessage(deps.control, { siteId, id, ...input, updatedAt: deps.clock.now() });
  known.drop(siteId);
  return message;
}

/** Throws `not_found`. What people did with it stays in their histories. */
export async function deleteOnsite(deps: Deps, siteId: string, id: string): Promise<void> {
  const existed = await removeMessage(deps.control, siteId, id);
  known.drop(siteId);
  if (!existed) throw new Refusal("not_found", "there is no such on-site message");
}

/** Throws `unprocessable` with everything that is missing, `conflict` when it runs already. */
export async function launchOnsite(deps: Deps, siteId: string, id: string): Promise<OnsiteMessage> {
  await requireWhole(deps, siteId, (await requireOnsite(deps, siteId, id)).definition);
  return move(deps, siteId, id, ["draft", "paused"], "running");
}

/** Throws `not_found`, and `conflict` for one that is not running. */
export async function pauseOnsite(deps: Deps, siteId: string, id: string): Promise<OnsiteMessage> {
  await requireOnsite(deps, siteId, id);
  return move(deps, siteId, id, ["running"], "paused");
}

async function move(
  deps: Deps,
  siteId: string,
  id: string,
  from: OnsiteMessage["state"][],
  to: "running" | "paused",
): Promise<OnsiteMessage> {
  const moved = await moveMessage(deps.control, { siteId, id }, from, to, deps.clock.now());
  known.drop(siteId);
  if (!moved) throw new Refusal("conflict", `the message is ${to} already, or cannot be now`);
  return moved;
}

async function requireWhole(deps: Deps, siteId: string, definition: OnsiteDefinition): Promise<void> {
  const issues = await checkOnsite(deps, siteId, definition);
  if (issues.length === 0) return;
  const what = issues.map((issue) => issue.message).join("; ");
  throw new Refusal("unprocessable", `the message cannot run: ${what}`, { issues });
}

/** Everything that keeps a message from running; the editor shows it while writing. Paths are those of the API's body. */
export async function checkOnsite(deps: Deps, siteId: string, definition: OnsiteDefinition): Promise<Issue[]> {
  const issues: Issue[] = [];
  const [placements, segments] = await Promise.all([listPlacements(deps, siteId), listSegments(deps, siteId)]);
  const { placement, trigger } = definition;
  if (placement !== null && !placements.some(({ id }) => id === placement))
    issues.push({ path: "definition.placement", message: `there is no placement "${placement}"` });
  if (placement === null && usesRecommendation(definition))
    issues.push({ path: "definition.placement", message: "a recommended product needs a placement to come from" });
  if (trigger.kind === "segment" && !segments.some(({ id }) => id === trigger.segmentId))
    issues.push({ path: "definition.trigger.segmentId", message: `there is no segment "${trigger.segmentId}"` });
  for (const { path, source } of templatesOf(definition)) {
    for (const { message } of checkTemplate(source)) issues.push({ path: `definition.${path}`, message });
  }
  return issues;
}

/** Whether a recommended product is in it. */
export function usesRecommendation(definition: OnsiteDefinition): boolean {
  return (
    definition.kind === "products" || templatesOf(definition).some(({ source }) => /\brecommendation\b/.test(source))
  );
}

function templatesOf({ words, variants, buttons }: OnsiteDefinition): { path: string; source: string }[] {
  const all = [
    { at: "words", words },
    ...variants.flatMap((variant, place) =>
      variant.words ? [{ at: `variants.${place}.words`, words: variant.words }] : [],
    ),
  ];
  return [
    ...all.flatMap(({ at, words: each }) =>
      (["ko", "en"] as const).flatMap((locale) => {
        const own = each[locale];
        return own ? sourcesOf(own).map(([field, source]) => ({ path: `${at}.${locale}.${field}`, source })) : [];
      }),
    ),
    ...buttons.flatMap((button, place) =>
      button.does === "open" ? [{ path: `buttons.${place}.url`, source: button.url }] : [],
    ),
  ];
}

function sourcesOf({ title, body, buttons, code, thanks, html }: OnsiteWords): [string, string][] {
  const named = Object.entries({ title, body, code, thanks, html }).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  return [...named, ...buttons.map((label, place): [string, string] => [`buttons.${place}`, label])];
}
