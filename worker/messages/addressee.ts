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
  profileId: ProfileId;
  to: { email?: string | undefined; phone?: string | undefined };
  consents: ConsentState;
  /** The person switched all notifications off in the shop's own settings. */
  isBlocked: boolean;
  recent: Addressee["recent"];
}

/** The shop's own "no notifications at all", as Blux's SDK names it. */
const BLOCKED_TRAIT = "is_all_notification_blocked";

/** The person on one channel. */
export function addressee({ profileId, to, consents, isBlocked, recent }: Reach, channel: Channel): Addressee {
  const address: Record<Channel, boolean> = {
    email: to.email !== undefined,
    sms: to.phone !== undefined,
    kakao: to.phone !== undefined,
    /** A subscription is a browser's; its provider says when there is none. */
    web_push: true,
  };
  return { profileId, hasAddress: address[channel], isBlocked, consent: consents[channel], recent };
}

/** Consent and recent messages of these people, over all their browsers: two statements a shard. */
export async function readReach(
  deps: Deps,
  people: { ref: PersonRef; profile: Profile }[],
): Promise<Map<ProfileId, Reach>> {
  const since = deps.clock.now() - RECENT_MS;
  const ids = people.flatMap(({ ref }) => ref.histories);
  const [consents, messages] = await Promise.all([
    readConsentsOf(
      deps,
      people.map(({ ref }) => ref),
    ),
    Promise.all([...byShard(deps, ids)].map(([shard, group]) => listRecent(shard.db, group, since))),
  ]);
  const recent = Map.groupBy(messages.flat(), (message) => message.profileId);
  return new Map(
    people.map(({ ref, profile }) => [
      ref.profileId,
      {
        profileId: ref.profileId,
        to: { email: profile.email ?? undefined, phone: profile.phone ?? undefined },
        consents: consents.get(ref.profileId) ?? {},
        isBlocked: profile.traits[BLOCKED_TRAIT] === true,
        recent: ref.histories.flatMap((id) => recent.get(id) ?? []),
      },
    ]),
  );
}
