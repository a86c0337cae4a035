/**
 * The one gate. Every message passes it at sending time (messages/send.ts is the only way to a provider). Pure: whatever it
 * needs is an argument, so that every case can be written down in test/cases/gate.json. Not a place for convenience: a way
 * around it is a way to break the law.
 */
import type { Channel } from "../deps.ts";
import { hashUnit } from "../lib/hash.ts";
import type { ProfileId } from "../lib/ids.ts";
import { localDayStart, localMinuteOfDay, nextLocalMinute, SECOND } from "../lib/time.ts";

/** In the order in which they are asked. */
export const REASONS = [
  "paused",
  "blocked",
  "no_consent",
  "no_address",
  "quiet_hours",
  "provider_window",
  "frequency_cap",
  "campaign_cap",
  "holdout",
  "in_checkout",
  "answered",
  "dismissed",
  "product_unavailable",
  "no_longer_true",
  "no_sender",
  "missing_variable",
  "render_failed",
  "too_long",
] as const;
export type Reason = (typeof REASONS)[number];

export type Verdict =
  | { allowed: true }
  /** With `holdUntil` (epoch ms) it is only too early: ask again then. Without, the answer is final. */
  | { allowed: false; reason: Reason; holdUntil?: number };

/** What the gate knows of a person, as of now. */
export interface Addressee {
  profileId: ProfileId;
  /** There is an address of this channel. */
  hasAddress: boolean;
  /** Refused everything, on every channel. */
  isBlocked: boolean;
  /** The last word on this channel; undefined: never asked. */
  consent: { granted: boolean; night: boolean } | undefined;
  /** Messages that were accepted or sent to this person, at least those of the last day. */
  recent: { at: number; campaignId: string }[];
}

export interface GateCampaign {
  id: string;
  isRunning: boolean;
  isAd: boolean;
  holdoutPercent: number;
  /** Messages of this campaign to one person on one local day. */
  dailyCap: number;
}

export interface GateSite {
  timeZone: string;
  /** Messages to one person on one local day, over all campaigns and channels. */
  dailyCap: number;
}

/** What became of the words: undefined while nobody has written them yet. */
export type Rendering = { ok: true } | { ok: false; reason: Reason } | undefined;

interface Window {
  /** Local minutes of the day; from inclusive, to exclusive, over midnight. */
  from: number;
  to: number;
}

/** Advertising at night needs a consent of its own: Network Act art. 50(3). */
const NIGHT: Window = { from: 21 * 60, to: 8 * 60 };
/** Enforcement Decree art. 61(2). */
const EXEMPT_AT_NIGHT: Channel[] = ["email"];
/** Kakao refuses brand messages from ten minutes before the legal night, whoever has consented. */
const PROVIDER_WINDOWS: Partial<Record<Channel, Window>> = { kakao: { from: 20 * 60 + 50, to: 8 * 60 } };

const ALLOWED: Verdict = { allowed: true };

/**
 * May this message go to this person now? Times are those of the site's zone. Without `rendering` the words are not asked
 * about: that answer says whether writing them is worth while, and never sends anything.
 */
export function allow(
  person: Addressee,
  channel: Channel,
  campaign: GateCampaign,
  site: GateSite,
  now: number,
  rendering?: Rendering,
): Verdict {
  if (!campaign.isRunning) return refuse("paused");
  const reach = mayReach(person, channel, campaign.isAd, site, now);
  if (!reach.allowed) return reach;
  const today = localDayStart(now, site.timeZone);
  const sentToday = person.recent.filter((message) => message.at >= today);
  if (sentToday.length >= site.dailyCap) return refuse("frequency_cap");
  if (sentToday.filter((message) => message.campaignId === campaign.id).length >= campaign.dailyCap) {
    return refuse("campaign_cap");
  }
  if (isHeldOut(campaign, person.profileId)) return refuse("holdout");
  if (rendering && !rendering.ok) return refuse(rendering.reason);
  return ALLOWED;
}

/** The person's part of the gate alone: asked again whenever an accepted message is handed over later. */
export function mayReach(
  person: Omit<Addressee, "recent">,
  channel: Channel,
  isAd: boolean,
  site: GateSite,
  now: number,
): Verdict {
  if (person.isBlocked) return refuse("blocked");
  if (!person.consent?.granted) return refuse("no_consent");
  if (!person.hasAddress) return refuse("no_address");
  if (isAd && !person.consent.night && !EXEMPT_AT_NIGHT.includes(channel) && isWithin(NIGHT, now, site)) {
    return hold("quiet_hours", NIGHT, now, site);
  }
  const window = PROVIDER_WINDOWS[channel];
  if (window && isWithin(window, now, site)) return hold("provider_window", window, now, site);
  return ALLOWED;
}

/** What the gate knows of somebody who is on the site. */
export interface Visitor {
  profileId: ProfileId;
  /** Refused everything, on every channel. */
  isBlocked: boolean;
  isInCheckout: boolean;
  /** What became of on-site messages, as far back as the caller looks. Being held out counts as being shown. */
  shown: { at: number; campaignId: string }[];
  closed: { at: number; campaignId: string }[];
  clicked: { at: number; campaignId: string }[];
}

export interface GateOnsite extends Omit<GateCampaign, "isAd"> {
  /** Showings of this message to one person in all. */
  totalCap: number | null;
  /** Not again for so long after it was closed; null: never again. */
  restSeconds: number | null;
  untilClicked: boolean;
  duringCheckout: boolean;
}

/** On-site messages of all kinds to one person on one local day, whatever their own caps say. */
const MOST_ONSITE_A_DAY = 6;

/**
 * The same gate for a message on the page that somebody is looking at. What nobody sends to an address needs no consent to
 * advertising and knows no night (Network Act art. 50 is about transmission to a recipient); the other rules hold.
 */
export function allowOnsite(
  visitor: Visitor,
  message: GateOnsite,
  site: Pick<GateSite, "timeZone">,
  now: number,
  rendering?: Rendering,
): Verdict {
  if (!message.isRunning) return refuse("paused");
  if (visitor.isBlocked) return refuse("blocked");
  if (visitor.isInCheckout && !message.duringCheckout) return refuse("in_checkout");
  const isOwn = ({ campaignId }: { campaignId: string }) => campaignId === message.id;
  const today = localDayStart(now, site.timeZone);
  const shownToday = visitor.shown.filter(({ at }) => at >= today);
  if (shownToday.length >= MOST_ONSITE_A_DAY) return refuse("frequency_cap");
  const isOften = shownToday.filter(isOwn).length >= message.dailyCap;
  const isEnough = message.totalCap !== null && visitor.shown.filter(isOwn).length >= message.totalCap;
  if (isOften || isEnough) return refuse("campaign_cap");
  if (message.untilClicked && visitor.clicked.some(isOwn)) return refuse("answered");
  const restMs = message.restSeconds === null ? Number.POSITIVE_INFINITY : message.restSeconds * SECOND;
  if (visitor.closed.some((each) => isOwn(each) && now - each.at < restMs)) return refuse("dismissed");
  if (isHeldOut(message, visitor.profileId)) return refuse("holdout");
  return rendering && !rendering.ok ? refuse(rendering.reason) : ALLOWED;
}

/** Stateless, so that a person is in or out of a campaign's holdout for good. */
export function isHeldOut(campaign: Pick<GateCampaign, "id" | "holdoutPercent">, profileId: ProfileId): boolean {
  return hashUnit(`holdout:${campaign.id}:${profileId}`) * 100 < campaign.holdoutPercent;
}

function isWithin(window: Window, now: number, site: GateSite): boolean {
  const minute = localMinuteOfDay(now, site.timeZone);
  return minute >= window.from || minute < window.to;
}

function refuse(reason: Reason): Verdict {
  return { allowed: false, reason };
}

function hold(reason: Reason, window: Window, now: number, site: GateSite): Verdict {
  return { allowed: false, reason, holdUntil: nextLocalMinute(now, window.to, site.timeZone) };
}
