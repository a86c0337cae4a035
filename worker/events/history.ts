/** What people did, newest first, over all their linked browsers. */
import type { Database, Deps, Statement } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { selectBrowsers } from "../profiles/browsers/store.ts";
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

export interface Past {
  /** Newest first: searches, what is about an item, and `recommendation_shown`. */
  history: HistoryEvent[];
  /** Purchases and survey answers, newest first. */
  landmarks: HistoryEvent[];
  /** What each shard that was asked answered the caller's own statements. */
  alongside: unknown[][][];
  /** Of a user the browser that was linked first. */
  firstBrowser: ProfileId | undefined;
}

/** The browsers that users had when they were last read here. A guess, checked whenever it is used; ids only. */
const browsersHere = new Map<ProfileId, readonly ProfileId[]>();
const USERS_REMEMBERED = 20_000;

/**
 * What a recommendation starts from: searches, the events about items and what was shown among the `newest` of a person (and a quarter as many of the
 * browser linked last: what they did just before they signed in), and their purchases and survey answers since `since`
 * however much else happened after.
 * `alongside` makes statements of the caller's that each of the shards answers with it.
 *
 * One round trip where this isolate knows the user's browsers from before: who they are is read in the same trip, and only
 * a browser that was linked in between costs a second.
 */
export async function readPast(
  deps: Deps,
  siteId: string,
  person: PersonKey,
  newest: number,
  landmarks: { since: number; limit: number },
  alongside: (db: Database) => Statement[],
): Promise<Past> {
  const profileId = profileIdOf(siteId, person);
  const isUser = "userId" in person;
  const window = { since: landmarks.since, until: deps.clock.now() };
  // The person's own profile has what came after; of older browsers the last thing they looked at.
  const share = (id: ProfileId, browsers: readonly ProfileId[]) =>
    id === profileId ? newest : id === browsers[0] ? Math.floor(newest / 4) : 1;
  const read = (ids: readonly ProfileId[], browsers: readonly ProfileId[]) =>
    Promise.all(
      [...byShard(deps, ids)].map(([{ db }, here]) =>
        listPast(
          db,
          here.map((id) => ({ id, newest: share(id, browsers) })),
          { window, limit: landmarks.limit },
          [...(isUser && here.includes(profileId) ? [selectBrowsers(db, profileId)] : []), ...alongside(db)],
        ),
      ),
    );
  const guessed = isUser ? (browsersHere.get(profileId) ?? []) : [];
  const parts = await read([profileId, ...guessed], guessed);
  const owned = new Set<ProfileId>([profileId]);
  let browsers: ProfileId[] = [];
  if (isUser) {
    // The person's own shard was asked first.
    const found = (parts[0]?.alongside.shift() ?? []) as { otherId: ProfileId }[];
    browsers = found.map(({ otherId }) => otherId);
    rememberBrowsers(profileId, browsers);
    for (const id of browsers) owned.add(id);
    const missed = browsers.filter((id) => !guessed.includes(id));
    if (missed.length > 0) parts.push(...(await read(missed, browsers)));
  }
  const mine = (events: HistoryEvent[]) =>
    events.filter((event) => owned.has(event.profileId)).sort((a, b) => b.at - a.at);
  return {
    history: mine(parts.flatMap((part) => part.events)),
    landmarks: mine(parts.flatMap((part) => part.landmarks)),
    alongside: parts.map((part) => part.alongside),
    firstBrowser: browsers[browsers.length - 1],
  };
}

function rememberBrowsers(userProfileId: ProfileId, browsers: ProfileId[]): void {
  browsersHere.delete(userProfileId);
  if (browsers.length === 0) return;
  const oldest = browsersHere.keys().next().value;
  if (browsersHere.size >= USERS_REMEMBERED && oldest !== undefined) browsersHere.delete(oldest);
  browsersHere.set(userProfileId, browsers);
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
