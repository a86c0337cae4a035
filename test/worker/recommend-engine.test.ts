import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import type { Statement } from "../../worker/deps.ts";
import { collect } from "../../worker/events/collect.ts";
import { BEHAVIOR_COLUMNS } from "../../worker/intention/behavior.ts";
import { intentionBytes } from "../../worker/intention/training.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { startEmbedding, trainEmbedding } from "../../worker/recommend/engine/embedding-training.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import { jsonPart } from "../../worker/recommend/engine/parts.ts";
import { ROW_CONSTANTS } from "../../worker/recommend/engine/rows.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { readFresh } from "../../worker/recommend/fresh.ts";
import {
  makeDescent,
  makeKernel,
  makeScoring,
  openDescent,
  openKernel,
  openScoring,
} from "../../worker/recommend/kernel.ts";
import { MaterialBuilder } from "../../worker/recommend/material.ts";
import { artifactKey, openModel } from "../../worker/recommend/model.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { refreshModel } from "../../worker/recommend/refresh.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { readSince } from "../../worker/recommend/since-build.ts";
import { deleteModel, selectModelRows } from "../../worker/recommend/store.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { item, openShop, place, stock, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;
const catalog = demoCatalog("https://shop.test");
const visitors = (count: number) => [
  ...simulateVisitors({ seed: 20260, visitors: count, days: 45, now: NOON, catalog }),
];
type Message = ReturnType<typeof visitors>[number];

async function send(h: Harness, messages: Message[]): Promise<void> {
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  for (let start = 0; start < messages.length; start += 2000) {
    await collect(h.deps, envelope, messages.slice(start, start + 2000));
  }
}

/** The demo's shop with its visitors of six weeks; not trained. */
async function demoShop(messages: Message[]): Promise<Harness> {
  const h = await harness();
  await upsertItems(h.deps, h.site, catalog);
  await send(h, messages);
  await place(h);
  return h;
}

const ask = (h: Harness, request: Record<string, unknown>, deps: Partial<Harness["deps"]> = {}) =>
  recommend({ ...h.deps, ...deps }, h.site, RecommendationRequest.parse({ placement: "home", ...request }));
const ids = (answer: Recommendation) => answer.items.map((each) => each.id);
const someItem = catalog[0]!.id;

describe("a training with the engine", () => {
  it(
    "learns a net that foretells the demo's visitors better than rows alone, and serves it",
    async () => {
      const h = await demoShop(visitors(900));
      const { metrics } = await trainNow(h.deps, h.site.id);
      expect(metrics.ranker).toBe("net");
      expect(metrics.model!.precision20).toBeGreaterThan(metrics.rows!.precision20);
      expect(metrics.model!.mrr20).toBeGreaterThan(1.03 * metrics.rows!.mrr20);
      const { explain, items } = await ask(h, { itemId: someItem, explain: true });
      const first = explain!.candidates.find(({ id }) => id === items[0]!.id)!;
      expect(first.net!.score).toBe(
        Math.max(...explain!.candidates.flatMap(({ id, net }) => (net && id !== someItem ? [net.score] : []))),
      );
      expect(first.net!.features).toMatchObject({ alike: expect.any(Number), together: expect.any(Number) });
      // What speaks for the first candidate adds up to more than what speaks for any other.
      const added = (each: typeof first) => Object.values(each.contributions!).reduce((sum, value) => sum + value, 0);
      const others = explain!.candidates.filter(({ id, net }) => net && id !== someItem);
      expect(added(first)).toBeCloseTo(Math.max(...others.map(added)), 3);
      expect(items[0]!.reason).toContain("함께 많이 본 상품");
      // An explained list counts what is popular as well; others only where they need it.
      await place(h, "long", { count: 50 });
      const namesOf = async (request: object) => ids(await ask(h, { placement: "long", ...request }));
      for (const itemId of [someItem, items[0]!.id, items[5]!.id]) {
        for (const count of [4, 50]) {
          const explained = await namesOf({ itemId, count, explain: true });
          expect(explained).toHaveLength(count);
          expect(await namesOf({ itemId, count })).toEqual(explained);
        }
      }
    },
    LIMIT_MS,
  );

  it(
    "learns the same from the same with the same seed",
    async () => {
      const h = await demoShop(visitors(250));
      const train = async () => {
        const { version } = await trainNow(h.deps, h.site.id);
        const bytes = await h.deps.blobs.get(artifactKey(h.site.id, version, "engine"));
        await deleteModel(h.deps.control, h.site.id, version);
        return Buffer.from(bytes!);
      };
      expect((await train()).equals(await train())).toBe(true);
    },
    LIMIT_MS,
  );

  it(
    "is not promoted when it is worse beyond noise, and continues the vectors of the model before",
    async () => {
      const all = visitors(400);
      const lastWeek = new Date(NOON - 6 * DAY).toISOString();
      const h = await demoShop(all.filter(({ timestamp }) => timestamp < lastWeek));
      h.clock.at = NOON - 6 * DAY;
      const first = await trainNow(h.deps, h.site.id);
      h.clock.at = NOON;
      await send(
        h,
        all.filter(({ timestamp }) => timestamp >= lastWeek),
      );
      // A training that forgets all but the newest session.
      const forgetful = jsonPart({ chosen: { ...ROW_CONSTANTS, age: 1e-6 }, trials: [] });
      const put = (key: string, bytes: Uint8Array) =>
        h.deps.blobs.put(key, key.endsWith("/engine/tuning/rows") ? forgetful : bytes);
      const second = await trainNow({ ...h.deps, blobs: { ...h.deps.blobs, put } }, h.site.id);
      expect(second.metrics.against).toMatchObject({ version: first.version });
      expect(second.metrics.against!.cases).toBeGreaterThan(100);
      expect(second.metrics.decision).toBe("worse than the serving model on new sessions");
      expect((await listModels(h.deps, h.site.id)).map(({ version, state }) => [version, state])).toEqual([
        [second.version, "rejected"],
        [first.version, "active"],
      ]);
      expect(await h.deps.blobs.list(`models/${h.site.id}/${second.version}/`)).toEqual([]);
      h.clock.at += MINUTE;
      const third = await trainNow(h.deps, h.site.id, { fewCases: 100 });
      expect(third.metrics).toMatchObject({
        ranker: "net",
        learnedAt: first.metrics.learnedAt,
        decision: "not worse than the serving model on new sessions",
      });
    },
    LIMIT_MS,
  );

  it(
    "is judged with the rows that it will serve with, where its net learns from a part of the sessions",
    async () => {
      const h = await demoShop(visitors(250));
      const train = async (mostActions?: number) => {
        const { version, metrics } = await trainNow(h.deps, h.site.id, mostActions ? { mostActions } : {});
        await deleteModel(h.deps.control, h.site.id, version);
        return metrics;
      };
      const [whole, part] = [await train(), await train(1500)];
      expect(part.actions).toBe(whole.actions);
      expect(part.actions).toBeGreaterThan(3000);
      expect([part.tuning?.rows, whole.tuning?.rows]).toEqual([ROW_CONSTANTS, ROW_CONSTANTS]);
      expect(part.rows).toEqual(whole.rows);
      expect(part.model).not.toEqual(whole.model);
    },
    LIMIT_MS,
  );

  it("learns without SIMD too, only slower", () => {
    const slow = makeKernel(undefined);
    expect(slow.batches).toBeLessThan(openKernel().batches);
    const sessions = sessionsOf(Array.from({ length: 600 }, (_, at) => [at % 20, (at + 1) % 20, (at + 2) % 20]));
    const [one, other] = [slow, openKernel()].map((kernel) => {
      const state = startEmbedding(20, { reach: 1, epochs: 3, seed: 1 });
      trainEmbedding(state, sessions, kernel.contrast(), 1000);
      return state.loss;
    });
    expect(one).toBeCloseTo(other!, 1);
  });

  it("teaches a net and scores with SIMD where it can", () => {
    expect(makeDescent(undefined).constructor).toBe(scriptDescent().constructor);
    expect(openDescent().constructor).not.toBe(scriptDescent().constructor);
    expect(makeScoring(undefined)).toBe(scriptScoring());
    expect(openScoring()).not.toBe(scriptScoring());
  });
});

describe("a model that is damaged", () => {
  const logged = (h: Harness) => {
    const errors: string[] = [];
    return { errors, log: { ...h.deps.log, error: (message: string) => void errors.push(message) } };
  };
  /** Blobs that count how often a model's intentions are asked for. */
  const counted = (h: Harness, reads: { intention: number }) => ({
    ...h.deps.blobs,
    get: (key: string) => {
      if (key.endsWith("/intention")) reads.intention++;
      return h.deps.blobs.get(key);
    },
  });

  it(
    "answers by rows when its vectors and net are damaged or missing, and by the net when they are back",
    async () => {
      const h = await demoShop(visitors(250));
      const { version, metrics } = await trainNow(h.deps, h.site.id);
      expect(metrics.ranker).toBe("net");
      await h.deps.blobs.remove([artifactKey(h.site.id, version, "intention")]);
      const reads = { intention: 0 };
      const blobs = counted(h, reads);
      const key = artifactKey(h.site.id, version, "engine");
      const whole = (await h.deps.blobs.get(key))!;
      const damages = [
        () => h.deps.blobs.put(key, whole.slice(0, whole.length / 2)),
        () =>
          h.deps.blobs.put(
            key,
            whole.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
          ),
        () => h.deps.blobs.put(key, new Uint8Array(0)),
        () => h.deps.blobs.remove([key]),
      ];
      for (const damage of damages) {
        await damage();
        const { errors, log } = logged(h);
        const answer = await ask(h, { itemId: someItem, count: 5, explain: true }, { blobs, log });
        expect([answer.items.length, answer.fallbackLevel, errors]).toEqual([
          5,
          "context",
          ["the model's vectors and net could not be read"],
        ]);
        expect(answer.explain!.candidates.some(({ net }) => net !== undefined)).toBe(false);
        expect(answer.explain!.candidates.some(({ parts }) => (parts.personalized ?? 0) > 0)).toBe(true);
        h.clock.at += 2 * MINUTE;
      }
      await h.deps.blobs.put(key, whole);
      const answer = await ask(h, { itemId: someItem, explain: true }, { blobs });
      expect(answer.explain!.candidates.some(({ net }) => net !== undefined)).toBe(true);
      // That it has no intentions was an answer.
      expect(reads.intention).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    "does without intentions that it could not read, and asks for them again",
    async () => {
      const h = await demoShop(visitors(250));
      const { version } = await trainNow(h.deps, h.site.id);
      const key = artifactKey(h.site.id, version, "intention");
      const columns = BEHAVIOR_COLUMNS.map(() => ({ kind: "word" as const, values: [] }));
      const learned = { encoding: { columns, width: 0 }, nets: [], slope: 1, shift: 0, usual: 0.25 };
      const reads = { intention: 0 };
      const open = async () => {
        const { errors, log } = logged(h);
        const model = await openModel({ ...h.deps, blobs: counted(h, reads), log }, h.site.id);
        expect(model?.engine).toBeDefined();
        h.clock.at += 2 * MINUTE;
        return [model?.intention?.usual, reads.intention, errors];
      };
      await h.deps.blobs.put(key, new Uint8Array(40));
      expect(await open()).toEqual([undefined, 1, ["the model's intentions could not be read"]]);
      await h.deps.blobs.put(key, intentionBytes(learned));
      expect(await open()).toEqual([0.25, 2, []]);
      expect(await open()).toEqual([0.25, 2, []]);
    },
    LIMIT_MS,
  );
});

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

describe("POST /v1/models/{version}/activate", () => {
  it("goes back to a model that has served, and refuses all others", async () => {
    const h = await harness();
    await openShop(h);
    const first = await trainNow(h.deps, h.site.id);
    h.clock.at += DAY;
    const second = await trainNow(h.deps, h.site.id);
    const activate = (version: string) => h.server("POST", `/v1/models/${version}/activate`);
    const response = await activate(first.version);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ version: first.version, state: "active", promotedAt: h.clock.at }),
    ]);
    const states = (await listModels(h.deps, h.site.id)).map(({ version, state }) => [version, state]);
    expect(states).toEqual([
      [second.version, "retired"],
      [first.version, "active"],
    ]);
    expect((await ask(h, { itemId: "coat-1", explain: true })).explain!.model).toBe(first.version);
    expect((await activate(first.version)).status).toBe(200);
    expect((await activate("mdl_none")).status).toBe(404);
  });

  it("refuses a model that never served", async () => {
    const h = await harness();
    await stock(h, [item("a")]);
    const { version } = await trainNow(h.deps, h.site.id);
    expect((await h.server("POST", `/v1/models/${version}/activate`)).status).toBe(409);
  });

  it("keeps browsers and other sites out", async () => {
    const [h, other] = [await harness(), await harness()];
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    expect((await h.browser("POST", `/v1/models/${version}/activate`)).status).toBe(403);
    expect((await other.server("POST", `/v1/models/${version}/activate`)).status).toBe(404);
    expect((await h.fetch(`/v1/models/${version}/activate`, { method: "POST" })).status).toBe(401);
  });
});
