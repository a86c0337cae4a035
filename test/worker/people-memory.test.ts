import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Bindings, Composed } from "../../worker/compose.ts";
import type { Memory } from "../../worker/deps.ts";
import { type Past, readHistory, readPast } from "../../worker/events/history.ts";
import { historyIn } from "../../worker/events/look-back.ts";
import { type PersonKey, profileIdOf } from "../../worker/lib/ids.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { openDurableMemory } from "../../worker/platform/memory/durable.ts";
import { noMemory } from "../../worker/platform/memory/none.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { NEWEST_EVENTS } from "../../worker/recommend/taste.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, visit } from "../support/worker/shop.ts";

const ask = (h: Harness, person: object): Promise<Recommendation> =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", count: 4, explain: true, ...person }));
const seedsOf = (answer: Recommendation) => (answer.explain?.seeds ?? []).map(({ itemId }) => itemId);

/** What waits until after the answer is done before the next. */
async function openRemembering(override: Partial<Composed> = {}): Promise<Harness & { settle(): Promise<void> }> {
  const waiting: Promise<unknown>[] = [];
  const h = await harness({}, { later: (work) => void waiting.push(work), ...override });
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  return { ...h, settle: async () => void (await Promise.all(waiting.splice(0))) };
}

/** Rows that this answer read. */
async function rowsOf(h: Harness, work: () => Promise<unknown>): Promise<number> {
  const before = h.deps.meter.read;
  await work();
  return h.deps.meter.read - before;
}

describe("the memory of people", () => {
  it("answers from memory what has been read, and what was done since, without a row of any database", async () => {
    const h = await openRemembering();
    await visit(h, { anonymousId: "new" }, ["coat-1"]);
    await ask(h, { anonymousId: "new" });
    await h.settle();
    await ask(h, { anonymousId: "new" });
    await h.settle();
    expect(await rowsOf(h, () => ask(h, { anonymousId: "new" }))).toBe(0);
    await h.browser("POST", "/v1/track", {
      anonymousId: "new",
      event: "product_viewed",
      properties: { item_id: "lamp-1" },
    });
    let answer: Recommendation | undefined;
    await rowsOf(h, async () => {
      answer = await ask(h, { anonymousId: "new" });
    });
    expect(answer && seedsOf(answer)).toEqual(["lamp-1", "coat-1"]);
    // The items that the new seed brings are read the first time; the person is not.
    await h.settle();
    expect(await rowsOf(h, () => ask(h, { anonymousId: "new" }))).toBe(0);
  });

  it("says the same as without it, whatever happens in between", async () => {
    const h = await openRemembering();
    const without: Harness = { ...h, deps: { ...h.deps, memory: noMemory } };
    const track = (event: string, properties: object, more: object = {}) =>
      h.server("POST", "/v1/track", { userId: "minji", event, properties, ...more });
    await visit(h, { userId: "minji" }, ["coat-1", "coat-2"], h.clock.at - DAY);
    await visit(h, { anonymousId: "phone" }, ["lamp-1"]);
    const steps: [string, () => Promise<unknown>][] = [
      ["a view", () => track("product_viewed", { item_id: "coat-3" })],
      ["a page", () => h.server("POST", "/v1/page", { userId: "minji", name: "sale" })],
      ["the same event twice", () => track("product_viewed", { item_id: "lamp-3" }, { messageId: "again" })],
      ["the same event twice", () => track("product_viewed", { item_id: "lamp-3" }, { messageId: "again" })],
      [
        "an earlier time",
        () => track("product_viewed", { item_id: "lamp-2" }, { timestamp: new Date(h.clock.at - 5 * MINUTE) }),
      ],
      ["signing in on a phone", () => h.server("POST", "/v1/identify", { userId: "minji", anonymousId: "phone" })],
      ["a view on the phone", () => visit(h, { anonymousId: "phone" }, ["lamp-4"])],
      ["an order", () => track("product_purchased", { item_id: "coat-1", order_id: "o-1", price: 1000 })],
      ["not interested", () => track("recommendation_dismissed", { item_id: "coat-4" })],
      ["unlinking", () => h.server("DELETE", "/v1/users/minji/browsers/phone")],
      [
        "an import",
        () =>
          h.server("POST", "/v1/import/events", {
            batch: [
              {
                type: "track",
                userId: "minji",
                event: "product_viewed",
                messageId: "old",
                properties: { item_id: "coat-2" },
                timestamp: new Date(h.clock.at - MINUTE),
              },
            ],
          }),
      ],
      ["erasure", () => h.server("DELETE", "/v1/users/minji")],
    ];
    for (const [step, happen] of steps) {
      await ask(h, { userId: "minji" });
      await h.settle();
      const answer = await happen();
      if (answer instanceof Response) expect([step, answer.status < 300]).toEqual([step, true]);
      h.clock.at += MINUTE;
      const [remembered, read] = [await ask(h, { userId: "minji" }), await ask(without, { userId: "minji" })];
      const shown = (of: Recommendation) => [seedsOf(of), of.fallbackLevel, of.items.map(({ id }) => id)];
      expect([step, ...shown(remembered)]).toEqual([step, ...shown(read)]);
      await h.settle();
    }
  });

  it("reads as far back as without it, whatever pages and lists come in between", async () => {
    const h = await openRemembering();
    const random = seeded(5);
    const pick = <T>(...among: T[]): T => among[Math.floor(random() * among.length)] as T;
    const landmarks = { days: 180, limit: 600 };
    const read = (deps: Harness["deps"], who: object) =>
      readPast(deps, h.site.id, who as PersonKey, NEWEST_EVENTS, landmarks, []);
    const said = (past: Past) => [past.history, past.landmarks].map((list) => list.map(({ messageId }) => messageId));
    const profileId = profileIdOf(h.site.id, { anonymousId: "busy" });
    let reads = 0;
    for (let step = 0; step < 160; step++) {
      // Somebody who looks around, then scrolls through lists and pages, and comes back.
      const isScrolling = Math.floor(step / 30) % 2 === 1;
      const event = pick(
        "product_viewed",
        "product_viewed",
        ...Array(isScrolling ? 16 : 1).fill("recommendation_shown"),
      );
      const properties =
        event === "product_viewed" ? { item_id: pick("coat-1", "coat-2", "lamp-1") } : { item_ids: ["coat-3"] };
      const isPage = random() < 0.4;
      const message = {
        anonymousId: "busy",
        messageId: `m-${random()}`,
        timestamp: new Date(h.clock.at - pick(0, 0, 0, 0, 5, 40) * MINUTE),
        ...(isPage ? { name: "sale" } : { event, properties }),
      };
      expect((await h.browser("POST", isPage ? "/v1/page" : "/v1/track", message)).status).toBe(200);
      if (random() < 0.1) await h.browser("POST", isPage ? "/v1/page" : "/v1/track", message);
      h.clock.at += 10_000 + step;
      const before = h.deps.meter.read;
      const remembered = await read(h.deps, { anonymousId: "busy" });
      if (h.deps.meter.read > before) reads++;
      const fresh = await read({ ...h.deps, memory: noMemory }, { anonymousId: "busy" });
      expect([step, ...said(remembered)]).toEqual([step, ...said(fresh)]);
      const whole = await readHistory(h.deps, { profileId, histories: [profileId] }, 0, 500);
      expect([step, historyIn(whole, [profileId], NEWEST_EVENTS)]).toEqual([step, fresh.history]);
      await h.settle();
    }
    // It is remembered all the same.
    expect(reads).toBeLessThan(20);
  });

  it("does not show what was sold out since", async () => {
    const h = await openRemembering();
    await visit(h, { anonymousId: "new" }, ["coat-1"]);
    const [first] = (await ask(h, { anonymousId: "new" })).items;
    await h.settle();
    await ask(h, { anonymousId: "new" });
    await h.settle();
    await h.server("DELETE", `/v1/items/${first?.id}`);
    expect((await ask(h, { anonymousId: "new" })).items.map(({ id }) => id)).not.toContain(first?.id);
  });

  it("costs a read of the database, no more, when it cannot be reached", async () => {
    const errors: string[] = [];
    const broken = { ...(env as unknown as Bindings).PEOPLE, idFromName: () => "", get: () => ({}) };
    const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
    const memory: Memory = openDurableMemory(broken as never, 4, log);
    const h = await openRemembering({ memory });
    await visit(h, { anonymousId: "new" }, ["coat-1"]);
    const answer = await ask(h, { anonymousId: "new" });
    expect([answer.fallbackLevel, seedsOf(answer)]).toEqual(["personal", ["coat-1"]]);
    expect(new Set(errors)).toEqual(
      new Set(["the memory could not be read", "the memory could not be told of a change"]),
    );
  });

  it("keeps people apart, in every part", async () => {
    const h = await openRemembering();
    const memory = openDurableMemory((env as unknown as Bindings).PEOPLE, 4, h.deps.log);
    const ids = Array.from({ length: 64 }, (_, index) => profileIdOf(h.site.id, { userId: `user ${index}` }));
    expect(new Set(ids.map((id) => memory.placeOf(id))).size).toBe(4);
    for (const id of ids) {
      const place = memory.placeOf(id);
      const { lease } = (await memory.read(place, [])) ?? {};
      await memory.fill(place, lease ?? "", [{ subject: id, name: "n", value: JSON.stringify(id) }]);
    }
    await memory.notePeople(ids.slice(0, 32).map((subject) => ({ subject })));
    const found = await Promise.all(
      ids.map(
        async (subject) => (await memory.read(memory.placeOf(subject), [{ subject, name: "n" }]))?.values[0]?.value,
      ),
    );
    expect(found).toEqual(ids.map((id, index) => (index < 32 ? undefined : JSON.stringify(id))));
  });
});
