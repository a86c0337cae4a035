import { expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, place, stock, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 60_000;
const COATS = 10;
/** Each coat has two others like it and two brooches that go with it. */
const alike = (coat: number, which: number) => `coat-${coat}-${1 + which}`;
const matching = (coat: number, which: number) => `brooch-${coat}-${which}`;

/** Visitors who look at a coat go on to a coat like it, those who put it into the cart to what goes with it. */
async function shop(visitors: number): Promise<Harness> {
  const h = await harness();
  await stock(
    h,
    Array.from({ length: COATS }, (_, coat) => [
      item(`coat-${coat}-0`, { category: ["코트"] }),
      ...[0, 1].map((which) => item(alike(coat, which), { category: ["코트"] })),
      ...[0, 1].map((which) => item(matching(coat, which), { category: ["브로치"] })),
    ]).flat(),
  );
  const random = seeded(4);
  const messages = Array.from({ length: visitors }, (_, visitor) => {
    const coat = Math.floor(random() * COATS);
    const wants = random() < 0.5;
    const follows = (wants ? matching : alike)(coat, Math.floor(random() * 2));
    const begin = h.clock.at - (visitors + 1 - visitor) * 40 * MINUTE;
    const steps: [event: string, product_id: string][] = [
      ["product_viewed", `coat-${coat}-0`],
      ...(wants ? [["product_added_to_cart", `coat-${coat}-0`] as [string, string]] : []),
      ["product_viewed", follows],
    ];
    return steps.map(([event, product_id], step) => ({
      type: "track",
      event,
      messageId: `${visitor}-${step}`,
      anonymousId: `past-${visitor}`,
      timestamp: begin + step * MINUTE,
      properties: { product_id },
    }));
  }).flat();
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  expect((await collect(h.deps, envelope, messages)).refused).toEqual([]);
  await place(h, "home", { ways: ["personalized"] });
  return h;
}

const ask = (h: Harness, anonymousId: string) =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", anonymousId, count: 2, explain: true }));
type Answer = Awaited<ReturnType<typeof ask>>;
const listed = ({ items }: Answer) => items.map(({ id }) => id).sort();
const told = ({ explain, items }: Answer) =>
  explain!.candidates.find(({ id }) => id === items[0]!.id)!.net!.features as Record<string, number>;

it(
  "what is recommended fits what the person is about: more of the kind while they look, what goes with it after the cart",
  async () => {
    const h = await shop(1000);
    const { metrics } = await trainNow(h.deps, h.site.id);
    expect(metrics.ranker).toBe("net");
    expect(metrics.model!.mrr20).toBeGreaterThan(1.2 * metrics.rows!.mrr20);

    await visit(h, { anonymousId: "walker" }, ["coat-3-0"]);
    const before = await ask(h, "walker");
    expect(listed(before)).toEqual([alike(3, 0), alike(3, 1)]);
    expect(told(before)).toMatchObject({ "last was wanted": 0, "wanted so far": 0 });

    // The cart counts in the next answer.
    await visit(h, { anonymousId: "walker" }, [["product_added_to_cart", "coat-3-0"]], h.clock.at);
    const after = await ask(h, "walker");
    expect(listed(after)).toEqual([matching(3, 0), matching(3, 1)]);
    expect(told(after)).toMatchObject({ "last was wanted": 1, "wanted so far": Math.fround(Math.log(2)) });
    // Noon in Seoul.
    expect(told(after)["hour's cosine"]).toBeCloseTo(-1, 3);

    // What was wanted in an earlier visit is not what this one is about.
    h.clock.at += 60 * MINUTE;
    expect(told(await ask(h, "walker"))).toMatchObject({ "last was wanted": 0, "was wanted": 0 });
  },
  LIMIT_MS,
);
