/**
 * What comes back from a message: clicks, opens and refusals. A link tells which message was followed, not who followed it,
 * so a click never joins a browser to a person, and nothing is added to the shop's address: whoever buys afterwards is
 * credited by their own history. A link that cannot be counted still leads where it should.
 */
import type { Deps } from "../deps.ts";
import { type Alongside, collect } from "../events/collect.ts";
import { recordConsent } from "../events/consent.ts";
import { type PersonKey, siteIdOf } from "../lib/ids.ts";
import { readConsentsOf } from "../profiles/consent.ts";
import { getProfile, locatePerson } from "../profiles/person.ts";
import type { Profile } from "../profiles/store.ts";
import type { Site } from "../sites/schema.ts";
import { requireSite } from "../sites/site.ts";
import { isMachineClick, isMachineOpen, type Visit } from "./machine.ts";
import { countMachine, type Message, markResponse, selectMessage } from "./store.ts";
import { readToken } from "./tokens.ts";

/** What else a response does: it can start campaigns, which this room does not know. */
export type AlongsideOf = (siteId: string) => Promise<Alongside>;

/** Where the link leads: the address that was stored with the message. Undefined for a bad token. */
export async function trackClick(
  deps: Deps,
  token: string,
  visit: Visit,
  alongsideOf: AlongsideOf,
): Promise<string | undefined> {
  const message = await findMessage(deps, token);
  const url = message?.content?.url;
  if (!message || url === undefined || !/^https?:\/\//i.test(url)) return undefined;
  await count(deps, message, "click", isMachineClick(visit, message, deps.clock.now()), alongsideOf);
  return url;
}

/** False for a bad token. */
export async function trackOpen(deps: Deps, token: string, visit: Visit, alongsideOf: AlongsideOf): Promise<boolean> {
  const message = await findMessage(deps, token);
  if (!message) return false;
  await count(deps, message, "open", isMachineOpen(visit, message, deps.clock.now()), alongsideOf);
  return true;
}

async function findMessage(deps: Deps, token: string): Promise<Message | undefined> {
  const key = await readToken(deps, token);
  return key && selectMessage(deps.shards.of(key.profileId).db, key);
}

/** The first response of a person is an event of that person and is written on the message; more of them change nothing. */
async function count(
  deps: Deps,
  message: Message,
  kind: "click" | "open",
  isMachine: boolean,
  alongsideOf: AlongsideOf,
): Promise<void> {
  const { db } = deps.shards.of(message.profileId);
  try {
    if (isMachine) await countMachine(db, message, kind);
    else if ((kind === "click" ? message.clickedAt : message.openedAt) === null) {
      await respond(deps, message, kind, await alongsideOf(siteIdOf(message.profileId)));
    }
  } catch (error) {
    deps.log.error("a response could not be counted", error, { kind, campaignId: message.campaignId });
  }
}

async function respond(deps: Deps, message: Message, kind: "click" | "open", alongside: Alongside): Promise<void> {
  const profile = await getProfile(deps, message.profileId);
  if (!profile) return;
  const now = deps.clock.now();
  const event = kind === "click" ? "message_clicked" : "message_opened";
  const { campaignId, campaignVersion, channel, itemId } = message;
  await collect(
    deps,
    { siteId: profile.siteId, now, sentAt: undefined, isBot: false },
    [
      {
        type: "track",
        event,
        messageId: `${event}:${message.id}`,
        ...keyOf(profile),
        properties: {
          message_id: message.id,
          campaign_id: campaignId,
          campaign_version: campaignVersion,
          channel,
          ...(itemId === null ? {} : { product_id: itemId }),
        },
      },
    ],
    (shard, events) => [markResponse(shard.db, message, kind, now), ...alongside(shard, events)],
  );
}

function keyOf(profile: Profile): PersonKey {
  return profile.userId !== null ? { userId: profile.userId } : { anonymousId: profile.anonymousId ?? "" };
}

/** What the page of the way out says. */
export interface WayOut {
  site: Site;
  channel: Message["channel"];
  /** The reader's language, when it is known. */
  locale: string | null;
  isRefused: boolean;
}

/** Changes nothing. Undefined for a bad token. */
export async function readWayOut(deps: Deps, token: string): Promise<WayOut | undefined> {
  return (await findWayOut(deps, token))?.wayOut;
}

/**
 * The person of this message wants no more advertising on its channel: holds from the next message on. Refusing what is
 * refused records nothing; refusing again after having agreed again does. `source` goes into the ledger.
 */
export async function unsubscribe(
  deps: Deps,
  token: string,
  source: string,
  alongsideOf: AlongsideOf,
): Promise<WayOut | undefined> {
  const found = await findWayOut(deps, token);
  if (!found) return undefined;
  const { wayOut, person } = found;
  const { site, channel, isRefused } = wayOut;
  if (!isRefused) {
    const change = { channel, granted: false, source };
    await recordConsent(deps, site.id, person, change, await alongsideOf(site.id));
  }
  return { ...wayOut, isRefused: true };
}

async function findWayOut(deps: Deps, token: string): Promise<{ wayOut: WayOut; person: PersonKey } | undefined> {
  const message = await findMessage(deps, token);
  const profile = message && (await getProfile(deps, message.profileId));
  if (!message || !profile) return undefined;
  const person = keyOf(profile);
  const site = await requireSite(deps, siteIdOf(message.profileId));
  const ref = await locatePerson(deps, site.id, person);
  const state = (await readConsentsOf(deps, [ref])).get(ref.profileId)?.[message.channel];
  const { channel } = message;
  return { wayOut: { site, channel, locale: profile.locale, isRefused: state?.granted === false }, person };
}
