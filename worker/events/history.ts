/** What people did, newest first, over all their linked browsers. */
import type { Database, Deps, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import { type HistoryEvent, listEvents, listEventsOfMany, listLandmarks, listPast } from "./store.ts";

/** The newest `limit` events of one person at or after `since` (epoch ms). */
export async function readHistory(
  deps: Deps,
  person: PersonRef,
  since: number,
  limit: number,
): Promise<HistoryEvent[]> {
  const window = { since, until: deps.clock.now() };
  const parts = await Promise.all(person.histories.map((id) => listEvents(deps.shards.of(id).db, id, window, limit)));
  if (parts.length === 1 && parts[0]) return parts[0];
  return parts
    .flat()
    .sort((a, b) => b.at - a.at)
    .slice(0, limit);
}

/**
 * What a recommendation starts from: searches and the events about items among the `newest` of a person (and a third as many of each
 * linked browser), and their purchases and survey answers since `since` however much else happened after. One round trip per shard that holds part of the history; `alongside` makes
 * a statement of the caller's that each of those shards answers with it.
 */
export async function readPast(
  deps: Deps,
  person: PersonRef,
  newest: number,
  landmarks: { since: number; limit: number },
  alongside: (db: Database) => Statement,
): Promise<{ history: HistoryEvent[]; landmarks: HistoryEvent[]; alongside: unknown[][] }> {
  const window = { since: landmarks.since, until: deps.clock.now() };
  const parts = await Promise.all(
    [...byShard(deps, person.histories)].map(([{ db }, ids]) =>
      listPast(
        db,
        ids.map((id) => ({ id, newest: id === person.profileId ? newest : Math.ceil(newest / 3) })),
        { window, limit: landmarks.limit },
        alongside(db),
      ),
    ),
  );
  const newestFirst = (events: HistoryEvent[]) => events.sort((a, b) => b.at - a.at);
  return {
    history: newestFirst(parts.flatMap((part) => part.events)),
    landmarks: newestFirst(parts.flatMap((part) => part.landmarks)),
    alongside: parts.map((part) => part.alongside),
  };
}

/** `readHistory` for many people: one statement per shard that holds part of their histories. Keyed by the person's profile. */
export async function readHistories(
  deps: Deps,
  people: PersonRef[],
  since: number,
  limitEach: number,
): Promise<Map<ProfileId, HistoryEvent[]>> {
  const ownerOf = new Map<ProfileId, ProfileId>();
  const histories = new Map<ProfileId, HistoryEvent[]>();
  for (const person of people) {
    histories.set(person.profileId, []);
    for (const id of person.histories) ownerOf.set(id, person.profileId);
  }
  const window = { since, until: deps.clock.now() };
  await Promise.all(
    [...byShard(deps, ownerOf.keys())].map(async ([shard, ids]) => {
      for (const event of await listEventsOfMany(shard.db, ids, window, limitEach)) {
        const owner = ownerOf.get(event.profileId);
        if (owner !== undefined) histories.get(owner)?.push(event);
      }
    }),
  );
  for (const person of people) {
    if (person.histories.length > 1) histories.get(person.profileId)?.sort((a, b) => b.at - a.at);
  }
  return histories;
}

/**
 * Purchases and survey answers of some profiles since then, newest first, however much else happened after: one statement
 * per shard that holds some of them, at most `limit` from each.
 */
export async function readLandmarks(
  deps: Deps,
  profileIds: ProfileId[],
  since: number,
  limit: number,
): Promise<HistoryEvent[]> {
  const window = { since, until: deps.clock.now() };
  const parts = await Promise.all(
    [...byShard(deps, profileIds)].map(([shard, ids]) => listLandmarks(shard.db, ids, window, limit)),
  );
  return parts.flat().sort((a, b) => b.at - a.at);
}
