import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { type PersonKey, profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { noteChanges } from "../../worker/segments/changes.ts";
import { countMembers, pageMembers } from "../../worker/segments/count.ts";
import { estimate } from "../../worker/segments/estimate.ts";
import { segmentsOf } from "../../worker/segments/of.ts";
import { Rule } from "../../worker/segments/rule.ts";
import { putSegment } from "../../worker/segments/segments.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const CARTED = { event: "product_added_to_cart", did: true, withinSeconds: 2 * 86_400 };
const BOUGHT = { event: "product_purchased", did: true };
const WAVERING = { all: [CARTED, { not: BOUGHT }] };

let counter = 0;
const track = (person: object, event: string, at: number, properties: object = {}) => ({
  type: "track",
  event,
  messageId: `m${counter++}`,
  timestamp: new Date(at).toISOString(),
  properties,
  ...person,
});

/** As the events door does it: late events are noted for the refresh. */
async function store(h: Harness, messages: object[]): Promise<void> {
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false };
  const result = await collect(h.deps, envelope, messages, await noteChanges(h.deps, h.site.id));
  expect(result.refused).toEqual([]);
}

/** Runs what is in the queue until it is empty. */
async function drain(h: Harness): Promise<void> {
  while (h.jobs.length > 0) await run(h.deps, h.jobs.shift() as Job);
}

async function refresh(h: Harness, full = false): Promise<void> {
  for (const { index: shard } of h.deps.shards.all()) {
    h.jobs.push({ kind: "refresh-segments", siteId: h.site.id, shard, ...(full ? { full } : {}) });
  }
  await drain(h);
}

async function define(h: Harness, rules: Record<string, unknown>): Promise<void> {
  for (const [id, rule] of Object.entries(rules)) {
    await putSegment(h.deps, h.site.id, id, { name: id, rule: Rule.parse(rule) });
  }
  h.jobs.length = 0;
  await refresh(h, true);
}

/** Members of all segments: "carted: minji". */
async function members(h: Harness, ids: string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const id of ids) {
    for (const { profile } of await pageMembers(h.deps, h.site.id, id, undefined, 1000)) {
      lines.push(`${id}: ${profile.userId ?? profile.anonymousId}`);
    }
  }
  return lines.sort();
}

/** The user signs in with this browser. */
const identify = (ids: { userId: string; anonymousId: string }, at: number, traits: object = {}) => ({
  type: "identify",
  messageId: `m${counter++}`,
  timestamp: new Date(at).toISOString(),
  traits,
  ...ids,
});

describe("memberships", () => {
  it("fill, and empty again when the cart is two days old", async () => {
    const h = await harness();
    await define(h, { wavering: WAVERING });
    await store(h, [track({ userId: "minji" }, "product_added_to_cart", NOON)]);
    await refresh(h);
    expect(await members(h, ["wavering"])).toEqual(["wavering: minji"]);
    h.clock.at = NOON + 2 * DAY - 1;
    await refresh(h);
    expect(await members(h, ["wavering"])).toEqual(["wavering: minji"]);
    h.clock.at = NOON + 2 * DAY;
    await refresh(h);
    expect(await members(h, ["wavering"])).toEqual([]);
  });

  it("follow a late event, which changes nothing about when the person was last seen", async () => {
    const h = await harness();
    await define(h, { carted: CARTED });
    await store(h, [track({ userId: "minji" }, "page_viewed", NOON)]);
    h.clock.at = NOON + 3 * HOUR;
    await refresh(h);
    h.clock.at += MINUTE;
    await store(h, [track({ userId: "minji" }, "product_added_to_cart", NOON - HOUR)]);
    await refresh(h);
    expect(await members(h, ["carted"])).toEqual(["carted: minji"]);
  });

  it("count a user once, with what was done in browsers of other shards", async () => {
    const h = await harness();
    await define(h, { carted: CARTED });
    const browsers = Array.from({ length: 8 }, (_, i) => ({ anonymousId: `browser-${i}` }));
    await store(
      h,
      browsers.map((browser) => track(browser, "product_added_to_cart", NOON)),
    );
    await refresh(h);
    expect((await countMembers(h.deps, h.site.id)).get("carted")).toBe(8);
    h.clock.at += HOUR;
    await store(
      h,
      browsers.map((browser) => identify({ ...browser, userId: "minji" }, h.clock.at)),
    );
    await refresh(h);
    expect(await members(h, ["carted"])).toEqual(["carted: minji"]);
  });

  it("are looked at in slices that send themselves again", async () => {
    const h = await harness();
    const people = Array.from({ length: 450 }, (_, i) => ({ anonymousId: `visitor-${i}` }));
    await store(
      h,
      people.map((person) => track(person, "product_added_to_cart", NOON)),
    );
    await putSegment(h.deps, h.site.id, "carted", { name: "carted", rule: Rule.parse(CARTED) });
    let slices = 0;
    for (; h.jobs.length > 0; slices++) await run(h.deps, h.jobs.shift() as Job);
    expect(slices).toBeGreaterThan(3);
    expect((await countMembers(h.deps, h.site.id)).get("carted")).toBe(450);
  });

  it("cost nothing to write when nothing happened", async () => {
    const h = await harness();
    await define(h, { carted: CARTED });
    await store(h, [track({ userId: "minji" }, "product_added_to_cart", NOON)]);
    for (let i = 0; i < 2; i++) {
      await refresh(h);
      h.clock.at += 10 * MINUTE;
    }
    h.deps.meter.written = 0;
    await refresh(h);
    expect(h.deps.meter.written).toBe(0);
  });
});

describe("segmentsOf", () => {
  it("counts what the person did a moment ago, before any refresh", async () => {
    const h = await harness();
    await define(h, { wavering: WAVERING, buyers: BOUGHT });
    const minji = { userId: "minji" };
    expect(await segmentsOf(h.deps, h.site.id, minji)).toEqual([]);
    await store(h, [track(minji, "product_added_to_cart", NOON)]);
    expect(await segmentsOf(h.deps, h.site.id, minji)).toEqual(["wavering"]);
    await store(h, [track(minji, "product_purchased", NOON)]);
    expect(await segmentsOf(h.deps, h.site.id, minji)).toEqual(["buyers"]);
  });
});

describe("estimate", () => {
  it("is exact for a small site, and does not count a user's browsers", async () => {
    const h = await harness();
    await store(h, [
      track({ userId: "minji", anonymousId: "browser-1" }, "product_added_to_cart", NOON),
      track({ anonymousId: "browser-1" }, "page_viewed", NOON),
      track({ anonymousId: "browser-2" }, "product_added_to_cart", NOON - 3 * DAY),
    ]);
    expect(await estimate(h.deps, h.site.id, Rule.parse(CARTED))).toEqual({
      people: 2,
      members: 1,
      isExact: true,
      sampled: 2,
    });
  });

  it("is near for a site that is larger than the sample", async () => {
    const h = await harness();
    for (let part = 0; part < 2; part++) {
      await store(
        h,
        Array.from({ length: 1000 }, (_, i) =>
          track({ anonymousId: `visitor-${part}-${i}` }, i % 4 === 0 ? "product_purchased" : "page_viewed", NOON),
        ),
      );
    }
    const { people, members, isExact } = await estimate(h.deps, h.site.id, Rule.parse(BOUGHT));
    expect(isExact).toBe(false);
    expect(people).toBe(2000);
    expect(members).toBeGreaterThan(400);
    expect(members).toBeLessThan(600);
  });
});

/** One step of a shop's life: something happens to a person (possibly long ago), or time passes and a refresh runs. */
const PEOPLE: PersonKey[] = [{ userId: "u1" }, { userId: "u2" }, { anonymousId: "a1" }, { anonymousId: "a2" }];
const NAMES = ["product_viewed", "product_added_to_cart", "product_purchased"];
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("event" as const),
      person: fc.nat(PEOPLE.length - 1),
      name: fc.constantFrom(...NAMES),
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * DAY })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("link" as const), user: fc.nat(1), browser: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 2 * DAY }) }) },
);
const RULES = {
  carted: CARTED,
  wavering: WAVERING,
  idle: { event: "product_viewed", did: false, withinSeconds: 86_400 },
  keen: {
    event: ["product_viewed", "product_added_to_cart"],
    did: true,
    withinSeconds: 3600,
    count: { op: "gte", value: 2 },
  },
  signed: { trait: "vip", op: "eq", value: true },
};

describe("for all orders of events, links and passing time", () => {
  it("the incremental refresh says what a full one says", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const h = await harness();
        await define(h, RULES);
        for (const each of steps) {
          if (each.kind === "pass") {
            h.clock.at += each.ms;
            await refresh(h);
          } else if (each.kind === "link") {
            const ids = { userId: `u${each.user + 1}`, anonymousId: `a${each.browser + 1}` };
            await store(h, [identify(ids, h.clock.at, { vip: true })]);
          } else {
            await store(h, [track(PEOPLE[each.person]!, each.name, h.clock.at - each.lateMs)]);
          }
        }
        await refresh(h);
        const incremental = await members(h, Object.keys(RULES));
        await refresh(h, true);
        expect(incremental).toEqual(await members(h, Object.keys(RULES)));
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});

describe("/v1/segments", () => {
  const put = (h: Harness, body: unknown, id = "wavering") => h.server("PUT", `/v1/segments/${id}`, body);

  it("keeps, lists, counts and forgets a segment", async () => {
    const h = await harness();
    expect((await put(h, { name: "망설이는 사람", rule: WAVERING })).status).toBe(200);
    await store(h, [track({ userId: "minji" }, "product_added_to_cart", NOON)]);
    await drain(h);
    const { segments } = (await (await h.server("GET", "/v1/segments")).json()) as { segments: object[] };
    expect(segments).toEqual([
      { id: "wavering", name: "망설이는 사람", rule: Rule.parse(WAVERING), updatedAt: NOON, members: 1 },
    ]);
    const page = await (await h.server("GET", "/v1/segments/wavering/members?limit=5")).json();
    const profileId = profileIdOf(h.site.id, { userId: "minji" });
    expect(page).toEqual({ members: [{ profileId, userId: "minji", anonymousId: null, enteredAt: NOON }], next: null });
    expect(await (await h.server("POST", "/v1/segments/estimate", { rule: BOUGHT })).json()).toMatchObject({
      members: 0,
    });
    expect((await h.server("DELETE", "/v1/segments/wavering")).status).toBe(200);
    expect((await h.server("GET", "/v1/segments/wavering")).status).toBe(404);
    expect(await pageMembers(h.deps, h.site.id, "wavering", undefined, 10)).toEqual([]);
  });

  it("refuses a broken rule and names the place", async () => {
    const h = await harness();
    const answer = await put(h, { name: "x", rule: { all: [CARTED, { event: "x" }] } });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { issues: { path: string }[] } };
    expect(error.issues[0]?.path).toBe("rule.all.1.did");
    expect((await put(h, { name: "x", rule: CARTED }, "Not%20An%20Id")).status).toBe(400);
    expect((await h.server("POST", "/v1/segments/estimate", { rule: {} })).status).toBe(400);
    expect((await h.server("GET", "/v1/segments/nothing/members")).status).toBe(404);
    expect((await h.server("DELETE", "/v1/segments/nothing")).status).toBe(404);
  });

  it("keeps out pages and other sites", async () => {
    const [h, other] = [await harness(), await harness()];
    await put(h, { name: "x", rule: CARTED });
    expect((await h.browser("GET", "/v1/segments")).status).toBe(403);
    expect((await h.browser("PUT", "/v1/segments/x", { name: "x", rule: CARTED })).status).toBe(403);
    expect((await h.browser("GET", "/v1/segments/wavering/members")).status).toBe(403);
    expect((await h.fetch("/v1/segments")).status).toBe(401);
    expect((await other.server("GET", "/v1/segments/wavering")).status).toBe(404);
    expect((await other.server("DELETE", "/v1/segments/wavering")).status).toBe(404);
    expect((await h.server("GET", "/v1/segments/wavering")).status).toBe(200);
  });
});
