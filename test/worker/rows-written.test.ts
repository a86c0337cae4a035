/**
 * Rows written are what D1 bills: a day of the demo shop's visitors, every event sent by itself at its own time, with the
 * demo's segments and its running campaign.
 */
import { expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { demoCampaign, demoPlacements, demoSegments } from "../../widget/demo/definitions.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { startRuns } from "../../worker/campaigns/enter.ts";
import { collect } from "../../worker/events/collect.ts";
import { DAY } from "../../worker/lib/time.ts";
import { harness, NOON } from "../support/worker/harness.ts";

const catalog = demoCatalog("https://shop.test");
const day = [...simulateVisitors({ seed: 7, visitors: 25, days: 1, now: NOON + DAY, catalog })].sort((a, b) =>
  a.timestamp < b.timestamp ? -1 : 1,
);

it("writes at most two rows an event over the demo's traffic", { timeout: 60_000 }, async () => {
  const h = await harness();
  for (const { id, ...placement } of demoPlacements) await h.server("PUT", `/v1/placements/${id}`, placement);
  for (const { id, ...segment } of demoSegments) await h.server("PUT", `/v1/segments/${id}`, segment);
  const { id, ...campaign } = demoCampaign;
  await h.server("PUT", `/v1/campaigns/${id}`, campaign);
  expect((await h.server("POST", `/v1/campaigns/${id}/launch`)).status).toBe(200);

  h.deps.meter.written = 0;
  for (const message of day) {
    h.clock.at = Date.parse(message.timestamp) + 200;
    const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: h.clock.at - 100, isBot: false };
    await collect(h.deps, envelope, [message], await startRuns(h.deps, h.site.id));
  }
  const perEvent = h.deps.meter.written / day.length;
  expect(day.length).toBeGreaterThan(300);
  expect(perEvent).toBeLessThanOrEqual(2);
});
