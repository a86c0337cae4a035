/** A small shop with a few visitors, for tests about recommendations: coats go with scarves, lamps with bulbs. */
import { upsertItems } from "../../../worker/catalog/upsert.ts";
import { collect } from "../../../worker/events/collect.ts";
import type { Job } from "../../../worker/job.ts";
import { run } from "../../../worker/jobs/queue.ts";
import { DAY, MINUTE } from "../../../worker/lib/time.ts";
import { putPlacement } from "../../../worker/recommend/placements.ts";
import { PlacementRules } from "../../../worker/recommend/schema.ts";
import { type Harness, NOON } from "./harness.ts";

export interface ShopItem {
  id: string;
  title: string;
  [field: string]: unknown;
}

export function item(id: string, fields: Record<string, unknown> = {}): ShopItem {
  return {
    id,
    title: `상품 ${id}`,
    url: `https://shop.test/items/${id}`,
    imageUrl: `https://shop.test/images/${id}.webp`,
    price: 10000,
    ...fields,
  };
}

export async function stock(h: Harness, items: ShopItem[]): Promise<void> {
  await upsertItems(h.deps, h.site, items);
}

/** Runs the embed-items jobs that were sent. */
export async function embedAll(h: Harness): Promise<void> {
  for (const job of h.jobs.splice(0) as Job[]) if (job.kind === "embed-items") await run(h.deps, job);
}

export async function place(h: Harness, id = "home", rules: Record<string, unknown> = {}): Promise<void> {
  await putPlacement(h.deps, h.site.id, id, { name: id, rules: PlacementRules.parse(rules) });
}

let sequence = 0;

type Person = { userId: string } | { anonymousId: string };
type Action = string | [event: string, itemId: string];

/** Stores events of one person, one a minute, ending `endAt`. An entry is an item id (a view) or [event, item id]. */
export async function visit(h: Harness, person: Person, actions: Action[], endAt = h.clock.at - MINUTE): Promise<void> {
  await visitAll(h, [{ person, actions, endAt }]);
}

async function visitAll(h: Harness, visits: { person: Person; actions: Action[]; endAt: number }[]): Promise<void> {
  const messages = visits.flatMap(({ person, actions, endAt }) =>
    actions.map((action, place) => {
      const [event, id] = typeof action === "string" ? ["product_viewed", action] : action;
      return {
        type: "track",
        event,
        messageId: `m${sequence++}`,
        ...person,
        timestamp: endAt - (actions.length - 1 - place) * MINUTE,
        properties: { product_id: id },
      };
    }),
  );
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  const { refused } = await collect(h.deps, envelope, messages);
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
}

export const OUTERWEAR = ["coat-1", "coat-2", "coat-3", "scarf-1", "scarf-2"];
export const LIGHTING = ["lamp-1", "lamp-2", "lamp-3", "bulb-1", "bulb-2"];
export const EVERYTHING = [...OUTERWEAR, ...LIGHTING];

const TITLES: Record<string, [string, string]> = {
  coat: ["울 코트", "Wool coat"],
  scarf: ["캐시미어 머플러", "Cashmere scarf"],
  lamp: ["책상 조명", "Desk lamp"],
  bulb: ["전구", "Bulb"],
};

/** Ten items of two tastes, forty days of visitors who keep to one taste each. Not trained. */
export async function openShop(h: Harness): Promise<void> {
  await stock(
    h,
    EVERYTHING.map((id) => {
      const [ko, en] = TITLES[id.split("-")[0]!]!;
      const number = id.split("-")[1];
      const category = OUTERWEAR.includes(id) ? ["패션", id.startsWith("coat") ? "코트" : "머플러"] : ["리빙", "조명"];
      return item(id, { title: `${ko} ${number}`, titles: { en: `${en} ${number}` }, category, brand: id.slice(0, 4) });
    }),
  );
  const visits = Array.from({ length: 40 }, (_, visitor) => {
    const taste = visitor % 2 === 0 ? OUTERWEAR : LIGHTING;
    const step = 1 + (visitor % 3);
    const actions = [0, 1, 2, 3].map((place) => taste[(visitor + place * step) % taste.length]!);
    return { person: { anonymousId: `early-${visitor}` }, actions, endAt: NOON - (41 - visitor) * DAY };
  });
  await visitAll(h, visits);
  await place(h);
}
