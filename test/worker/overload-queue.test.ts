/** While D1 is overloaded: what was acknowledged is stored later, once, in its order; what was not may be sent again. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Job } from "../../worker/job.ts";
import { consume, run } from "../../worker/jobs/queue.ts";
import { hash32 } from "../../worker/lib/hash.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { openQueue } from "../../worker/platform/queue.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { openCampaign, runsOf } from "../support/worker/campaign.ts";
import { NOON } from "../support/worker/harness.ts";
import { deliver, exhaust, history, post, recover, view, type Weary, weary } from "../support/worker/weary.ts";

describe("what waited in the queue", () => {
  it("starts the campaigns it would have started then, once", async () => {
    const h = await weary();
    await openCampaign(h);
    exhaust(h);
    const at = NOON - SECOND;
    await post(h, view({ event: "Product Added", timestamp: at }));
    recover(h);
    const waiting = h.jobs.splice(0);
    h.clock.at = NOON + 20 * MINUTE;
    await deliver(h, [...waiting, ...waiting]);
    expect(await runsOf(h, { userId: "minji" })).toEqual(["reminder: waiting"]);
    const profileId = profileIdOf(h.site.id, { userId: "minji" });
    const [runRow] = (
      await h.deps.shards
        .of(profileId)
        .db.prepare("SELECT due_at, entered_at FROM runs WHERE profile_id = ?1")
        .bind(profileId)
        .all()
    ).results;
    expect(runRow).toEqual({ due_at: at + HOUR, entered_at: at });
  });

  it("does not undo what was said of the person since", async () => {
    const h = await weary();
    const identify = (messageId: string, timestamp: number, traits: object) =>
      post(h, { type: "identify", userId: "minji", messageId, timestamp, traits });
    await identify("i0", NOON - 9 * MINUTE, { plan: "free", city: "Seoul" });
    exhaust(h);
    await identify("i1", NOON - 3 * MINUTE, { plan: "pro", email: "old@shop.test", size: "M", city: "Busan" });
    recover(h);
    await identify("i2", NOON - MINUTE, { plan: "gone", email: "new@shop.test", size: null });
    await deliver(h);
    const profile = await getProfile(h.deps, profileIdOf(h.site.id, { userId: "minji" }));
    expect(profile?.traits).toEqual({ plan: "gone", city: "Busan" });
    expect(profile?.email).toBe("new@shop.test");
  });

  it("is not written over what is said in the very moment", async () => {
    const h = await weary();
    const identify = (messageId: string, timestamp: number, traits: object) =>
      post(h, { type: "identify", userId: "minji", messageId, timestamp, traits });
    exhaust(h);
    await identify("i1", NOON - 3 * MINUTE, { plan: "old" });
    recover(h);
    const [job] = h.jobs.splice(0);
    // Between the read and the write of the delayed one: its batch fails, and the queue brings it again.
    const { db } = h.deps.shards.of(profileIdOf(h.site.id, { userId: "minji" }));
    const { batch } = db;
    db.batch = async (statements) => {
      db.batch = batch;
      await identify("i2", NOON - MINUTE, { plan: "new" });
      return batch(statements);
    };
    await expect(run(h.deps, job as Job)).rejects.toThrow("malformed JSON");
    expect(await history(h)).toHaveLength(1);
    await run(h.deps, job as Job);
    expect(await history(h)).toHaveLength(2);
    expect((await getProfile(h.deps, profileIdOf(h.site.id, { userId: "minji" })))?.traits).toEqual({ plan: "new" });
  });

  it("gives a browser to whoever signed in first, not to whoever was written first", async () => {
    const h = await weary();
    const both = (userId: string, timestamp: number) =>
      post(h, view({ userId, anonymousId: "a1", messageId: `by ${userId}`, timestamp }));
    exhaust(h);
    h.clock.at = NOON;
    await both("first", NOON - SECOND);
    recover(h);
    h.clock.at = NOON + MINUTE;
    await both("second", NOON + MINUTE);
    const waiting = h.jobs.splice(0);
    h.clock.at = NOON + 5 * MINUTE;
    await deliver(h, [...waiting, ...waiting]);
    const browser = profileIdOf(h.site.id, { anonymousId: "a1" });
    expect((await locatePerson(h.deps, h.site.id, { userId: "first" })).histories).toContain(browser);
    expect((await locatePerson(h.deps, h.site.id, { userId: "second" })).histories).not.toContain(browser);
    // And the one who has it keeps it.
    h.clock.at = NOON + 6 * MINUTE;
    await both("third", NOON + 6 * MINUTE);
    expect((await locatePerson(h.deps, h.site.id, { userId: "third" })).histories).not.toContain(browser);
  });

  it("is not written about somebody who was erased meanwhile, but about whoever comes back after", async () => {
    const h = await weary();
    await post(h, view({ anonymousId: "a1", messageId: "before" }));
    exhaust(h);
    await post(h, view(), view({ messageId: "m2", userId: null, anonymousId: "a1" }));
    await post(h, view({ messageId: "m3", userId: "seojun", anonymousId: "a1" }));
    recover(h);
    h.clock.at = NOON + MINUTE;
    expect((await h.server("DELETE", "/v1/users/minji")).status).toBe(200);
    h.clock.at = NOON + 2 * MINUTE;
    await post(h, view({ messageId: "m4", timestamp: NOON + 2 * MINUTE }));
    await deliver(h);
    expect((await history(h)).map((event) => event.messageId)).toEqual(["m4"]);
    expect(await history(h, { anonymousId: "a1" })).toEqual([]);
    const { histories } = await locatePerson(h.deps, h.site.id, { userId: "seojun" });
    expect(histories).toHaveLength(1);
    expect((await history(h, { userId: "seojun" })).map((event) => event.messageId)).toEqual(["m3"]);
  });

  it("is split into messages that a queue takes", async () => {
    const h = await weary();
    exhaust(h);
    const batch = Array.from({ length: 400 }, (_, index) =>
      view({ messageId: `m${index}`, properties: { product_id: "p1", note: "가".repeat(250) } }),
    );
    expect((await post(h, ...batch)).status).toBe(200);
    const sizes = h.jobs.map((job) => Buffer.byteLength(JSON.stringify(job)));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(128 * 1024);
    const calls: number[] = [];
    const sendBatch = async (messages: Iterable<{ body: unknown }>) => {
      calls.push([...messages].reduce((sum, { body }) => sum + Buffer.byteLength(JSON.stringify(body)), 0));
    };
    await openQueue({ sendBatch } as unknown as Queue<Job>).send(h.jobs as Job[]);
    expect(Math.max(...calls)).toBeLessThan(256 * 1024);
    recover(h);
    await deliver(h);
    expect(await history(h)).toHaveLength(400);
  });

  it("goes back into the queue instead of being buried, and names nobody in the control database", async () => {
    const h = await weary();
    exhaust(h);
    await post(h, view());
    const [job] = h.jobs.splice(0);
    const done: string[] = [];
    const message = {
      id: "dead-1",
      body: job,
      attempts: 5,
      ack: () => done.push("ack"),
      retry: () => done.push("retry"),
    };
    const batch = { queue: "nunchi-dead", messages: [message] } as unknown as MessageBatch<Job>;
    await consume(batch, async () => h.deps);
    expect(done).toEqual(["ack"]);
    expect(h.jobs).toEqual([job]);
    const letters = await h.deps.control.prepare("SELECT 1 FROM dead_letters WHERE id = 'dead-1'").all();
    expect(letters.results).toEqual([]);
    h.queueRefuses = true;
    await consume(batch, async () => h.deps);
    expect(done).toEqual(["ack", "retry"]);
  });
});

/** What somebody does, at whichever second it comes; `isDown`: while the databases take nothing. */
interface Act {
  kind: "identify" | "sign in" | "cart";
  user: number;
  browser: number;
  traits: Record<string, number | null>;
  isDown: boolean;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom("identify" as const, "sign in" as const, "cart" as const),
  user: fc.integer({ min: 1, max: 3 }),
  browser: fc.integer({ min: 1, max: 2 }),
  traits: fc.dictionary(fc.constantFrom("plan", "city", "size"), fc.option(fc.integer({ min: 1, max: 9 }))),
  isDown: fc.boolean(),
});

function messageOf({ kind, user, browser, traits }: Act, index: number): object {
  const base = { messageId: `m${index}`, timestamp: NOON + index * SECOND, userId: `u${user}` };
  if (kind === "identify") return { ...base, type: "identify", traits };
  const event = kind === "cart" ? "Product Added" : "page_view";
  return { ...base, type: "track", event, anonymousId: `b${browser}`, properties: { product_id: "p1" } };
}

/** Everything that is stored of these people, by the names that the test gave them. */
async function state(h: Weary): Promise<unknown> {
  const browsers = new Map([1, 2].map((each) => [profileIdOf(h.site.id, { anonymousId: `b${each}` }), `b${each}`]));
  return Promise.all(
    [1, 2, 3].map(async (each) => {
      const person = { userId: `u${each}` };
      const { histories } = await locatePerson(h.deps, h.site.id, person);
      const profileId = profileIdOf(h.site.id, person);
      const own = (await history(h, person)).filter((event) => event.profileId === profileId);
      return {
        traits: (await getProfile(h.deps, profileId))?.traits ?? null,
        browsers: histories
          .slice(1)
          .map((id) => browsers.get(id))
          .sort(),
        events: own.map(({ messageId, at, name }) => [messageId, at - NOON, name]),
        runs: (await runsOf(h, person)).length,
      };
    }),
  );
}

/** The browser's first user comes last, after a second one and after the first one's own later visit. */
const SEVERAL_OWNERS: Act[] = [
  { kind: "sign in", user: 3, browser: 2, traits: {}, isDown: true },
  { kind: "cart", user: 1, browser: 2, traits: {}, isDown: true },
  { kind: "cart", user: 3, browser: 2, traits: {}, isDown: false },
  { kind: "identify", user: 1, browser: 1, traits: {}, isDown: false },
];

it("comes out as if the databases had never been down, in whatever order the queue brings it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 8 }), fc.integer(), async (acts, order) => {
      const [calm, stormy] = [await weary(), await weary()];
      for (const h of [calm, stormy]) {
        await openCampaign(h);
        for (const [index, each] of acts.entries()) {
          h.clock.at = NOON + index * SECOND;
          if (h === stormy && each.isDown) exhaust(h);
          expect((await post(h, messageOf(each, index))).status).toBe(200);
          recover(h);
        }
        h.clock.at = NOON + 5 * MINUTE;
      }
      expect(stormy.jobs).toHaveLength(acts.filter(({ isDown }) => isDown).length);
      const waiting = stormy.jobs.splice(0).map((job, index) => ({ job, rank: hash32(`${order} ${index}`) }));
      await deliver(
        stormy,
        waiting.sort((a, b) => a.rank - b.rank).map(({ job }) => job),
      );
      expect(await state(stormy)).toEqual(await state(calm));
    }),
    { numRuns: 8, examples: [[SEVERAL_OWNERS, 0]] },
  );
}, 30_000);
