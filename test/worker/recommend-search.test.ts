/** What somebody searches for counts in their next list, as long as little else has come since. */
import { describe, expect, it, vi } from "vitest";
import { queryOf } from "../../worker/events/alias.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { event } from "../support/history.ts";
import type { Harness } from "../support/worker/harness.ts";
import { harness } from "../support/worker/harness.ts";
import { embedAll, item, LIGHTING, openShop, place, stock, visit } from "../support/worker/shop.ts";
import { ask, ids, trainedShop } from "../support/worker/trained-shop.ts";

const MUGS = ["mug-1", "mug-2", "mug-3"];

/** The trained shop with mugs that nobody has looked at yet. */
async function openMugs(): Promise<Harness> {
  const h = await trainedShop();
  await stockMugs(h);
  return h;
}

async function stockMugs(h: Harness): Promise<void> {
  await stock(
    h,
    MUGS.map((id, place) => item(id, { title: `캠프 머그컵 ${place + 1}`, titles: { en: `Camp mug ${place + 1}` } })),
  );
  await embedAll(h);
}

async function search(h: Harness, anonymousId: string, query: unknown, name = "Products Searched"): Promise<void> {
  h.clock.at += MINUTE;
  const response = await h.server("POST", "/v1/batch", {
    batch: [{ type: "track", event: name, anonymousId, timestamp: h.clock.at, properties: { query } }],
  });
  expect(response.status).toBe(200);
}

async function look(h: Harness, anonymousId: string, items: string[]): Promise<void> {
  h.clock.at += (items.length + 1) * MINUTE;
  await visit(h, { anonymousId }, items);
}

const first3 = (items: { id: string }[]) =>
  items
    .slice(0, 3)
    .map(({ id }) => id)
    .sort();
const placesOf = (list: string[], wanted: string[]) => wanted.map((id) => list.indexOf(id)).sort((a, b) => a - b);

describe("a search", () => {
  it("leads the next list, says so, and is explained", async () => {
    const h = await openMugs();
    await place(h, "home", { count: 6 });
    await look(h, "p", ["lamp-1", "bulb-1"]);
    expect(
      ids(await ask(h, { anonymousId: "p" }))
        .slice(0, 2)
        .every((id) => LIGHTING.includes(id)),
    ).toBe(true);
    await search(h, "p", " 머그컵 ");
    const { items, explain, fallbackLevel } = await ask(h, { anonymousId: "p", explain: true });
    expect(first3(items)).toEqual(MUGS);
    expect(items[0]).toMatchObject({ source: "similar_titles", reason: "'머그컵' 검색과 이름이 비슷한 상품" });
    expect(items.slice(3).some(({ id }) => LIGHTING.includes(id))).toBe(true);
    expect(fallbackLevel).toBe("personal");
    expect(explain!.searches).toEqual([{ query: "머그컵", lag: 0, leastLikeness: 0.25, found: 3 }]);
    expect(explain!.candidates.find(({ id }) => id === items[0]!.id)).toMatchObject({
      search: "머그컵",
      parts: { similar_titles: 1 },
    });
    const english = await ask(h, { anonymousId: "p", locale: "en" });
    expect(english.items[0]!.reason).toBe("Because you searched for '머그컵'");
  });

  it("says less with everything that is done after it, and nothing in the next visit", async () => {
    const h = await openMugs();
    await place(h, "home", { count: 10 });
    await search(h, "p", "mug");
    const first = ids(await ask(h, { anonymousId: "p" }));
    expect(placesOf(first, MUGS)).toEqual([0, 1, 2]);
    await look(h, "p", ["coat-1", "coat-2", "scarf-1", "coat-3"]);
    const later = ids(await ask(h, { anonymousId: "p" }));
    expect(later[0]).toBe("scarf-2");
    h.clock.at += 40 * MINUTE;
    const { explain } = await ask(h, { anonymousId: "p", explain: true });
    expect(explain!.searches).toEqual([]);
  });

  it("counts before there is a model, and of the two latest", async () => {
    const h = await harness();
    await openShop(h);
    await stockMugs(h);
    await place(h, "home", { count: 5 });
    await search(h, "new", "책상 조명");
    await search(h, "new", "머그컵");
    const { items, explain } = await ask(h, { anonymousId: "new", explain: true });
    expect(explain!.searches.map(({ query, lag }) => [query, lag])).toEqual([
      ["머그컵", 0],
      ["책상 조명", 1],
    ]);
    expect(first3(items)).toEqual(MUGS);
    expect(items[3]!.id).toMatch(/^lamp-/);
  });

  it("for what there is none of brings nothing, and is asked once", async () => {
    const h = await openMugs();
    await look(h, "p", ["lamp-1"]);
    const before = ids(await ask(h, { anonymousId: "p" }));
    const near = vi.spyOn(h.deps.vectors, "near");
    expect(ids(await ask(h, { anonymousId: "p" }))).toEqual(before);
    expect(near).not.toHaveBeenCalled();
    await search(h, "p", "고양이 사료");
    const { items } = await ask(h, { anonymousId: "p" });
    expect(items.map(({ id }) => id)).toEqual(before);
    await ask(h, { anonymousId: "p" });
    expect(near).toHaveBeenCalledTimes(1);
  });

  it("of whatever form is no fault, and none when the index is down", async () => {
    const h = await openMugs();
    for (const query of [null, { a: 1 }, "", "…", "🙂", "가".repeat(5000)]) {
      await search(h, "p", query);
      expect((await ask(h, { anonymousId: "p" })).items.length).toBeGreaterThan(0);
    }
    vi.spyOn(h.deps.vectors, "near").mockRejectedValue(new Error("the index is down"));
    await search(h, "p", "머그컵 세트");
    expect((await ask(h, { anonymousId: "p" })).items.length).toBeGreaterThan(0);
    const properties = (more: object) => queryOf(event("product_searched", null, 0, more).properties);
    expect([properties({ search_term: "머그  컵" }), properties({ query: 42 }), properties({})]).toEqual([
      "머그 컵",
      "42",
      undefined,
    ]);
  });

  it("is heard by similar titles where no page's item has any, and by a marketer's own mix", async () => {
    const h = await openMugs();
    await look(h, "p", ["lamp-1"]);
    await search(h, "p", "머그컵");
    await place(h, "titles", { ways: ["similar_titles"], count: 3 });
    expect(ids(await ask(h, { placement: "titles", anonymousId: "p" })).sort()).toEqual(MUGS);
    const onPage = await ask(h, { placement: "titles", anonymousId: "p", itemId: "coat-1" });
    expect(onPage.items[0]!.id).toMatch(/^coat-/);
    await place(h, "mixed", {
      ways: {
        order: [
          { way: "personalized", count: 2 },
          { way: "trending", count: 1 },
        ],
      },
      count: 3,
    });
    const mixed = await ask(h, { placement: "mixed", anonymousId: "p" });
    expect(mixed.items[0]).toMatchObject({ reason: "'머그컵' 검색과 이름이 비슷한 상품", source: "personalized" });
  });

  it("counts in a message, too", async () => {
    const h = await openMugs();
    const profileId = event("product_viewed", null).profileId;
    const history = [event("product_searched", null, h.clock.at - MINUTE, { query: "mug" }, profileId)];
    const lists = await recommendToMany(h.deps, h.site, "home", [{ profileId, history, locale: "en" }], 3);
    expect(lists.get(profileId)![0]!.reason).toBe("Because you searched for 'mug'");
  });
});
