/** What a delivery asks for, in our own words: every provider's messages become this, and one verb does it. */
import type { ConsentChange } from "../events/consent.ts";
import type { PersonKey } from "../lib/ids.ts";

/** What a shop says of a product: only the fields that it spoke of, in the words of `ItemInput`. */
export interface ProductChange {
  id: string;
  fields: Record<string, unknown>;
  /** What an item that we did not know gets besides. */
  ifNew: Record<string, unknown> | undefined;
  /** By the shop's clock; an older change that comes later is left out. Undefined: as of now. */
  saidAt: number | undefined;
}

export interface Effects {
  products?: ProductChange[];
  /** Whole items. */
  items?: unknown[];
  removedItemIds?: string[];
  restoredItemIds?: string[];
  /** In Segment's shape, each with its `messageId`. */
  events?: Record<string, unknown>[];
  /** As somebody else sent them: checked one by one. */
  sentEvents?: unknown[];
  consents?: { person: PersonKey; change: ConsentChange }[];
  /** Users who are gone. */
  erased?: string[];
}

/** `ignored`: nothing for us to do, which is no mistake. */
export type Reading = { kind: "effects"; effects: Effects } | { kind: "ignored"; why: string };

export const ignored = (why: string): Reading => ({ kind: "ignored", why });
export const effects = (what: Effects): Reading => ({ kind: "effects", effects: what });

/** Without what is unknown: an empty trait would take a known one's place. */
export function known(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** The words of a description without its markup. Cheap and bounded: for embedding and display, not for trust. */
export function plainText(html: string): string {
  return html
    .slice(0, 50_000)
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 5000);
}
