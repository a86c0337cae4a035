/** What a campaign costs that many people are in: an event must not pay for everybody else's. */
import { expect, it } from "vitest";
import { insertRuns, type NewRun } from "../../worker/campaigns/store.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY } from "../../worker/lib/time.ts";
import { harness, NOON } from "../support/worker/harness.ts";

it.each([
  ["within a day", DAY],
  ["once for ever", 1e14],
])("finds out %s whether a person is in already without reading other people's runs", async (_, windowMs) => {
  const h = await harness();
  const enter = (userId: string, at: number): NewRun => ({
    profileId: profileIdOf(h.site.id, { userId }),
    campaignId: `busy-${h.site.id}`,
    occurrence: String(at),
    version: 1,
    change: null,
    dueAt: at + DAY,
    enteredAt: at,
    windowMs,
  });
  const { db } = h.deps.shards.at(0);
  const crowd = Array.from({ length: 500 }, (_, index) => enter(`user-${index}`, NOON - index));
  await insertRuns(db, crowd).run();
  const again = await insertRuns(db, [enter("user-7", NOON)]).run();
  expect(again.meta.changes).toBe(0);
  expect(again.meta.rows_read).toBeLessThan(20);
  const other = await insertRuns(db, [enter("somebody-else", NOON)]).run();
  expect(other.meta.changes).toBeGreaterThan(0);
  expect(other.meta.rows_read).toBeLessThan(20);
});
