/**
 * Where people's devices can be reached by push. A subscription belongs to the browser that made it, whoever signs in on it;
 * a user is reached on every linked browser. What a provider calls gone is removed; permission to advertise is not here but
 * in the consent ledger.
 */
import type { Deps } from "../deps.ts";
import { sha256 } from "../lib/hash.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { deleteEndpoints, type Endpoint, selectEndpoints, selectHolders, upsertEndpoint } from "./endpoints/store.ts";
import { byShard, type PersonRef } from "./person.ts";
import type { AppPushAddress, WebPushAddress } from "./schema.ts";
import { upsertProfiles } from "./store.ts";

export type EndpointInput = { deviceId: string | null } & (
  | { channel: "web_push"; address: WebPushAddress }
  | { channel: "app_push"; address: AppPushAddress }
);

/** The same subscription or token has the same id, whoever holds it. */
export function endpointIdOf(address: WebPushAddress | AppPushAddress): string {
  return `ep_${sha256("endpoint" in address ? address.endpoint : address.token, 20)}`;
}

/**
 * Stores it, or notes that it is still there (a day's repetition writes nothing). Whoever had the same subscription or token
 * before loses it: after a sign-out the same browser has another anonymous id, and what is meant for the one who left must
 * not reach it. Who that is, is asked of every shard, when it is new to this one.
 */
export async function putEndpoint(
  deps: Deps,
  siteId: string,
  person: PersonKey,
  input: EndpointInput,
): Promise<{ id: string }> {
  const profileId = profileIdOf(siteId, person);
  const { db } = deps.shards.of(profileId);
  const now = deps.clock.now();
  const id = endpointIdOf(input.address);
  const isKnown = (await selectEndpoints(db, [profileId])).some((each) => each.id === id);
  if (!isKnown) {
    const holders = await Promise.all(deps.shards.all().map((shard) => selectHolders(shard.db, siteId, id)));
    const others = holders.flat().filter((holder) => holder !== profileId);
    await removeEndpoints(
      deps,
      others.map((holder) => ({ profileId: holder, id })),
    );
  }
  const said = { email: null, phone: null, locale: null, timeZone: null, traits: {}, seenAt: now };
  const ids = { userId: null, anonymousId: null, ...person };
  await db.batch([
    ...upsertEndpoint(db, siteId, { ...input, profileId, id, createdAt: now, lastSeenAt: now }),
    // Known as a person, so that it is kept and erased as one.
    ...upsertProfiles(db, [{ profileId, siteId, ...ids, ...said }], now),
  ]);
  return { id };
}

/** Those that are there are gone afterwards; answers how many there were. */
export async function removeEndpoints(deps: Deps, gone: { profileId: ProfileId; id: string }[]): Promise<number> {
  const groups = Map.groupBy(gone, ({ profileId }) => deps.shards.of(profileId));
  const removed = await Promise.all([...groups].map(([shard, group]) => deleteEndpoints(shard.db, group)));
  return removed.reduce((sum, count) => sum + count, 0);
}

/** Of each person, over all linked browsers, each endpoint once, the one seen last first. One statement a shard. */
export async function readEndpoints(deps: Deps, people: PersonRef[]): Promise<Map<ProfileId, Endpoint[]>> {
  const ids = new Set(people.flatMap(({ histories }) => histories));
  const found = await Promise.all([...byShard(deps, ids)].map(([shard, group]) => selectEndpoints(shard.db, group)));
  const byProfile = Map.groupBy(found.flat(), ({ profileId }) => profileId);
  return new Map(
    people.map(({ profileId, histories }) => {
      const own = histories.flatMap((id) => byProfile.get(id) ?? []).sort((a, b) => b.lastSeenAt - a.lastSeenAt);
      return [profileId, [...new Map(own.toReversed().map((each) => [each.id, each])).values()].reverse()];
    }),
  );
}
