/**
 * The one way in for behavior. Durable before it returns: one D1 batch a shard, in which the caller's own statements
 * (`alongside`: runs that these events start) happen with the events or not at all.
 */
import type { Change, Deps, Shard, Statement } from "../deps.ts";
import { linkBrowsers } from "../profiles/person.ts";
import { type ProfileChange, upsertProfiles } from "../profiles/store.ts";
import { type Checked, checkMessages } from "./check.ts";
import { withoutSuperseded } from "./late/superseded.ts";
import type { Envelope, StoredEvent } from "./normalize.ts";
import type { CollectResult } from "./schema.ts";
import { insertEvents } from "./store.ts";
import { fitPeople } from "./traits.ts";

export type Alongside = (shard: Shard, events: StoredEvent[]) => Statement[];

/** Checks every message on its own: bad ones are refused by index, the others are stored. */
export async function collect(
  deps: Deps,
  envelope: Envelope,
  messages: unknown[],
  alongside: Alongside = () => [],
): Promise<CollectResult> {
  const { accepted, refused } = checkMessages(deps, envelope, messages);
  for (const { error } of await store(deps, envelope, accepted, alongside)) throw error;
  return { accepted: accepted.length, refused };
}

/** Of one shard, none of whose events are known to be stored. */
export interface Failure {
  error: unknown;
  unstored: Checked[];
}

/** Each shard on its own: one that cannot take its events does not cost those of the others. */
export async function store(
  deps: Deps,
  envelope: Envelope,
  accepted: Checked[],
  alongside: Alongside,
): Promise<Failure[]> {
  await linkBrowsers(
    deps,
    accepted.flatMap(({ normalized: { event, anonymousProfileId } }) =>
      anonymousProfileId ? [{ anonymousProfileId, userProfileId: event.profileId }] : [],
    ),
    envelope.storedAt === undefined ? undefined : { saidAt: envelope.now },
  );
  const groups = new Map<Shard, Map<string, Checked>>();
  for (const checked of await fitPeople(deps, envelope.siteId, accepted)) {
    const { profileId, messageId } = checked.normalized.event;
    const shard = deps.shards.of(profileId);
    const group = groups.get(shard) ?? new Map<string, Checked>();
    const key = `${profileId}${messageId}`;
    if (!group.has(key)) group.set(key, checked);
    groups.set(shard, group);
  }
  const failures = await Promise.all(
    [...groups].map(async ([shard, group]): Promise<Failure[]> => {
      const distinct = [...group.values()];
      try {
        await storeInShard(deps, shard, envelope, distinct, alongside);
        return [];
      } catch (error) {
        return [{ error, unstored: distinct }];
      }
    }),
  );
  return failures.flat();
}

async function storeInShard(
  deps: Deps,
  shard: Shard,
  envelope: Envelope,
  distinct: Checked[],
  alongside: Alongside,
): Promise<void> {
  const events = distinct.map(({ normalized }) => normalized.event);
  const said: ProfileChange[] = distinct.map(({ normalized }) => normalized.profile);
  const late = envelope.storedAt === undefined ? undefined : await withoutSuperseded(shard.db, said);
  await shard.db.batch([
    ...(late ? [late.guard] : []),
    insertEvents(shard.db, events),
    ...upsertProfiles(shard.db, late?.changes ?? said, envelope.storedAt ?? envelope.now),
    ...alongside(shard, events),
  ]);
  await deps.memory.notePeople(changesBy(envelope, events));
}

/**
 * For the memory of what was read of these people. What comes late may have been stored at another place of their history, or
 * not at all where it is told twice: then it is read again.
 */
function changesBy(envelope: Envelope, events: StoredEvent[]): Change[] {
  const isLate = envelope.storedAt !== undefined || envelope.trusted === true;
  const unsure = new Set(events.filter(({ orderId }) => isLate || orderId != null).map(({ profileId }) => profileId));
  return [
    ...[...unsure].map((subject) => ({ subject })),
    ...events.flatMap(({ profileId, at, messageId, name, itemId, properties, isBot }) => {
      if (isBot || unsure.has(profileId)) return [];
      return [{ subject: profileId, added: JSON.stringify({ profileId, at, messageId, name, itemId, properties }) }];
    }),
  ];
}
