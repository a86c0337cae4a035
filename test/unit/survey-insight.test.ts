import { describe, expect, it } from "vitest";
import { insightFromContent } from "../../worker/survey/content-insight.ts";
import { InsightCounter, scopeOf } from "../../worker/survey/count-insight.ts";
import { chooseTiles, expectItems, type Insight, NEXT_APPEAL } from "../../worker/survey/insight.ts";
import { rechoose, type Supply } from "../../worker/survey/tiles.ts";

const GROUPS: Record<string, string[]> = {
  tents: ["tent", "lantern", "stove", "cooler"],
  coats: ["coat", "scarf", "boots", "gloves"],
  mugs: ["mug", "kettle", "plate", "spoon"],
};
const categoryOf = (id: string) => Object.keys(GROUPS).find((name) => GROUPS[name]?.includes(id)) ?? null;
const describe_ = (id: string) => ({ category: categoryOf(id), brand: null, style: null });

/** A hundred people a group: everybody likes three of its four things, and one of ten likes something else too. */
function counted(): Insight {
  const people: Map<string, number>[] = [];
  for (const [at, ids] of Object.values(GROUPS).entries()) {
    for (let person = 0; person < 100; person++) {
      const likes = new Map(ids.filter((_, index) => index !== person % 4).map((id) => [id, 1]));
      const other = Object.values(GROUPS)[(at + 1) % 3]?.[person % 4];
      if (person % 10 === 0 && other) likes.set(other, 1);
      people.push(likes);
    }
  }
  const liked = new Map<string, number>();
  for (const likes of people) for (const id of likes.keys()) liked.set(id, (liked.get(id) ?? 0) + 1);
  const counter = new InsightCounter(scopeOf(liked, describe_), describe_);
  for (const likes of people) counter.add(likes);
  return counter.finish();
}

const tileOf = (insight: Insight, key: string) => insight.tiles.indexOf(key);
const best = (insight: Insight, scores: Float32Array, count: number) =>
  [...scores.keys()]
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    .slice(0, count)
    .map((item) => insight.items[item]);

describe("what answers say of everything else", () => {
  const insight = counted();

  it("counts means and covariances", () => {
    expect(insight.people).toBe(300);
    const tent = tileOf(insight, "item:tent");
    expect(insight.tileMeans[tent]).toBeCloseTo((75 + 5) / 300, 1);
    const variance = insight.among[tent * insight.tiles.length + tent] ?? 0;
    const mean = insight.tileMeans[tent] ?? 0;
    expect(variance).toBeCloseTo(mean * (1 - mean), 5);
    expect(tileOf(insight, "category:tents")).toBeGreaterThan(0);
  });

  it("without answers it is what everybody likes; a pick lifts what goes with it, a pass lowers it", () => {
    expect(Array.from(expectItems(insight, []))).toEqual(Array.from(insight.itemMeans));
    const tent = tileOf(insight, "item:tent");
    const liked = expectItems(insight, [{ tile: tent, isLiked: true }]);
    expect(best(insight, liked, 4).sort()).toEqual([...(GROUPS.tents ?? [])].sort());
    const passed = expectItems(insight, [{ tile: tent, isLiked: false }]);
    const stove = insight.items.indexOf("stove");
    expect(passed[stove]).toBeLessThan(insight.itemMeans[stove] ?? 0);
  });

  it("one pick among different passes is another taste", () => {
    const picked = { tile: tileOf(insight, "item:tent"), isLiked: true };
    const [coat, mug] = [tileOf(insight, "item:coat"), tileOf(insight, "item:mug")];
    const noCoats = expectItems(insight, [picked, { tile: coat, isLiked: false }]);
    const noMugs = expectItems(insight, [picked, { tile: mug, isLiked: false }]);
    const at = (id: string) => insight.items.indexOf(id);
    expect(noCoats[at("scarf")]).toBeLessThan(noMugs[at("scarf")] ?? 0);
    expect(noMugs[at("kettle")]).toBeLessThan(noCoats[at("kettle")] ?? 0);
  });

  it("a category is answered like a thing", () => {
    const liked = expectItems(insight, [{ tile: tileOf(insight, "category:mugs"), isLiked: true }]);
    expect(best(insight, liked, 4).sort()).toEqual([...(GROUPS.mugs ?? [])].sort());
  });
});

describe("which tiles are asked", () => {
  const insight = counted();
  const items = insight.tiles.flatMap((key, tile) => (key.startsWith("item:") ? [tile] : []));
  const names = (tiles: number[]) => tiles.map((tile) => (insight.tiles[tile] ?? "").slice("item:".length));

  it("the first ones are of different groups, each once, and never more than there are", () => {
    const three = names(chooseTiles(insight, { answers: [], open: items, count: 3 }));
    expect(new Set(three.map(categoryOf)).size).toBe(3);
    expect(new Set(chooseTiles(insight, { answers: [], open: items, count: 99 })).size).toBe(12);
    expect(chooseTiles(insight, { answers: [], open: [], count: 3 })).toEqual([]);
  });

  it("after a pick they move towards it", () => {
    const answers = [{ tile: tileOf(insight, "item:tent"), isLiked: true }];
    const open = items.filter((tile) => tile !== answers[0]?.tile);
    const next = names(chooseTiles(insight, { answers, open, count: 3, appeal: NEXT_APPEAL }));
    expect(next.filter((id) => categoryOf(id) === "tents").length).toBeGreaterThanOrEqual(2);
  });

  it("after a tap what stands before it and what is picked stays in its place", () => {
    const faces = new Map(insight.tiles.map((key) => [key, {} as never]));
    const supply: Supply = { insight, faces };
    const shown = ["coat", "tent", "mug", "scarf", "kettle"].map((id) => `item:${id}`);
    const picked = ["item:tent", "item:kettle"];
    const after = rechoose(supply, { shown, picked, tapped: "item:tent" }, []);
    expect([after[0], after[1], after[4]]).toEqual(["item:coat", "item:tent", "item:kettle"]);
    expect(new Set(after).size).toBe(5);
    expect(after.filter((key) => categoryOf(key.slice("item:".length)) === "tents").length).toBeGreaterThanOrEqual(2);
  });
});

describe("a shop that nobody has visited", () => {
  const insight = insightFromContent(
    Object.entries(GROUPS).flatMap(([category, ids]) => ids.map((id) => ({ id, category, brand: null, style: null }))),
  );

  it("goes by what things are: different groups first, then around what was picked", () => {
    const items = insight.tiles.flatMap((key, tile) => (key.startsWith("item:") ? [tile] : []));
    const of = (tiles: number[]) => tiles.map((tile) => categoryOf((insight.tiles[tile] ?? "").slice("item:".length)));
    expect(new Set(of(chooseTiles(insight, { answers: [], open: items, count: 3 }))).size).toBe(3);
    const liked = expectItems(insight, [{ tile: tileOf(insight, "item:coat"), isLiked: true }]);
    expect(best(insight, liked, 4).map((id) => categoryOf(id ?? ""))).toEqual(["coats", "coats", "coats", "coats"]);
  });
});
