/** Everything that may be recommended goes through the net: what is described alike, what is new, what is thought of the person. */
import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { embedAll, item, place, stock, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;
const WORDS = ["코트", "머플러", "장갑", "조명", "의자", "접시", "가방", "신발"];
const SIZE = 5;
const DAYS = 60;
const known = (kind: number, which: number) => `known-${kind}-${which}`;
const fresh = (kind: number, day: number) => `fresh-${kind}-${day}`;
const titled = (id: string, kind: number) => item(id, { title: `${WORDS[kind]} ${WORDS[kind]} ${id}` });
const EVERY = 4;

/** Eight kinds of things, every few days one more of each; where what is new is loved, people go on to the newest. */
async function shop(isLoved: boolean): Promise<Harness> {
  const h = await harness();
  h.clock.at = NOON - (DAYS + 1) * DAY;
  await stock(
    h,
    WORDS.flatMap((_, kind) => Array.from({ length: SIZE }, (_, which) => titled(known(kind, which), kind))),
  );
  const random = seeded(11);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let day = 0; day < DAYS; day++) {
    h.clock.at = NOON - (DAYS - day) * DAY;
    const news = Math.floor(day / EVERY) * EVERY;
    if (day === news) {
      await stock(
        h,
        WORDS.map((_, kind) => titled(fresh(kind, day), kind)),
      );
    }
    const messages = Array.from({ length: 16 }, (_, visitor) => {
      const kind = below(WORDS.length);
      const first = below(SIZE);
      const other = known(kind, (first + 1 + below(SIZE - 1)) % SIZE);
      const second = isLoved && random() < 0.7 ? fresh(kind, news) : other;
      return [known(kind, first), second].map((product_id, step) => ({
        type: "track",
        event: "product_viewed",
        messageId: `${day}-${visitor}-${step}`,
        anonymousId: `past-${day}-${visitor}`,
        timestamp: h.clock.at + visitor * HOUR + step * MINUTE,
        properties: { product_id },
      }));
    }).flat();
    h.clock.at += 17 * HOUR;
    const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
    expect((await collect(h.deps, envelope, messages)).refused).toEqual([]);
  }
  h.clock.at = NOON;
  await embedAll(h);
  await place(h, "home", { explore: 0 });
  return h;
}

const ask = (h: Harness, anonymousId: string) =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", anonymousId, count: 8, explain: true }));

const never = { rings: new Promise<void>(() => undefined), stop: () => undefined };

/** Where something is listed that came an hour ago, for who looks at its kind. */
async function placeOfNewcomer(h: Harness) {
  h.clock.at += HOUR;
  await stock(
    h,
    WORDS.map((_, kind) => titled(`newcomer-${kind}`, kind)),
  );
  await embedAll(h);
  h.clock.at += HOUR;
  await visit(h, { anonymousId: "walker" }, [known(3, 0)]);
  const answer = await ask(h, "walker");
  const at = answer.items.findIndex(({ id }) => id === "newcomer-3");
  return { answer, at };
}

describe("the net blends what behavior says nothing of", () => {
  it(
    "what is new comes first the hour it comes, where people go for what is new",
    async () => {
      const h = await shop(true);
      const { metrics } = await trainNow(h.deps, h.site.id);
      expect(metrics.ranker).toBe("net");
      const { answer, at } = await placeOfNewcomer(h);
      expect(at).toBe(0);
      const told = answer.explain!.candidates.find(({ id }) => id === "newcomer-3")!.net!.features;
      expect(told).toMatchObject({ "is new": 1, "never looked at": 1, popularity: 0 });
      expect(told["described like last"]).toBeGreaterThan(0.3);
      expect(told["days in catalog"]).toBeCloseTo(Math.log(1 + 1 / 24), 2);
      // That of another kind is as new, and is not wanted here.
      const other = answer.items.findIndex(({ id }) => id === "newcomer-4");
      expect(other === -1 || other > 3).toBe(true);
      // What has a way of its own to the list says so.
      expect(answer.items[at]).toMatchObject({ source: expect.stringMatching(/^(similar|new)$/) });
      expect(answer.fallbackLevel).toBe("personal");

      // On a page that is to show what is like its item, what is like something else is nothing, whoever comes.
      await place(h, "page", { ways: ["also_viewed", "similar"], explore: 0, count: 50 });
      await stock(
        h,
        [0, 1, 2].map((which) => item(`umbrella-${which}`, { title: `우산 우산 ${which}` })),
      );
      await embedAll(h);
      await visit(h, { anonymousId: "guest" }, [known(5, 0), known(5, 1)]);
      const request = { placement: "page", anonymousId: "guest", itemId: "umbrella-0" };
      const { items } = await recommend(h.deps, h.site, RecommendationRequest.parse(request));
      const alike = items.flatMap(({ id, source }) => (source === "similar" ? [id] : []));
      expect(alike.slice(0, 2).sort()).toEqual(["umbrella-1", "umbrella-2"]);
      expect(alike.filter((id) => id.includes("-5-"))).toEqual([]);

      // Also where little is like the item, and much more so like what was looked at before: the net gathers that alone.
      const sets = ["잔 주전자 쟁반 선물", "잔 상자 나무 수건"];
      await stock(
        h,
        sets.map((title, which) => item(`set-${which}`, { title })),
      );
      await embedAll(h);
      const again = RecommendationRequest.parse({ ...request, itemId: "set-0" });
      const besides = await recommend(h.deps, h.site, again);
      expect(besides.items[0]).toMatchObject({ id: "set-1", source: "similar" });
    },
    LIMIT_MS,
  );

  it(
    "and behind what is known, where nobody does",
    async () => {
      const h = await shop(false);
      await trainNow(h.deps, h.site.id);
      const { at } = await placeOfNewcomer(h);
      expect(at === -1 || at >= SIZE - 1).toBe(true);
    },
    LIMIT_MS,
  );

  it(
    "what was there before its catalog was imported is not new, and an index that is slow is waited for",
    async () => {
      const h = await shop(true);
      // All of it is imported now, long after it was looked at; the day of that is rounded as the model keeps it.
      let imported = NOON;
      while (Math.fround(imported / DAY) <= imported / DAY) imported += MINUTE;
      await h.deps.control.prepare("UPDATE items SET created_at = ?1").bind(imported).run();
      h.clock.at = imported;
      const alarm = { rings: Promise.resolve(), stop: () => undefined };
      const clock = { ...h.deps.clock, now: () => h.clock.at, alarm: (ms: number) => (ms < 1000 ? alarm : never) };
      const errors: string[] = [];
      const log = { ...h.deps.log, error: (message: string) => void errors.push(message) };
      await trainNow({ ...h.deps, clock, log }, h.site.id);
      expect(errors).toEqual([]);
      await visit(h, { anonymousId: "walker" }, [known(3, 0)]);
      const { explain } = await ask(h, "walker");
      const told = explain!.candidates.flatMap(({ net }) => (net ? [net.features] : []));
      expect(told.length).toBeGreaterThan(SIZE);
      expect(new Set(told.map((features) => features["is new"]))).toEqual(new Set([0]));
      expect(told.some((features) => features["described like last"]! > 0.3)).toBe(true);
      // The net has heard what likeness is worth: the candidates' own ways say so.
      expect(explain!.candidates.some(({ parts }) => (parts.similar ?? 0) > 0)).toBe(true);
    },
    LIMIT_MS,
  );
});
