import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { harness } from "../support/worker/harness.ts";
import { ask, CHOICE, shop, survey, TILES, tilesOf, words } from "../support/worker/survey.ts";

describe("definitions", () => {
  it("makes, reads, lists, replaces and deletes a survey; another definition is another version", async () => {
    const h = await harness();
    const first = await h.server("PUT", "/v1/surveys/taste", survey());
    expect(await first.json()).toMatchObject({ id: "taste", version: 1, definition: { show: { firstVisit: true } } });
    const same = await h.server("PUT", "/v1/surveys/taste", { ...survey(), name: "다른 이름" });
    expect(await same.json()).toMatchObject({ name: "다른 이름", version: 1 });
    const other = await h.server("PUT", "/v1/surveys/taste", survey([TILES, CHOICE]));
    expect(await other.json()).toMatchObject({ version: 2 });
    expect(await (await h.server("GET", "/v1/surveys/taste")).json()).toMatchObject({ version: 2 });
    expect(((await (await h.server("GET", "/v1/surveys")).json()) as { surveys: unknown[] }).surveys).toHaveLength(1);
    expect((await h.server("DELETE", "/v1/surveys/taste")).status).toBe(200);
    expect((await h.server("GET", "/v1/surveys/taste")).status).toBe(404);
    expect((await h.server("DELETE", "/v1/surveys/taste")).status).toBe(404);
  });

  it.each([
    ["no question", survey([])],
    ["two questions of one id", survey([TILES, TILES])],
    ["a choice of one", survey([{ ...CHOICE, options: CHOICE.options.slice(0, 1) }])],
    ["words in no language", survey([{ ...TILES, title: {} }])],
    ["an unknown field", survey([TILES], { audience: "all" })],
  ])("refuses %s", async (_, body) => {
    const h = await harness();
    const answer = await h.server("PUT", "/v1/surveys/taste", body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { issues: unknown[] } }).error.issues.length).toBeGreaterThan(0);
  });

  it("keeps pages and other sites out", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/surveys/taste", survey());
    expect((await one.browser("PUT", "/v1/surveys/taste", survey())).status).toBe(403);
    expect((await one.browser("DELETE", "/v1/surveys/taste")).status).toBe(403);
    expect((await one.browser("GET", "/v1/surveys")).status).toBe(403);
    expect((await two.server("GET", "/v1/surveys/taste")).status).toBe(404);
    expect((await two.browser("GET", "/v1/surveys/taste")).status).toBe(404);
    expect((await one.browser("GET", "/v1/surveys/taste", undefined, { origin: "https://evil.test" })).status).toBe(
      403,
    );
  });
});

describe("GET /v1/surveys/{id} from a page", () => {
  it("chooses tiles from the live catalog, spread over categories, in the page's language", async () => {
    const h = await shop();
    const screen = await ask(h);
    const tiles = tilesOf(screen);
    expect(tiles).toHaveLength(12);
    const categories = tiles.map((tile) => tile.itemId?.split("-")[0]);
    expect(new Set(categories).size).toBeGreaterThanOrEqual(9);
    expect(tiles.every((tile) => tile.imageUrl?.startsWith("https://shop.test/demo/img/"))).toBe(true);
    expect(screen.screen?.questions[0]?.title).toBe("무엇이 마음에 드세요?");
    const english = await ask(h, "?locale=en-US");
    expect(english.screen?.questions[0]?.title).toBe("무엇이 마음에 드세요? (en)");
    expect(tilesOf(english)[0]?.title).toMatch(/^[\x20-\x7e]+$/);
  });

  it("never shows what cannot be bought now", async () => {
    const explicit = { ...TILES, tiles: ["coat-1", "tent-1", "mug-1", "gone"].map((itemId) => ({ itemId })) };
    const h = await shop([explicit]);
    expect(tilesOf(await ask(h)).map((tile) => tile.itemId)).toEqual(["coat-1", "tent-1", "mug-1"]);
    const coat = demoCatalog("https://shop.test").find((item) => item.id === "coat-1");
    await upsertItems(h.deps, h.site, [{ ...coat, availability: "out_of_stock" }]);
    expect(tilesOf(await ask(h)).map((tile) => tile.itemId)).toEqual(["tent-1", "mug-1"]);
  });

  it("leaves out a question that has nothing to show, and asks nothing when none is left", async () => {
    const gone = { ...TILES, tiles: [{ itemId: "gone-1" }, { itemId: "gone-2" }] };
    const h = await shop([gone, CHOICE]);
    expect((await ask(h)).screen?.questions.map((question) => question.id)).toEqual(["for"]);
    await h.server("PUT", "/v1/surveys/taste", survey([gone]));
    expect(await ask(h)).toMatchObject({ screen: null, ticket: null });
    const empty = await harness();
    await empty.server("PUT", "/v1/surveys/taste", survey());
    expect(await ask(empty)).toMatchObject({ screen: null, ticket: null });
  });

  it("shows categories with the picture of an item in them", async () => {
    const named = {
      ...TILES,
      id: "named",
      tiles: [{ category: "아웃도어 > 백팩", title: words("백팩") }, { category: "홈" }, { category: "없음" }],
    };
    const h = await shop([{ ...TILES, tiles: { auto: "categories", count: 6 } }, named]);
    const screen = await ask(h);
    const automatic = tilesOf(screen);
    expect(automatic).toHaveLength(6);
    expect(new Set(automatic.map((tile) => tile.category)).size).toBe(6);
    expect(tilesOf(screen, 1).map((tile) => [tile.key, tile.title])).toEqual([
      ["category:아웃도어 > 백팩", "백팩"],
      ["category:홈", "홈"],
    ]);
    expect(tilesOf(screen, 1)[0]?.imageUrl).toContain("/backpack-");
  });
});
