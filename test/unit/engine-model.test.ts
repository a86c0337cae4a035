import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { SOURCE } from "../../worker/recommend/engine/candidates.ts";
import { CaseCollector, FeatureSums, readCases, varyingOf } from "../../worker/recommend/engine/cases.ts";
import { embeddingBytes, readEmbedding } from "../../worker/recommend/engine/embedding.ts";
import {
  EMBEDDING_ROOM,
  embeddingOf,
  embeddingStateBytes,
  isTrained,
  readEmbeddingState,
  startEmbedding,
  trainEmbedding,
} from "../../worker/recommend/engine/embedding-training.ts";
import { Engine, engineBytes, type Records } from "../../worker/recommend/engine/engine.ts";
import { evaluate } from "../../worker/recommend/engine/evaluation.ts";
import { FEATURE_WIDTH, FEATURES, GENERAL, place } from "../../worker/recommend/engine/feature-list.ts";
import { keptBy } from "../../worker/recommend/engine/kept-items.ts";
import { scriptContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import {
  foldScaling,
  hears,
  mergeNets,
  type Net,
  netSize,
  readNet,
  servingNet,
  widened,
} from "../../worker/recommend/engine/net.ts";
import { startNet, trainNet } from "../../worker/recommend/engine/net-training.ts";
import { packParts } from "../../worker/recommend/engine/parts.ts";
import { encodeSession } from "../../worker/recommend/engine/session-vector.ts";
import { readSessions, type Sessions, sessionBytes, sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { splitSessions } from "../../worker/recommend/engine/split.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import { selectTop } from "../../worker/recommend/engine/top.ts";
import {
  planTraining,
  refreshSteps,
  runStep,
  type Shelf,
  trainingSteps,
} from "../../worker/recommend/engine/training.ts";
import { loadModel } from "../../worker/recommend/engine/training-net.ts";
import { applyNet } from "../support/plain-net.ts";

/** Two departments that nobody mixes: items 0–19 are walked in order, 20–39 backwards. */
function walks(count: number, seed: number): Sessions {
  const random = seeded(seed);
  return sessionsOf(
    Array.from({ length: count }, () => {
      const backwards = random() < 0.5;
      const start = Math.floor(random() * 14);
      return Array.from({ length: 5 }, (_, step) => (backwards ? 39 - start - step : start + step));
    }),
  );
}

function memoryShelf(): Shelf & { kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return { kept, get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
}

describe("embeddings", () => {
  const sessions = walks(300, 1);
  const plan = { reach: 1 as const, epochs: 4, seed: 3 };

  it("are the same trained in one step or in many, through bytes", () => {
    const whole = startEmbedding(40, plan);
    trainEmbedding(whole, sessions, scriptContrast(EMBEDDING_ROOM), 1_000);
    let parts = startEmbedding(40, plan);
    while (!isTrained(parts)) {
      trainEmbedding(parts, sessions, scriptContrast(EMBEDDING_ROOM), 3);
      parts = readEmbeddingState(embeddingStateBytes(parts));
    }
    expect(parts.vectors).toEqual(whole.vectors);
    expect(parts.lags).toEqual(whole.lags);
  });

  it("survive storage, and know nothing of unknown items", () => {
    const state = startEmbedding(40, plan);
    trainEmbedding(state, sessions, scriptContrast(EMBEDDING_ROOM), 1_000);
    const embedding = readEmbedding(embeddingBytes(embeddingOf(state)));
    expect(embedding).toEqual(embeddingOf(state));
    const scoring = scriptScoring();
    const statistics = countStatistics(sessions, 40);
    keptBy(scoring).open({ embeddings: [embedding], statistics, rowOf: () => undefined, listOf: () => undefined });
    expect(encodeSession(scoring, 0, embedding, [999])).toBe(false);
    expect(encodeSession(scoring, 0, embedding, [999, 3])).toBe(true);
    expect(Math.hypot(...scoring.unit)).toBeCloseTo(1, 5);
  });
});

describe("a trained engine", () => {
  const plan = planTraining(40, {
    epochs: 6,
    cases: 600,
    chunk: 300,
    validationCases: 100,
    netEpochs: 4,
    batches: 5,
    partition: 16,
  });
  const shelf = memoryShelf();
  let engine: Engine;
  let records: Records;

  beforeAll(async () => {
    await shelf.put("sessions", sessionBytes(walks(900, 1)));
    const bench = { shelf, plan, contrast: () => scriptContrast(EMBEDDING_ROOM), descent: scriptDescent };
    for (const step of trainingSteps(plan)) while ((await runStep(step, bench)) === "again");
    engine = Engine.read(shelf.kept.get("engine")!);
    records = await loadModel(bench, "full");
  }, 60_000);

  it("knows what comes next, in each department's direction", () => {
    expect(engine.rank([3, 4, 5], records).filter(({ seen }) => !seen)[0]?.item).toBe(6);
    expect(engine.rank([30, 29, 28], records).filter(({ seen }) => !seen)[0]?.item).toBe(27);
  });

  it("stays in the department", () => {
    const items = engine.rank([8, 9], records, { limit: 8 }).map(({ item }) => item);
    expect(items).toHaveLength(8);
    expect(items.every((item) => item < 20)).toBe(true);
  });

  it("says of everything that it is asked about, however far behind, and of no more than the limit besides", () => {
    const all = engine.rank([8, 9], records, { extra: [35, 36] });
    const ranked = engine.rank([8, 9], records, { extra: [35, 36], limit: 3 });
    const items = ranked.map(({ item }) => item);
    expect(items.slice(0, 3)).toEqual(all.slice(0, 3).map(({ item }) => item));
    expect([...items.slice(3)].sort()).toEqual([35, 36]);
  });

  it("counts for the limit what it is asked for alone, and tells what is best of all beside it", () => {
    const all = engine.rank([8, 9], records, { extra: [35] });
    const wanted = all.filter(({ sources }) => (sources & (SOURCE.trend | SOURCE.extra)) !== 0);
    const [best] = all;
    expect([wanted.length > 4, best && wanted.includes(best)]).toEqual([true, false]);
    const itemsOf = (ranked: typeof all) => ranked.map(({ item }) => item);
    const three = itemsOf(engine.rank([8, 9], records, { extra: [35], sources: SOURCE.trend, limit: 3 }));
    const extra = wanted.slice(3).filter(({ item }) => item === 35);
    expect(three).toEqual(itemsOf([...all.slice(0, 1), ...wanted.slice(0, 3), ...extra]));
  });

  it("never lists what is excluded, each item once, best first", () => {
    const ranked = engine.rank([8, 9, 8], records, { exclude: new Set([9, 10]) });
    const items = ranked.map(({ item }) => item);
    expect(items).not.toContain(9);
    expect(items).not.toContain(10);
    expect(new Set(items).size).toBe(items.length);
    expect(ranked.map(({ score }) => score)).toEqual(ranked.map(({ score }) => score).toSorted((a, b) => b - a));
  });

  it("ranks candidates of other ways with its own; unknown and empty sessions get what is trending", () => {
    expect(engine.rank([3], records, { extra: [35] }).map(({ item }) => item)).toContain(35);
    const trending = engine.rank([], records);
    expect(trending).toHaveLength(10);
    expect(trending.every(({ sources }) => sources === SOURCE.trend)).toBe(true);
    const others = [0, 39].filter((item) => trending.every((each) => each.item !== item));
    expect(engine.rank([], records, { extra: others })).toHaveLength(10 + others.length);
    expect(engine.rank([12_345], records).filter(({ sources }) => sources === SOURCE.behavior)).toMatchObject([
      { item: 12_345, seen: true },
    ]);
  });

  it("says why: ways and features by name", () => {
    const [best] = engine.rank([3, 4, 5], records).filter(({ seen }) => !seen);
    const ways = engine.ways(best!);
    expect(ways.next).toBeGreaterThan(0);
    expect(ways.together).toBeGreaterThan(0);
    expect(ways).toMatchObject({ leads: 3 });
    expect(ways.alike).toBeGreaterThan(0);
    expect(engine.features(best!)).toMatchObject({ "in session": 0, "is last": 0 });
  });

  it("does better with its net than by rows alone, on sessions neither has seen", () => {
    const { items, starts } = walks(200, 99);
    const cases = Array.from({ length: 200 }, (_, session) => ({
      history: items.subarray(starts[session]!, starts[session + 1]! - 1),
      wanted: items.subarray(starts[session + 1]! - 1, starts[session + 1]),
    }));
    const net = evaluate(engine, records, cases).discovery;
    const rows = evaluate(new Engine({ ...engine.core, net: undefined }), records, cases).discovery;
    expect(net.cases).toBe(200);
    expect(net.reciprocal20).toBeGreaterThanOrEqual(rows.reciprocal20);
    expect(net.reciprocal20).toBeGreaterThan(90);
  });

  it("votes with several nets as their mean", () => {
    const random = seeded(8);
    const nets = [2, 3].map((hidden) => ({
      hidden,
      weights: new Float32Array(netSize(hidden)).map(() => random() - 0.5),
    }));
    const values = new Float32Array(FEATURE_WIDTH).map(() => random() - 0.5);
    const [one, other, both] = [...nets, mergeNets(nets)].map((net) => {
      const scores = new Float32Array(1);
      applyNet(net, values, 1, scores);
      return scores[0]!;
    });
    expect(both).toBeCloseTo((one! + other!) / 2, 5);
  });

  it("learns from some of the features what it would learn from all of them, the others being the same everywhere", () => {
    const random = seeded(9);
    const varying = Int32Array.from([1, 4, 7, 8, 30]);
    const cases = Array.from({ length: 60 }, () => {
      const values = new Float32Array(6 * FEATURE_WIDTH).fill(0.3);
      for (let c = 0; c < 6; c++) for (const feature of varying) values[c * FEATURE_WIDTH + feature] = random();
      return { values, wanted: Math.floor(6 * random()) };
    });
    const sums = new FeatureSums();
    for (const { values } of cases) sums.add(values);
    const scaling = sums.scaling();
    expect(varyingOf(scaling)).toEqual(varying);
    const collector = new CaseCollector(scaling);
    for (const { values, wanted } of cases) collector.add(values, new Uint8Array(6), wanted);
    const chunk = readCases(collector.take());
    expect(chunk.features).toHaveLength(60 * 6 * 8);
    const all = Int32Array.from({ length: FEATURE_WIDTH }, (_, feature) => feature);
    const wide = { ...chunk, varying: all, features: new Int16Array(60 * 6 * FEATURE_WIDTH) };
    for (let row = 0; row < 60 * 6; row++) {
      for (const [place, feature] of varying.entries())
        wide.features[row * FEATURE_WIDTH + feature] = chunk.features[row * 8 + place]!;
    }
    const trained = [chunk, wide].map((learned) => {
      const state = startNet(1, 60, learned.varying, { hidden: 6, rate: 0.01, batch: 8, epochs: 3 });
      for (let epoch = 0; epoch < 3; epoch++) trainNet(state, learned, scriptDescent());
      return foldScaling(widened(state.net, learned.varying), scaling);
    });
    const [some, every] = trained as [Net, Net];
    expect(some.weights.some((weight) => Math.abs(weight) > 0.01)).toBe(true);
    for (const [at, weight] of every.weights.entries()) expect(some.weights[at]).toBeCloseTo(weight, 4);
    expect(FEATURES.flatMap((_, feature) => (hears(some, feature) ? feature : []))).toEqual([...varying]);
    expect(servingNet(some).heard.reduce((sum, heard) => sum + heard, 0)).toBe(varying.length);
  });

  it("takes an item that is newer than any it has learned of for as new as the newest of those", () => {
    const { net, statistics } = engine.core;
    const [age, count] = [place("age") - GENERAL.from, GENERAL.until - GENERAL.from];
    const newest = net!.ranges![age]!;
    expect(net!.ranges).toHaveLength(2 * count);
    const scoreAt = (logAge: number, ranges: Float32Array | undefined) => {
      const ages = statistics.age.slice();
      ages[6] = Math.exp(logAge) - 0.001;
      const weights = net!.weights.slice();
      weights[place("age")] = 1;
      const asked = new Engine({
        ...engine.core,
        statistics: { ...statistics, age: ages },
        net: { ...net!, weights, ranges },
      });
      return asked.rank([3, 4], records).find(({ item }) => item === 6)!.score;
    };
    expect(scoreAt(newest - 2, net!.ranges)).toBeCloseTo(scoreAt(newest, net!.ranges), 4);
    expect(scoreAt(newest - 2, undefined)).toBeLessThan(scoreAt(newest, undefined) - 1);
  });

  it("survives storage; a net of other features is left out and rows answer", async () => {
    const again = Engine.read(await engineBytes(engine.core));
    expect(again.rank([3, 4], records)).toEqual(engine.rank([3, 4], records));
    expect(readNet(packParts([Int32Array.of(2), new Float32Array(netSize(2) - 1)]))).toBeUndefined();
    const byRows = new Engine({ ...engine.core, net: undefined });
    expect(byRows.rank([3, 4, 5], records, { exclude: new Set([3, 4, 5]) })[0]?.item).toBe(6);
  });

  it("is refreshed without the net's training, also when there are new items", async () => {
    const fresh = memoryShelf();
    for (const reach of [1, 2]) await fresh.put(`base/training-${reach}`, shelf.kept.get(`full/training-${reach}`)!);
    await fresh.put("net", shelf.kept.get("net")!);
    const newItem = sessionsOf([
      ...Array.from({ length: 300 }, (_, k) => [k % 14, (k % 14) + 1, (k % 14) + 2]),
      ...Array.from({ length: 40 }, () => [3, 4, 40]),
    ]);
    await fresh.put("sessions", sessionBytes(newItem));
    const grown = { ...plan, itemCount: 41, embedded: 41 };
    const bench = { shelf: fresh, plan: grown, contrast: () => scriptContrast(EMBEDDING_ROOM), descent: scriptDescent };
    for (const step of refreshSteps(grown)) while ((await runStep(step, bench)) === "again");
    const listed = Engine.read(fresh.kept.get("engine")!).rank([3, 4], await loadModel(bench, "full"), { limit: 8 });
    expect(listed.map(({ item }) => item)).toContain(40);
  });

  it("asks for few records", () => {
    const needs = engine.needs(Array.from({ length: 60 }, (_, index) => index % 40));
    expect(needs.rows.length).toBeLessThanOrEqual(25);
    expect(needs.lists).toEqual([19, 18, 17]);
  });
});

describe("splits", () => {
  it("keep what trains the net out of the base", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), { maxLength: 30 }), (lists) => {
        const sessions = sessionsOf(lists);
        const newest = splitSessions(sessions, { split: "newest", holdOut: 0.2 });
        for (const { begin } of newest.questions) expect(begin).toBeGreaterThanOrEqual(newest.base.items.length);
        for (const { begin, at } of newest.questions) expect(at).toBeGreaterThan(begin);
        const last = splitSessions(sessions, { split: "last", holdOut: 0.2 });
        expect(last.base.items.length + last.questions.length).toBe(sessions.items.length);
        expect(last.questions).toHaveLength(lists.filter((list) => list.length > 2).length);
      }),
    );
  });

  it("sessions survive storage", () => {
    const sessions = { ...walks(5, 2), weights: new Float32Array(25).fill(2) };
    expect(readSessions(sessionBytes(sessions))).toEqual(sessions);
  });
});

describe("selection", () => {
  it("finds the k largest of any numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 60 }), fc.nat(70), (list, k) => {
        const values = Float32Array.from(list);
        const slots = Int32Array.from(values.keys());
        selectTop(slots, values, slots.length, k);
        const found = Array.from(slots.subarray(0, k), (slot) => values[slot]!).sort((a, b) => b - a);
        expect(found).toEqual([...values].sort((a, b) => b - a).slice(0, k));
        expect([...slots].sort((a, b) => a - b)).toEqual([...values.keys()]);
      }),
    );
  });
});
