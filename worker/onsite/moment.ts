/** When a message's moment is: now, by what the person did, or in the browser, which is then told what to wait for. Pure. */
import type { HistoryEvent } from "../events/store.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { eventNames, meets } from "../segments/rule.ts";
import type { OnsiteDefinition } from "./definition.ts";
import type { OfferMoment } from "./schema.ts";

/** A visit ends after this long without an event. */
export const VISIT_MS = 30 * MINUTE;

export interface Live {
  /** Of the person, newest first. */
  events: HistoryEvent[];
  now: number;
  /** Major units; only asked for by a cart trigger. */
  cartValue: number;
  /** Segments that the person came into in this visit. */
  entered: ReadonlySet<string>;
  /** When this message was last shown to them. */
  lastShownAt: number | undefined;
}

/** Undefined while nothing of what the trigger asks for has happened. */
export function momentOf({ trigger, delaySeconds }: OnsiteDefinition, live: Live): OfferMoment | undefined {
  const now = { kind: "now", delaySeconds } as const;
  switch (trigger.kind) {
    case "page":
      return now;
    case "event": {
      // What led to the last showing does not lead to another.
      const after = Math.max(live.now - trigger.withinSeconds * SECOND, live.lastShownAt ?? 0);
      const found = live.events.filter(
        ({ at, name, properties }) => at > after && trigger.events.includes(name) && meets(trigger.where, properties),
      );
      return found.length >= trigger.count ? now : undefined;
    }
    case "cart": {
      const { atLeast, below = Number.POSITIVE_INFINITY } = trigger;
      return live.cartValue > 0 && live.cartValue >= atLeast && live.cartValue < below ? now : undefined;
    }
    case "segment":
      return live.entered.has(trigger.segmentId) ? now : undefined;
    case "scroll":
      return { kind: "scroll", delaySeconds, percent: trigger.percent };
    case "dwell":
      return { kind: "dwell", delaySeconds, seconds: trigger.seconds };
    case "exit":
      return { kind: "exit", delaySeconds, idleSeconds: trigger.idleSeconds, back: trigger.back };
  }
}

const BROWSING = new Set(["category_viewed", "product_viewed", "product_searched", "product_added_to_cart"]);

/** Began to pay in this visit, and has neither paid nor gone back to looking around since. */
export function isPaying(events: HistoryEvent[], now: number): boolean {
  for (const { at, name } of events) {
    if (at <= now - VISIT_MS || name === "product_purchased" || BROWSING.has(name)) return false;
    if (name === "checkout_started") return true;
  }
  return false;
}

/** After these a decision is always due: another page, another state of the queue, the cash desk. */
const ALWAYS = [
  "page_viewed",
  "identify",
  "message_shown",
  "message_clicked",
  "message_dismissed",
  "message_skipped",
  "checkout_started",
  "product_purchased",
];
const OF_CARTS = ["product_added_to_cart", "product_removed_from_cart"];

/** Whether any of these messages can be decided otherwise after events of these names. */
export function concerns(
  definitions: OnsiteDefinition[],
  names: Iterable<string>,
  segmentEvents: Set<string>,
): boolean {
  const heard = new Set(ALWAYS);
  for (const { trigger, audience } of definitions) {
    if (trigger.kind === "event") for (const name of trigger.events) heard.add(name);
    if (trigger.kind === "cart") for (const name of OF_CARTS) heard.add(name);
    if (trigger.kind === "segment") for (const name of segmentEvents) heard.add(name);
    if (audience) for (const name of eventNames(audience)) heard.add(name);
  }
  for (const name of names) if (heard.has(name)) return true;
  return false;
}
