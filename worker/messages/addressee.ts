/** What the gate asks about people, read for many at once. */
import type { Channel, Deps } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { type ConsentState, readConsentsOf } from "../profiles/consent.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import type { Profile } from "../profiles/store.ts";
import type { Addressee } from "./gate.ts";
import { listRecent } from "./store.ts";

/** A local day, however long, is shorter. */
const RECENT_MS = 2 * DAY;

export interface Reach {
  consents: ConsentState;
  recent: Addressee["recent"];
}

/** The shop's own "no notifications at all", as Blux's SDK names it. */
const BLOCKED_TRAIT = "is_all_notification_blocked";

/** The person on one channel. */
export function addressee(profile: Profile, { consents, recent }: Reach, channel: Channel): Addressee {
  const hasAddress: Record<Channel, boolean> = {
    email: profile.email !== null,
    sms: profile.phone !== null,
    kakao: profile.phone !== null,
    /** A subscription is a browser's; its provider says when there is none. */
    web_push: true,
  };
  return {
    profileId: profile.profileId,
    hasAddress: hasAddress[channel],
    isBlocked: profile.traits[BLOCKED_TRAIT] === true,
    consent: consents[channel],
    recent,
  };
}

/** Where a provider finds the person. */
export function addressOf(profile: Profile): { email: string | undefined; phone: string | undefined } {
  return { email: profile.email ?? undefined, phone: profile.phone ?? undefined };
}

/** Consent and recent messages of these people, over all their browsers: two statements a shard. */
export async function readReach(deps: Deps, people: PersonRef[]): Promise<Map<ProfileId, Reach>> {
  const since = deps.clock.now() - RECENT_MS;
  const ids = people.flatMap((person) => person.histories);
  const [consents, messages] = await Promise.all([
    readConsentsOf(deps, people),
    Promise.all([...byShard(deps, ids)].map(([shard, group]) => listRecent(shard.db, group, since))),
  ]);
  const recent = Map.groupBy(messages.flat(), (message) => message.profileId);
  return new Map(
    people.map(({ profileId, histories }) => [
      profileId,
      { consents: consents.get(profileId) ?? {}, recent: histories.flatMap((id) => recent.get(id) ?? []) },
    ]),
  );
}
