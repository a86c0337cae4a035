/** A forged history or request, or a placement of an earlier release, costs a good list, never an error. */
import { describe, expect, it } from "vitest";
import { readNeighbors } from "../../worker/recommend/neighbors.ts";
import { CatalogShelf } from "../../worker/recommend/shelf.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { EVERYTHING, openShop } from "../support/worker/shop.ts";

it("recommends to somebody whose taste and page carry the names of JavaScript's own properties", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  const names = ["constructor", "__proto__", "toString"];
  const properties = { survey_id: "taste", picked_item_ids: names, picked_categories: [...names, "패션"] };
  await h.server("POST", "/v1/track", { anonymousId: "forger", event: "survey_answered", properties });
  const answer = await h.server("POST", "/v1/recommendations", {
    placement: "home",
    anonymousId: "forger",
    itemId: "__proto__",
    excludeItemIds: ["constructor"],
    context: { recentItemIds: names },
    filter: [{ property: "attributes.__proto__", op: "neq", value: "x" }],
  });
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { items: unknown[] }).items.length).toBeGreaterThan(0);
});

it("recommends by a placement that was saved before there were boosts, pins and rests", async () => {
  const h = await harness();
  await openShop(h);
  const rules = { ways: ["trending"], count: 3, layout: "grid", title: { ko: "인기", en: "Popular" } };
  await h.deps.control.prepare("UPDATE placements SET rules = ?1").bind(JSON.stringify(rules)).run();
  const answer = await h.server("POST", "/v1/recommendations", { placement: "home", anonymousId: "visitor" });
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { items: unknown[] }).items).toHaveLength(3);
});

describe("a flood of items that there are not", () => {
  const invented = Array.from({ length: 6000 }, (_, number) => `invented-${number}`);

  /** An index in which only the shop's items have neighbors, and are slower to find; says what it was asked for. */
  function counting(h: Harness) {
    const asked: string[] = [];
    const nearItem = async (_: string, id: string) => {
      asked.push(id);
      if (!EVERYTHING.includes(id)) return [];
      await new Promise((resolve) => setTimeout(resolve, 5));
      return [{ id: "coat-1", score: 0.5 }];
    };
    return { asked, deps: { ...h.deps, vectors: { ...h.deps.vectors, nearItem } } };
  }

  it("does not make us forget what lies beside those that there are", async () => {
    const h = await harness();
    const { asked, deps } = counting(h);
    await readNeighbors(deps, h.site.id, ["coat-2"]);
    await readNeighbors(deps, h.site.id, [...invented, "coat-3"]);
    asked.length = 0;
    const known = await readNeighbors(deps, h.site.id, ["coat-2", "coat-3"]);
    expect([...known.values()].map((neighbors) => neighbors.length)).toEqual([1, 1]);
    expect(asked).toEqual([]);
    // What is asked for again and again is answered from memory too.
    await readNeighbors(deps, h.site.id, ["invented-5999"]);
    expect(asked).toEqual([]);
  });

  it("does not make us read those that there are again", async () => {
    const h = await harness();
    await openShop(h);
    const read = async (ids: string[]) => {
      h.deps.meter.read = 0;
      const items = await (await CatalogShelf.open(h.deps, h.site.id)).read(ids);
      return { rows: h.deps.meter.read, found: ids.filter((id) => items.get(id)).length };
    };
    expect(await read(EVERYTHING)).toMatchObject({ found: 10 });
    expect(await read(invented)).toMatchObject({ found: 0 });
    // The catalog's version alone.
    expect(await read(EVERYTHING)).toEqual({ found: 10, rows: 1 });
  });
});
