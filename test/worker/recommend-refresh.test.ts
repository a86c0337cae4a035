import { describe, expect, it } from "vitest";
import type { Statement } from "../../worker/deps.ts";
import { collect } from "../../worker/events/collect.ts";
import { run } from "../../worker/jobs/queue.ts";
import { HOUR, MINUTE } from "../../worker/lib/time.ts";
import { readFresh } from "../../worker/recommend/fresh.ts";
import { MaterialBuilder } from "../../worker/recommend/material.ts";
import { artifactKey } from "../../worker/recommend/model.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { refreshModel } from "../../worker/recommend/refresh.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { readSince } from "../../worker/recommend/since-build.ts";
import { selectModelRows } from "../../worker/recommend/store.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { demoShop, someItem, visitors } from "../support/worker/demo-visitors.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, openShop, place, stock, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;

const ask = (h: Harness, request: Record<string, unknown>, deps: Partial<Harness["deps"]> = {}) =>
  recommend({ ...h.deps, ...deps }, h.site, RecommendationRequest.parse({ placement: "home", ...request }));

const ids = (answer: Recommendation) => answer.items.map((each) => each.id);

describe("the light refresh", () => {
  it("makes an item recommendable with its first views, and may be repeated", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    h.clock.at += 20 * MINUTE;
    await stock(h, [item("coat-new", { title: "새 코트" })]);
    for (const visitor of ["one", "two", "three"]) {
      await visit(h, { anonymousId: visitor }, ["coat-1", "coat-new", "scarf-1"], h.clock.at - 2 * MINUTE);
    }
    const listed = async () => {
      const { items } = await ask(h, { itemId: "coat-1", count: 4 });
      return items.find(({ id }) => id === "coat-new");
    };
    expect((await listed())?.source).not.toBe("personalized");
    expect(await refreshModel(h.deps, h.site.id)).toEqual({ skipped: "fresh enough" });
    h.clock.at += 25 * MINUTE;
    await run(h.deps, { kind: "refresh-model", siteId: h.site.id });
    expect(await listed()).toMatchObject({ source: "personalized", reason: "'울 코트 1'과 함께 많이 본 상품" });
    expect(await listModels(h.deps, h.site.id)).toMatchObject([{ version, revision: 1, refreshedAt: h.clock.at }]);
    const before = ids(await ask(h, { itemId: "coat-1" }));
    h.clock.at += HOUR;
    expect(await refreshModel(h.deps, h.site.id)).toMatchObject({ revision: 2 });
    expect(ids(await ask(h, { itemId: "coat-1" }))).toEqual(before);
  });

  it("gives what is new one place for all later refreshes: rows of one may be read by another", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    h.clock.at += HOUR;
    await stock(h, [item("late-a"), item("late-b")]);
    await visit(h, { anonymousId: "first" }, ["coat-1", "late-a"], h.clock.at - 30 * MINUTE);
    await refreshModel(h.deps, h.site.id);
    h.clock.at += HOUR;
    for (const visitor of "abcdefgh") {
      await visit(h, { anonymousId: visitor }, ["coat-1", "late-b"], h.clock.at - 100 * MINUTE);
    }
    expect(await refreshModel(h.deps, h.site.id)).toMatchObject({ revision: 2 });
    expect((await readFresh(h.deps, h.site.id, version, 1))?.added).toEqual(["late-a"]);
    expect((await readFresh(h.deps, h.site.id, version, 2))?.added).toEqual(["late-a", "late-b"]);
  });

  it("reads others each time where it cannot read everybody, and everybody once where it can", async () => {
    const h = await harness();
    const model = { createdAt: h.clock.at - HOUR, metrics: { decision: "first model" } };
    const people = Array.from({ length: 40 }, (_, number) => `person-${number}`);
    for (const anonymousId of people) await visit(h, { anonymousId }, [anonymousId], h.clock.at - MINUTE);
    const warned: unknown[] = [];
    const log = { ...h.deps.log, warn: (_: string, about: unknown) => void warned.push(about) };
    const read = async (round: number, limits?: { events: number; profiles: number }) => {
      const parts = await readSince({ ...h.deps, log }, h.site.id, model, round, limits);
      const builder = new MaterialBuilder(1000);
      for (const part of parts) builder.survey(part);
      for (const part of parts) builder.arrange(part);
      for (const part of parts) builder.add(part);
      builder.keep(people);
      const { ids, sessions } = builder.join();
      return [...sessions.items].map((item) => ids.at(item) as string).sort();
    };
    for (const round of [7, 8]) {
      expect(await read(round)).toEqual(people.toSorted());
      expect(await read(round, { events: 1000, profiles: 3 })).toEqual(people.toSorted());
    }
    expect(warned).toEqual([]);
    const met = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const some = await read(round, { events: 8, profiles: 2 });
      expect(some.length).toBe(new Set(some).size);
      expect(some.length).toBeGreaterThanOrEqual(8);
      expect(some.length).toBeLessThan(12);
      for (const person of some) met.add(person);
    }
    expect(met.size).toBe(people.length);
    expect(warned).toHaveLength(40);
  });

  it("weighs clicks by how much their places are looked at, as the training before it found", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    await stock(h, [item("one"), item("other")]);
    const click = (product_id: string, position: number) => ({
      type: "track",
      event: "recommendation_clicked",
      anonymousId: `${product_id}-clicker`,
      messageId: product_id,
      timestamp: h.clock.at + 20 * MINUTE,
      properties: { product_id, placement: "home", position },
    });
    h.clock.at += 50 * MINUTE;
    const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
    await collect(h.deps, envelope, [click("one", 1), click("other", 3)]);
    const clicked = async () => {
      expect(await refreshModel(h.deps, h.site.id)).toHaveProperty("revision");
      const { items } = await ask(h, { placement: "trending", count: 20 });
      return items.map(({ id }) => id).filter((id) => id === "one" || id === "other");
    };
    await place(h, "trending", { ways: ["trending"], count: 20 });
    // As often as each other: whichever comes first in the model's own order.
    expect((await clicked()).sort()).toEqual(["one", "other"]);
    const examine = (home: number[]) =>
      h.deps.control
        .prepare("UPDATE models SET metrics = json_set(metrics, '$.examination', json(?2)) WHERE version = ?1")
        .bind(version, JSON.stringify({ home }))
        .run();
    await examine([1, 0.6, 0.4]);
    h.clock.at += HOUR;
    expect(await clicked()).toEqual(["other", "one"]);
    await examine([0.4, 1, 1]);
    h.clock.at += HOUR;
    expect(await clicked()).toEqual(["one", "other"]);
  });

  /** Does `meanwhile` once, when the first refresh is about to lay down what it has found. */
  function interrupted(h: Harness, meanwhile: () => Promise<void>) {
    let isDone = false;
    const logged: string[] = [];
    const note = (message: string) => void logged.push(message);
    const put = async (key: string, bytes: Uint8Array) => {
      if (!isDone && key.includes("/fresh-")) {
        isDone = true;
        await meanwhile();
      }
      await h.deps.blobs.put(key, bytes);
    };
    return {
      logged,
      deps: { ...h.deps, blobs: { ...h.deps.blobs, put }, log: { ...h.deps.log, info: note, warn: note } },
    };
  }

  /** Does `meanwhile` once, when a refresh that knows its model reads what is new. */
  function slow(h: Harness, meanwhile: () => Promise<void>): Harness["deps"] {
    let begun: Promise<void> | undefined;
    const wrap = (statement: Statement): Statement => ({
      ...statement,
      bind: (...values) => wrap(statement.bind(...values)),
      all: async () => {
        begun ??= meanwhile();
        await begun;
        return statement.all();
      },
    });
    const all = h.deps.shards.all().map(({ index, db }) => ({
      index,
      db: { prepare: (sql: string) => wrap(db.prepare(sql)), batch: <T>(each: Statement[]) => db.batch<T>(each) },
    }));
    return { ...h.deps, shards: { ...h.deps.shards, all: () => all } };
  }

  it("is made once at a time: the slower one writes nothing", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    h.clock.at += HOUR;
    await stock(h, [item("late-a"), item("late-b")]);
    await visit(h, { anonymousId: "first" }, ["coat-1", "late-a"], h.clock.at - 30 * MINUTE);
    const rows = () => selectModelRows(h.deps.control, h.site.id, version, ["coat-1", "late-a", "late-b"], true);
    let written: unknown;
    const deps = slow(h, async () => {
      expect(await refreshModel(h.deps, h.site.id)).toMatchObject({ revision: 1 });
      written = await rows();
      // The slower one sees more, and would number what is new in its own way.
      for (const visitor of "abcdefgh") await visit(h, { anonymousId: visitor }, ["late-b", "coat-1"]);
    });
    expect(await refreshModel(deps, h.site.id)).toEqual({ skipped: "begun elsewhere" });
    expect((await readFresh(h.deps, h.site.id, version, 1))?.added).toEqual(["late-a"]);
    expect(await rows()).toEqual(written);
    expect(await listModels(h.deps, h.site.id)).toMatchObject([{ revision: 1, refreshedAt: h.clock.at }]);
  });

  it("is left alone when its model is replaced meanwhile, and said", async () => {
    const h = await harness();
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    h.clock.at += HOUR;
    await visit(h, { anonymousId: "late" }, ["coat-1", "scarf-1"]);
    const { deps, logged } = interrupted(h, async () => void (await trainNow(h.deps, h.site.id)));
    expect(await refreshModel(deps, h.site.id)).toEqual({ skipped: "overtaken" });
    expect(logged).toEqual(["a refresh came too late: its model serves no longer"]);
    expect(await listModels(h.deps, h.site.id)).toMatchObject([
      { state: "active", revision: 0 },
      { state: "retired", revision: 0 },
    ]);
  });

  it("that fails is tried again at once", async () => {
    const h = await harness();
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    h.clock.at += HOUR;
    await visit(h, { anonymousId: "late" }, ["coat-1", "scarf-1"]);
    const { deps } = interrupted(h, () => Promise.reject(new Error("R2 down")));
    await expect(refreshModel(deps, h.site.id)).rejects.toThrow("R2 down");
    expect(await refreshModel(deps, h.site.id)).toMatchObject({ revision: 1 });
  });

  it("has nothing to do without a model or without anything new", async () => {
    const h = await harness();
    expect(await refreshModel(h.deps, h.site.id)).toEqual({ skipped: "no model" });
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    h.clock.at += HOUR;
    expect(await refreshModel(h.deps, h.site.id)).toEqual({ skipped: "nothing new" });
  });

  it(
    "keeps vectors and net, and answers as built when its own part is damaged",
    async () => {
      const h = await demoShop(visitors(250));
      const { version } = await trainNow(h.deps, h.site.id);
      h.clock.at += HOUR;
      await stock(h, [item("brand-new")]);
      const beginning = h.clock.at - 30 * MINUTE;
      for (const visitor of ["a", "b", "c"]) {
        await visit(h, { anonymousId: visitor }, [someItem, "brand-new", someItem], beginning);
      }
      expect(await refreshModel(h.deps, h.site.id)).toMatchObject({ revision: 1 });
      const key = artifactKey(h.site.id, version, "fresh-1");
      const whole = (await h.deps.blobs.get(key))!;
      await h.deps.blobs.put(key, whole.slice(3));
      const log = { ...h.deps.log, error: () => undefined };
      const damaged = await ask(h, { itemId: someItem, explain: true, count: 5 }, { log });
      expect(damaged.items).toHaveLength(5);
      expect(damaged.explain!.candidates.some(({ net }) => net !== undefined)).toBe(true);
      await h.deps.blobs.put(key, whole);
      h.clock.at += 2 * MINUTE;
      const { explain } = await ask(h, { itemId: someItem, explain: true });
      expect(explain!.candidates.find(({ id }) => id === "brand-new")?.net?.score).toEqual(expect.any(Number));
    },
    LIMIT_MS,
  );
});
