/** Durations in milliseconds; every stored time is integer epoch milliseconds. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Days since the epoch in UTC: a coarse key for indexes that must not be rewritten on every event. */
export function utcDay(at: number): number {
  return Math.floor(at / DAY);
}

interface Zone {
  formatter: Intl.DateTimeFormat;
  /**
   * Quarter of an hour (epoch ms) → local minute of the day in which it begins: no clock is set within one. What asks, asks
   * about the same few hours.
   */
  known: Map<number, number>;
}

const zones = new Map<string, Zone>();
const QUARTERS_KEPT = 10_000;
const QUARTER = 15 * MINUTE;

/** Minutes since local midnight (0–1439) at `at` in an IANA zone. Building a formatter costs 0.1 ms, so they are kept. */
export function localMinuteOfDay(at: number, timeZone: string): number {
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    zone = { formatter: new Intl.DateTimeFormat("en-US", format), known: new Map() };
    zones.set(timeZone, zone);
  }
  const quarter = at - (at % QUARTER);
  let minutes = zone.known.get(quarter);
  if (minutes === undefined) {
    minutes = 0;
    for (const part of zone.formatter.formatToParts(quarter)) {
      if (part.type === "hour") minutes += Number(part.value) * 60;
      if (part.type === "minute") minutes += Number(part.value);
    }
    if (zone.known.size >= QUARTERS_KEPT) zone.known.clear();
    zone.known.set(quarter, minutes);
  }
  return minutes + Math.floor((at - quarter) / MINUTE);
}

/** Local midnight before `at`. A day on which the clocks change begins at its real midnight as well. */
export function localDayStart(at: number, timeZone: string): number {
  const minute = at - (at % MINUTE);
  const guess = minute - localMinuteOfDay(at, timeZone) * MINUTE;
  const off = localMinuteOfDay(guess, timeZone);
  return guess - (off > 720 ? off - 1440 : off) * MINUTE;
}

/** The next moment at which local clocks show `minuteOfDay`, at most a day ahead; an hour off on a night when they change. */
export function nextLocalMinute(at: number, minuteOfDay: number, timeZone: string): number {
  const minute = at - (at % MINUTE);
  const wait = (minuteOfDay - localMinuteOfDay(at, timeZone) + 1440) % 1440;
  return minute + (wait === 0 ? 1440 : wait) * MINUTE;
}
