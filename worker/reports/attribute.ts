/**
 * Credits clicked messages with what their readers did afterwards: a purchase belongs to the last message that the person
 * clicked before it, within that campaign's window, whichever of their browsers it was done in. Computed anew from the
 * events each time, so that late events count and running twice changes nothing.
 */
import { knownCampaigns } from "../campaigns/campaigns.ts";
import type { CampaignDefinition } from "../campaigns/schema.ts";
import type { Deps } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import type { Job } from "../job.ts";
import { type ProfileId, profileRange, siteIdOf } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { DAY, SECOND } from "../lib/time.ts";
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

/** Events may come in so late (a page that was closed without a network), and the job itself after an outage. */
const LATE_MS = DAY;
/** The longest window that a campaign may have, and that. */
const LOOK_BACK_MS = 30 * DAY + LATE_MS;
const SLICE = 200;
/** Slices of one job; what is left goes to the next. */
const SLICES = 20;

type Conversions = Map<string, CampaignDefinition["conversion"]>;

async function conversionsOf(deps: Deps, siteId: string): Promise<Conversions> {
  const campaigns = await knownCampaigns(deps, siteId);
  return new Map(campaigns.map((campaign) => [campaign.id, campaign.definition.conversion]));
}

type AttributeJob = Extract<Job, { kind: "attribute" }>;

/**
 * All clicked messages of a shard whose window is open, or closed so lately that its last events may still come in. Finished
 * windows cost their key in an index and nothing else.
 */
export async function attribute(deps: Deps, job: AttributeJob): Promise<void> {
  const shard = deps.shards.at(job.shard);
  const now = deps.clock.now();
  let after = job.after ?? { clickedAt: 0, id: "" };
  for (let slice = 0; slice < SLICES; slice++) {
    const messages = await listClicked(shard.db, now - LOOK_BACK_MS, after, SLICE);
    for (const [siteId, group] of Map.groupBy(messages, (message) => siteIdOf(message.profileId))) {
      const conversionOf = await conversionsOf(deps, siteId);
      const open = group.filter(({ campaignId, clickedAt }) => {
        const seconds = conversionOf.get(campaignId)?.windowSeconds ?? 0;
        return clickedAt + seconds * SECOND + LATE_MS > now;
      });
      const ids = [...new Set(open.map((message) => message.profileId))];
      if (ids.length > 0) await credit(deps, siteId, ids, conversionOf);
    }
    const last = messages.at(-1);
    if (messages.length < SLICE || !last) return;
    after = { clickedAt: last.clickedAt, id: last.id };
  }
  await deps.queue.send([{ ...job, after }]);
}

/** The clicked messages of one campaign, in all shards: so that its report is true when it is opened. */
export async function attributeCampaign(deps: Deps, siteId: string, campaignId: string): Promise<void> {
  const since = deps.clock.now() - LOOK_BACK_MS;
  const range = profileRange(siteId);
  const conversionOf = await conversionsOf(deps, siteId);
  const parts = await Promise.all(
    deps.shards.all().map(({ db }) => listClickedOfCampaign(db, campaignId, range, since)),
  );
  const ids = [...new Set(parts.flat().map((message) => message.profileId))];
  for (let start = 0; start < ids.length; start += SLICE) {
    await credit(deps, siteId, ids.slice(start, start + SLICE), conversionOf);
  }
}

interface Deed {
  at: number;
  name: string;
  /** Minor units. */
  value: number;
}

/** Works out anew what the messages of these profiles brought, over whole persons, and writes what has changed. */
async function credit(deps: Deps, siteId: string, profileIds: ProfileId[], conversionOf: Conversions): Promise<void> {
  const [site, { people }] = await Promise.all([requireSite(deps, siteId), resolvePeople(deps, profileIds)]);
  const { clicked, deeds } = await readPaths(deps, site, people, conversionOf);
  const changed = people.flatMap((person) => {
    // What a campaign brought stays when the campaign is deleted.
    const messages = person.histories
      .flatMap((id) => clicked.get(id) ?? [])
      .filter((message) => conversionOf.has(message.campaignId));
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

async function readPaths(deps: Deps, site: Site, people: PersonRef[], conversionOf: Conversions) {
  const since = deps.clock.now() - LOOK_BACK_MS;
  const names = [...new Set([...conversionOf.values()].map((conversion) => conversion.event))];
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
  conversionOf: Conversions,
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
