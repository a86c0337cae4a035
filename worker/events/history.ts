/** What people did, newest first, over all their linked browsers. */
import type { Deps } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { UseOrder } from "../lib/use-order.ts";
import { type Answers, type Question, recall } from "../platform/memory/recall.ts";
import { selectBrowsers } from "../profiles/browsers/store.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import { asStored, FURTHER, isDeed, isToldOf, type Looked, lookAt, newestFirst, newestOf } from "./look-back.ts";
import {
  type HistoryEvent,
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
const browsersHere = new UseOrder<ProfileId, readonly ProfileId[]>();
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
    ids.map((id) => deedsQuestion(id, newestOf(newest, id === browsers[0]), landmarks, now));
  const guessed = "userId" in person ? (browsersHere.use(profileId) ?? []) : [];
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
  const histories = deeds.map(({ events }) => events);
  const [{ isCrowded, older, readFrom } = NO_DEEDS] = deeds;
  if (isCrowded && readFrom !== null) {
    const further = olderQuestion(profileId, readFrom, newest);
    histories.push([...older, ...(await recall(deps, [further]))(further)].slice(0, newest));
  } else if (isCrowded) histories.push(older.slice(0, newest));
  const since = now - landmarks.days * DAY;
  return {
    history: newestFirst(histories).filter(({ at }) => at <= now),
    landmarks: newestFirst(deeds.map((deed) => deed.landmarks)).filter(({ at }) => at >= since && at <= now),
    firstBrowser: browsers[browsers.length - 1],
    answers,
  };
}

/** Of one profile, each list newest first. */
interface Deeds extends Looked {
  landmarks: HistoryEvent[];
  /** What the person did and newer events have pushed out since it was read. */
  older: HistoryEvent[];
  /** When the oldest event was (epoch ms) that was looked at when it was read; null when those were all. */
  readFrom: number | null;
}

const NO_DEEDS: Deeds = { events: [], passed: [], isCrowded: false, landmarks: [], older: [], readFrom: null };

/** What is remembered, with what was added, is what would be read: pages and lists count in it, too. */
function deedsQuestion(
  profileId: ProfileId,
  newest: number,
  landmarks: { days: number; limit: number },
  now: number,
): Question<Deeds> {
  return {
    owner: profileId,
    subject: profileId,
    name: `looked ${newest} ${landmarks.days} ${landmarks.limit}`,
    ask: (db) => {
      const window = { since: now - landmarks.days * DAY, until: now };
      return [selectNewest(db, profileId, now, newest), selectLandmarks(db, [profileId], window, landmarks.limit)];
    },
    answer: ([looked = [], found = []]) => {
      const events = looked.map(toEvent);
      return {
        ...lookAt(events, newest),
        landmarks: found.map(toEvent),
        older: [],
        readFrom: looked.length === newest ? (events.at(-1)?.at ?? null) : null,
      };
    },
    extend: ({ events, passed, landmarks: known, older, readFrom }, added) => {
      const told = new Set([...events, ...passed, ...older, ...known].map(({ messageId }) => messageId));
      const fresh = (added as HistoryEvent[]).filter(({ messageId }) => !told.has(messageId) && told.add(messageId));
      const ordered = [...events, ...passed, ...fresh].sort(asStored);
      const pushedOut = ordered.slice(newest).filter(isToldOf).filter(isDeed);
      return {
        ...lookAt(ordered.slice(0, newest), newest),
        landmarks: newestFirst([known, fresh.filter(isLandmark)]).slice(0, landmarks.limit),
        older: [...older, ...pushedOut.filter(({ at }) => readFrom === null || at >= readFrom)].sort(asStored),
        readFrom,
      };
    },
  };
}

/**
 * What a profile did before `since` (epoch ms): a bounded look, however much else a page sends. What is remembered reaches back
 * from where it was read, so by as many events further as came since.
 */
function olderQuestion(profileId: ProfileId, since: number, newest: number): Question<HistoryEvent[]> {
  return {
    owner: profileId,
    subject: profileId,
    name: `deeds before ${since}`,
    ask: (db) => [selectNewest(db, profileId, since - 1, newest * FURTHER)],
    answer: ([looked = []]) => looked.map(toEvent).filter(isDeed).slice(0, newest),
    extend: (known, added) => {
      const told = new Set(known.map(({ messageId }) => messageId));
      const isNew = (event: HistoryEvent) => event.at < since && isDeed(event) && !told.has(event.messageId);
      return newestFirst([known, (added as HistoryEvent[]).filter(isNew)]).slice(0, newest);
    },
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

function rememberBrowsers(userProfileId: ProfileId, browsers: ProfileId[]): void {
  // What the memory keeps is the same object as long as nothing changes.
  if (browsersHere.get(userProfileId) === browsers) return;
  if (browsers.length === 0) browsersHere.delete(userProfileId);
  else browsersHere.set(userProfileId, browsers);
  const [unused] = browsersHere.keys();
  if (browsersHere.size > USERS_REMEMBERED && unused !== undefined) browsersHere.delete(unused);
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
