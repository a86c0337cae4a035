/** Durations in milliseconds; every stored time is integer epoch milliseconds. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Days since the epoch in UTC: a coarse key for indexes that must not be rewritten on every event. */
export function utcDay(at: number): number {
  return Math.floor(at / DAY);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Minutes since local midnight (0–1439) at `at` in an IANA zone. Building a formatter costs 0.1 ms, so they are kept. */
export function localMinuteOfDay(at: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    formatters.set(timeZone, formatter);
  }
  let minutes = 0;
  for (const part of formatter.formatToParts(at)) {
    if (part.type === "hour") minutes += Number(part.value) * 60;
    if (part.type === "minute") minutes += Number(part.value);
  }
  return minutes;
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
