import { expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY } from "../../worker/lib/time.ts";
import { KEPT_DAYS } from "../../worker/privacy/retention.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

/** Looked at something `daysAgo` before the test's clock. */
const view = (person: object, daysAgo: number) => ({
  type: "track",
  event: "product_viewed",
  messageId: `m-${JSON.stringify(person)}-${daysAgo}`,
  timestamp: new Date(NOON - daysAgo * DAY).toISOString(),
  properties: { product_id: "p1" },
  ...person,
});

async function agesOf(h: Harness, person: { userId: string } | { anonymousId: string }): Promise<number[]> {
  const events = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
  return events.map((event) => Math.round((NOON - event.at) / DAY));
}

/** A night: every shard's job, and those that a job sends after itself. */
async function sleep(h: Harness): Promise<void> {
  for (const { index } of h.deps.shards.all()) await run(h.deps, { kind: "expire", siteId: h.site.id, shard: index });
}

it("forgets events past their time, browsers that stayed away, and nothing else", async () => {
  const h = await harness();
  const other = await harness();
  const old = KEPT_DAYS.events + 1;
  const batch = [
    view({ userId: "minji" }, old),
    view({ userId: "minji" }, 10),
    view({ userId: "jisoo" }, old),
    view({ anonymousId: "gone" }, old),
    view({ anonymousId: "back" }, old),
    view({ anonymousId: "back" }, 2),
  ];
  expect((await h.server("POST", "/v1/import/events", { batch })).status).toBe(200);
  await other.server("POST", "/v1/import/events", { batch });
  await sleep(h);
  expect(await agesOf(h, { userId: "minji" })).toEqual([10]);
  expect(await agesOf(h, { anonymousId: "back" })).toEqual([2]);
  expect(await agesOf(h, { anonymousId: "gone" })).toEqual([]);
  expect(await getProfile(h.deps, profileIdOf(h.site.id, { anonymousId: "gone" }))).toBeUndefined();
  // A signed-in person is known until they are erased, whatever is left of what they did.
  expect(await getProfile(h.deps, profileIdOf(h.site.id, { userId: "jisoo" }))).toBeDefined();
  expect(await agesOf(other, { userId: "minji" })).toEqual([10, old]);
});

it("deletes jobs that failed for good a month ago", async () => {
  const h = await harness();
  const at = (daysAgo: number) => NOON - daysAgo * DAY;
  const insert = "INSERT INTO dead_letters (id, kind, job, failed_at) VALUES (?1, 'train', '{}', ?2)";
  await h.deps.control.batch([
    h.deps.control.prepare(insert).bind(`${h.site.id}-old`, at(KEPT_DAYS.deadLetters + 1)),
    h.deps.control.prepare(insert).bind(`${h.site.id}-new`, at(KEPT_DAYS.deadLetters - 1)),
  ]);
  await run(h.deps, { kind: "expire-definitions" });
  const { results } = await h.deps.control
    .prepare("SELECT id FROM dead_letters WHERE id LIKE ?1")
    .bind(`${h.site.id}-%`)
    .all<{ id: string }>();
  expect(results.map(({ id }) => id)).toEqual([`${h.site.id}-new`]);
});
