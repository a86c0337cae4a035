/** The intention model that serves a site, as an isolate holds it, and what it says of a person at this moment. */
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { TtlCache } from "../lib/cache.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { actsAt } from "./acts.ts";
import { BEHAVIOR_COLUMNS, type Intention, judgeIntention } from "./behavior.ts";
import { openPanel } from "./panel.ts";
import panelModule from "./panel.wasm";
import { type IntentionModel, readIntention } from "./training.ts";

const served = new TtlCache<IntentionModel | undefined>(5 * MINUTE);
/** Sites of which the store gave no answer: it is not asked again at once. */
const unread = new TtlCache<true>(20 * SECOND);
const servedKey = (siteId: string) => `intention/${siteId}`;

/** Undefined when the site has none, or it cannot be read (logged): nothing is said of anybody's intention then. */
export async function openIntention(deps: Deps, siteId: string): Promise<IntentionModel | undefined> {
  const now = deps.clock.now();
  if (unread.peek(siteId, now)) return undefined;
  try {
    return await served.get(siteId, now, () => readServed(deps, siteId));
  } catch (error) {
    logUnread(deps, siteId, error);
    unread.keep(siteId, now, true);
    return undefined;
  }
}

/**
 * The same for who would put another in its place: throws while the store does not answer. What it answers and is no model
 * is none (logged).
 */
export async function readServed(deps: Deps, siteId: string): Promise<IntentionModel | undefined> {
  const bytes = await deps.blobs.get(servedKey(siteId));
  try {
    return bytes && usableIntention(bytes);
  } catch (error) {
    logUnread(deps, siteId, error);
    return undefined;
  }
}

function logUnread(deps: Deps, siteId: string, error: unknown): void {
  deps.log.error("the intention model could not be read", error, { siteId });
}

/** Undefined for a model of other columns: it would read one for the other, and the next training learns anew. */
export function usableIntention(bytes: Uint8Array): IntentionModel | undefined {
  const model = readIntention(bytes, (nets) => openPanel(panelModule, nets));
  return model.encoding.columns.length === BEHAVIOR_COLUMNS.length ? model : undefined;
}

/** These bytes of `intentionBytes` serve from now on. Other isolates follow within minutes. */
export async function serveIntention(deps: Deps, siteId: string, bytes: Uint8Array): Promise<void> {
  await deps.blobs.put(servedKey(siteId), bytes);
  served.drop(siteId);
  unread.drop(siteId);
}

/** @param events newest first */
export function intentionAt(
  model: IntentionModel | undefined,
  events: readonly HistoryEvent[],
  now: number,
): Intention | undefined {
  return model && judgeIntention(model, actsAt(events, now), now);
}
