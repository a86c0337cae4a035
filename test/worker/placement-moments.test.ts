import { describe, expect, it } from "vitest";
import { readHistories } from "../../worker/events/history.ts";
import { BEHAVIOR_COLUMNS } from "../../worker/intention/behavior.ts";
import { serveIntention } from "../../worker/intention/serve.ts";
import { intentionBytes, trainIntention } from "../../worker/intention/training.ts";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR } from "../../worker/lib/time.ts";
import { requirePlacement } from "../../worker/recommend/placements.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { Rule } from "../../worker/segments/rule.ts";
import { putSegment } from "../../worker/segments/segments.ts";
import { HISTORY_LIMIT } from "../../worker/segments/subjects.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, place, visit } from "../support/worker/shop.ts";
import { staffOf } from "../support/worker/staff.ts";

const ask = (h: Harness, request: Record<string, unknown> = {}) =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", count: 2, ...request }));
const sources = async (h: Harness, request: Record<string, unknown>) =>
  (await ask(h, request)).items.map(({ source }) => source);

const OTHERWISE = { ways: ["new"] };
const AGAIN = { ways: ["recently_viewed"] };
const casesOf = (...whens: object[]) => ({
  ways: { cases: [...whens.map((when) => ({ when, ...AGAIN })), OTHERWISE] },
});

/** Whoever has something in the cart buys; learned from a table alone. */
async function knowIntentions(h: Harness): Promise<void> {
  const carts = BEHAVIOR_COLUMNS.indexOf("carts now");
  const rows = Array.from({ length: 200 }, (_, person) =>
    BEHAVIOR_COLUMNS.map((_, column) => (column === carts ? Number(person % 4 === 0) : (person * 7 + column) % 3)),
  );
  const answers = Uint8Array.from(rows, (row) => Number(row[carts]));
  await serveIntention(h.deps, h.site.id, intentionBytes(trainIntention(rows, answers, 1)));
}

describe("a placement with mixes for some moments", () => {
  it("gives those about to buy theirs as soon as they are, and everybody else the other", async () => {
    const h = await harness();
    await openShop(h);
    await knowIntentions(h);
    await place(h, "home", casesOf({ trait: "intention_mode", op: "eq", value: "about_to_buy" }));
    const person = { anonymousId: "buyer" };
    await visit(h, person, ["coat-1", "coat-2"]);
    expect(await sources(h, person)).toEqual(["new", "new"]);
    await visit(h, person, [["product_added_to_cart", "coat-2"]], h.clock.at);
    expect(await sources(h, person)).toEqual(["recently_viewed", "recently_viewed"]);
    const { explain } = await ask(h, { ...person, explain: true });
    expect(explain?.rules).toMatchObject({
      ...AGAIN,
      chosen: {
        case: 0,
        when: { trait: "intention_mode" },
        known: { intention_mode: "about_to_buy", cart_items: 1, knows: "history" },
      },
    });
    expect(explain?.ways).toHaveProperty("recently_viewed");
    expect(explain?.ways).not.toHaveProperty("new");
    const stranger = await ask(h, { anonymousId: "nobody", explain: true });
    expect(stranger.explain?.rules).toMatchObject({ ...OTHERWISE, chosen: { case: 1, when: null } });
    await place(h, "plain", OTHERWISE);
    expect((await ask(h, { placement: "plain", explain: true })).explain?.rules.chosen).toBeNull();
  });

  it("goes by what the page says, and by what lies in the cart", async () => {
    const h = await harness();
    await openShop(h);
    const person = { userId: "minji" };
    await visit(h, person, ["coat-1", ["product_added_to_cart", "lamp-1"]]);
    await place(
      h,
      "home",
      casesOf({
        all: [
          { trait: "current_item", op: "exists" },
          { trait: "device", op: "eq", value: "phone" },
        ],
      }),
    );
    expect(await sources(h, person)).toEqual(["new", "new"]);
    expect(await sources(h, { ...person, itemId: "bulb-1" })).toEqual(["new", "new"]);
    expect(await sources(h, { ...person, itemId: "bulb-1", context: { device: "phone" } })).toContain(
      "recently_viewed",
    );
    await place(h, "home", casesOf({ trait: "cart_items", op: "gte", value: 1 }));
    expect(await sources(h, person)).toContain("recently_viewed");
    await visit(h, person, [["product_removed_from_cart", "lamp-1"]], h.clock.at);
    expect(await sources(h, person)).toEqual(["new", "new"]);
  });

  it("goes by as much of what the person did in a message as on the page, however much they were shown", async () => {
    const h = await harness();
    await openShop(h);
    await knowIntentions(h);
    await place(h, "home", casesOf({ trait: "purchase_intention", op: "gte", value: 0.08 }));
    const looks = (count: number) => Array.from({ length: count }, (_, at) => `coat-${1 + (at % 3)}`);
    const lists = Array.from({ length: 12 }, (): [string, string] => ["recommendation_shown", "lamp-1"]);
    const cart: [string, string] = ["product_added_to_cart", "coat-1"];
    await visit(h, { userId: "busy" }, [cart, ...looks(3), ...lists, ...looks(8)]);
    await visit(h, { userId: "steady" }, [cart, ...looks(3), ...looks(8)]);
    const people = ["busy", "steady"].map((userId) => {
      const profileId = profileIdOf(h.site.id, { userId });
      return { profileId, histories: [profileId] };
    });
    const histories = await readHistories(h.deps, people, 0, HISTORY_LIMIT);
    const recipients = people.map((each) => ({ ...each, history: histories.get(each.profileId) ?? [] }));
    const messages = await recommendToMany(h.deps, h.site, "home", recipients, 2);
    const inMessages = people.map(({ profileId }) => messages.get(profileId)?.map(({ source }) => source));
    const onPages = await Promise.all(["busy", "steady"].map((userId) => sources(h, { userId })));
    // The cart is further back than a moment looks where lists came in between.
    expect(onPages).toEqual([
      ["new", "new"],
      ["recently_viewed", "recently_viewed"],
    ]);
    expect(inMessages).toEqual(onPages);
  });

  it("goes by segments, in a message as on the page, and asks for nobody's where no condition does", async () => {
    const h = await harness();
    await openShop(h);
    await putSegment(h.deps, h.site.id, "gold", {
      name: "gold",
      rule: Rule.parse({ trait: "plan", op: "eq", value: "gold" }),
    });
    await h.server("POST", "/v1/identify", { userId: "gold", traits: { plan: "gold" } });
    for (const userId of ["gold", "other"]) await visit(h, { userId }, ["coat-1", "coat-2"]);
    for (const { index } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard: index, full: true });
    h.clock.at += HOUR;
    await place(h, "home", casesOf({ trait: "segment", op: "eq", value: "gold" }));
    expect(await sources(h, { userId: "gold" })).toContain("recently_viewed");
    expect(await sources(h, { userId: "other" })).toEqual(["new", "new"]);
    const people = ["gold", "other"].map((userId) => ({ profileId: profileIdOf(h.site.id, { userId }), history: [] }));
    const lists = await recommendToMany(h.deps, h.site, "home", people, 2);
    expect(people.map(({ profileId }) => lists.get(profileId)?.length)).toEqual([2, 2]);
    const known = { knows: "nothing" };
    expect((await ask(h, { explain: true })).explain?.rules.chosen).toMatchObject({ case: 1, known });
  });

  it("is refused with the field's name where a condition can never hold", async () => {
    const h = await harness();
    const put = async (rules: object) => {
      const response = await h.server("PUT", "/v1/placements/home", { name: "Home", rules });
      const { error } = (await response.json()) as { error?: { issues: { path: string; message: string }[] } };
      return [response.status, error?.issues[0]?.path, error?.issues[0]?.message];
    };
    expect(await put(casesOf({ trait: "intention", op: "eq", value: "buying" }))).toEqual([
      400,
      "rules.ways.cases.0.when.trait",
      expect.stringContaining("intention_mode"),
    ]);
    expect(await put(casesOf({ not: { trait: "segment", op: "eq", value: "vip" } }))).toEqual([
      400,
      "rules.ways.cases.0.when",
      'there is no segment "vip"',
    ]);
    expect((await put(casesOf({ trait: "device", op: "eq", value: "phone" })))[0]).toBe(200);
    const variant = { name: "b", rules: casesOf({ trait: "segment", op: "eq", value: "vip" }) };
    const definition = { placement: "home", variants: [{ name: "a" }, variant] };
    const response = await h.server("PUT", "/v1/experiments/moments", { name: "Moments", definition });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining("definition.variants.1.rules.ways.cases.0.when"),
    ]);
  });

  it("is made in the admin's form, given back as it was, and explained there", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const post = (path: string, fields: Record<string, string>) => staff.post(`/admin/${h.site.id}${path}`, fields);
    const page = async (path: string) => (await staff.get(`/admin/${h.site.id}${path}`)).text();
    await openShop(h);
    await visit(h, { userId: "minji" }, ["coat-1", ["product_added_to_cart", "lamp-1"]]);
    const form = (fields: Record<string, string> = {}) => ({
      name: "Home",
      "title.ko": "추천",
      "title.en": "For you",
      ways: "new",
      layout: "grid",
      count: "4",
      ...fields,
    });
    const added = await (await post("/placements/home", form({ act: "cases:add" }))).text();
    expect(added).toContain('name="cases.0.when.rows.0.property"');
    expect(added).toContain('value="about_to_buy"');
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.ways).not.toHaveProperty("cases");
    const row = (kind: string, property: string, op: string, value: string) =>
      Object.fromEntries(
        Object.entries({ kind, property, op, value }).map(([name, each]) => [`cases.0.when.rows.0.${name}`, each]),
      );
    const cased = {
      "cases.0.when.mode": "form",
      "cases.0.when.join": "all",
      ...row("trait", "cart_items", "gte", "1"),
      "cases.0.ways": "2 recently_viewed, 1 new",
    };
    await post("/placements/home", form(cased));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.ways).toEqual({
      cases: [
        {
          when: { trait: "cart_items", op: "gte", value: 1 },
          ways: {
            order: [
              { way: "recently_viewed", count: 2 },
              { way: "new", count: 1 },
            ],
          },
        },
        OTHERWISE,
      ],
    });
    const text = await page("/placements/home?person=minji");
    for (const part of ["2 Recently viewed, 1 New", 'value="cart_items"', "Why this mix", "items in the cart: 1"])
      expect(text).toContain(part);
    const more = await (await post("/placements/home", form({ ...cased, act: "cases.0.when:add" }))).text();
    expect(more).toContain('name="cases.0.when.rows.1.property"');
    const gone = await (await post("/placements/home", form({ ...cased, act: "cases:remove:0" }))).text();
    expect(gone).not.toContain("cases.0.when");
    const wrong = await post("/placements/home", form({ ...cased, ...row("trait", "cart", "gte", "1") }));
    expect([wrong.status, await wrong.text()]).toEqual([
      422,
      expect.stringContaining("When: moment 1: nothing is known of"),
    ]);
    const unknown = await post("/placements/home", form({ ...cased, ...row("trait", "segment", "eq", "vip") }));
    expect([unknown.status, await unknown.text()]).toEqual([422, expect.stringContaining("there is no segment")]);
  });
});
