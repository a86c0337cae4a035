/**
 * What the simulated visitors were shown before the demo began: a list on each visit's first page, of what they look at next
 * and of what others like, and a click where they go on from it. Deterministic; adds messages, changes none.
 */
import type { DemoItem } from "./catalog.ts";
import { pick, randomFrom } from "./random.ts";
import type { SimulatedMessage } from "./simulator.ts";

const CARDS = 6;
/** Share of visits whose list holds the item that is looked at next, the first visit and later ones. */
const FORESEEN = { first: 0.05, later: 0.14 };
const SEEN_AFTER_MS = 1500;
const CLICK_BEFORE_MS = 800;

/** @param messages visitor by visitor, each visitor's in order of time */
export function* withImpressions(
  messages: readonly SimulatedMessage[],
  catalog: DemoItem[],
): Generator<SimulatedMessage> {
  let visitor: string | undefined;
  let clicked: SimulatedMessage | undefined;
  for (const [index, message] of messages.entries()) {
    const isFirst = message.anonymousId !== visitor;
    visitor = message.anonymousId;
    if (clicked && message.event === "product_viewed") {
      yield { ...clicked, timestamp: shifted(message, -CLICK_BEFORE_MS) };
      clicked = undefined;
    }
    yield message;
    if (message.type !== "page") continue;
    const random = randomFrom(`impression:${message.messageId}`);
    const next = messages.slice(index + 1, index + 6).find(({ event }) => event === "product_viewed");
    const wanted = next?.anonymousId === visitor ? next.properties?.product_id : undefined;
    const isForeseen = wanted !== undefined && random() < (isFirst ? FORESEEN.first : FORESEEN.later);
    const items = [...new Set(Array.from({ length: CARDS }, () => pick(random, catalog).id))].filter(
      (id) => id !== wanted,
    );
    const place = Math.floor(random() * items.length);
    if (isForeseen) items.splice(place, 0, String(wanted));
    const list = {
      recommendation_id: `rec-${message.messageId}`,
      placement: "home",
      fallback_level: isFirst ? "popular" : "personal",
    };
    const { messageId: id, anonymousId, userId } = message;
    const about = { type: "track" as const, anonymousId, ...(userId ? { userId } : {}) };
    yield {
      ...about,
      messageId: `${id}-shown`,
      timestamp: shifted(message, SEEN_AFTER_MS),
      event: "recommendation_shown",
      properties: { ...list, item_ids: items },
    };
    clicked = isForeseen
      ? {
          ...about,
          messageId: `${id}-clicked`,
          timestamp: message.timestamp,
          event: "recommendation_clicked",
          properties: { ...list, item_id: wanted, product_id: wanted, position: place + 1 },
        }
      : undefined;
  }
}

function shifted({ timestamp }: SimulatedMessage, ms: number): string {
  return new Date(Date.parse(timestamp) + ms).toISOString();
}
