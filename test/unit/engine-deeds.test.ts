import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { AspectsBuilder, aspectsBytes, SIGNATURE } from "../../worker/recommend/engine/aspects.ts";
import {
  deedOf,
  joinDeeds,
  MOMENT_FEATURES,
  momentOf,
  NO_DEED,
  seriousnessOf,
} from "../../worker/recommend/engine/deeds.ts";
import { EMBEDDING_ROOM } from "../../worker/recommend/engine/embedding-training.ts";
import { Engine, type Records } from "../../worker/recommend/engine/engine.ts";
import type { Evaluation } from "../../worker/recommend/engine/evaluation.ts";
import { scriptContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import { readSessions, type Sessions, sessionBytes, sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { planTraining, runStep, type Shelf, trainingSteps } from "../../worker/recommend/engine/training.ts";
import { loadModel } from "../../worker/recommend/engine/training-net.ts";

const NOON_SECOND = 12 * 3600;

describe("a deed", () => {
  it("is as serious as the more serious of two in a row, and begins with the first", () => {
    const looks = deedOf(0, 120, true);
    const joined = joinDeeds(looks, deedOf(1, 160, false));
    expect(joined).toBe(deedOf(1, 120, true));
    expect(joinDeeds(joined, deedOf(0, 200, false))).toBe(joined);
    expect(joinDeeds(NO_DEED, joined)).toBe(joined);
    const buys = deedOf(2, 86_399, false);
    expect(Int16Array.of(buys)[0]).toBe(buys);
    expect([looks, joined, buys, NO_DEED].map(seriousnessOf)).toEqual([0, 1, 2, 0]);
  });

  it("tells what a moment is, over midnight too, and nothing where nothing is known", () => {
    const said = (name: (typeof MOMENT_FEATURES)[number], deeds: number[]) =>
      momentOf(deeds)!.values[MOMENT_FEATURES.indexOf(name)];
    const night = [deedOf(1, 86_340, false), deedOf(0, 60, true)];
    expect(said("minutes so far", night)).toBeCloseTo(Math.log(3));
    expect(said("pace", night)).toBeCloseTo(Math.log(121));
    expect(said("wanted so far", night)).toBeCloseTo(Math.log(2));
    expect(said("searches so far", night)).toBeCloseTo(Math.log(2));
    expect([said("last was wanted", night), said("last was bought", night)]).toEqual([0, 0]);
    expect(said("last was bought", [deedOf(2, 5, false)])).toBe(1);
    expect(said("hour's cosine", [deedOf(0, NOON_SECOND, false)])).toBeCloseTo(-1);
    // What was done in an earlier visit is not part of this one.
    expect(said("wanted so far", [deedOf(1, 50, false), NO_DEED, deedOf(0, 60, false)])).toBe(0);
    expect(momentOf([])).toBeUndefined();
    expect(momentOf([deedOf(1, 5, false), NO_DEED])).toBeUndefined();
  });
});

const THINGS = 30;
/** Each thing has three like it and two that go with it. */
const ITEMS = THINGS * 6;
const alikeOf = (item: number, which: number) => THINGS * (1 + which) + (item % THINGS);
const complementOf = (item: number, which: number) => THINGS * (4 + which) + (item % THINGS);

/** A shop whose visitors go on to what is alike while they look, and to what goes with it once it is in the cart. */
function shop(count: number): Sessions & { deeds: Int16Array } {
  const random = seeded(3);
  const below = (limit: number) => Math.floor(random() * limit);
  const deeds: number[] = [];
  const lists = Array.from({ length: count }, () => {
    const thing = below(THINGS);
    const begin = 9 * 3600 + below(36_000);
    const wants = random() < 0.5;
    const follows = wants ? complementOf(thing, below(2)) : alikeOf(thing, below(3));
    deeds.push(deedOf(wants ? 1 : 0, begin, false), deedOf(0, begin + 60, false));
    return [thing, follows];
  });
  const sessions = sessionsOf(lists);
  return { ...sessions, deeds: Int16Array.from(deeds) };
}

/** What goes with a thing is of another category than what is like it. */
function aspects() {
  const builder = new AspectsBuilder(ITEMS, ITEMS);
  const signature = new Float32Array(SIGNATURE);
  for (let item = 0; item < ITEMS; item++) {
    builder.describe(item, { price: null, category: item < 4 * THINGS ? "things" : "parts", signature });
  }
  return builder.take();
}

const plan = planTraining(ITEMS, {
  epochs: 2,
  cases: 600,
  chunk: 300,
  validationCases: 200,
  netEpochs: 6,
  holdOut: 0.4,
  batches: 500,
});

async function train(sessions: Sessions) {
  const kept = new Map<string, Uint8Array>();
  const shelf: Shelf = { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
  await shelf.put("sessions", sessionBytes(sessions));
  await shelf.put("aspects", aspectsBytes(aspects()));
  const bench = { shelf, plan, contrast: () => scriptContrast(EMBEDDING_ROOM), descent: scriptDescent };
  for (const step of trainingSteps(plan)) while ((await runStep(step, bench)) === "again");
  const validation = JSON.parse(new TextDecoder().decode(kept.get("validation")!)) as { net: Evaluation };
  return {
    net: validation.net.discovery,
    bytes: kept.get("engine")!,
    engine: Engine.read(kept.get("engine")!),
    records: (await loadModel(bench, "full")) as Records,
  };
}

describe("a net that is told of deeds", () => {
  const sessions = shop(2000);
  const { deeds: _, ...untold } = sessions;
  let told: Awaited<ReturnType<typeof train>>;
  let without: Awaited<ReturnType<typeof train>>;

  beforeAll(async () => {
    told = await train(sessions);
    without = await train(untold);
  }, 120_000);

  it("ranks better where a cart changes what people want next", () => {
    expect(told.net.reciprocal20).toBeGreaterThan(1.2 * without.net.reciprocal20);
  });

  it("serves what fits the moment, and says why", () => {
    const first = (last: 0 | 1) => {
      const deeds = [deedOf(last, NOON_SECOND, false)];
      const [best] = told.engine.rank([5], told.records, { deeds, exclude: new Set([5]) });
      return { item: best!.item, features: told.engine.features(best!) };
    };
    const [looks, wants] = [first(0), first(1)];
    expect([0, 1, 2].map((which) => alikeOf(5, which))).toContain(looks.item);
    expect([0, 1].map((which) => complementOf(5, which))).toContain(wants.item);
    expect(wants.features).toMatchObject({ "last was wanted": 1, "hour's cosine": expect.any(Number) });
    expect(looks.features["last was wanted"]).toBe(0);
  });

  it("is the same net when it is trained again, and survives storage", async () => {
    expect(Buffer.from((await train(sessions)).bytes).equals(Buffer.from(told.bytes))).toBe(true);
    expect(readSessions(sessionBytes(sessions))).toEqual(sessions);
  }, 60_000);
});
