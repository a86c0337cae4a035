import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import type { ProfileId } from "../../worker/lib/ids.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { listPresent, listSeenSince } from "../../worker/profiles/store.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const PEOPLE = 60;

/** Person k was there on every day that their number says, the last time at an hour of their own. */
async function crowd(h: Harness): Promise<void> {
  const messages = Array.from({ length: PEOPLE }, (_, person) =>
    [0, 1, 2, 3].flatMap((day) =>
      person & (1 << day)
        ? [
            {
              type: "track",
              event: "product_viewed",
              messageId: `${person}-${day}`,
              anonymousId: `visitor-${person}`,
              timestamp: NOON - day * DAY - (person % 5) * HOUR,
              properties: { product_id: "a" },
            },
          ]
        : [],
    ),
  ).flat();
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  await collect(h.deps, envelope, messages);
}

type List = (after: ProfileId, limit: number) => Promise<ProfileId[]>;

async function pages(list: List, limit: number): Promise<ProfileId[]> {
  const found: ProfileId[] = [];
  for (let after = "" as ProfileId; ; ) {
    const page = await list(after, limit);
    found.push(...page);
    const last = page.at(-1);
    if (page.length < limit || last === undefined) return found;
    after = last;
  }
}

describe("who was there", () => {
  it("is listed once and in order, in pages of any length, however the days overlap", async () => {
    const h = await harness();
    await crowd(h);
    for (const since of [NOON - 4 * DAY, NOON - 2 * DAY - HOUR, NOON - 3 * HOUR]) {
      const window = { since, until: NOON };
      for (const { db } of h.deps.shards.all()) {
        const { results: seen } = await db
          .prepare(
            "SELECT profile_id AS id FROM profiles WHERE site_id = ?1 AND last_seen_at >= ?2 ORDER BY profile_id",
          )
          .bind(h.site.id, since)
          .all<{ id: ProfileId }>();
        const lately = await pages((after, limit) => listSeenSince(db, h.site.id, window, after, limit), 7);
        expect(lately).toEqual(seen.map(({ id }) => id));
        const present = (after: ProfileId, limit: number) => listPresent(db, h.site.id, window, after, limit);
        const whole = await present("" as ProfileId, PEOPLE);
        expect(whole).toEqual([...new Set(whole)].sort());
        for (const limit of [1, 3, 10]) expect(await pages(present, limit)).toEqual(whole);
        expect(whole.length).toBeGreaterThanOrEqual(lately.length);
      }
    }
  });

  it("is read page by page: a page of a busy day costs what is on it", async () => {
    const h = await harness();
    await crowd(h);
    const { db } = h.deps.shards.all()[0]!;
    let rows = 0;
    const counted = {
      ...db,
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => ({
          all: async <T>() => {
            const answer = await db
              .prepare(sql)
              .bind(...values)
              .all<T>();
            rows += answer.meta.rows_read;
            return answer;
          },
        }),
      }),
    } as unknown as typeof db;
    const window = { since: NOON - 4 * DAY, until: NOON };
    const found = await pages((after, limit) => listPresent(counted, h.site.id, window, after, limit), 2);
    const { results } = await db
      .prepare("SELECT count(*) AS days FROM directory WHERE site_id = ?1")
      .bind(h.site.id)
      .all<{ days: number }>();
    expect(found.length).toBeGreaterThan(20);
    // Each day's rows twice, to find where a page ends and to read it, and what opening a page costs; not all for every page.
    expect(rows).toBeLessThan(6 * results[0]!.days + 20 * found.length);
  });
});
