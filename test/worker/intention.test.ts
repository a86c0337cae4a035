import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import { readHistory } from "../../worker/events/history.ts";
import { BEHAVIOR_COLUMNS } from "../../worker/intention/behavior.ts";
import { intentionAt, openIntention, serveIntention } from "../../worker/intention/serve.ts";
import { type IntentionModel, intentionBytes } from "../../worker/intention/training.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { learnIntentions } from "../../worker/recommend/intend.ts";
import { activateModel } from "../../worker/recommend/models.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { insertBuilding } from "../../worker/recommend/store.ts";
import { runTraining, type Step as TrainingStep, trainNow } from "../../worker/recommend/train.ts";
import { segmentsOf } from "../../worker/segments/of.ts";
import { Rule } from "../../worker/segments/rule.ts";
import { putSegment } from "../../worker/segments/segments.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, place, stock } from "../support/worker/shop.ts";
import { staffOf } from "../support/worker/staff.ts";

const LIMIT_MS = 60_000;
const ITEMS = Array.from({ length: 12 }, (_, index) => `p${index}`);

type Step = [event: string, itemId: string, minutesAfter: number];

async function act(h: Harness, anonymousId: string, begin: number, steps: Step[]): Promise<void> {
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  const messages = steps.map(([event, product_id, minutes]) => ({
    type: "track",
    event,
    messageId: `${anonymousId}-${begin}-${minutes}-${event}`,
    anonymousId,
    timestamp: begin + minutes * MINUTE,
    properties: { product_id, price: 10_000, category: "신발" },
  }));
  const { refused } = await collect(h.deps, envelope, messages);
  expect(refused).toEqual([]);
}

const LOOKS: Step[] = [0, 1, 2].map((step) => ["product_viewed", ITEMS[step]!, step]);
/** The cart comes first, so that a moment of the visit shows it whichever was sampled. */
const CARTS: Step[] = [
  ["product_added_to_cart", "p1", 0],
  ["product_viewed", "p1", 1],
  ["product_viewed", "p1", 4],
];

const WANTS: Step = ["product_added_to_cart", "p2", 0];

/** A shop in which three of four people with something in the cart buy it, and nobody else buys. */
async function shop(): Promise<Harness> {
  const h = await harness();
  await stock(
    h,
    ITEMS.map((id) => item(id)),
  );
  for (let person = 0; person < 400; person++) {
    const begin = h.clock.at - 2 * DAY - (400 - person) * 30 * MINUTE;
    const isCart = person % 3 === 0;
    const buys: Step[] = isCart && person % 12 !== 0 ? [["product_purchased", "p1", 50]] : [];
    const wants = person % 2 === 0 ? CARTS : [WANTS, ...LOOKS.map(([event, id, at]): Step => [event, id, at + 1])];
    await act(h, `past-${person}`, begin, [...(isCart ? wants : LOOKS), ...buys]);
  }
  return h;
}

const intention = async (h: Harness, anonymousId: string) => {
  const person = await locatePerson(h.deps, h.site.id, { anonymousId });
  const events = await readHistory(h.deps, person, 0, 100);
  return intentionAt(await openIntention(h.deps, h.site.id), events, h.clock.at);
};

const segment = (h: Harness, id: string, rule: object) =>
  putSegment(h.deps, h.site.id, id, { name: id, rule: Rule.parse(rule) });

/** A training whose steps are still to be run. */
async function begin(h: Harness): Promise<string> {
  const version = h.deps.ids.next("mdl");
  const createdAt = h.clock.at;
  await insertBuilding(h.deps.control, { siteId: h.site.id, version, createdAt, since: createdAt });
  return version;
}

describe("purchase intention", () => {
  it(
    "is learned in a training, judged on moments it has not seen, and asked for by segments at the moment",
    async () => {
      const h = await shop();
      const { metrics } = await trainNow(h.deps, h.site.id);
      const learned = metrics.intention!;
      expect(learned.serves).toBe("new");
      expect(learned.auc).toBeGreaterThan(0.85);
      expect(learned.calibrationError).toBeLessThan(0.2);
      expect(learned.bins).toHaveLength(10);
      expect(learned.bins.reduce((sum, { visits }) => sum + visits, 0)).toBe(learned.judged);

      await segment(h, "hot", { trait: "purchase_intention", op: "gte", value: 0.25 });
      await segment(h, "ready", { trait: "intention_mode", op: "eq", value: "about_to_buy" });
      await act(h, "walker", h.clock.at - 5 * MINUTE, LOOKS);
      await act(h, "carter", h.clock.at - 5 * MINUTE, CARTS);
      const of = (anonymousId: string) => segmentsOf(h.deps, h.site.id, { anonymousId });
      expect(await of("carter")).toEqual(["hot", "ready"]);
      expect(await of("walker")).toEqual([]);
      expect(await of("nobody")).toEqual([]);
      const [walks, carts] = [await intention(h, "walker"), await intention(h, "carter")];
      expect(carts!.chance).toBeGreaterThan(5 * walks!.chance);
      expect(carts!.behavior).toMatchObject({ "carts now": 1, "most views of an item": 2 });

      // On their page, as it is on everybody else's.
      const staff = await staffOf(h);
      const profile = profileIdOf(h.site.id, { anonymousId: "carter" });
      const page = await (await staff.get(`/admin/${h.site.id}/people/${profile}`)).text();
      const chance = `${Number((100 * carts!.chance).toFixed(1))}%`;
      expect(page).toContain(`Chance to buy within a day</dt><dd>${chance} · about to buy`);

      // What the person does next counts at once.
      await act(h, "walker", h.clock.at - 5 * MINUTE, [WANTS]);
      expect(await of("walker")).toContain("ready");
      // And is over with the session.
      h.clock.at += 8 * DAY;
      expect(await of("carter")).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    "is what the person did, not what pages and lists they saw since, the same in an explanation and in a segment",
    async () => {
      const h = await shop();
      await place(h);
      await trainNow(h.deps, h.site.id);
      const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
      await act(
        h,
        "reader",
        h.clock.at - 20 * MINUTE,
        [0, 1, 2, 3].map((at): Step => ["product_viewed", "p1", at]),
      );
      const pages = Array.from({ length: 24 }, (_, at) => ({
        messageId: `reader-${at}`,
        anonymousId: "reader",
        timestamp: h.clock.at - 12 * MINUTE + at * 10_000,
        ...(at % 2 === 0
          ? { type: "page", properties: { path: `/${at}` } }
          : { type: "track", event: "recommendation_shown", properties: { placement: "home", item_ids: ["p3"] } }),
      }));
      expect((await collect(h.deps, envelope, pages)).refused).toEqual([]);
      const request = { placement: "home", anonymousId: "reader", explain: true, count: 4 };
      const { explain } = await recommend(h.deps, h.site, request);
      expect(explain?.intention).toMatchObject({ mode: "comparing", behavior: { "views now": 4 } });
      expect(explain?.intention).toEqual(await intention(h, "reader"));
    },
    LIMIT_MS,
  );

  it("is silent while a model of an earlier release's columns lies there", async () => {
    const h = await harness();
    const model = { encoding: { columns: [], width: 0 }, nets: [], slope: 1, shift: 0, usual: 0.1 };
    await serveIntention(h.deps, h.site.id, intentionBytes(model));
    expect(await openIntention(h.deps, h.site.id)).toBeUndefined();
  });

  it(
    "goes back with the model it came with",
    async () => {
      const h = await shop();
      const first = await trainNow(h.deps, h.site.id);
      const good = await openIntention(h.deps, h.site.id);
      h.clock.at += DAY;
      const second = await trainNow(h.deps, h.site.id);
      expect(second.metrics.decision).not.toMatch(/worse/);
      const constant: IntentionModel = { ...good!, slope: 0, shift: -9 };
      await serveIntention(h.deps, h.site.id, intentionBytes(constant));
      await activateModel(h.deps, h.site.id, first.version);
      const back = await openIntention(h.deps, h.site.id);
      expect(intentionBytes(back!)).toEqual(intentionBytes(good!));
    },
    LIMIT_MS,
  );

  it(
    "serves also where the recommender that was trained along with it does not",
    async () => {
      const h = await shop();
      const version = await begin(h);
      const rejecting: TrainingStep = async (name, work) =>
        name === "decide" ? ({ promote: false, reason: "worse" } as Awaited<ReturnType<typeof work>>) : work();
      const metrics = await runTraining(h.deps, h.site.id, version, rejecting);
      expect([metrics.decision, metrics.intention?.serves]).toEqual(["worse", "new"]);
      await act(h, "carter", h.clock.at - 5 * MINUTE, CARTS);
      expect((await intention(h, "carter"))?.chance).toBeGreaterThan(0.25);
      expect(await h.deps.blobs.list(`models/${h.site.id}/`)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    "serves also where the training that it was learned in dies before it is finished",
    async () => {
      const h = await shop();
      const version = await begin(h);
      const dying: TrainingStep = (name, work) => (name === "publish" ? Promise.reject(new Error("killed")) : work());
      const deps = { ...h.deps, log: { ...h.deps.log, error: () => undefined } };
      await expect(runTraining(deps, h.site.id, version, dying)).rejects.toThrow("killed");
      await act(h, "carter", h.clock.at - 5 * MINUTE, CARTS);
      expect((await intention(h, "carter"))?.chance).toBeGreaterThan(0.25);
    },
    LIMIT_MS,
  );

  it("is not replaced while nobody knows whether there is one: then the training's step is tried again", async () => {
    const h = await harness();
    const failing = { ...h.deps.blobs, get: () => Promise.reject(new Error("no answer")) };
    const blind = { ...h.deps, blobs: failing };
    expect(await openIntention(blind, h.site.id)).toBeUndefined();
    await expect(learnIntentions(blind, h.site.id, "mdl_1")).rejects.toThrow("no answer");
    // What lies there and is no model is in nobody's way.
    await h.deps.blobs.put(`intention/${h.site.id}`, new Uint8Array(40));
    expect(await learnIntentions(h.deps, h.site.id, "mdl_1")).toBeNull();
  });

  it("is asked for again soon where the store gave no answer, and not at every request", async () => {
    const h = await harness();
    const columns = BEHAVIOR_COLUMNS.map(() => ({ kind: "word" as const, values: [] }));
    const model = { encoding: { columns, width: 0 }, nets: [], slope: 1, shift: 0, usual: 0.25 };
    await h.deps.blobs.put(`intention/${h.site.id}`, intentionBytes(model));
    let [reads, isDown] = [0, true];
    const get = async (key: string) => {
      reads++;
      if (isDown) throw new Error("no answer");
      return h.deps.blobs.get(key);
    };
    const log = { ...h.deps.log, error: () => undefined };
    const open = async () =>
      (await openIntention({ ...h.deps, log, blobs: { ...h.deps.blobs, get } }, h.site.id))?.usual;
    expect([await open(), await open(), reads]).toEqual([undefined, undefined, 1]);
    isDown = false;
    h.clock.at += 30 * SECOND;
    expect([await open(), await open(), reads]).toEqual([0.25, 0.25, 2]);
  });

  it("is not learned from too little, and says nothing then", async () => {
    const h = await harness();
    await stock(h, [item("p0"), item("p1"), item("p2")]);
    await act(h, "one", h.clock.at - 3 * DAY, LOOKS);
    const { metrics } = await trainNow(h.deps, h.site.id);
    expect(metrics.intention).toBeUndefined();
    await segment(h, "cold", { trait: "purchase_intention", op: "lt", value: 0.5 });
    expect(await segmentsOf(h.deps, h.site.id, { anonymousId: "one" })).toEqual([]);
  });

  it("that cannot be read is logged, and costs the rule, not the answer", async () => {
    const h = await harness();
    await h.deps.blobs.put(`intention/${h.site.id}`, new Uint8Array(40));
    const errors: string[] = [];
    const deps = { ...h.deps, log: { ...h.deps.log, error: (message: string) => void errors.push(message) } };
    await segment(h, "hot", { trait: "purchase_intention", op: "gte", value: 0 });
    expect(await segmentsOf(deps, h.site.id, { anonymousId: "one" })).toEqual([]);
    expect(errors).toEqual(["the intention model could not be read"]);
  });
});
