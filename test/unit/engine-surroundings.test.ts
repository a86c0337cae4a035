/** What is described alike, what is new, what is trending and what is thought of a person, in training and in serving. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { DAY } from "../../worker/lib/time.ts";
import { askNet } from "../../worker/recommend/ask-net.ts";
import type { Supply } from "../../worker/recommend/candidates.ts";
import { AspectsBuilder, aspectsBytes, type Described, SIGNATURE } from "../../worker/recommend/engine/aspects.ts";
import { Gathering, SOURCE } from "../../worker/recommend/engine/candidates.ts";
import { EMBEDDING_ROOM } from "../../worker/recommend/engine/embedding-training.ts";
import { Engine, type Records } from "../../worker/recommend/engine/engine.ts";
import type { Evaluation } from "../../worker/recommend/engine/evaluation.ts";
import { judgmentOf, NO_JUDGMENT, readJudgment } from "../../worker/recommend/engine/judgment.ts";
import { scriptContrast } from "../../worker/recommend/engine/kernel/contrast.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import type { Model } from "../../worker/recommend/engine/model.ts";
import { netSize } from "../../worker/recommend/engine/net.ts";
import { ARRIVALS, Arrivals, type Likes, likenessBytes, occasionsOf } from "../../worker/recommend/engine/occasion.ts";
import { readSessions, type Sessions, sessionBytes, sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import { planTraining, runStep, type Shelf, trainingSteps } from "../../worker/recommend/engine/training.ts";
import { loadModel } from "../../worker/recommend/engine/training-net.ts";
import { newcomersOf } from "../../worker/recommend/newcomers.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { readTaste } from "../../worker/recommend/taste.ts";

const LIMIT_MS = 120_000;
const NOTHING: Described = { price: null, category: null, signature: new Float32Array(SIGNATURE) };
const at = (day: number): Described => ({ ...NOTHING, born: day });

async function train(itemCount: number, sessions: Sessions, shelved: Record<string, Uint8Array> = {}) {
  const plan = planTraining(itemCount, {
    epochs: 2,
    cases: 500,
    chunk: 250,
    validationCases: 150,
    holdOut: 0.3,
    batches: 500,
  });
  const kept = new Map<string, Uint8Array>(Object.entries(shelved));
  const shelf: Shelf = { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
  await shelf.put("sessions", sessionBytes(sessions));
  const bench = { shelf, plan, contrast: () => scriptContrast(EMBEDDING_ROOM), descent: scriptDescent };
  for (const step of trainingSteps(plan)) while ((await runStep(step, bench)) === "again");
  const validation = JSON.parse(new TextDecoder().decode(kept.get("validation")!)) as { net: Evaluation };
  const records: Records = await loadModel(bench, "full");
  return { net: validation.net.discovery, engine: Engine.read(kept.get("engine")!), records };
}

const FAMILIES = 20;
const FAMILY = 5;
const KNOWN = FAMILIES * FAMILY;
const DAYS = 100;
/** Items that come one a day, from day 60 on, each described like those of one family. */
const FIRST_NEW = 60;
const familyOf = (item: number) => (item < KNOWN ? Math.floor(item / FAMILY) : (item - KNOWN) % FAMILIES);
const bornOn = (item: number) => FIRST_NEW + (item - KNOWN);
const ITEMS = KNOWN + (DAYS - FIRST_NEW);

/** Visitors stay in a family; where what is new takes off, most go on to what their family got in the last twenty days. */
function shop(takesOff: boolean): Sessions {
  const random = seeded(7);
  const lists: number[][] = [];
  const days: number[] = [];
  for (let visit = 0; visit < 3000; visit++) {
    const day = 1 + ((DAYS - 1) * visit) / 3000;
    const family = Math.floor(random() * FAMILIES);
    const known = () => family * FAMILY + Math.floor(random() * FAMILY);
    const fresh: number[] = [];
    for (let item = KNOWN; item < ITEMS; item++) {
      if (familyOf(item) === family && bornOn(item) <= day && day - bornOn(item) < 20) fresh.push(item);
    }
    const first = known();
    const newest = fresh.at(-1);
    let next = known();
    while (next === first) next = known();
    lists.push([first, takesOff && newest !== undefined && random() < 0.7 ? newest : next]);
    days.push(day);
  }
  return { ...sessionsOf(lists), days: Float32Array.from(days) };
}

/** What of a family is in the catalog is described alike, whether anybody has looked at it or not. */
function surroundings() {
  const builder = new AspectsBuilder(ITEMS, ITEMS);
  const likes = new Map<number, Likes>();
  for (let item = 0; item < ITEMS; item++) {
    builder.describe(item, item < KNOWN ? NOTHING : at(bornOn(item)));
    const alike = Array.from({ length: ITEMS }, (_, other) => other).filter(
      (other) => other !== item && familyOf(other) === familyOf(item),
    );
    likes.set(item, { items: alike, scores: alike.map(() => 0.8) });
  }
  return { aspects: aspectsBytes(builder.take()), likeness: likenessBytes(likes) };
}

describe("what is new", () => {
  let loved: Awaited<ReturnType<typeof train>>;
  let ignored: Awaited<ReturnType<typeof train>>;
  let without: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    const sessions = shop(true);
    const { days: _, ...timeless } = sessions;
    loved = await train(ITEMS, sessions, surroundings());
    ignored = await train(ITEMS, shop(false), surroundings());
    without = await train(ITEMS, timeless);
  }, LIMIT_MS);

  /** Place, from 1, of something that came an hour ago and is described like family 3, for who looks at that family. */
  function placeOf({ engine, records }: Awaited<ReturnType<typeof train>>, isAlike = true): number {
    const newcomer = ITEMS + 7;
    const others = Array.from({ length: FAMILY - 1 }, (_, k) => 3 * FAMILY + 1 + k);
    const near = { items: isAlike ? [newcomer, ...others] : others, scores: [0.8, 0.8, 0.8, 0.8, 0.8] };
    const ranked = engine.rank(
      [3 * FAMILY],
      { ...records, likeOf: () => near },
      {
        day: DAYS + 1,
        arrivals: [newcomer],
        newcomers: [[newcomer, at(DAYS + 23 / 24)]],
        exclude: new Set([3 * FAMILY]),
        extra: [newcomer],
      },
    );
    return 1 + ranked.findIndex(({ item }) => item === newcomer);
  }

  it("comes first where it took off in the newest tenth, although nobody has looked at it yet", () => {
    expect(loved.engine.hears).toEqual({ likeness: true, arrivals: true, judgment: false });
    expect(placeOf(loved)).toBe(1);
  });

  it("but not where nobody cared, not without being like anything, and not by a net that was not told", () => {
    expect(placeOf(ignored)).toBeGreaterThanOrEqual(FAMILY);
    expect(placeOf(loved, false)).toBeGreaterThan(1);
    expect(without.engine.hears).toEqual({ likeness: false, arrivals: false, judgment: false });
    expect(placeOf(without)).toBeGreaterThan(1);
  });

  it("is foretold in sessions that the net has not seen, far better than without", () => {
    expect(loved.net.reciprocal20).toBeGreaterThan(1.5 * without.net.reciprocal20);
  });
});

describe("a person's intention", () => {
  /** As long as nobody can tell who is about to buy, what goes with a thing and what is like it are as likely. */
  const THINGS = 24;
  const alikeOf = (thing: number, which: number) => THINGS + 2 * thing + which;
  const matchOf = (thing: number, which: number) => 3 * THINGS + 2 * thing + which;
  const items = 5 * THINGS;
  const [looks, buys] = [judgmentOf(0.02, 0.06, "exploring"), judgmentOf(0.5, 0.06, "about_to_buy")];

  function visits(count: number): Sessions & { judgments: Uint8Array } {
    const random = seeded(3);
    const judgments: number[] = [];
    const lists = Array.from({ length: count }, () => {
      const thing = Math.floor(random() * THINGS);
      const isSerious = random() < 0.5;
      judgments.push(isSerious ? buys : looks, NO_JUDGMENT);
      return [thing, (isSerious ? matchOf : alikeOf)(thing, Math.floor(random() * 2))];
    });
    return { ...sessionsOf(lists), judgments: Uint8Array.from(judgments) };
  }

  /** What goes with a thing is of another category. */
  function catalog(): Uint8Array {
    const builder = new AspectsBuilder(items, items);
    for (let item = 0; item < items; item++) {
      builder.describe(item, { ...NOTHING, category: item < 3 * THINGS ? "things" : "parts" });
    }
    return aspectsBytes(builder.take());
  }

  let told: Awaited<ReturnType<typeof train>>;
  let without: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    const sessions = visits(2500);
    const { judgments: _, ...untold } = sessions;
    told = await train(items, sessions, { aspects: catalog() });
    without = await train(items, untold, { aspects: catalog() });
  }, LIMIT_MS);

  it("makes the net rank better where it changes what people want next", () => {
    expect(told.net.reciprocal20).toBeGreaterThan(1.2 * without.net.reciprocal20);
  });

  it("decides what is first at this moment", () => {
    expect(told.engine.hears.judgment).toBe(true);
    const first = (judgment: number) =>
      told.engine.rank([5], told.records, { judgment, exclude: new Set([5]) })[0]!.item;
    expect([alikeOf(5, 0), alikeOf(5, 1)]).toContain(first(looks));
    expect([matchOf(5, 0), matchOf(5, 1)]).toContain(first(buys));
  });

  it("says why, by name", () => {
    const [best] = told.engine.rank([5], told.records, { judgment: buys });
    const features = told.engine.features(best!);
    expect(features["about to buy"]).toBe(1);
    expect(features.comparing).toBe(0);
    expect(features["likelier to buy"]).toBeCloseTo(Math.log(0.5 / 0.5) - Math.log(0.06 / 0.94), 1);
    const [unknown] = told.engine.rank([5], told.records);
    expect(told.engine.features(unknown!)["likelier to buy"]).toBe(0);
  });

  it("fits a byte", () => {
    for (const mode of ["exploring", "comparing", "about_to_buy"] as const) {
      for (const chance of [0, 0.001, 0.06, 0.3, 1]) {
        const byte = judgmentOf(chance, 0.06, mode);
        expect(byte).toBeGreaterThan(NO_JUDGMENT);
        expect(byte).toBeLessThan(256);
        expect(readJudgment(byte)!.mode).toBe(mode);
      }
    }
    expect(readJudgment(judgmentOf(0.06, 0.06, "exploring"))!.lift).toBeCloseTo(0, 5);
    expect(readJudgment(NO_JUDGMENT)).toBeUndefined();
  });
});

describe("the candidates of a moment", () => {
  const idOf = (item: number) => `item-${item}`;
  /** Two that came after the model was built: nobody has looked at them, and the training knows them from the catalog. */
  const BUILT = ITEMS - 2;
  const moment = DAYS + 0.5;

  it("are the same when the net is served as when it is trained", () => {
    const sessions = { ...sessionsOf([[3 * FAMILY, 8 * FAMILY + 1, 8 * FAMILY]]), days: Float32Array.of(moment) };
    const random = seeded(5);
    const statistics = countStatistics(shop(true), BUILT);
    const rowOf = (item: number) =>
      item < KNOWN
        ? { targets: Int32Array.from([item + 1, item + 2]), codes: new Uint8Array(12).fill(200) }
        : undefined;
    const builder = new AspectsBuilder(ITEMS, ITEMS);
    for (let item = 0; item < ITEMS; item++) builder.describe(item, item < KNOWN ? NOTHING : at(bornOn(item)));
    const aspects = builder.take();
    const nearOf = (item: number) =>
      Array.from({ length: ITEMS }, (_, other) => other)
        .filter((other) => other !== item && familyOf(other) === familyOf(item))
        .map((other) => ({ other, score: 0.9 - 0.001 * other }));

    const trained = new Gathering();
    const model: Model = {
      rowOf,
      listOf: () => undefined,
      likeOf: (item) => ({
        items: nearOf(item).map(({ other }) => other),
        scores: nearOf(item).map(({ score }) => score),
      }),
      embeddings: [],
      statistics,
      aspects,
    };
    trained.gather(model, sessions.items, occasionsOf(sessions, aspects)({ begin: 0, at: 3, session: 0 }));
    const ofTraining = Array.from({ length: trained.count }, (_, place) => ({
      id: idOf(trained.items[place]!),
      sources: trained.sources[place]!,
    }));

    const net = { hidden: 4, weights: new Float32Array(netSize(4)).map(() => random() - 0.5) };
    const smaller = new AspectsBuilder(BUILT, BUILT);
    for (let item = 0; item < BUILT; item++) smaller.describe(item, item < KNOWN ? NOTHING : at(bornOn(item)));
    const engine = new Engine({ embeddings: [], statistics, net, aspects: smaller.take() });
    const indexOf = (id: string) => {
      const item = Number(id.slice(5));
      return item < BUILT ? item : undefined;
    };
    const newest = Array.from({ length: 16 }, (_, k) => ITEMS - 1 - k);
    const items = newest.map((item) => ({
      id: idOf(item),
      title: "",
      category: null,
      price: null,
      regular: { price: null, listPrice: null },
      createdAt: bornOn(item) * DAY,
    })) as unknown as Item[];
    const neighbors = [...sessions.items].map((item) => {
      const near = nearOf(item).map(({ other, score }) => ({ id: idOf(other), score }));
      return [idOf(item), near] as const;
    });
    const supply: Supply = {
      rows: { indexOf, idOf: (index) => (index < BUILT ? idOf(index) : undefined), rowOf, listOf: () => undefined },
      engine,
      newcomers: newcomersOf({ indexOf, size: BUILT, built: BUILT }, items, items),
      neighbors: { similar: new Map(neighbors) },
      popular: NO_POPULAR,
      contexts: [],
      arrivals: newest.map(idOf),
      now: moment * DAY,
    };
    const taste = readTaste({
      history: [],
      landmarks: [],
      itemId: undefined,
      recentItemIds: [...sessions.items].reverse().map(idOf),
      purchasedWithinDays: 0,
      now: moment * DAY,
      timeZone: "UTC",
    });
    const { ranked, idOf: namedBy } = askNet({ taste, supply, skip: new Set(), never: new Set(), explain: false })!;
    const served = ranked.map((each) => ({ id: namedBy(each)!, sources: each.sources }));
    const sorted = (list: { id: string; sources?: number }[]) =>
      list.map(({ id, sources }) => `${id} ${sources}`).sort();
    expect(sorted(served)).toEqual(sorted(ofTraining));
    // All kinds are among them, what the model was built without, too.
    for (const source of [SOURCE.behavior, SOURCE.likeness, SOURCE.arrival, SOURCE.trend]) {
      expect(ofTraining.some(({ sources }) => (sources & source) !== 0)).toBe(true);
    }
    expect(ofTraining.map(({ id }) => id)).toContain(idOf(ITEMS - 1));
    expect(ofTraining.length).toBeLessThanOrEqual(130);
  });

  it("have of the catalog what was there, newest first, and only while it is new", () => {
    const builder = new AspectsBuilder(40, 40);
    for (let item = 1; item < 40; item++) builder.describe(item, at(item));
    const aspects = builder.take();
    const arrivals = new Arrivals(aspects);
    expect([...arrivals.at(5.5)]).toEqual([5, 4, 3, 2, 1]);
    expect([...arrivals.at(0.5)]).toEqual([]);
    expect([...arrivals.at(30)]).toEqual(Array.from({ length: ARRIVALS }, (_, k) => 30 - k));
    const gathering = new Gathering();
    const statistics = countStatistics(sessionsOf([[0, 0]]), 40);
    const model = { rowOf: () => undefined, listOf: () => undefined, embeddings: [], statistics, aspects };
    gathering.gather(model, [0], { day: 60, arrivals: arrivals.at(60) });
    const found = [...gathering.items.subarray(0, gathering.count)];
    expect(found).toEqual([0, 39, 38, 37, 36, 35, 34, 33]);
  });

  it("what surrounds a session survives storage", () => {
    const sessions = { ...shop(true), judgments: new Uint8Array(6000).fill(7) };
    expect(readSessions(sessionBytes(sessions))).toEqual(sessions);
  });
});
