/** What an event led to, as far as it is stored: campaigns it started, segments that its person came into after it. */
import { knownCampaigns } from "../../campaigns/campaigns.ts";
import { type RunState, selectRuns } from "../../campaigns/store.ts";
import type { LiveEvent } from "../../events/live/store.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { MINUTE } from "../../lib/time.ts";
import { byShard } from "../../profiles/person.ts";
import { eventNames } from "../../segments/rule.ts";
import { knownSegments } from "../../segments/segments.ts";
import { selectEntriesOf } from "../../segments/store.ts";
import type { SiteView } from "./view.ts";

export interface Matches {
  campaigns: { id: string; name: string; outcome: string | undefined }[];
  segments: { id: string; name: string }[];
}

/** Memberships are refreshed by the minute, so an event is why somebody came in only that long. */
const LEADS_TO_MS = 5 * MINUTE;

/** One entry for each event, in order. `owner` is whose segments count for the browsers of one person. */
export async function matchesOf(view: SiteView, events: LiveEvent[], owner?: ProfileId): Promise<Matches[]> {
  const { deps, site } = view;
  const ids = new Set(events.map(({ profileId }) => profileId));
  if (owner !== undefined) ids.add(owner);
  const [campaigns, segments] = await Promise.all([knownCampaigns(deps, site.id), knownSegments(deps, site.id)]);
  const segmentIds = segments.map(({ id }) => id);
  const parts = await Promise.all(
    [...byShard(deps, ids)].map(([{ db }, people]) =>
      Promise.all([selectRuns(db, people), selectEntriesOf(db, people, segmentIds)]),
    ),
  );
  const runs = new Map<string, RunState[]>();
  for (const run of parts.flatMap(([found]) => found)) {
    const key = `${run.profileId} ${run.enteredAt}`;
    runs.set(key, [...(runs.get(key) ?? []), run]);
  }
  const asks = new Map(segments.map((segment) => [segment.id, { segment, names: eventNames(segment.rule) }]));
  const entered = events.map((): Matches["segments"] => []);
  for (const { profileId, segmentId, enteredAt } of parts.flatMap(([, found]) => found)) {
    const asked = asks.get(segmentId);
    const isOf = (event: LiveEvent) => event.profileId === profileId || profileId === owner;
    // Newest first: the first that fits is the last that happened before.
    const cause = events.findIndex(
      (event) =>
        isOf(event) && asked?.names.has(event.name) && event.at <= enteredAt && event.at > enteredAt - LEADS_TO_MS,
    );
    if (asked) entered[cause]?.push({ id: segmentId, name: asked.segment.name });
  }
  return events.map((event, index) => ({
    campaigns: (runs.get(`${event.profileId} ${event.at}`) ?? []).flatMap(({ campaignId, outcome }) => {
      const campaign = campaigns.find(({ id }) => id === campaignId);
      const started = campaign?.definition.trigger;
      const isOf = started && "events" in started && started.events.includes(event.name);
      return campaign && isOf ? [{ id: campaignId, name: campaign.name, outcome: outcome ?? undefined }] : [];
    }),
    segments: entered[index] ?? [],
  }));
}
