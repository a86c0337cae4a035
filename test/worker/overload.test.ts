import { describe, expect, it } from "vitest";
import type { Job } from "../../worker/job.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { isPassing } from "../../worker/platform/overload.ts";
import { harness, NOON } from "../support/worker/harness.ts";
import { tire } from "../support/worker/tired.ts";
import { deliver, exhaust, history, post, recover, view, weary } from "../support/worker/weary.ts";

describe("an overloaded database", () => {
  it("acknowledges what the queue holds, and stores it with its own time", async () => {
    const h = await weary();
    exhaust(h);
    const answer = await post(h, view(), view({ messageId: "m2", timestamp: undefined }), view({ userId: undefined }));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ success: true, accepted: 2, delayed: 2, refused: [{ index: 2 }] });
    recover(h);
    expect(await history(h)).toEqual([]);
    h.clock.at = NOON + 10 * MINUTE;
    await deliver(h);
    expect((await history(h)).map(({ messageId, at }) => [messageId, at])).toEqual([
      ["m2", NOON],
      ["m1", NOON - MINUTE],
    ]);
  });

  it("costs only the events of the shard that is down", async () => {
    const h = await weary();
    h.db.down.add(1);
    const people = Array.from({ length: 20 }, (_, index) => ({ userId: `u${index}` }));
    const answer = await post(h, ...people.map((person, index) => view({ ...person, messageId: `m${index}` })));
    const ofDown = people.filter((person) => h.deps.shards.of(profileIdOf(h.site.id, person)).index === 1);
    expect(await answer.json()).toMatchObject({ accepted: 20, delayed: ofDown.length });
    recover(h);
    for (const person of people) expect(await history(h, person)).toHaveLength(ofDown.includes(person) ? 0 : 1);
    await deliver(h);
    for (const person of people) expect(await history(h, person)).toHaveLength(1);
  });

  it("stores a message once, whether the database or its client repeats it, and in whatever order", async () => {
    const h = await weary();
    exhaust(h);
    h.db.isLate = true;
    await post(h, view(), view({ messageId: "m2", timestamp: undefined }));
    const waiting = h.jobs.splice(0);
    expect(waiting).toHaveLength(1);
    recover(h);
    h.clock.at = NOON + 30 * SECOND;
    await post(h, view(), view({ messageId: "m2", timestamp: undefined }));
    await deliver(h, [...waiting, ...waiting]);
    expect((await history(h)).map((event) => event.messageId).sort()).toEqual(["m1", "m2"]);
  });

  it("stores a message once that its client repeated before the queue came", async () => {
    const h = await weary();
    exhaust(h);
    await post(h, view({ timestamp: undefined }));
    recover(h);
    h.clock.at = NOON + MINUTE;
    await post(h, view({ timestamp: undefined }));
    await deliver(h);
    expect(await history(h)).toHaveLength(1);
  });

  it("acknowledges nothing when the queue refuses as well", async () => {
    const h = await weary();
    exhaust(h);
    h.queueRefuses = true;
    const refused = await post(h, view());
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    recover(h);
    h.queueRefuses = false;
    expect(await history(h)).toEqual([]);
    expect((await post(h, view())).status).toBe(200);
    expect(await history(h)).toHaveLength(1);
  });

  it("is not what every error is: a fault is no overload", async () => {
    expect(isPassing(new Error("D1_ERROR: UNIQUE constraint failed"))).toBe(false);
    expect(isPassing("D1 DB is overloaded")).toBe(false);
    const inner = new Error("D1_ERROR: D1 DB is overloaded. Too many requests queued.");
    expect(isPassing(new Error("Failed query", { cause: inner }))).toBe(true);
  });

  it("answers other calls with 503 and a time, not with a fault", async () => {
    const h = await weary();
    exhaust(h);
    const answer = await h.server("GET", "/v1/users/minji");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("10");
  });
});

describe("an overloaded control database", () => {
  it("does not keep out a key that was known, and lets in none that was not", async () => {
    const { deps } = await harness();
    const shard = { index: 0, db: deps.control };
    const control = tire({ all: () => [shard], at: () => shard, of: () => shard });
    const jobs: unknown[] = [];
    const queue = { send: async (sent: Job[]) => void jobs.push(...sent) };
    const h = await harness({}, { control: control.shards.at(0).db, queue });
    const post = (key: string) =>
      h.fetch("/v1/batch", {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ batch: [view()] }),
      });
    expect((await post(h.secretKey)).status).toBe(200);
    control.down.add(0);
    h.clock.at = NOON + MINUTE;
    const answer = await post(h.secretKey);
    expect(answer.status).toBe(200);
    // What its campaigns are cannot be read now: the event waits until it can.
    expect(await answer.json()).toMatchObject({ accepted: 1, delayed: 1 });
    expect(jobs).toHaveLength(1);
    expect((await post("sk_nobody_knows_this")).status).toBe(503);
    h.clock.at = NOON + HOUR;
    expect((await post(h.secretKey)).status).toBe(503);
    control.down.clear();
    expect((await post(h.secretKey)).status).toBe(200);
  });
});
