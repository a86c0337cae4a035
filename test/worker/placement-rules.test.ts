import { describe, expect, it } from "vitest";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { EVERYTHING, item, LIGHTING, OUTERWEAR, openShop, place, stock, visit } from "../support/worker/shop.ts";

const ask = (h: Harness, request: Record<string, unknown> = {}, deps = h.deps): Promise<Recommendation> =>
  recommend(deps, h.site, RecommendationRequest.parse({ placement: "home", ...request }));
const ids = (answer: Recommendation) => answer.items.map((each) => each.id);

describe("a caller", () => {
  it("is never shown what it leaves out, and never widens a placement by what it asks for", async () => {
    const h = await harness();
    await openShop(h);
    await place(h, "lamps", { filter: [{ property: "category", op: "eq", value: "조명" }], diversity: 0.5 });
    const asking = { placement: "lamps", explain: true };
    const left = await ask(h, { ...asking, excludeItemIds: LIGHTING, diversity: 0 });
    expect([ids(left).sort(), left.relaxed, left.explain?.rules.diversity]).toEqual([
      [...OUTERWEAR].sort(),
      ["filter.0"],
      0.5,
    ]);
    const none = await ask(h, { placement: "lamps", excludeItemIds: EVERYTHING });
    expect([ids(none), none.relaxed]).toEqual([[], undefined]);
    const asked = await ask(h, { ...asking, filter: [{ property: "category", op: "eq", value: "패션" }] });
    expect([ids(asked).sort(), asked.relaxed]).toEqual([[...LIGHTING].sort(), ["caller_filter"]]);
  });
});

describe("the log", () => {
  it("says whose filter was given up, of a caller's only now and then, and nothing of what it asked", async () => {
    const h = await harness();
    await openShop(h);
    await place(h);
    await place(h, "lamps", { filter: [{ property: "brand", op: "eq", value: "nobody's" }] });
    const lines: [string, object | undefined][] = [];
    const note = (message: string, fields?: object) => void lines.push([message, fields]);
    const deps = { ...h.deps, log: { ...h.deps.log, info: note, warn: note } };
    const asked = { anonymousId: "hong@shop.test", filter: [{ property: "title", op: "eq", value: "010-1234-5678" }] };
    const said = async (request: object) => {
      lines.length = 0;
      await ask(h, { filter: asked.filter, ...request }, deps);
      return lines;
    };
    const fields = { siteId: h.site.id, placement: "home" };
    expect(await said({})).toEqual([["the caller's filter removed everything", { ...fields, before: 0 }]]);
    expect(await said({})).toEqual([]);
    expect(await said({ filter: [{ property: "price", op: "gt", value: 0 }] })).toEqual([]);
    h.clock.at += 2 * MINUTE;
    expect(await said({})).toEqual([["the caller's filter removed everything", { ...fields, before: 1 }]]);
    expect((await said({ placement: "lamps" })).map(([message]) => message)).toEqual([
      "a filter removed everything",
      "the caller's filter removed everything",
    ]);
    expect(JSON.stringify(await said({ ...asked, placement: "lamps" }))).not.toMatch(/hong|1234/);
  });
});

describe("rules over stock", () => {
  it("see how many there are now", async () => {
    const h = await harness();
    const stocked = (quantity: number) => item("few", { quantity });
    await stock(h, [stocked(20), item("many", { quantity: 50, attributes: { margin: 0.4 } }), item("uncounted")]);
    await place(h, "plenty", { filter: [{ property: "quantity", op: "gte", value: 10 }] });
    const listed = async () => ids(await ask(h, { placement: "plenty" })).sort();
    expect(await listed()).toEqual(["few", "many"]);
    await stock(h, [stocked(3)]);
    expect(await listed()).toEqual(["many"]);
    await stock(h, [stocked(30)]);
    expect(await listed()).toEqual(["few", "many"]);
    await place(h, "last", { filter: [{ property: "stock", op: "lt", value: 40 }] });
    expect(ids(await ask(h, { placement: "last" }))).toEqual(["few"]);
    await place(h, "earning", { filter: [{ property: "margin", op: "gte", value: 0.3 }] });
    expect(ids(await ask(h, { placement: "earning" }))).toEqual(["many"]);
    await place(h, "here", { filter: [{ property: "availability", op: "eq", value: "in_stock" }] });
    expect(ids(await ask(h, { placement: "here" }))).toHaveLength(3);
  });

  it("and over anything else name a field that items have", async () => {
    const h = await harness();
    const put = (rules: object) => h.server("PUT", "/v1/placements/typo", { name: "Typo", rules });
    const wrong = await put({ filter: [{ property: "prcie", op: "lte", value: 20000 }] });
    const { error } = (await wrong.json()) as { error: { issues: { path: string; message: string }[] } };
    expect([wrong.status, error.issues]).toEqual([
      400,
      [{ path: "rules.filter.0.property", message: 'an item has no field "prcie": did you mean "price"?' }],
    ]);
    const boost = await put({ booster: [{ when: { any: [{ property: "color", op: "eq", value: "red" }] }, by: 2 }] });
    expect([boost.status, await boost.text()]).toEqual([400, expect.stringContaining("attributes.color")]);
    const current = { property: "price", op: "lt", value: { current: "list_price" } };
    expect(await (await put({ filter: [current] })).text()).toContain("listPrice");
    expect((await put({ filter: [{ property: "attributes.color", op: "eq", value: "red" }] })).status).toBe(200);
    await place(h);
    const request = { placement: "home", filter: [{ property: "brnad", op: "eq", value: "A" }] };
    expect((await h.server("POST", "/v1/recommendations", request)).status).toBe(400);
  });
});

describe("one rule alone", () => {
  const lamps = { property: "category", op: "eq", value: "조명" };

  it("is a filter too, of a placement and of a caller", async () => {
    const h = await harness();
    await openShop(h);
    const put = (filter: unknown) => h.server("PUT", "/v1/placements/lamps", { name: "Lamps", rules: { filter } });
    const answer = (await (await put({ any: [lamps] })).json()) as { rules: { filter: unknown } };
    expect(answer.rules.filter).toEqual([{ any: [lamps] }]);
    expect(ids(await ask(h, { placement: "lamps" })).sort()).toEqual([...LIGHTING].sort());
    await place(h);
    const asked = await h.browser("POST", "/v1/recommendations", { placement: "home", filter: lamps });
    expect(ids((await asked.json()) as Recommendation).sort()).toEqual([...LIGHTING].sort());
    expect((await h.browser("POST", "/v1/recommendations", { placement: "home", filter: null })).status).toBe(200);
    const wrong = await put({ ...lamps, property: "categry" });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining("rules.filter.0.property")]);
    expect((await put("lamps")).status).toBe(400);
  });
});

describe("a stranger", () => {
  it.each([
    [["personalized", "similar"]],
    [["also_viewed"]],
    [{ order: [{ way: "complementary", count: 2 }] }],
    [{ weights: { similar: 1 } }],
  ])("is met by what is popular, not by the newest import, with %j", async (ways) => {
    const h = await harness();
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    h.clock.at += DAY;
    await stock(
      h,
      Array.from({ length: 30 }, (_, place) => item(`import-${place}`)),
    );
    await place(h, "cold", { ways, count: 6 });
    const { items, fallbackLevel } = await ask(h, { placement: "cold", anonymousId: "nobody" });
    expect([fallbackLevel, items.map(({ source }) => source)]).toEqual(["popular", Array(6).fill("trending")]);
    expect(items.some(({ id }) => id.startsWith("import"))).toBe(false);
    const all = await ask(h, {
      placement: "cold",
      anonymousId: "nobody",
      count: 6,
      excludeItemIds: ids({ items } as Recommendation),
    });
    expect(all.items.filter(({ source }) => source === "catalog").map(({ reason }) => reason)).toEqual([
      "추천 상품",
      "추천 상품",
    ]);
  });
});

describe("what a person did away with", () => {
  it("stays away in every size, and a pin says no more than it is", async () => {
    const h = await harness();
    await stock(h, [
      item("shirt-s", { groupId: "shirt" }),
      item("shirt-m", { groupId: "shirt" }),
      item("coat-s", { groupId: "coat" }),
      item("coat-m", { groupId: "coat" }),
      item("hat"),
      item("bag"),
    ]);
    await place(h, "home", { pins: [{ itemId: "bag", position: 1 }] });
    const person = { anonymousId: "has-them" };
    await visit(h, person, [
      ["Order Completed", "shirt-s"],
      ["recommendation_dismissed", "coat-s"],
    ]);
    const { items } = await ask(h, { ...person, locale: "en" });
    expect(items.map(({ id, source, reason }) => [id, source, reason])).toEqual([
      ["bag", "pinned", "Featured"],
      ["hat", "catalog", "Featured"],
    ]);
  });

  it("stays away however many other things were dismissed or bought since, in messages too", async () => {
    const h = await harness();
    const others = Array.from({ length: 256 }, (_, place) => `other-${place}`);
    await stock(h, [item("bought"), item("unwanted"), item("left"), ...others.map((id) => item(id))]);
    await place(h, "home", { count: 10 });
    const person = { anonymousId: "particular" };
    await visit(
      h,
      person,
      [
        ["Order Completed", "bought"],
        ["recommendation_dismissed", "unwanted"],
        ...others.slice(0, 250).map((id): [string, string] => ["recommendation_dismissed", id]),
        ...others.slice(250, 252).map((id): [string, string] => ["Order Completed", id]),
      ],
      h.clock.at - DAY,
    );
    const page = ids(await ask(h, { ...person, excludeItemIds: [] }));
    expect(page.sort()).toEqual(["left", ...others.slice(252)].sort());
    const profileId = profileIdOf(h.site.id, person);
    const lists = await recommendToMany(h.deps, h.site, "home", [{ profileId, history: [] }], 10);
    expect(
      lists
        .get(profileId)
        ?.map(({ id }) => id)
        .sort(),
    ).toEqual(page);
  });

  it("stays away also when there is nothing else, and an empty list is logged", async () => {
    const h = await harness();
    const warnings: string[] = [];
    const deps = { ...h.deps, log: { ...h.deps.log, warn: (message: string) => void warnings.push(message) } };
    await place(h);
    expect([ids(await ask(h, {}, deps)), warnings]).toEqual([[], ["there is nothing to recommend"]]);
    await stock(h, [item("only")]);
    const person = { anonymousId: "owner" };
    await visit(h, person, [["Order Completed", "only"]]);
    const answer = await ask(h, person, deps);
    expect([ids(answer), answer.relaxed, warnings.length]).toEqual([[], undefined, 2]);
  });
});
