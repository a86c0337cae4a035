/** Events that start runs: in the same batch as the events themselves, so that neither is stored without the other. */
import type { Deps, Shard, Statement } from "../deps.ts";
import type { Alongside } from "../events/collect.ts";
import type { StoredEvent } from "../events/normalize.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { noteChanges } from "../segments/changes.ts";
import { meets } from "../segments/rule.ts";
import { knownCampaigns } from "./campaigns.ts";
import type { Campaign } from "./schema.ts";
import { insertRuns, type NewRun } from "./store.ts";

/** Nobody is written to for what they did before yesterday, whenever we hear of it. */
export const TOO_OLD_MS = DAY;
const FOR_EVER_MS = 1e14;

/** What events do besides being stored: they start runs of live campaigns, and late ones are noted for the segments. */
export async function startRuns(deps: Deps, siteId: string): Promise<Alongside> {
  const [campaigns, note] = await Promise.all([knownCampaigns(deps, siteId), noteChanges(deps, siteId)]);
  const live = campaigns.filter((campaign) => campaign.state === "running");
  const now = deps.clock.now();
  return (shard: Shard, events: StoredEvent[]): Statement[] => {
    const runs = live.flatMap((campaign) => entriesOf(campaign, events, now));
    return [...(runs.length > 0 ? [insertRuns(shard.db, runs)] : []), ...note(shard, events)];
  };
}

/** At most one entry of a person in a window. Pure. */
export function entriesOf(campaign: Campaign, events: StoredEvent[], now: number): NewRun[] {
  const { trigger, delaySeconds } = campaign.definition;
  if (trigger.kind !== "event") return [];
  const windowMs = reentryWindow(campaign);
  const entries: NewRun[] = [];
  const lastOf = new Map<string, number>();
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    if (event.isBot || event.at < now - TOO_OLD_MS) continue;
    if (!trigger.events.includes(event.name) || !meets(trigger.where, event.properties)) continue;
    const last = lastOf.get(event.profileId);
    if (last !== undefined && event.at < last + windowMs) continue;
    lastOf.set(event.profileId, event.at);
    entries.push({
      profileId: event.profileId,
      campaignId: campaign.id,
      occurrence: occurrenceOf(campaign, event.at),
      version: campaign.version,
      dueAt: event.at + delaySeconds * SECOND,
      enteredAt: event.at,
      change: null,
      windowMs,
    });
  }
  return entries;
}

/** How long (ms) nobody enters again, on either side of an entry. */
export function reentryWindow({ definition: { reentry } }: Campaign): number {
  return reentry.kind === "once" ? FOR_EVER_MS : reentry.windowSeconds * SECOND;
}

function occurrenceOf({ definition }: Campaign, at: number): string {
  return definition.reentry.kind === "once" ? "once" : String(at);
}
