/**
 * What was done since a model was built, for its light refreshes: of everybody where that is not too much, and otherwise of
 * others each time, so that nobody's news has to wait for the next training.
 */
import type { Deps, Shard } from "../deps.ts";
import { type HistoryEvent, listEventsOfMany, type Window } from "../events/store.ts";
import { type ProfileId, profileIdOf } from "../lib/ids.ts";
import { listLinks } from "../profiles/browsers/store.ts";
import { listSeenSince } from "../profiles/store.ts";
import type { ModelRecord } from "./store.ts";
import { cutVisits, packVisits } from "./visits.ts";

/** More of a refresh would not fit its time. */
export const MOST_EVENTS = 150_000;
const PROFILES_A_QUERY = 500;
const EVENTS_EACH = 200;
/** Made-up ids until one is of a shard: of a shard that holds no ids there is none. */
const MOST_TRIES = 1000;

/**
 * Visits that began after the model's events were read, in parts; its training has left how much each place of our own lists
 * is looked at. What is too much is read of those who come first from another shard, and another place in it, each round.
 */
export async function readSince(
  deps: Deps,
  siteId: string,
  { createdAt: since, metrics: { examination } }: Pick<ModelRecord, "createdAt" | "metrics">,
  round: number,
  { events: most, profiles } = { events: MOST_EVENTS, profiles: PROFILES_A_QUERY },
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const shards = deps.shards.all();
  const first = round % shards.length;
  let [left, people] = [most, 0];
  for (const shard of [...shards.slice(first), ...shards.slice(0, first)]) {
    if (left <= 0) break;
    const window = { since, until: deps.clock.now() };
    for await (const ids of peopleAround(shard, siteId, window, startIn(deps, siteId, shard, round), profiles)) {
      const events = await listInOrder(shard, ids, window);
      left -= events.length;
      people += ids.length;
      const owners = await listLinks(shard.db, ids, "owner");
      const ownerOf = new Map(owners.map((link) => [link.profileId, link.otherId]));
      const visits = cutVisits(events, ownerOf, examination);
      if (visits.length > 0) parts.push(packVisits(visits));
      if (left <= 0) break;
    }
  }
  if (left <= 0)
    deps.log.warn("a refresh leaves some of what is new to the next", { siteId, round, shard: first, people });
  return parts;
}

/** Where a round begins among a shard's ids: anywhere, as evenly as ids are spread. */
function startIn(deps: Deps, siteId: string, shard: Shard, round: number): ProfileId {
  for (let number = 0; number < MOST_TRIES; number++) {
    const id = profileIdOf(siteId, { anonymousId: `${round} ${number}` });
    if (deps.shards.of(id).index === shard.index) return id;
  }
  return "";
}

/** Everybody who was there, page by page: from behind `start` to the end, and from the beginning up to there. */
async function* peopleAround(
  shard: Shard,
  siteId: string,
  window: Window,
  start: ProfileId,
  profiles: number,
): AsyncGenerator<ProfileId[]> {
  for (const [from, to] of [[start], ["", start]] as const) {
    for (let after: ProfileId | undefined = from; after !== undefined; ) {
      const ids = await listSeenSince(shard.db, siteId, window, after, profiles);
      const here: ProfileId[] = to === undefined ? ids : ids.filter((id) => id <= to);
      if (here.length > 0) yield here;
      after = here.length < profiles ? undefined : here.at(-1);
    }
  }
}

async function listInOrder(shard: Shard, ids: ProfileId[], window: Window): Promise<HistoryEvent[]> {
  const events = await listEventsOfMany(shard.db, ids, { ...window, since: window.since + 1 }, EVENTS_EACH);
  return events.sort((a, b) => (a.profileId < b.profileId ? -1 : a.profileId > b.profileId ? 1 : a.at - b.at));
}
