import { Temporal } from "temporal-polyfill";

const LOCAL = /^(\d{4})[-./ ]?(\d{1,2})[-./ ]?(\d{1,2})\.?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;

/** 10¹¹ seconds are the year 5138, 10¹¹ milliseconds are 1973: logs are between. */
const SECONDS_BELOW = 1e11;

/**
 * A time as files write it → epoch ms: seconds or milliseconds since the epoch, ISO 8601 with an offset, or a date with or
 * without a time of day ("2024-03-01", "2024.3.1 09:30", "20240301"), which is local time in `timeZone`. Undefined for
 * anything else.
 */
export function parseTime(value: unknown, timeZone: string): number | undefined {
  const text = String(value).trim();
  const local = LOCAL.exec(text);
  if (local) return localTime(local, timeZone);
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.round(number < SECONDS_BELOW ? number * 1000 : number);
  }
  if (!/^\d{4}-\d\d-\d\d.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  const parsed = Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(parsed) ? undefined : parsed;
}

function localTime(match: RegExpExecArray, timeZone: string): number | undefined {
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => part && Number(part));
  const millisecond = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  try {
    return Temporal.PlainDateTime.from(
      { year, month, day, hour, minute, second, millisecond } as Temporal.PlainDateTimeLike,
      { overflow: "reject" },
    ).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}
