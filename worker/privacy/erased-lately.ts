/** What a person said before they were erased stays unsaid, also when it had to wait in the queue. */
import type { Deps } from "../deps.ts";
import { sha256 } from "../lib/hash.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { byShard } from "../profiles/person.ts";
import { listErased, upsertErased } from "./store.ts";

const hashOf = (profileId: ProfileId): string => sha256(`erased ${profileId}`, 22);

/** Before the first row is deleted: what comes out of the queue meanwhile finds it. */
export async function noteErased(deps: Deps, profileIds: ProfileId[]): Promise<void> {
  const at = deps.clock.now();
  await Promise.all([...byShard(deps, profileIds)].map(([{ db }, ids]) => upsertErased(db, ids.map(hashOf), at)));
}

interface Named {
  userId?: string | null | undefined;
  anonymousId?: string | null | undefined;
}

/**
 * The messages that were received at `receivedAt` (epoch ms), without those of people who were erased since, and without the
 * name of a browser that was.
 */
export async function withoutErased<T extends Named>(
  deps: Deps,
  siteId: string,
  receivedAt: number,
  messages: T[],
): Promise<T[]> {
  const keyOf = (person: PersonKey) => profileIdOf(siteId, person);
  const named = messages.flatMap(({ userId, anonymousId }) => [
    ...(userId == null ? [] : [keyOf({ userId })]),
    ...(anonymousId == null ? [] : [keyOf({ anonymousId })]),
  ]);
  const found = await Promise.all(
    [...byShard(deps, new Set(named))].map(([{ db }, ids]) => listErased(db, ids.map(hashOf), receivedAt)),
  );
  const erased = new Set(found.flat());
  if (erased.size === 0) return messages;
  const isErased = (person: PersonKey) => erased.has(hashOf(keyOf(person)));
  return messages.flatMap((message): T[] => {
    const { userId, anonymousId } = message;
    const isBrowserErased = anonymousId != null && isErased({ anonymousId });
    if (userId == null) return isBrowserErased ? [] : [message];
    if (isErased({ userId })) return [];
    return [isBrowserErased ? { ...message, anonymousId: null } : message];
  });
}
