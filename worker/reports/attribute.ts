/**
 * Credits clicked messages with what their readers did afterwards: a purchase belongs to the last message that the person
 * clicked before it, within that campaign's window, whichever of their browsers it was done in. Computed anew from the
 * events each time, so that late events count and running twice changes nothing.
 */
import { listCampaigns } from "../campaigns/campaigns.ts";
import type { Campaign, CampaignDefinition } from "../campaigns/schema.ts";
import type { Deps } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { type ProfileId, profileRange, siteIdOf } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { DAY, HOUR, SECOND } from "../lib/time.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import { resolvePeople } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import { requireSite } from "../sites/site.ts";
import {
  type ClickedMessage,
  listClicked,
  listClickedOf,
  listClickedOfCampaign,
  listDeeds,
  updateConversions,
} from "./store.ts";

/** The longest window that a campaign may have, and time for events that come late. */
const LOOK_BACK_MS = 30 * DAY + HOUR;
const SLICE = 200;

/** All clicked messages of a shard whose window may still be open. */
export async function attribute(deps: Deps, job: { shard: number }): Promise<void> {
  const shard = deps.shards.at(job.shard);
  const since = deps.clock.now() - LOOK_BACK_MS;
  for (let after = { clickedAt: 0, id: "" }; ; ) {
    const messages = await listClicked(shard.db, since, after, SLICE);
    for (const [siteId, group] of Map.groupBy(messages, (message) => siteIdOf(message.profileId))) {
      await credit(
        deps,
        siteId,
        group.map((message) => message.profileId),
        since,
      );
    }
    const last = messages.at(-1);
    if (messages.length < SLICE || !last) return;
    after = { clickedAt: last.clickedAt, id: last.id };
  }
}

/** The clicked messages of one campaign, in all shards: so that its report is true when it is opened. */
export async function attributeCampaign(deps: Deps, siteId: string, campaignId: string): Promise<void> {
  const since = deps.clock.now() - LOOK_BACK_MS;
  const range = profileRange(siteId);
  const parts = await Promise.all(
    deps.shards.all().map(({ db }) => listClickedOfCampaign(db, campaignId, range, since)),
  );
  const ids = [...new Set(parts.flat().map((message) => message.profileId))];
  for (let start = 0; start < ids.length; start += SLICE) {
    await credit(deps, siteId, ids.slice(start, start + SLICE), since);
  }
}

interface Deed {
  at: number;
  name: string;
  /** Minor units. */
  value: number;
}

/** Works out anew what the messages of these profiles brought, over whole persons, and writes what has changed. */
async function credit(deps: Deps, siteId: string, profileIds: ProfileId[], since: number): Promise<void> {
  const [site, campaigns, { people }] = await Promise.all([
    requireSite(deps, siteId),
    listCampaigns(deps, siteId),
    resolvePeople(deps, profileIds),
  ]);
  const conversionOf = new Map(campaigns.map((campaign) => [campaign.id, campaign.definition.conversion]));
  const { clicked, deeds } = await readPaths(deps, site, people, campaigns, since);
  const changed = people.flatMap((person) => {
    const messages = person.histories.flatMap((id) => clicked.get(id) ?? []);
    const done = person.histories.flatMap((id) => deeds.get(id) ?? []);
    const credits = creditsOf(messages, done, conversionOf);
    return messages.flatMap((message) => {
      const { convertedAt, revenue } = credits.get(message.id) ?? { convertedAt: null, revenue: null };
      const isSame = convertedAt === message.convertedAt && revenue === message.revenue;
      return isSame ? [] : [{ profileId: message.profileId, id: message.id, convertedAt, revenue }];
    });
  });
  for (const [shard, rows] of Map.groupBy(changed, (row) => deps.shards.of(row.profileId))) {
    await updateConversions(shard.db, rows).run();
  }
}

async function readPaths(deps: Deps, site: Site, people: PersonRef[], campaigns: Campaign[], since: number) {
  const names = [...new Set(campaigns.map((campaign) => campaign.definition.conversion.event))];
  const ids = people.flatMap((person) => person.histories);
  const parts = await Promise.all(
    [...byShard(deps, ids)].map(([{ db }, group]) =>
      Promise.all([listClickedOf(db, group, since), listDeeds(db, group, names, since)]),
    ),
  );
  const deeds = new Map<ProfileId, Deed[]>();
  for (const { profileId, at, name, properties } of parts.flatMap(([, found]) => found)) {
    const { currency } = properties;
    // Other currencies count as conversions; nobody here knows their rate.
    const isOurs = typeof currency !== "string" || currency === site.currency;
    const deed = { at, name, value: isOurs ? toMinor(orderValue(properties), site.currency) : 0 };
    deeds.set(profileId, [...(deeds.get(profileId) ?? []), deed]);
  }
  const clicked = Map.groupBy(
    parts.flatMap(([messages]) => messages),
    (message) => message.profileId,
  );
  return { clicked, deeds };
}

/** Last click: each deed goes to one message or none. Pure. */
export function creditsOf(
  messages: Pick<ClickedMessage, "id" | "campaignId" | "clickedAt">[],
  deeds: Deed[],
  conversionOf: Map<string, CampaignDefinition["conversion"]>,
): Map<string, { convertedAt: number; revenue: number }> {
  const latestFirst = messages.toSorted((a, b) => b.clickedAt - a.clickedAt);
  const credits = new Map<string, { convertedAt: number; revenue: number }>();
  for (const deed of deeds.toSorted((a, b) => a.at - b.at)) {
    const message = latestFirst.find(({ campaignId, clickedAt }) => {
      const conversion = conversionOf.get(campaignId);
      if (!conversion || conversion.event !== deed.name) return false;
      return clickedAt <= deed.at && deed.at < clickedAt + conversion.windowSeconds * SECOND;
    });
    if (!message) continue;
    const before = credits.get(message.id);
    credits.set(message.id, {
      convertedAt: before?.convertedAt ?? deed.at,
      revenue: (before?.revenue ?? 0) + deed.value,
    });
  }
  return credits;
}
