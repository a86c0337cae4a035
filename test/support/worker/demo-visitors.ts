import { demoCatalog } from "../../../widget/demo/catalog.ts";
import { simulateVisitors } from "../../../widget/demo/simulator.ts";
import { upsertItems } from "../../../worker/catalog/upsert.ts";
import { collect } from "../../../worker/events/collect.ts";
import { type Harness, harness, NOON } from "./harness.ts";
import { place } from "./shop.ts";

const catalog = demoCatalog("https://shop.test");

export const visitors = (count: number) => [
  ...simulateVisitors({ seed: 20260, visitors: count, days: 45, now: NOON, catalog }),
];

type Message = ReturnType<typeof visitors>[number];

export async function send(h: Harness, messages: Message[]): Promise<void> {
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  for (let start = 0; start < messages.length; start += 2000) {
    await collect(h.deps, envelope, messages.slice(start, start + 2000));
  }
}

/** The demo's shop with its visitors of six weeks; not trained. */
export async function demoShop(messages: Message[]): Promise<Harness> {
  const h = await harness();
  await upsertItems(h.deps, h.site, catalog);
  await send(h, messages);
  await place(h);
  return h;
}

export const someItem = catalog[0]!.id;
