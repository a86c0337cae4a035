import { expect, it } from "vitest";
import { titleVector } from "../../worker/catalog/likeness.ts";
import {
  AspectsBuilder,
  aspectsBytes,
  describeAt,
  readAspects,
  resized,
  SIGNATURE,
} from "../../worker/recommend/engine/aspects.ts";
import { Gathering } from "../../worker/recommend/engine/candidates.ts";
import { Engine, engineBytes } from "../../worker/recommend/engine/engine.ts";
import { FEATURE_WIDTH, place } from "../../worker/recommend/engine/feature-list.ts";
import { Features } from "../../worker/recommend/engine/features.ts";
import type { Model } from "../../worker/recommend/engine/model.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";

const ITEMS = [
  ["울 코트", 100_000, "여성 > 코트"],
  ["울 하프 코트", 120_000, "여성 > 코트"],
  ["캐시미어 머플러", 50_000, "여성 > 머플러"],
  ["책상 조명", 30_000, "리빙 > 조명"],
  ["이름 없는 것", null, null],
] as const;

function aspectsOf(signed: number = ITEMS.length) {
  const builder = new AspectsBuilder(ITEMS.length, signed);
  for (const [item, [title, price, category]] of ITEMS.entries()) {
    builder.describe(item, { price, category, signature: titleVector([title], SIGNATURE) });
  }
  return builder.take();
}

const statistics = countStatistics(sessionsOf([[0, 1]]), ITEMS.length);
const model: Model = {
  rowOf: () => undefined,
  listOf: () => undefined,
  embeddings: [],
  statistics,
  aspects: aspectsOf(),
};

/** A feature of each item as a candidate of somebody who did this. */
function feature(name: string, clicks: number[], of: Model = model): number[] {
  const [gathering, features] = [new Gathering(), new Features()];
  gathering.gather(of, clicks, { extra: [0, 1, 2, 3, 4] });
  features.compute(of, gathering);
  const rows = features.rows(0, gathering.count);
  const values: number[] = [];
  for (let c = 0; c < gathering.count; c++) {
    values[gathering.items[c] as number] = rows[c * FEATURE_WIDTH + place(name)] as number;
  }
  return values.map((value) => Number(value.toFixed(3)));
}

it("the net is told how far a candidate's price and category are from the session's", () => {
  expect(feature("same category as last", [2, 0])).toEqual([1, 1, 0, 0, 0]);
  expect(feature("share of same category", [3, 0])).toEqual([0.5, 0.5, 0.5, 0.5, 0]);
  const [, near, , far, unknown] = feature("price against last", [0]);
  expect(near).toBeCloseTo(Math.log(1.2), 2);
  expect(far).toBeGreaterThan(near!);
  expect(unknown).toBe(0);
  expect(feature("price against session", [2, 0])[3]).toBeLessThan(0);
});

it("and how alike their titles are", () => {
  const alike = feature("title like last", [0]);
  expect(alike[0]).toBe(1);
  expect(alike[1]).toBeGreaterThan(0.4);
  expect(alike[1]).toBeGreaterThan(alike[2]! + 0.3);
  // The candidate itself is not what it is compared with.
  expect(feature("title like session", [2, 0])[0]).toBeLessThan(0.5);
});

it("is told nothing where the catalog says nothing", () => {
  expect(feature("title like last", [0], { ...model, aspects: undefined })).toEqual([0, 0, 0, 0, 0]);
  // In a large catalog only the first items' titles are known.
  expect(feature("title like last", [0], { ...model, aspects: aspectsOf(1) })).toEqual([1, 0, 0, 0, 0]);
  expect(feature("title like last", [3], { ...model, aspects: aspectsOf(1) })).toEqual([0, 0, 0, 0, 0]);
  expect(feature("title like last", [99, 0].toReversed())[0]).toBe(0);
});

it("is the same after it was stored, in a model and by itself", async () => {
  const aspects = aspectsOf();
  expect(readAspects(aspectsBytes(aspects))).toEqual(aspects);
  const bytes = await engineBytes({ embeddings: [], statistics, aspects });
  expect(Engine.read(bytes).core.aspects).toEqual(aspects);
  expect(Engine.read(await engineBytes({ embeddings: [], statistics })).core.aspects).toBeUndefined();
});

it("takes nothing for new that came with the import that the model knows of, stored or not", () => {
  const stored = readAspects(aspectsBytes({ ...resized(aspectsOf(), 8), importedUntil: Float32Array.of(20_000.25) }));
  const item = { price: 1000, category: null, signature: new Float32Array(SIGNATURE) };
  for (const aspects of [stored, resized(stored, 9)]) {
    // In the very moment, as floats of four bytes have it.
    for (const [place, born] of [19_000, 20_000.25 + 1e-9, 20_001].entries())
      describeAt(aspects, 5 + place, { ...item, born });
    expect([...aspects.born.subarray(5, 8)]).toEqual([0, 0, 20_001]);
  }
});
