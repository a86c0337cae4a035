/** Numbers and times as people read them, in the page's language and the site's time zone. Formatters are kept: 0.1 ms each. */
import { fromMinor } from "../../lib/money.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import type { Locale } from "./language.ts";

const kept = new Map<string, unknown>();

function keep<T>(name: string, make: () => T): T {
  let known = kept.get(name) as T | undefined;
  if (known === undefined) {
    known = make();
    kept.set(name, known);
  }
  return known;
}

export function formatNumber(value: number, locale: Locale): string {
  return keep(`number ${locale}`, () => new Intl.NumberFormat(locale)).format(value);
}

/** 1,234 → "1.2천", "1.2K": for axes and tiles. */
export function formatShort(value: number, locale: Locale): string {
  const options = { notation: "compact", maximumFractionDigits: 1 } as const;
  return keep(`short ${locale}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

/** "1,483.4만원", "₩14.8M", "$1.2K": where the last digits do not matter. */
export function formatMoneyShort(minor: number, currency: string, locale: Locale): string {
  const amount = fromMinor(minor, currency);
  if (currency === "KRW" && locale === "ko") return `${formatShort(amount, locale)}원`;
  const options = { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 } as const;
  return keep(`money ${locale} ${currency}`, () => new Intl.NumberFormat(locale, options)).format(amount);
}

/** `part` of `whole` as a percentage; a dash when there is nothing to divide by. */
export function formatShare(part: number, whole: number, locale: Locale): string {
  if (whole === 0) return "–";
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return keep(`share ${locale}`, () => new Intl.NumberFormat(locale, options)).format(part / whole);
}

/** "2026. 3. 10. 오후 12:00" */
export function formatMoment(at: number, locale: Locale, timeZone: string): string {
  const options = { dateStyle: "medium", timeStyle: "short", timeZone } as const;
  return keep(`moment ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(locale, options)).format(at);
}

/** "14:03:27" */
export function formatClock(at: number, locale: Locale, timeZone: string): string {
  const options = { timeStyle: "medium", hourCycle: "h23", timeZone } as const;
  return keep(`clock ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(locale, options)).format(at);
}

/** "03:00" */
export function formatTime(at: number, locale: Locale, timeZone: string): string {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
  return keep(`time ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(locale, options)).format(at);
}

/** "3. 10.", "3/10": where the year is plain. */
export function formatDay(at: number, locale: Locale, timeZone: string): string {
  const options = { month: "numeric", day: "numeric", timeZone } as const;
  return keep(`day ${locale} ${timeZone}`, () => new Intl.DateTimeFormat(locale, options)).format(at);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", SECOND],
];

/** "3시간 전", "3 hours ago" */
export function formatAgo(at: number, now: number, locale: Locale): string {
  const formatter = keep(`ago ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const [unit, size] = UNITS.find(([, size]) => Math.abs(now - at) >= size) ?? (["second", SECOND] as const);
  return formatter.format(-Math.round((now - at) / size), unit);
}

/** A length of time in the largest unit that divides it: 3600000 → "1시간", "1 hour". */
export function formatDuration(ms: number, locale: Locale): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? (["second", SECOND] as const);
  const options = { style: "unit", unit, unitDisplay: "long" } as const;
  return keep(`duration ${locale} ${unit}`, () => new Intl.NumberFormat(locale, options)).format(ms / size);
}
