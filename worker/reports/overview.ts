/** A site day by day, for a chart: what people did, and what was said to them. */
import { listCampaigns } from "../campaigns/campaigns.ts";
import type { Deps, Shard } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { profileRange } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import type { Site } from "../sites/schema.ts";
import { readDays } from "./days.ts";
import { countEvents, countSent, countVisitors, type DayWindow, listOrders } from "./store.ts";

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

/** What is done to people rather than by them. */
const OURS = ["message_sent", "message_delivered", "message_skipped", "onsite_message_shown", "onsite_message_skipped"];

/** The last `count` local days (at most 60), oldest first, today last. */
export async function overview(deps: Deps, site: Site, count = 14): Promise<Day[]> {
  const days = await readDays(deps, site, "day_reports", count, async (windows) => {
    const campaignIds = (await listCampaigns(deps, site.id)).map((campaign) => campaign.id);
    const shards = await Promise.all(deps.shards.all().map((shard) => countDays(shard, site, campaignIds, windows)));
    return windows.map((_, place) => sum(shards.flatMap((days) => days[place] ?? [])));
  });
  return days.map(({ day, figures }) => ({ day, ...figures }));
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
