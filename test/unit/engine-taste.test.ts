import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { Gathering, SOURCE } from "../../worker/recommend/engine/candidates.ts";
import { Engine, engineBytes } from "../../worker/recommend/engine/engine.ts";
import { FEATURE_WIDTH, place } from "../../worker/recommend/engine/feature-list.ts";
import { Features } from "../../worker/recommend/engine/features.ts";
import { clicksBefore, HISTORY_ITEMS, longHistories, longHistory } from "../../worker/recommend/engine/histories.ts";
import { type Scoring, simdScoring } from "../../worker/recommend/engine/kernel/scoring.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { lowPassOf } from "../../worker/recommend/engine/low-pass.ts";
import {
  readSessions,
  type Sessions,
  sessionBytes,
  sessionsOf,
  sliceSessions,
  withItemsBelow,
} from "../../worker/recommend/engine/sessions.ts";
import { splitSessions } from "../../worker/recommend/engine/split.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import { packTaste, type TasteRow, unpackTaste } from "../../worker/recommend/engine/taste.ts";
import { TasteRanker } from "../../worker/recommend/engine/taste-rank.ts";
import { planTraining, runStep, type Shelf, trainingSteps } from "../../worker/recommend/engine/training.ts";
import { canTeachTaste, loadTaste, tasteSteps } from "../../worker/recommend/engine/training-taste.ts";

const wasm = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;
const both: [string, Scoring][] = [
  ["SIMD", simdScoring(new WebAssembly.Module(readFileSync(wasm)))],
  ["TypeScript", scriptScoring()],
];

/** Two tastes: people like ten of the items 0–19 or ten of 20–39. */
function people(count: number): Sessions {
  const random = seeded(11);
  return sessionsOf(
    Array.from({ length: count }, (_, person) => {
      const offset = person % 2 === 0 ? 0 : 20;
      const items = Array.from({ length: 20 }, (_, item) => offset + item);
      return items.toSorted(() => random() - 0.5).slice(0, 10);
    }),
  );
}

/** What a history says of one item. */
function saidOf(ranker: TasteRanker, item: number): number {
  const said = new Float32Array(1);
  ranker.scores(Int32Array.of(item), 1, said);
  return said[0] as number;
}

const itemsOf = (sessions: Sessions) =>
  [...sessions.starts.subarray(1)].map((end, list) => [...sessions.items.subarray(sessions.starts[list]!, end)]);
/** As what each person did is one session. */
const known = (sessions: Sessions): Sessions => ({
  ...sessions,
  previous: new Int32Array(sessions.starts.length - 1).fill(-1),
});

describe("a long history", () => {
  const first = [0, 1, 2, 3, 4];
  const second = [4, 5, 6, 7, 8, 0];
  // The same person's first and second visit, with somebody else's between them.
  const sessions: Sessions = { ...sessionsOf([first, [20, 21], second]), previous: Int32Array.of(-1, -1, 0) };

  it("is all that one person did, each item once, the newest first", () => {
    expect(itemsOf(longHistories(sessions))).toEqual([[0, 8, 7, 6, 5, 4, 3, 2, 1]]);
    expect([...clicksBefore(sessions, 2, 9)]).toEqual([5, 4, 4, 3, 2, 1, 0]);
    expect([...clicksBefore(sessions, 1, 6)]).toEqual([20]);
  });

  it("is nobody's where it is not known whose the visits are, or where they are few", () => {
    expect(itemsOf(longHistories(sessionsOf([[...first, ...second]])))).toEqual([]);
    expect(longHistory([1, 2, 3, 4, 5, 6, 7, 7, 7])).toBeUndefined();
    expect(longHistory([1, 1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(longHistory(Array.from({ length: 90 }, (_, index) => index))).toHaveLength(HISTORY_ITEMS);
  });

  it("stays whose it was through slices, splits and storage", () => {
    expect([...sliceSessions(sessions, 1, 3).previous!]).toEqual([-1, -1]);
    expect([...sliceSessions(sessions, 0, 3).previous!]).toEqual([-1, -1, 0]);
    expect(readSessions(sessionBytes(sessions))).toEqual(sessions);
    expect([...withItemsBelow(sessions, 30, 10).previous!]).toEqual([-1, -1, 0]);
    const { questions } = splitSessions(sessions, { split: "newest", holdOut: 0.4 });
    expect(questions[0]).toEqual({ begin: 5, at: 6, session: 1 });
    expect(questions[1]).toEqual({ begin: 7, at: 8, session: 2 });
  });

  it("teaches a site with few of them nothing", () => {
    expect(canTeachTaste(known(people(300)))).toBe(true);
    expect(canTeachTaste(known(people(200)))).toBe(false);
    expect(canTeachTaste(people(300))).toBe(false);
    const kindsOf = (taste: boolean) => new Set(trainingSteps(planTraining(40, { taste })).map(({ kind }) => kind));
    expect(kindsOf(true)).toContain("taste-rows");
    expect([...kindsOf(false)].filter((kind) => kind.startsWith("taste"))).toEqual([]);
  });
});

it("says the same to the bit with WebAssembly and without, of more items than are nominated", () => {
  const random = seeded(3);
  const [items, rank] = [900, 13];
  const floats = () => Float32Array.from({ length: items }, () => random() / 100);
  const vectors = Int8Array.from({ length: items * rank }, () => Math.round(254 * random()) - 127);
  const model = { rank, vectors, history: floats(), candidate: floats() };
  const rows = Array.from({ length: items }, () => ({
    targets: Int32Array.from({ length: 60 }, () => Math.floor((items + 9) * random())),
    codes: Uint8Array.from({ length: 120 }, () => 256 * random()),
  }));
  const rankers = both.map(([, scoring]) => new TasteRanker(model, scoring));
  for (let person = 0; person < 20; person++) {
    const history = Int32Array.from({ length: 8 + person }, () => Math.floor(items * random()));
    const [fast, plain] = rankers.map((ranker) => {
      ranker.read(history, (item) => rows[item], 20);
      const best = [...ranker.best(60, history)];
      return [best, Array.from({ length: items + 5 }, (_, item) => Math.fround(saidOf(ranker, item)))];
    });
    expect(fast).toEqual(plain);
    expect(fast![0]).toHaveLength(60);
  }
});

describe.each(both)("taste, with %s", (_, scoring) => {
  const kept = new Map<string, Uint8Array>();
  const shelf: Shelf = { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
  const plan = planTraining(40, { taste: true });
  let ranker: TasteRanker;
  let rowOf: (item: number) => TasteRow | undefined;

  beforeAll(async () => {
    await shelf.put("sessions", sessionBytes(known(people(300))));
    const none = () => {
      throw new Error("taste needs no kernel of training");
    };
    const bench = { shelf, plan, contrast: none, descent: none };
    for (const step of tasteSteps("full", 40)) await runStep(step, bench);
    const learned = await loadTaste({ shelf, plan }, "full");
    rowOf = learned!.tasteOf;
    ranker = new TasteRanker(learned!.taste, scoring);
  });

  const best = (history: number[], limit = 50) => {
    ranker.read(history, rowOf);
    return [...ranker.best(limit, history)];
  };

  it("recommends the rest of what people of that taste like, best first", () => {
    const items = best([0, 1, 2, 3, 4], 15);
    expect(items.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, index) => index + 5));
    const scores = items.map((item) => saidOf(ranker, item));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it("leaves out the history, and forgets the request before", () => {
    expect(best([20, 21])).not.toContain(20);
    const again = best([22, 23]);
    expect(again).toContain(20);
    expect(again.slice(0, 10).every((item) => item >= 20)).toBe(true);
    expect(best([])).toEqual([]);
    expect(best([999])).toEqual([]);
    expect(saidOf(ranker, 999)).toBe(0);
  });

  it("hears items beyond those whose rows are read by their vectors", () => {
    ranker.read([0, 1, 20, 21, 22, 23, 24, 25], rowOf, 2);
    const reached = [...ranker.best(50)];
    expect(reached.every((item) => rowOf(0)!.targets.includes(item) || rowOf(1)!.targets.includes(item))).toBe(true);
    const withOthers = saidOf(ranker, 30);
    ranker.read([0, 1], rowOf, 2);
    expect(withOthers).toBeGreaterThan(saidOf(ranker, 30));
  });

  it("never lets an item speak for itself", () => {
    for (let item = 0; item < 40; item++) expect(rowOf(item)?.targets).not.toContain(item);
  });

  it("comes out of storage as it went in", async () => {
    const row = rowOf(7)!;
    expect(row.targets.length).toBeGreaterThan(5);
    expect(unpackTaste(packTaste(row))).toEqual({ targets: row.targets.slice(), codes: row.codes.slice() });
    expect(packTaste(row)).toHaveLength(5 * row.targets.length);
    const engine = {
      embeddings: [],
      statistics: countStatistics(people(300), 40),
      taste: ranker.taste,
    };
    expect(Engine.read(await engineBytes(engine)).core.taste).toEqual(ranker.taste);
    expect(Engine.read(await engineBytes({ ...engine, taste: undefined })).core.taste).toBeUndefined();
  });

  it("proposes to somebody with a long history, and says nothing of anybody else", () => {
    const statistics = countStatistics(people(300), 40);
    const model = { rowOf: () => undefined, listOf: () => undefined, embeddings: [], statistics };
    const taste = { taste: ranker.taste, tasteOf: rowOf };
    const history = [0, 1, 2, 3, 4, 5, 6, 7];
    const gathering = new Gathering(scoring);
    const features = new Features(scoring);
    const [said, against, rank, length] = ["taste", "taste against best", "rank of taste", "length of history"].map(
      place,
    );
    const told = () => {
      features.compute(model, gathering);
      const values = features.rows(0, gathering.count);
      return new Map(
        Array.from({ length: gathering.count }, (_, c) => [
          gathering.items[c]!,
          [said, against, rank, length].map((feature) => values[c * FEATURE_WIDTH + feature!]!),
        ]),
      );
    };
    gathering.gather({ ...model, ...taste }, [39], { extra: [25, 3], history });
    const rows = told();
    ranker.read(history, rowOf);
    const best = [...ranker.best(60, history)];
    expect(best.length).toBeGreaterThan(10);
    expect([...rows.keys()]).toEqual(expect.arrayContaining([...best, 25, 3]));
    // Of what is in the history already taste says nothing.
    const scoreOf = (item: number) => Math.log((history.includes(item) ? 0 : Math.max(0, saidOf(ranker, item))) + 1e-3);
    const candidates = [...rows.keys()].toSorted((one, other) => scoreOf(other) - scoreOf(one));
    for (const [item, values] of rows) {
      expect(values[0]).toBeCloseTo(scoreOf(item), 4);
      expect(values[1]).toBeCloseTo(scoreOf(item) - scoreOf(best[0]!), 4);
      if (![3, 25, 39].includes(item)) expect(values[2]).toBeCloseTo(Math.log(candidates.indexOf(item) + 1), 4);
      expect(values[3]).toBeCloseTo(Math.log(8), 4);
    }
    for (const [asked, others] of [
      [{ ...model, ...taste }, []],
      [model, history],
    ] as const) {
      gathering.gather(asked, [39], { extra: [25], history: others });
      expect([...told()].every(([, values]) => values.every((value) => value === 0))).toBe(true);
      // What is trending fills up what behavior leaves open.
      const found = gathering.sources.subarray(0, gathering.count).filter((source) => source !== SOURCE.trend);
      expect(found).toHaveLength(2);
    }
  });
});

describe("the low-pass basis", () => {
  it("is orthonormal and spans the two tastes", () => {
    const { basis } = lowPassOf(people(300), 40, 4, 1);
    const column = (k: number) => Array.from({ length: 40 }, (_, item) => basis[item * 4 + k]!);
    const dot = (one: number[], other: number[]) => one.reduce((sum, value, index) => sum + value * other[index]!, 0);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b <= a; b++) expect(dot(column(a), column(b))).toBeCloseTo(a === b ? 1 : 0, 3);
    }
    // "Likes the first twenty", normalized, lies in the subspace: its projection keeps its length.
    const taste = Array.from({ length: 40 }, (_, item) => (item < 20 ? 1 / Math.sqrt(20) : 0));
    const kept = [0, 1, 2, 3].map((k) => dot(column(k), taste) ** 2).reduce((sum, value) => sum + value, 0);
    expect(kept).toBeGreaterThan(0.95);
  });
});
