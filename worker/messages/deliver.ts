/**
 * Hands accepted messages to their providers and writes down what became of them. Called by `send` right after the gate, and
 * by `redeliver` for what an earlier worker could not finish; by nothing else (a test reads the imports).
 */
import type { Channel, Deps, Outgoing, Shard } from "../deps.ts";
import type { StoredEvent } from "../events/normalize.ts";
import { insertEvents } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { noteChanges } from "../segments/changes.ts";
import type { Site } from "../sites/schema.ts";
import { type Content, type Message, markSent, markUnsent } from "./store.ts";
import { linksOf } from "./tokens.ts";

export interface Parcel {
  message: Pick<
    Message,
    "profileId" | "id" | "channel" | "content" | "campaignId" | "campaignVersion" | "itemId" | "reason"
  >;
  to: Outgoing["to"];
}

/** Answers how many the providers took. What a provider wants to have again stays accepted. */
export async function deliver(deps: Deps, site: Site, shard: Shard, parcels: Parcel[]): Promise<number> {
  if (parcels.length === 0) return 0;
  const byChannel = Map.groupBy(parcels, (parcel) => parcel.message.channel);
  const deliveries = (
    await Promise.all([...byChannel].map(([channel, group]) => handOver(deps, site, channel, group)))
  ).flat();
  const messageOf = new Map(parcels.map(({ message }) => [message.id, message]));
  const sent: Parcel["message"][] = [];
  const failed: { profileId: ProfileId; id: string; state: "failed"; reason: string }[] = [];
  for (const delivery of deliveries) {
    const message = messageOf.get(delivery.messageId);
    if (!message) continue;
    if (delivery.ok) sent.push(message);
    else if (!delivery.retry) {
      failed.push({ profileId: message.profileId, id: message.id, state: "failed", reason: delivery.reason });
    }
  }
  const now = deps.clock.now();
  const events = sent.map((message) => messageEvent("message_sent", message, now));
  const note = await noteChanges(deps, site.id, true);
  const statements = [
    ...(sent.length > 0 ? [markSent(shard.db, sent.map(keyOf), now), insertEvents(shard.db, events)] : []),
    ...(failed.length > 0 ? [markUnsent(shard.db, failed)] : []),
    ...note(shard, events),
  ];
  if (statements.length > 0) await shard.db.batch(statements);
  return sent.length;
}

/** A provider that throws has taken nothing that we know of: all stays accepted. */
async function handOver(deps: Deps, site: Site, channel: Channel, parcels: Parcel[]) {
  const provider = deps.providers[channel];
  try {
    const outgoing = await Promise.all(
      parcels.map(async ({ message, to }): Promise<Outgoing> => {
        const links = await linksOf(deps, message);
        const content = message.content as Content;
        return {
          messageId: message.id,
          profileId: message.profileId,
          siteId: site.id,
          channel,
          to,
          content: { ...content, url: links.click },
          links: { open: links.open, unsubscribe: links.unsubscribe },
        };
      }),
    );
    return await provider.deliver(outgoing);
  } catch (error) {
    deps.log.error("provider failed", error, { provider: provider.name, channel, messages: parcels.length });
    return [];
  }
}

function keyOf({ profileId, id }: Parcel["message"]): { profileId: ProfileId; id: string } {
  return { profileId, id };
}

/** What we did to a person, in the person's own stream, so that segments can ask for it. */
export function messageEvent(
  name: "message_sent" | "message_skipped",
  message: Pick<Message, "profileId" | "id" | "campaignId" | "campaignVersion" | "channel" | "itemId" | "reason">,
  now: number,
): StoredEvent {
  return {
    profileId: message.profileId,
    at: now,
    messageId: `${name}:${message.id}`,
    name,
    itemId: null,
    properties: {
      message_id: message.id,
      campaign_id: message.campaignId,
      campaign_version: message.campaignVersion,
      channel: message.channel,
      ...(message.itemId === null ? {} : { product_id: message.itemId }),
      ...(message.reason === null ? {} : { reason: message.reason }),
    },
    isBot: false,
    retryWindow: null,
  };
}
