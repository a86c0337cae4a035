/**
 * A checked message → what is stored. Pure: `now` is an argument. Traits of identify calls go to the profile; the call
 * itself is kept as an event, so that a person's timeline is complete.
 */
import { type ProfileId, profileIdOf } from "../lib/ids.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../lib/time.ts";
import type { ProfileChange } from "../profiles/store.ts";
import { canonicalName, itemsOf, orderIdOf, shownIdsOf } from "./alias.ts";
import type { EventMessage } from "./schema.ts";

export interface StoredEvent {
  profileId: ProfileId;
  at: number;
  messageId: string;
  name: string;
  /** The name as it was sent, where ours is another. */
  sentAs?: string | null;
  itemId: string | null;
  properties: Record<string, unknown>;
  isBot: boolean;
  /** Of a purchase: what the shop's own system has told of it already is not told again (store.ts). */
  orderId?: string | null;
  /**
   * Between which times (epoch ms) the same message may be stored already, at another time than this one says. Null: its
   * time never changes, so the primary key alone makes it happen once.
   */
  retryWindow: { from: number; to: number } | null;
}

export interface Normalized {
  event: StoredEvent;
  profile: ProfileChange;
  /** Set when the message names both a user and a browser: the browser belongs to that user. */
  anonymousProfileId: ProfileId | undefined;
}

export interface Envelope {
  siteId: string;
  now: number;
  /** When the client says that it sent the batch. */
  sentAt: number | undefined;
  isBot: boolean;
  /** Of a browser's call, as coarse as this: kept with its page views, so that visits can be told apart. */
  visit?: {
    device?: "phone" | "desktop" | undefined;
    country?: string | undefined;
    /** ISO 3166-2. */
    region?: string | undefined;
    /** Until the browser says its own. */
    timeZone?: string | undefined;
  };
  /** Historical import: times are taken as they are. */
  trusted?: boolean;
  /** Recorded under the browser's id alone: the visitor wants no advertising; see events/privacy.ts. */
  isUnlinked?: boolean;
  /** The site's own names of events; see `canonicalName`. */
  aliases?: Record<string, string>;
  /** When it is written, for what had to wait in the queue after it was received at `now`. */
  storedAt?: number;
}

/** A device's clock is taken to be wrong from here on. Smaller differences are network time. */
const SKEW_CORRECTED_MS = MINUTE;
/** From here on a retry might fall on the other side of the line above. */
const SKEW_UNCERTAIN_MS = 15 * SECOND;
/** How far from each other a message and its retry can be: when the time is the client's, and when it is our guess. */
const RETRY_MS = HOUR;
const RETRY_UNCERTAIN_MS = DAY;

/**
 * `timestamp + (receivedAt − sentAt)`, Segment's correction, but only for clocks that are off by a minute or more: a
 * corrected time differs from retry to retry. Never in the future nor before 1970; without a timestamp it is the time of
 * receipt. A body that is kept and sent again later looks like a clock that is off: the window reaches from what the client
 * said to what it was corrected to.
 */
export function eventTime(message: EventMessage, envelope: Envelope): Pick<StoredEvent, "at" | "retryWindow"> {
  const { now, storedAt = now } = envelope;
  const said = message.timestamp ?? message.originalTimestamp;
  if (said === undefined) return { at: now, retryWindow: { from: now - RETRY_UNCERTAIN_MS, to: storedAt } };
  if (envelope.trusted) return { at: Math.min(said, now), retryWindow: null };
  const sentAt = message.sentAt ?? envelope.sentAt;
  const skew = sentAt == null ? 0 : now - sentAt;
  const corrected = Math.abs(skew) >= SKEW_CORRECTED_MS ? said + skew : said;
  const at = Math.min(Math.max(corrected, 0), now);
  const isUncertain = Math.abs(skew) >= SKEW_UNCERTAIN_MS || corrected > now;
  const reach = isUncertain ? RETRY_UNCERTAIN_MS : RETRY_MS;
  return { at, retryWindow: { from: Math.min(said, at) - reach, to: Math.max(said, at) + reach } };
}

const NAME_BY_TYPE = {
  page: "page_viewed",
  screen: "page_viewed",
  identify: "identify",
  group: "group",
  alias: "alias",
} as const;

/** `messageId` must be given by the caller of the API or minted before: it is what makes a retry recognisable. */
export function normalize(message: EventMessage & { messageId: string }, envelope: Envelope): Normalized {
  const userId = message.userId ?? undefined;
  const anonymousId = message.anonymousId ?? undefined;
  const person = userId !== undefined ? { userId } : { anonymousId: anonymousId as string };
  const profileId = profileIdOf(envelope.siteId, person);
  const { at, retryWindow } = eventTime(message, envelope);
  const properties: Record<string, unknown> = { ...message.properties };
  if (message.type === "page" || message.type === "screen") {
    if (message.name) properties.name = message.name;
    if (message.category) properties.category = message.category;
    const page = message.context?.page;
    if (typeof page === "object" && page !== null) {
      for (const [key, value] of Object.entries(page)) properties[key] ??= value;
    }
    const { device, country, region } = envelope.visit ?? {};
    if (device) properties.device ??= device;
    if (country) properties.country ??= country;
    if (region) properties.region ??= region;
  }
  if (message.type === "group" && message.groupId) properties.group_id = message.groupId;
  if (message.type === "alias" && message.previousId) properties.previous_id = message.previousId;
  const name =
    message.type === "track" ? canonicalName(message.event ?? "", envelope.aliases) : NAME_BY_TYPE[message.type];
  // A list is about no item of it in particular.
  const isList = name === "recommendation_shown";
  if (isList) properties.item_ids = shownIdsOf(properties);
  const traits: Record<string, unknown> =
    message.type === "identify" ? { ...(message.context?.traits as object), ...message.traits } : {};
  const { email, phone, locale, timezone, timeZone, ...others } = traits;
  // Names only: what an older word that comes in later may no longer change (events/late/).
  if (Object.keys(traits).length > 0) properties.traits = Object.keys(traits);
  return {
    event: {
      profileId,
      at,
      messageId: message.messageId,
      name,
      sentAs: message.type === "track" && message.event !== name ? (message.event ?? null) : null,
      itemId: isList ? null : wellFormed(itemsOf(properties)[0]?.id),
      properties,
      isBot: envelope.isBot,
      ...(name === "product_purchased" ? { orderId: wellFormed(orderIdOf(properties)) } : {}),
      retryWindow,
    },
    profile: {
      profileId,
      siteId: envelope.siteId,
      userId: userId ?? null,
      anonymousId: userId === undefined ? (anonymousId ?? null) : null,
      email: shortText(email),
      phone: shortText(phone),
      locale: shortText(locale) ?? shortText(message.context?.locale),
      timeZone:
        shortText(timezone) ??
        shortText(timeZone) ??
        shortText(message.context?.timezone) ??
        shortText(envelope.visit?.timeZone),
      traits: others,
      seenAt: at,
    },
    anonymousProfileId:
      userId !== undefined && anonymousId !== undefined ? profileIdOf(envelope.siteId, { anonymousId }) : undefined,
  };
}

function shortText(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? wellFormed(value.trim().slice(0, 256)) : null;
}

/** A column of its own is text for SQLite: no NUL, no half of a surrogate pair. */
function wellFormed(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll("\0", "").toWellFormed();
}
