/**
 * Which events a site already sends, for somebody who sets it up. Looked at are the latest visitors, not all of them: a bounded
 * read however large the shop is, and everything where it is small. Nothing is counted while events come in.
 */
import { readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { DAY, utcDay } from "../lib/time.ts";
import { listRecentProfiles } from "../profiles/store.ts";
import { type Arrival, countArrivals } from "./live/store.ts";

/** Of each shard, and of each of them. */
const PEOPLE = 200;
const EVENTS_A_PERSON = 100;
const DAYS = 7;

export interface ArrivingEvent {
  /** As it is sent, and what it is stored as. */
  sent: string;
  name: string;
  /** In the last seven days and the last 24 hours, among the people looked at. */
  week: number;
  day: number;
  lastAt: number;
  /** Of the items that the newest of them name, how many there are, and how many the catalog has. */
  items: { named: number; known: number };
}

export interface Arrivals {
  /** How many people were looked at, and whether these are all of the last seven days. */
  people: number;
  isWhole: boolean;
  /** Most frequent first. */
  events: ArrivingEvent[];
}

export async function readArrivals(deps: Deps, siteId: string): Promise<Arrivals> {
  const now = deps.clock.now();
  const window = { since: now - DAYS * DAY, until: now, dayAgo: now - DAY };
  const parts = await Promise.all(
    deps.shards.all().map(async ({ db }) => {
      const profiles = await listRecentProfiles(db, siteId, utcDay(window.since), PEOPLE);
      const ids = profiles.map(({ profileId }) => profileId);
      return { people: ids.length, arrivals: await countArrivals(db, ids, window, EVENTS_A_PERSON) };
    }),
  );
  const rows = parts.flatMap(({ arrivals }) => arrivals);
  const known = await readItems(deps, siteId, [...new Set(rows.flatMap(({ itemIds }) => itemIds))]);
  const groups = Map.groupBy(rows, ({ name, sentAs }) => JSON.stringify([name, sentAs]));
  const events = [...groups.values()].map((group) => summarize(group, known));
  return {
    people: parts.reduce((sum, { people }) => sum + people, 0),
    isWhole: parts.every(({ people }) => people < PEOPLE),
    events: events.sort((a, b) => b.week - a.week || (a.sent < b.sent ? -1 : 1)),
  };
}

function summarize(group: Arrival[], known: ReadonlyMap<string, unknown>): ArrivingEvent {
  const [{ name, sentAs }] = group as [Arrival];
  const sum = (count: (each: Arrival) => number) => group.reduce((total, each) => total + count(each), 0);
  const items = new Set(group.flatMap(({ itemIds }) => itemIds));
  return {
    sent: sentAs ?? name,
    name,
    week: sum(({ count }) => count),
    day: sum(({ today }) => today),
    lastAt: Math.max(...group.map(({ lastAt }) => lastAt)),
    items: { named: items.size, known: [...items].filter((id) => known.has(id)).length },
  };
}
