import { describe, expect, it } from "vitest";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop } from "../support/worker/shop.ts";
import { ask } from "../support/worker/trained-shop.ts";

async function send(h: Harness, events: Record<string, unknown>[]): Promise<void> {
  const response = await h.server("POST", "/v1/batch", { batch: events.map((each) => ({ type: "track", ...each })) });
  expect(response.status).toBe(200);
}

describe("somebody of whom nothing is known", () => {
  /** People from a campaign look at coats, people of a segment at lamps. */
  const shop = async (begin: (h: Harness) => Promise<unknown> = async () => undefined) => {
    const h = await harness();
    await openShop(h);
    await begin(h);
    await h.server("PUT", "/v1/segments/members", {
      name: "Members",
      rule: { trait: "plan", op: "eq", value: "gold" },
    });
    const at = h.clock.at - 3 * DAY;
    const coming = Array.from({ length: 44 }, (_, number) => {
      const person = number % 2 === 0 ? { anonymousId: `mail-${number}` } : { userId: `gold-${number}` };
      const look = (id: string, minute: number) => ({
        event: "Product Viewed",
        ...person,
        timestamp: new Date(at + number * HOUR + minute * MINUTE).toISOString(),
        properties: { product_id: id },
      });
      const own = number % 2 === 0 ? "coat-3" : "bulb-2";
      return [
        {
          type: number % 2 === 0 ? "page" : "identify",
          ...person,
          ...(number % 2 === 0 ? {} : { traits: { plan: "gold" } }),
          timestamp: new Date(at + number * HOUR).toISOString(),
          properties: number % 2 === 0 ? { url: "https://shop.test/?utm_campaign=winter" } : {},
        },
        look(own, 1),
        look(number % 4 < 2 ? "scarf-1" : "lamp-1", 2),
        look(own, 3),
      ];
    });
    await send(h, coming.flat());
    await h.server("POST", "/v1/identify", { userId: "quiet-gold", traits: { plan: "gold" } });
    for (const { index } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard: index, full: true });
    await trainNow(h.deps, h.site.id);
    return h;
  };

  it("is met by what people who come the same way look at, then by their segment, then by what all do", async () => {
    const h = await shop();
    const campaign = await ask(h, { context: { campaign: "winter" }, count: 3 });
    expect([campaign.fallbackLevel, campaign.items[0]?.id]).toEqual(["context", "coat-3"]);
    expect(campaign.items[0]?.reason).toBe("비슷하게 방문한 분들이 많이 찾는 상품");
    await h.server("POST", "/v1/identify", { userId: "fresh-gold", traits: { plan: "gold" } });
    for (const { index } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard: index, full: true });
    const segment = await ask(h, { userId: "fresh-gold", count: 3, explain: true });
    expect([segment.fallbackLevel, segment.items[0]?.id]).toEqual(["segment", "bulb-2"]);
    expect(segment.explain?.contexts).toContain("segment:members");
    expect((await ask(h, { anonymousId: "nobody", count: 3 })).fallbackLevel).toBe("popular");
    // A message to them says the same.
    const people = ["fresh-gold", "stranger"].map((userId) => ({
      profileId: profileIdOf(h.site.id, { userId }),
      history: [],
    }));
    const lists = await recommendToMany(h.deps, h.site, "home", people, 3);
    expect(lists.get(people[0]!.profileId)).toEqual(segment.items);
    expect(lists.get(people[1]!.profileId)).toEqual((await ask(h, { userId: "stranger", count: 3 })).items);
  });

  it("is met by a segment that only the model knows that has taken another's place", async () => {
    const h = await shop(async (before) => {
      await trainNow(before.deps, before.site.id);
      expect((await ask(before, { userId: "gold-1", count: 3 })).fallbackLevel).toBe("popular");
    });
    const levels = [];
    // The first of them brings the model in.
    for (let time = 0; time < 2; time++) levels.push((await ask(h, { userId: "quiet-gold", count: 3 })).fallbackLevel);
    expect(levels).toEqual(["popular", "segment"]);
  });

  it("is told apart by what the page of the tag says", async () => {
    const h = await shop();
    const of = async (query: string) =>
      (await h.browser("GET", `/v1/widgets/recommendations?placement=home&count=3&key=${h.publicKey}${query}`)).text();
    expect(await of("&campaign=winter")).toContain('data-fallback="context"');
    expect(await of("")).toContain('data-fallback="popular"');
  });
});
