import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { AspectsBuilder, SIGNATURE } from "../../worker/recommend/engine/aspects.ts";
import { cosineOf, LAGS, quantize } from "../../worker/recommend/engine/embedding.ts";
import { Engine } from "../../worker/recommend/engine/engine.ts";
import { keptBy, TITLES } from "../../worker/recommend/engine/kept-items.ts";
import { DIMENSIONS } from "../../worker/recommend/engine/kernel/contrast.ts";
import { KEPT, ROOM, type Scoring, simdScoring, WORDS } from "../../worker/recommend/engine/kernel/scoring.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import type { Model } from "../../worker/recommend/engine/model.ts";
import { netSize } from "../../worker/recommend/engine/net.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import { collectGarbage } from "../support/garbage.ts";

const wasm = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;
const both: [string, Scoring][] = [
  ["SIMD", simdScoring(new WebAssembly.Module(readFileSync(wasm)))],
  ["TypeScript", scriptScoring()],
];

/** More items than are kept. */
const ITEMS = KEPT + 1000;

function shop(seed: number): Model {
  const random = seeded(seed);
  const noise = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const embeddings = [0, 1].map(() =>
    quantize(noise(ITEMS * DIMENSIONS), noise(ITEMS), new Float32Array(LAGS).fill(0.8), 0.7),
  );
  const sessions = sessionsOf(Array.from({ length: 300 }, () => [Math.floor(ITEMS * random()), seed]));
  return { embeddings, statistics: countStatistics(sessions, ITEMS), rowOf: () => undefined, listOf: () => undefined };
}

const [one, other] = [shop(1), shop(2)];
const titles = new AspectsBuilder(ITEMS, ITEMS).take();
const net = { hidden: 6, weights: new Float32Array(netSize(6)).map((_, at) => ((at * 7) % 13) / 13 - 0.5) };

describe.each(both)("what is kept of items, with %s", (_, scoring) => {
  const kept = keptBy(scoring);
  const cosines = (model: Model, items: Int32Array, item: number): number[] => {
    kept.open(model);
    kept.layOut(items, items.length);
    scoring.between(1, kept.slotOf(item), items.length, 5);
    return [...scoring.columns.subarray(5 * ROOM, 5 * ROOM + items.length)];
  };

  it("is that of the items, however many are asked for, and of whichever model", () => {
    const random = seeded(8);
    for (let request = 0; request < 60; request++) {
      const items = Int32Array.from({ length: ROOM }, () => Math.floor(ITEMS * random()));
      const item = request % 2 === 0 ? (items[7] as number) : Math.floor(ITEMS * random());
      const model = request % 20 < 17 ? one : other;
      const wanted = [...items].map((each) => cosineOf(model.embeddings[1]!, each, item));
      for (const [c, cosine] of cosines(model, items, item).entries()) expect(cosine).toBeCloseTo(wanted[c]!, 5);
    }
  });

  it("is nothing of what has no vector, and of no item", () => {
    const items = Int32Array.of(3, ITEMS + 70_000, 5);
    expect(cosines(one, items, 3)[1]).toBeCloseTo(0);
    for (const cosine of cosines(one, items, -1)) expect(cosine).toBeCloseTo(0);
  });

  it("does not hold a model that has been let go: of two large ones there is no room", async () => {
    const used = (): WeakRef<object>[] => {
      const model = shop(3);
      kept.open(model);
      kept.slotOf(7);
      return [...model.embeddings.map(({ words }) => words), model.statistics].map((part) => new WeakRef(part));
    };
    const parts = used();
    await collectGarbage();
    expect(parts.filter((part) => part.deref() !== undefined)).toHaveLength(0);
  });

  it("is that of the engine that is asked, and of a newcomer what is said last", () => {
    const rank = (engine: Engine, signature?: Float32Array) =>
      engine
        .rank(
          [9, 4, 3],
          { rowOf: () => undefined, listOf: () => undefined },
          {
            extra: [4000, ITEMS + 1],
            newcomers: signature && [[ITEMS + 1, { price: 9, category: null, signature }]],
          },
        )
        .map(({ item, score }) => [item, score]);
    const engines = [one, other].map((model) => () => new Engine({ ...model, aspects: titles, net }, scoring));
    const alone = engines.map((make) => rank(make()));
    const [first, second] = engines.map((make) => make());
    for (let turn = 0; turn < 3; turn++) {
      expect(rank(first!)).toEqual(alone[0]);
      expect(rank(second!)).toEqual(alone[1]);
    }
    for (const sign of [1, -1, 1]) {
      const signature = new Float32Array(SIGNATURE).fill(sign);
      rank(first!, signature);
      const at = (TITLES * KEPT + kept.slotOf(ITEMS + 1)) * WORDS;
      expect(new Int8Array(scoring.words.buffer, scoring.words.byteOffset + 4 * at, 1)[0]).toBe(127 * sign);
    }
    // All others are kept, where they are.
    const others = Int32Array.from({ length: 40 }, (_, place) => 100 + place);
    kept.layOut(others, others.length);
    const slots = scoring.slots.slice(0, others.length);
    rank(first!, new Float32Array(SIGNATURE).fill(-1));
    kept.layOut(others.toReversed(), others.length);
    expect(scoring.slots.slice(0, others.length)).toEqual(slots.reverse());
  });
});
