/** The short form of `npm run stress:ingest`: the server is killed twice under load, and nothing it acknowledged is lost. */
import { expect, it } from "vitest";
import { stressIngest } from "../bench/stress.ts";

it("stores every acknowledged event exactly once, though the server is killed under load", async () => {
  const {
    sent,
    failedCalls,
    seconds: _,
    hungUp: __,
    ...account
  } = await stressIngest({
    events: 2500,
    kills: 2,
    connections: 8,
    seed: 7,
  });
  expect(account).toEqual({
    events: 2500,
    acknowledged: 2500,
    stored: 2500,
    duplicated: 0,
    lost: 0,
    altered: 0,
    brokenLinks: 0,
    kills: 2,
  });
  // It was no stroll: calls were cut off, and sent again.
  expect(failedCalls).toBeGreaterThan(0);
  expect(sent).toBeGreaterThan(2500);
});
