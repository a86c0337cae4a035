/** Finishes what was accepted and not confirmed: a worker was killed, or a provider wanted to have it again. */
import type { Deps, Shard } from "../deps.ts";
import { siteIdOf } from "../lib/ids.ts";
import { DAY, MINUTE } from "../lib/time.ts";
import { locateMany } from "../profiles/person.ts";
import { getProfiles } from "../profiles/store.ts";
import { requireSite } from "../sites/site.ts";
import { addressee, addressOf, readReach } from "./addressee.ts";
import { deliver, type Parcel } from "./deliver.ts";
import { mayReach } from "./gate.ts";
import { listUnconfirmed, type Message, markUnsent } from "./store.ts";

/** Younger messages are in the hands of the worker that accepted them. */
const PATIENCE_MS = MINUTE;
/** Older ones have lost their point. */
const GIVE_UP_MS = DAY;
const SLICE = 100;
/** Messages looked at in one job; the clock sends the next within a minute. */
const MOST = 2000;

/**
 * Asks the person's part of the gate again: whoever has withdrawn since gets nothing, and what waits through the night
 * stays accepted. Providers are idempotent by message id, so handing over twice is harmless.
 */
export async function redeliver(deps: Deps, job: { shard: number }): Promise<void> {
  const shard = deps.shards.at(job.shard);
  const before = deps.clock.now() - PATIENCE_MS;
  let after = { createdAt: 0, id: "" };
  for (let seen = 0; seen < MOST; seen += SLICE) {
    const messages = await listUnconfirmed(shard.db, before, after, SLICE);
    for (const [siteId, group] of Map.groupBy(messages, (message) => siteIdOf(message.profileId))) {
      await redeliverOfSite(deps, shard, siteId, group).catch((error) => {
        // Another shop's messages do not wait for it; these are tried again in a minute, for a day.
        deps.log.error("messages could not be handed over again", error, { siteId, messages: group.length });
      });
    }
    const last = messages.at(-1);
    if (messages.length < SLICE || !last) return;
    after = { createdAt: last.createdAt, id: last.id };
  }
}

async function redeliverOfSite(deps: Deps, shard: Shard, siteId: string, messages: Message[]): Promise<void> {
  const site = await requireSite(deps, siteId);
  const now = deps.clock.now();
  const ids = [...new Set(messages.map((message) => message.profileId))];
  const [refs, profiles] = await Promise.all([locateMany(shard, ids), getProfiles(shard.db, ids)]);
  const reaches = await readReach(deps, refs);
  const profileOf = new Map(profiles.map((profile) => [profile.profileId, profile]));
  const parcels: Parcel[] = [];
  const over: Parameters<typeof markUnsent>[1] = [];
  for (const message of messages) {
    const { profileId, id } = message;
    const [profile, reach] = [profileOf.get(profileId), reaches.get(profileId)];
    if (!profile || !reach || message.createdAt < now - GIVE_UP_MS) {
      over.push({ profileId, id, state: "failed", reason: "expired" });
      continue;
    }
    const verdict = mayReach(addressee(profile, reach, message.channel), message.channel, message.isAd, site, now);
    if (verdict.allowed) parcels.push({ message, to: addressOf(profile) });
    else if (verdict.holdUntil === undefined) over.push({ profileId, id, state: "skipped", reason: verdict.reason });
  }
  if (over.length > 0) await markUnsent(shard.db, over).run();
  await deliver(deps, site, shard, parcels);
}
