/**
 * What is known of a visit besides what somebody did in it, as a few names: where it came from, on what, when, and which
 * segments the person is in. People are counted under these names when training, and looked up by them when answering. Pure.
 */
import type { HistoryEvent } from "../events/store.ts";
import { localMinuteOfDay } from "../lib/time.ts";

export interface VisitContext {
  device?: string | null | undefined;
  /** An address or a host; the site's own are no referrer. */
  referrer?: string | null | undefined;
  campaign?: string | null | undefined;
  country?: string | null | undefined;
  /** ISO 3166-2; what is none is not counted, since a page may say something else of its own by this name. */
  region?: string | null | undefined;
}

const PARTS_OF_DAY = ["night", "morning", "afternoon", "evening"] as const;
const NAME_LIMIT = 64;

/** "device:phone", "referrer:google.com", "campaign:spring", "country:KR", "region:KR-11", "hour:evening" */
export function contextNames(
  { device, referrer, campaign, country, region }: VisitContext,
  at: number,
  timeZone: string,
): string[] {
  const host = referrer && hostOf(referrer);
  const name = (kind: string, value: string | null | undefined) =>
    value ? [`${kind}:${value.trim().slice(0, NAME_LIMIT)}`] : [];
  return [
    ...name("campaign", campaign?.toLowerCase()),
    ...name("referrer", host),
    ...name("device", device === "phone" || device === "desktop" ? device : undefined),
    ...name("country", country?.toUpperCase()),
    ...name("region", region && isoRegion(region)),
    `hour:${PARTS_OF_DAY[Math.floor(localMinuteOfDay(at, timeZone) / 360)]}`,
  ];
}

/** An ISO 3166-2 code. */
export const REGION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/i;

/** As it is written in ISO 3166-2; undefined for what cannot be one. */
export function isoRegion(text: string): string | undefined {
  return REGION.test(text.trim()) ? text.trim().toUpperCase() : undefined;
}

export function segmentName(segmentId: string): string {
  return `segment:${segmentId}`;
}

const SEGMENT = segmentName("");

export function segmentOf(name: string): string | undefined {
  return name.startsWith(SEGMENT) ? name.slice(SEGMENT.length) : undefined;
}

/** The hour says what is popular now, nothing of who comes. */
export function saysWho(name: string): boolean {
  return !name.startsWith("hour:");
}

function hostOf(address: string): string | undefined {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#:@]+\.[^/?#:@]+)/i.exec(address.trim())?.[1];
  return host?.toLowerCase().replace(/^(?:www|m)\./, "");
}

/** What a page's event says of the visit that it belongs to. */
export function contextOfPage({ properties }: Pick<HistoryEvent, "properties">): VisitContext {
  const text = (key: string) => (typeof properties[key] === "string" ? (properties[key] as string) : undefined);
  const own = hostOf(text("url") ?? "");
  const referrer = text("referrer");
  const query = new URLSearchParams(text("search") || (text("url")?.split("?")[1] ?? ""));
  return {
    device: text("device"),
    country: text("country"),
    region: text("region"),
    referrer: referrer && hostOf(referrer) !== own ? referrer : undefined,
    campaign: text("utm_campaign") ?? query.get("utm_campaign") ?? undefined,
  };
}
