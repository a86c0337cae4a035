/**
 * A site's local days in figures. A finished day is counted once and kept; the days that can still change are counted from the
 * events of the people who were there: a page of figures reads today's and yesterday's events, not the history.
 */
import type { Deps } from "../deps.ts";
import { DAY, HOUR, localDayStart, utcDay } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { type DayTable, deleteDays, selectDays, upsertDays } from "./days/store.ts";
import type { DayWindow } from "./store.ts";

/** Late events change a day for this long after its end. */
export const SETTLED_MS = DAY;
const MOST_DAYS = 60;

/**
 * The last `count` local days (at most 60), oldest first, today last; `day` is like "2026-03-10". `countDays` answers the
 * figures of each window, in order, and is not called when all days are kept.
 */
export async function readDays<Figures>(
  deps: Deps,
  site: Site,
  table: DayTable,
  count: number,
  countDays: (windows: DayWindow[]) => Promise<Figures[]>,
): Promise<{ day: string; figures: Figures }[]> {
  const now = deps.clock.now();
  const windows = lastDays(now, site.timeZone, Math.min(count, MOST_DAYS));
  const rows = await selectDays(deps.control, table, site.id, [...windows.keys()]);
  const figuresOf = new Map(rows.map(({ day, figures }) => [day, JSON.parse(figures) as Figures]));
  const open = [...windows].filter(([day]) => !figuresOf.has(day));
  const counted = open.length === 0 ? [] : await countDays(open.map(([, window]) => window));
  open.forEach(([day], place) => {
    figuresOf.set(day, counted[place] as Figures);
  });
  const settled = open
    .filter(([, { to }]) => to + SETTLED_MS <= now)
    .map(([day]) => ({ day, figures: figuresOf.get(day) }));
  if (settled.length > 0) await upsertDays(deps.control, table, site.id, settled, now);
  return [...windows.keys()].map((day) => ({ day, figures: figuresOf.get(day) as Figures }));
}

/** After an import of history: the days are counted again when somebody asks. */
export async function forgetDays(deps: Deps, siteId: string): Promise<void> {
  await Promise.all([
    deleteDays(deps.control, "day_reports", siteId),
    deleteDays(deps.control, "placement_reports", siteId),
  ]);
}

/** Local days by name, oldest first, each from its midnight to the next, also where clocks change. */
function lastDays(now: number, timeZone: string, count: number): Map<string, DayWindow> {
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
