/** What people did, newest first, over all their linked browsers. */
import type { Deps } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { type Answers, type Question, recall } from "../platform/memory/recall.ts";
import { selectBrowsers } from "../profiles/browsers/store.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import {
  type HistoryEvent,
  isItemEvent,
  isLandmark,
  listEvents,
  listEventsOfMany,
  listLandmarks,
  selectLandmarks,
  selectNewest,
  toEvent,
} from "./store.ts";

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
  /** Purchases, survey answers and dismissals, newest first. */
  landmarks: HistoryEvent[];
  /** Of a user the browser that was linked first. */
  firstBrowser: ProfileId | undefined;
  /** To the caller's own questions. */
  answers: Answers;
}

/** The browsers that users had when they were last read here. A guess, checked whenever it is used; ids only. */
const browsersHere = new Map<ProfileId, readonly ProfileId[]>();
const USERS_REMEMBERED = 20_000;

/**
 * What a recommendation starts from: searches, the events about items and what was shown among the `newest` of a person (further
 * back where pages and lists crowd them out; and a quarter as many of the browser linked last: what they did just before they
 * signed in), and their landmarks of the last `days`, at most `limit` of a profile, however much else happened after. `questions` are the caller's own, asked along with it.
 *
 * One round trip where this isolate knows the user's browsers from before: who they are is read in the same trip, and only
 * a browser that was linked in between costs a second. No database is asked while the memory knows.
 */
export async function readPast(
  deps: Deps,
  siteId: string,
  person: PersonKey,
  newest: number,
  landmarks: { days: number; limit: number },
  questions: Question<unknown>[],
): Promise<Past> {
  const profileId = profileIdOf(siteId, person);
  const now = deps.clock.now();
  // The person's own profile has what came after; of older browsers the last thing they looked at.
  const deedsOf = (ids: readonly ProfileId[], browsers: readonly ProfileId[]) =>
    ids.map((id) => deedsQuestion(id, id === browsers[0] ? Math.floor(newest / 4) : 1, landmarks, now));
  const guessed = "userId" in person ? (browsersHere.get(profileId) ?? []) : [];
  const own = deedsQuestion(profileId, newest, landmarks, now);
  const which = "userId" in person ? browsersQuestion(profileId) : undefined;
  const before = deedsOf(guessed, guessed);
  const answers = await recall(deps, [own, ...(which ? [which] : []), ...before, ...questions]);
  const browsers = which ? answers(which) : [];
  const deeds = [own, ...before.filter(({ owner }) => browsers.includes(owner))].map(answers);
  if (which) {
    rememberBrowsers(profileId, browsers);
    const missed = browsers.filter((id) => !guessed.includes(id));
    if (missed.length > 0) {
      const more = deedsOf(missed, browsers);
      deeds.push(...more.map(await recall(deps, more)));
    }
  }
  const crowdedSince = deeds[0]?.crowdedSince ?? null;
  if (crowdedSince !== null) {
    const older = olderQuestion(profileId, crowdedSince, newest);
    deeds.push({ events: (await recall(deps, [older]))(older), landmarks: [], crowdedSince: null });
  }
  const since = now - landmarks.days * DAY;
  return {
    history: newestFirst(deeds.map(({ events }) => events)).filter(({ at }) => at <= now),
    landmarks: newestFirst(deeds.map((deed) => deed.landmarks)).filter(({ at }) => at >= since && at <= now),
    firstBrowser: browsers[browsers.length - 1],
    answers,
  };
}

/** Of one profile, each list newest first. */
interface Deeds {
  events: HistoryEvent[];
  landmarks: HistoryEvent[];
  /** When the oldest event was (epoch ms) that was looked at, where pages and lists left too little of what the person did. */
  crowdedSince: number | null;
}

/** Fewer deeds than these among the newest events, and it is looked further back. */
const ENOUGH_DEEDS = 8;
/** How many times as far. */
const FURTHER = 8;

function isDeed(event: HistoryEvent): boolean {
  return isItemEvent(event) && event.name !== "recommendation_shown";
}

function deedsQuestion(
  profileId: ProfileId,
  newest: number,
  landmarks: { days: number; limit: number },
  now: number,
): Question<Deeds> {
  return {
    owner: profileId,
    subject: profileId,
    name: `deeds ${newest} ${landmarks.days} ${landmarks.limit}`,
    ask: (db) => {
      const window = { since: now - landmarks.days * DAY, until: now };
      return [selectNewest(db, profileId, now, newest), selectLandmarks(db, [profileId], window, landmarks.limit)];
    },
    answer: ([looked = [], found = []]) => {
      const events = looked.map(toEvent);
      const isCrowded =
        newest >= ENOUGH_DEEDS && looked.length === newest && events.filter(isDeed).length < ENOUGH_DEEDS;
      return {
        events: events.filter(isItemEvent),
        landmarks: found.map(toEvent),
        crowdedSince: isCrowded ? (events.at(-1)?.at ?? null) : null,
      };
    },
    extend: ({ events, landmarks: known, crowdedSince }, added) => {
      const told = new Set([...events, ...known].map(({ messageId }) => messageId));
      const fresh = (added as HistoryEvent[]).filter(({ messageId }) => !told.has(messageId) && told.add(messageId));
      const ordered = newestFirst([events, fresh.filter(isItemEvent)]);
      const shown = ordered.filter((event) => !isDeed(event)).slice(0, newest);
      return {
        events: newestFirst([ordered.filter(isDeed).slice(0, newest), shown]),
        landmarks: newestFirst([known, fresh.filter(isLandmark)]).slice(0, landmarks.limit),
        crowdedSince,
      };
    },
  };
}

/** What a profile did before `since` (epoch ms): a bounded look, however much else a page sends. */
function olderQuestion(profileId: ProfileId, since: number, newest: number): Question<HistoryEvent[]> {
  return {
    owner: profileId,
    subject: profileId,
    name: `deeds before ${since}`,
    ask: (db) => [selectNewest(db, profileId, since - 1, newest * FURTHER)],
    answer: ([looked = []]) => looked.map(toEvent).filter(isDeed).slice(0, newest),
  };
}

/** The browsers of one user, the one linked last first. */
function browsersQuestion(profileId: ProfileId): Question<ProfileId[]> {
  return {
    owner: profileId,
    subject: profileId,
    name: "browsers",
    ask: (db) => [selectBrowsers(db, profileId)],
    answer: ([rows = []]) =>
      (rows as { otherId: ProfileId; linkedAt: number }[])
        .sort((one, other) => other.linkedAt - one.linkedAt)
        .map(({ otherId }) => otherId),
  };
}

function newestFirst(lists: HistoryEvent[][]): HistoryEvent[] {
  const [only, ...others] = lists;
  if (only && others.every((events) => events.length === 0)) return only;
  return lists.flat().sort((one, other) => other.at - one.at);
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
