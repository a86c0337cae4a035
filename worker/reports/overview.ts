/**
 * A site's days in figures, for a chart. A finished day is counted once and kept; the days that can still change are counted
 * from the events of the people who were there: opening the overview reads today's and yesterday's events, not the history.
 */
import { listCampaigns } from "../campaigns/campaigns.ts";
import type { Deps, Shard } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { profileRange } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { DAY, HOUR, localDayStart, utcDay } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import {
  countEvents,
  countSent,
  countVisitors,
  type DayWindow,
  deleteDays,
  deletePlacementDays,
  listOrders,
  selectDays,
  upsertDays,
} from "./store.ts";

export interface DayFigures {
  /** What people did; what we did to them is not among it. */
  events: number;
  /** Profiles that were there: a browser, or a signed-in person. */
  visitors: number;
  recommendationClicks: number;
  /** Messages sent. */
  messages: number;
  messageClicks: number;
  orders: number;
  /** Minor units of the site's currency. */
  revenue: number;
}

export interface Day extends DayFigures {
  /** The site's local day: "2026-03-10". */
  day: string;
}

/** Late events change a day for this long after its end. */
export const SETTLED_MS = DAY;
/** What is done to people rather than by them. */
const OURS = ["message_sent", "message_delivered", "message_skipped", "onsite_message_shown", "onsite_message_skipped"];

/** The last `count` local days (at most 60), oldest first, today last. */
export async function overview(deps: Deps, site: Site, count = 14): Promise<Day[]> {
  const now = deps.clock.now();
  const windows = lastDays(now, site.timeZone, Math.min(count, 60));
  const kept = new Map(
    (await selectDays(deps.control, site.id, [...windows.keys()])).map(({ day, figures }) => [
      day,
      JSON.parse(figures) as DayFigures,
    ]),
  );
  const open = [...windows].filter(([day]) => !kept.has(day));
  const campaignIds = open.length === 0 ? [] : (await listCampaigns(deps, site.id)).map((campaign) => campaign.id);
  const parts = await Promise.all(
    deps.shards.all().map((shard) =>
      countDays(
        shard,
        site,
        campaignIds,
        open.map(([, window]) => window),
      ),
    ),
  );
  const counted = open.map(([day, window], place) => ({
    day,
    figures: sum(parts.flatMap((part) => part[place] ?? [])),
    isSettled: window.to + SETTLED_MS <= now,
  }));
  const settled = counted.filter((each) => each.isSettled);
  if (settled.length > 0) await upsertDays(deps.control, site.id, settled, now);
  const fresh = new Map(counted.map(({ day, figures }) => [day, figures]));
  return [...windows.keys()].map((day) => ({ day, ...(kept.get(day) ?? fresh.get(day) ?? sum([])) }));
}

/** After an import of history: the days are counted again when somebody asks. */
export async function forgetDays(deps: Deps, siteId: string): Promise<void> {
  await Promise.all([deleteDays(deps.control, siteId), deletePlacementDays(deps.control, siteId)]);
}

/** Local days by name, oldest first, each from its midnight to the next, also where clocks change. */
export function lastDays(now: number, timeZone: string, count: number): Map<string, DayWindow> {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone });
  const days: [string, DayWindow][] = [];
  let from = localDayStart(now, timeZone);
  let to = localDayStart(from + DAY + 2 * HOUR, timeZone);
  for (let i = 0; i < count; i++) {
    const window = { from, to, fromKey: `day:${utcDay(from)}`, toKey: `day:${utcDay(to - 1)}` };
    days.unshift([format.format(from), window]);
    to = from;
    from = localDayStart(from - 1, timeZone);
  }
  return new Map(days);
}

/** One batch for all days of a shard. */
async function countDays(shard: Shard, site: Site, campaignIds: string[], days: DayWindow[]): Promise<DayFigures[]> {
  const { db } = shard;
  const range = profileRange(site.id);
  const results = await db.batch<Record<string, unknown>>(
    days.flatMap((day) => [
      countEvents(db, site.id, day),
      countVisitors(db, site.id, day),
      listOrders(db, site.id, day),
      countSent(db, campaignIds, range, day),
    ]),
  );
  return days.map((_, place) => {
    const [events, visitors, orders, sent] = results.slice(place * 4, place * 4 + 4).map((each) => each.results);
    const byName = new Map((events ?? []).map(({ name, count }) => [String(name), Number(count)]));
    const properties = (orders ?? []).map((row) => JSON.parse(String(row.properties)) as Record<string, unknown>);
    return {
      events: [...byName].reduce((total, [name, count]) => (OURS.includes(name) ? total : total + count), 0),
      visitors: Number(visitors?.[0]?.count ?? 0),
      recommendationClicks: byName.get("recommendation_clicked") ?? 0,
      messages: Number(sent?.[0]?.count ?? 0),
      messageClicks: byName.get("message_clicked") ?? 0,
      orders: properties.length,
      revenue: properties.reduce((total, each) => total + toMinor(orderValue(each), site.currency), 0),
    };
  });
}

function sum(parts: DayFigures[]): DayFigures {
  const total = {
    events: 0,
    visitors: 0,
    recommendationClicks: 0,
    messages: 0,
    messageClicks: 0,
    orders: 0,
    revenue: 0,
  };
  for (const part of parts) {
    for (const key of Object.keys(total) as (keyof DayFigures)[]) total[key] += part[key];
  }
  return total;
}
