/** A forged history or request, or a placement of an earlier release, costs a good list, never an error. */
import { describe, expect, it } from "vitest";
import type { Deps } from "../../worker/deps.ts";
import { readNeighbors } from "../../worker/recommend/neighbors.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { CatalogShelf } from "../../worker/recommend/shelf.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { EVERYTHING, openShop, place } from "../support/worker/shop.ts";

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

describe("a flood of items that there are not", () => {
  const invented = Array.from({ length: 6000 }, (_, number) => `invented-${number}`);

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

describe("a vector index that does not answer", () => {
  /** An index that hangs until it is told to go on, and a clock whose alarm rings when it is told to. */
  function hanging(h: Harness) {
    const errors: string[] = [];
    const later: Promise<unknown>[] = [];
    const asked: string[] = [];
    let goOn: () => void = () => undefined;
    let ring: () => void = () => undefined;
    let stopped = 0;
    const until = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const nearItem = async (_: string, id: string) => {
      asked.push(id);
      await until;
      return [{ id: "scarf-1", score: 0.9 }];
    };
    const alarm = () => ({
      rings: new Promise<void>((resolve) => {
        ring = resolve;
      }),
      stop: () => void stopped++,
    });
    const deps: Deps = {
      ...h.deps,
      vectors: { ...h.deps.vectors, nearItem },
      clock: { now: () => h.clock.at, alarm },
      later: (work) => void later.push(work),
      log: { ...h.deps.log, error: (message, error) => void errors.push(`${message}: ${error}`) },
    };
    return { deps, errors, later, asked, goOn: () => goOn(), ring: () => ring(), stopped: () => stopped };
  }

  it("is waited for no longer than a moment, and left alone until what it was asked for comes after all", async () => {
    const h = await harness();
    const { deps, errors, later, asked, goOn, ring, stopped } = hanging(h);
    const waits = readNeighbors(deps, h.site.id, ["coat-1"]);
    ring();
    expect((await waits).size).toBe(0);
    expect(errors).toEqual(["content neighbors could not be read: Error: no answer within 250 ms"]);
    expect(stopped()).toBe(1);
    // It rests, and nobody waits for an alarm either.
    expect((await readNeighbors(deps, h.site.id, ["coat-2"])).size).toBe(0);
    expect(asked).toEqual(["coat-1"]);
    goOn();
    await Promise.all(later);
    expect((await readNeighbors(deps, h.site.id, ["coat-1", "coat-2"])).size).toBe(2);
    expect(asked).toEqual(["coat-1", "coat-2"]);
    expect(errors).toHaveLength(1);
  });

  it("costs the neighbors that are not remembered, not those that are", async () => {
    const h = await harness();
    await readNeighbors(counting(h).deps, h.site.id, ["coat-2"]);
    const { deps, ring } = hanging(h);
    const waits = readNeighbors(deps, h.site.id, ["coat-2", "coat-3"]);
    ring();
    expect([...(await waits).keys()]).toEqual(["coat-2"]);
    expect([...(await readNeighbors(deps, h.site.id, ["coat-3", "coat-2"])).keys()]).toEqual(["coat-2"]);
  });

  it("costs a recommendation its neighbors, not its answer", async () => {
    const h = await harness();
    await openShop(h);
    await place(h, "alike", { ways: ["similar", "trending"], count: 4 });
    const { deps, ring, errors } = hanging(h);
    const clock = { now: () => h.clock.at, alarm: () => ({ rings: Promise.resolve(), stop: () => undefined }) };
    const request = RecommendationRequest.parse({ placement: "alike", itemId: "coat-1" });
    const answer = await recommend({ ...deps, clock }, h.site, request);
    ring();
    expect(answer.items).toHaveLength(4);
    expect(errors).toHaveLength(1);
  });
});
