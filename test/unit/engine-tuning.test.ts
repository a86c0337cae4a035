import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { CaseCollector, FeatureSums, readCases } from "../../worker/recommend/engine/cases.ts";
import { FEATURE_WIDTH } from "../../worker/recommend/engine/feature-list.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import { NET_OPTIONS } from "../../worker/recommend/engine/net-training.ts";
import { ROW_CONSTANTS } from "../../worker/recommend/engine/rows.ts";
import { sessionBytes, sessionsOf, withItemsBelow } from "../../worker/recommend/engine/sessions.ts";
import { planTraining, type Shelf } from "../../worker/recommend/engine/training.ts";
import { keepTuning, readTuning, runTuneRows } from "../../worker/recommend/engine/training-tuning.ts";
import { isClimbing, tuneNet, tuneRows } from "../../worker/recommend/engine/tuning.ts";

const ITEMS = 60;

/** What goes with an item changes: fashions of so many sessions each. */
function fashions(sessions: number, each: number, seed = 1) {
  const random = seeded(seed);
  return sessionsOf(
    Array.from({ length: sessions }, (_, session) => {
      const fashion = Math.floor(session / each);
      const first = Math.floor(random() * ITEMS);
      return [first, (first * 7 + fashion * 13 + 1) % ITEMS, (first * 11 + fashion * 29 + 5) % ITEMS];
    }),
  );
}

function memoryShelf(): Shelf {
  const kept = new Map<string, Uint8Array>();
  return { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, bytes) };
}

describe("tuning", () => {
  it("lets old sessions weigh less where fashions change, and not where they stay", () => {
    const changing = tuneRows(fashions(8000, 2000), ITEMS);
    expect(changing.chosen.age).toBeLessThan(ROW_CONSTANTS.age);
    expect(changing.trials.find(({ what, isTaken }) => what === "rows.age" && isTaken)?.value).toBe(
      changing.chosen.age,
    );
    const [usual, ...tried] = changing.trials;
    expect(usual?.what).toBe("rows");
    expect(tried.map(({ what }) => what)).toEqual(
      ["age", "age", "distance", "distance", "incoming", "incoming"].map((name) => `rows.${name}`),
    );
    expect(tuneRows(fashions(8000, 8000), ITEMS).chosen.age).toBeGreaterThanOrEqual(ROW_CONSTANTS.age);
  });

  it("hides items of a large catalog from what looks at the most viewed only", () => {
    const sessions = { ...sessionsOf([[0, 9, 1], [9], [2, 3]]), weights: Float32Array.of(1, 2, 1.5, 1, 1, 2.5) };
    expect(withItemsBelow(sessions, 10, 10)).toBe(sessions);
    const below = withItemsBelow(sessions, 10, 3);
    expect([[...below.items], [...below.starts], [...below.weights!]]).toEqual([
      [0, 1, 2],
      [0, 2, 2, 3],
      [1, 1.5, 1],
    ]);
  });

  it("keeps what is usual where there is too little to choose by", () => {
    expect(tuneRows(fashions(300, 100), ITEMS)).toEqual({ chosen: ROW_CONSTANTS, trials: [] });
    expect(tuneNet([], 1, scriptDescent())).toEqual({ chosen: NET_OPTIONS, trials: [] });
  });

  it("does not look at the sessions that train and judge the net", async () => {
    const sessions = fashions(8000, 2000);
    const plan = planTraining(ITEMS);
    const tune = async (items: Int32Array) => {
      const shelf = memoryShelf();
      await shelf.put("sessions", sessionBytes({ ...sessions, items }));
      await runTuneRows({
        shelf,
        plan,
        contrast: () => expect.fail("nothing to embed"),
        descent: () => expect.fail("no net"),
      });
      return readTuning({ shelf });
    };
    const other = sessions.items.slice();
    other.fill(3, Math.ceil(other.length * 0.9));
    expect(await tune(other)).toEqual(await tune(sessions.items));
  });

  it("takes a net's trial only when it is better, judged by cases it has not learned from", () => {
    const random = seeded(4);
    const chunk = (cases: number) => {
      const sums = new FeatureSums();
      const made = Array.from({ length: cases }, () => {
        const values = Float32Array.from({ length: 10 * FEATURE_WIDTH }, () => random());
        const wanted = Math.floor(random() * 10);
        values[wanted * FEATURE_WIDTH] = 2 + random();
        sums.add(values);
        return { values, wanted };
      });
      const collector = new CaseCollector(sums.scaling());
      for (const { values, wanted } of made) collector.add(values, new Uint8Array(10), wanted);
      return readCases(collector.take());
    };
    const chunks = [chunk(120), chunk(210)];
    const descent = scriptDescent();
    let tuned = tuneNet(chunks, 1, descent);
    let steps = 1;
    // Each trial is a step of its own, and goes on from what the last one has left in storage.
    for (; isClimbing(tuned); steps++) tuned = tuneNet(chunks, 1, descent, JSON.parse(JSON.stringify(tuned)));
    const { chosen, trials } = tuned;
    expect(steps).toBe(6);
    expect(trials.map(({ what, value }) => [what, value])).toEqual([
      ["net", 0],
      ["net.hidden", 12],
      ["net.hidden", 40],
      ["net.rate", 0.0015],
      ["net.rate", 0.003],
      ["net.epochs", 3],
    ]);
    expect(trials[0]?.score).toBeGreaterThan(1.3);
    for (const { what, value, isTaken } of trials.slice(1)) {
      if (isTaken) expect({ ...chosen }).toMatchObject({ [what.slice(4)]: value });
    }
  }, 30_000);

  it("hands what was chosen to a training that only continues", async () => {
    const shelf = memoryShelf();
    expect(await readTuning({ shelf })).toEqual({ rows: ROW_CONSTANTS, net: NET_OPTIONS, trials: [] });
    const rows = { ...ROW_CONSTANTS, age: 0.5 };
    await keepTuning({ shelf }, { rows, net: NET_OPTIONS, trials: [] });
    expect((await readTuning({ shelf })).rows).toEqual(rows);
  });
});
