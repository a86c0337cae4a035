import { describe, expect, it } from "vitest";
import { requirePlacement } from "../../worker/recommend/placements.ts";
import { locationOf, openAdmin } from "../support/worker/admin.ts";
import { openShop, place, visit } from "../support/worker/shop.ts";

describe("placements", () => {
  const form = (fields: Record<string, string> = {}) => ({
    id: "home",
    name: "Home",
    "title.ko": "추천",
    "title.en": "For you",
    ways: "trending",
    layout: "scroll",
    count: "6",
    excludePurchasedDays: "30",
    "filter.0.property": "price",
    "filter.0.op": "lte",
    "filter.0.value": "50000",
    "filter.1.property": "",
    "filter.1.op": "eq",
    "filter.1.value": "",
    ...fields,
  });

  it("are made and changed by a form", async () => {
    const { h, post, page, base } = await openAdmin();
    expect(locationOf(await post("/placements/new", form()))).toBe(`${base}/placements/home`);
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    expect(rules).toMatchObject({
      ways: ["trending"],
      layout: "scroll",
      count: 6,
      excludeViewed: false,
      filter: [{ property: "price", op: "lte", value: 50_000 }],
    });
    await post("/placements/home", form({ count: "8", perBrandCap: "2" }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules).toMatchObject({ count: 8, perBrandCap: 2 });
    expect(await page("/placements")).toContain("Home");
    await post("/placements/home/delete");
    expect((await post("/placements/home", form())).status).toBe(404);
  });

  it("are refused with what is wrong, and the form keeps what was typed", async () => {
    const { h, post } = await openAdmin();
    await place(h, "taken");
    const answer = await post("/placements/new", form({ id: "two words", count: "500" }));
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('value="two words"');
    expect((await post("/placements/new", form({ count: "500" }))).status).toBe(422);
    expect((await post("/placements/new", form({ id: "taken" }))).status).toBe(422);
    expect((await requirePlacement(h.deps, h.site.id, "taken")).name).toBe("taken");
  });

  it("are previewed by the rules that are being edited, which are not saved by it", async () => {
    const { h, post } = await openAdmin();
    await openShop(h);
    await visit(h, { userId: "minji" }, ["coat-1", "coat-2"]);
    const preview = async (fields: Record<string, string>) =>
      (await post("/placements/home/preview", { ...form({ person: "minji", ...fields }), id: "" })).text();
    const pinned = await preview({
      ways: "similar",
      "filter.0.property": "",
      pins: "1=lamp-3",
      mix: "2 trending, 1 new",
    });
    expect(pinned.indexOf("Desk lamp 3")).toBeGreaterThan(0);
    expect(pinned).toContain('value="1=lamp-3"');
    expect(pinned).toContain('value="2 trending, 1 new"');
    const wrong = await preview({ mix: "2 nonsense" });
    expect(wrong).toContain("this is by the saved ones");
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    expect([rules.pins, rules.ways]).toEqual([[], ["personalized", "similar", "trending", "new"]]);
  });

  it("take rules of every kind from the form, and give them back as they were", async () => {
    const { h, post, page } = await openAdmin();
    const deep = { any: [{ property: "brand", op: "eq", value: "A" }, { not: { property: "tags", op: "exists" } }] };
    await post(
      "/placements/new",
      form({
        mix: "0.7 personalized + 0.3 trending",
        "titleWithItem.ko": "'{item}'{와/과} 함께",
        "titleWithItem.en": "With '{item}'",
        "filter.1.property": "price",
        "filter.1.op": "lt",
        "filter.1.value": "@price * 0.9",
        "booster.0.property": "attributes.margin",
        "booster.0.op": "gte",
        "booster.0.value": "0.3",
        "booster.0.by": "1.5",
        pins: "1=coat-1, 3=coat-2",
        excludeItemIds: "bad-1, bad-2",
        diversity: "0.25",
        explorePercent: "20",
        restAfterIgnored: "3",
        allowRebuy: "on",
        more: JSON.stringify({ filter: [deep] }),
      }),
    );
    const saved = await requirePlacement(h.deps, h.site.id, "home");
    expect(saved.rules).toMatchObject({
      ways: { weights: { personalized: 0.7, trending: 0.3 } },
      titleWithItem: { ko: "'{item}'{와/과} 함께" },
      filter: [
        { property: "price", op: "lte", value: 50_000 },
        { property: "price", op: "lt", value: { current: "price", times: 0.9 } },
        deep,
      ],
      booster: [{ when: { property: "attributes.margin", op: "gte", value: 0.3 }, by: 1.5 }],
      pins: [
        { position: 1, itemId: "coat-1" },
        { position: 3, itemId: "coat-2" },
      ],
      excludeItemIds: ["bad-1", "bad-2"],
      diversity: 0.25,
      explore: 0.2,
      restAfterIgnored: 3,
      allowRebuy: true,
    });
    const text = await page("/placements/home");
    for (const part of ["0.7 For you + 0.3 Trending", "@price * 0.9", "1=coat-1, 3=coat-2", "&quot;any&quot;"])
      expect(text).toContain(part);
    expect((await post("/placements/home", form({ more: "{" }))).status).toBe(422);
    expect((await post("/placements/home", form({ pins: "first=coat-1" }))).status).toBe(422);
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules).toEqual(saved.rules);
  });

  it("take a choice of conditions, and give it back as it was", async () => {
    const { h, post, page } = await openAdmin();
    const choice = { "filter.1.property": "brand", "filter.1.op": "in", "filter.1.value": "A, B", filterJoin: "any" };
    const deep = { not: { property: "tags", op: "exists" } };
    await post("/placements/new", form({ ...choice, more: JSON.stringify({ filter: [deep] }) }));
    const { rules } = await requirePlacement(h.deps, h.site.id, "home");
    const any = [
      { property: "price", op: "lte", value: 50_000 },
      { property: "brand", op: "in", value: ["A", "B"] },
    ];
    expect(rules.filter).toEqual([{ any }, deep]);
    const text = await page("/placements/home");
    expect(text).toMatch(/<option value="any" selected="">/);
    expect(text).toContain('value="A, B"');
    // One row is no choice.
    await post("/placements/home", form({ filterJoin: "any" }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.filter).toEqual([any[0]]);
    // A choice beside plain rows is deeper than rows are.
    await post("/placements/home", form({ more: JSON.stringify({ filter: [{ any }] }) }));
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.filter).toEqual([any[0], { any }]);
    expect(await page("/placements/home")).toContain("&quot;any&quot;");
  });

  it("say how many items their filter lets through, and which items there are not", async () => {
    const { h, post, page } = await openAdmin();
    await openShop(h);
    const filter = (value: string) => ({ "filter.0.property": "brand", "filter.0.op": "eq", "filter.0.value": value });
    await post(
      "/placements/new",
      form({ ...filter("coat"), id: "coats", pins: "1=coat-1, 2=gone", excludeItemIds: "lost" }),
    );
    const text = await page("/placements/coats");
    expect(text).toContain("3 of 10 on sale now pass.");
    for (const id of ["gone", "lost"]) expect(text).toContain(`There is no item &quot;${id}&quot;.`);
    expect(text).toContain("Wool coat 1</a>");
    const counted = async (fields: Record<string, string>) =>
      (await post("/placements/coats", form({ ...fields, id: "", act: "filter:count" }))).text();
    expect(await counted(filter("no such brand"))).toContain("0 items meet this filter now");
    // Against the item that the preview is for; without one such a rule asks nothing.
    const same = filter("@brand");
    expect(await counted({ ...same, previewItem: "lamp-1" })).toContain("3 of 10 on sale now pass.");
    expect(await counted(same)).toContain("10 of 10 on sale now pass.");
    expect((await requirePlacement(h.deps, h.site.id, "coats")).rules.filter).toMatchObject([{ value: "coat" }]);
    expect(await counted({ "filter.0.value": "x", "filter.0.op": "nonsense" })).toContain("nothing can be counted yet");
  });

  it("show how they do, day by day", async () => {
    const { h, page } = await openAdmin();
    await place(h);
    const shown = { recommendation_id: "r1", placement: "home", fallback_level: "popular", item_ids: ["a", "b"] };
    await h.server("POST", "/v1/track", { event: "recommendation_shown", anonymousId: "a", properties: shown });
    const text = await page("/placements/home?metric=fallback");
    for (const part of ["Lists seen", "Fallback by day", "100%", "Coverage"]) expect(text).toContain(part);
  });

  it("are previewed for a person beside everybody, with the reasons", async () => {
    const { h, post, page } = await openAdmin();
    await openShop(h);
    await visit(h, { userId: "minji" }, ["coat-1", "coat-2"]);
    const text = await (await post("/placements/home/preview", { person: "minji" })).text();
    for (const part of ["For minji", "Popular with everybody", "Why these?", "Wool coat 1"])
      expect(text).toContain(part);
    // Who is not known sees what somebody new does, and no address leads back to them.
    const unknown = await (await post("/placements/home/preview", { person: "nobody" })).text();
    for (const part of ["Nobody is known as &quot;nobody&quot;", "For somebody new", "Wool coat"])
      expect(unknown).toContain(part);
    expect(unknown).not.toContain("Link to this preview");
    expect(await page("/placements/home")).toContain("Preview");
  });
});
