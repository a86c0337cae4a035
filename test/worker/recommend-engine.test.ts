import { beforeAll, describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { collect } from "../../worker/events/collect.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { place } from "../support/worker/shop.ts";

const catalog = demoCatalog("https://shop.test");

/** The demo's shop with its visitors of six weeks; not trained. */
async function demoShop(visitors = 900, seed = 20260): Promise<Harness> {
  const h = await harness();
  await upsertItems(h.deps, h.site, catalog);
  const messages = [...simulateVisitors({ seed, visitors, days: 45, now: NOON, catalog })];
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  for (let start = 0; start < messages.length; start += 2000) {
    await collect(h.deps, envelope, messages.slice(start, start + 2000));
  }
  await place(h);
  return h;
}

describe("the engine on the demo's visitors", () => {
  let h: Harness;
  beforeAll(async () => {
    let t = Date.now();
    h = await demoShop();
    console.log("events", Date.now() - t);
  }, 60_000);

  it("learns a net that foretells better than rows alone, and serves it", async () => {
    const t = Date.now();
    const { metrics } = await trainNow(h.deps, h.site.id);
    console.log(Date.now() - t, JSON.stringify(metrics));
    expect(metrics.ranker).toBe("net");
  }, 60_000);
});
