import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../worker/lib/seeded.ts";
import { AspectsBuilder, SIGNATURE } from "../../worker/recommend/engine/aspects.ts";
import { Gathering, SOURCE } from "../../worker/recommend/engine/candidates.ts";
import { deedOf, type Seriousness } from "../../worker/recommend/engine/deeds.ts";
import { LAGS, quantize } from "../../worker/recommend/engine/embedding.ts";
import { Engine } from "../../worker/recommend/engine/engine.ts";
import { FEATURE_WIDTH, FEATURES } from "../../worker/recommend/engine/feature-list.ts";
import { Features } from "../../worker/recommend/engine/features.ts";
import { NO_JUDGMENT } from "../../worker/recommend/engine/judgment.ts";
import { DIMENSIONS } from "../../worker/recommend/engine/kernel/contrast.ts";
import { type Scoring, simdScoring } from "../../worker/recommend/engine/kernel/scoring.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { buildLists, listOf } from "../../worker/recommend/engine/lists.ts";
import type { Model } from "../../worker/recommend/engine/model.ts";
import { netSize } from "../../worker/recommend/engine/net.ts";
import type { Occasion } from "../../worker/recommend/engine/occasion.ts";
import { buildRows, rowOf } from "../../worker/recommend/engine/rows.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import { plainFeatures } from "../support/plain-features.ts";
import { applyNet } from "../support/plain-net.ts";

const wasm = new URL("../../worker/recommend/engine/kernel/scoring.wasm", import.meta.url).pathname;
const both: [string, Scoring][] = [
  ["SIMD", simdScoring(new WebAssembly.Module(readFileSync(wasm)))],
  ["TypeScript", scriptScoring()],
];

/** Items of a random shop; the last ones have no vectors, as in a large catalog. */
const ITEMS = 90;
const KNOWN = 80;
/** Epoch day at which the first came into the catalog. */
const BORN = 20_000;

function shop(): Model {
  const random = seeded(31);
  const walk = () => {
    const start = Math.floor(random() * ITEMS);
    return Array.from({ length: 2 + Math.floor(random() * 6) }, () => (start + Math.floor(12 * random() ** 2)) % ITEMS);
  };
  const sessions = sessionsOf(Array.from({ length: 400 }, walk));
  const rows = buildRows(sessions, ITEMS);
  const noise = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const embeddings = [0, 1].map(() => {
    const vectors = noise(KNOWN * DIMENSIONS);
    // Two that are alike to the bit, and one that is nothing.
    vectors.copyWithin(5 * DIMENSIONS, 0, DIMENSIONS).fill(0, 7 * DIMENSIONS, 8 * DIMENSIONS);
    return quantize(
      vectors,
      noise(KNOWN),
      Float32Array.from({ length: LAGS }, (_, lag) => 0.8 ** lag),
      0.7,
    );
  });
  const lists = buildLists(embeddings[0]!, (item) => rowOf(rows, item)?.targets, 0, ITEMS);
  const builder = new AspectsBuilder(ITEMS, KNOWN - 5);
  for (let item = 0; item < ITEMS; item++) {
    const category = item % 7 === 0 ? null : `${item % 3} > ${item % 11}`;
    builder.describe(item, {
      price: item % 5 === 0 ? null : 1 + 100 * random(),
      category,
      signature: noise(SIGNATURE),
      born: item % 4 === 0 ? 0 : BORN + 1.5 * item,
    });
  }
  const likes = Array.from({ length: ITEMS }, (_, one) => {
    const items = Array.from({ length: 12 }, (_, k) => (one + 1 + 7 * k) % ITEMS);
    return { items, scores: items.map(() => Math.fround(random())) };
  });
  return {
    likeOf: (item) => (item % 6 === 0 ? undefined : likes[item]),
    rowOf: (item) => rowOf(rows, item),
    listOf: (item) => listOf(lists, item),
    embeddings,
    statistics: countStatistics(sessions, ITEMS),
    aspects: builder.take(),
  };
}

const model = shop();
const item = fc.oneof(fc.nat(ITEMS - 1), fc.nat(14));
const deed = fc
  .tuple(fc.nat(2), fc.nat(86_399), fc.boolean())
  .map(([seriousness, second, isSearched]) => deedOf(seriousness as Seriousness, second, isSearched));
const request = fc.record({
  clicks: fc.array(item, { minLength: 1, maxLength: 40 }),
  deeds: fc.array(deed, { minLength: 40, maxLength: 40 }),
  knows: fc.record({ deeds: fc.boolean(), aspects: fc.boolean(), likes: fc.boolean(), embeddings: fc.nat(2) }),
  day: fc.option(fc.integer({ min: BORN, max: BORN + 200 }), { nil: undefined }),
  arrivals: fc.array(item, { maxLength: 20 }),
  judgment: fc.oneof(fc.constant(NO_JUDGMENT), fc.integer({ min: 4, max: 254 })),
  extra: fc.array(item, { maxLength: 12 }),
});

describe.each(both)("what the net is told, with %s", (_, scoring) => {
  const [gathering, features] = [new Gathering(scoring), new Features(scoring)];

  it("is what it is by the plain rules, of every candidate", () => {
    fc.assert(
      fc.property(request, ({ clicks, deeds, knows, extra, ...moment }) => {
        const of: Model = {
          ...model,
          likeOf: knows.likes ? model.likeOf : undefined,
          aspects: knows.aspects ? model.aspects : undefined,
          embeddings: model.embeddings.slice(0, knows.embeddings),
        };
        const told = knows.deeds ? deeds.slice(0, clicks.length) : [];
        const occasion: Occasion = { ...moment, deeds: told, extra };
        gathering.gather(of, clicks, occasion);
        features.compute(of, gathering);
        const { count } = gathering;
        const candidates = [...gathering.items.subarray(0, count)];
        expect(candidates).toEqual(expect.arrayContaining([...clicks.slice(-25), ...extra]));
        expect(new Set(candidates).size).toBe(count);
        const rows = features.rows(0, count);
        const alike = candidates.filter((_, c) => (gathering.sources[c]! & SOURCE.likeness) !== 0);
        const plain = plainFeatures(of, clicks, occasion, candidates, new Set(alike));
        // Of cosines that are equal but for rounding either may come first.
        const differing = plain.flatMap((row, c) =>
          FEATURES.filter((name, k) => {
            const difference = Math.abs(rows[c * FEATURE_WIDTH + k]! - row[name]!);
            return !(difference < 1e-4) && !name.startsWith("rank ");
          }).map((name) => `${name} of ${candidates[c]}`),
        );
        expect(differing).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("ranks as its net does over those features", () => {
    const random = seeded(77);
    const hidden = 10;
    const net = { hidden, weights: new Float32Array(netSize(hidden)).map(() => 0.4 * (random() - 0.5)) };
    const engine = new Engine({ ...model, net }, scoring);
    fc.assert(
      fc.property(request, ({ clicks, deeds, extra, day, arrivals, judgment }) => {
        const told = deeds.slice(0, clicks.length);
        const ranked = engine.rank(clicks, model, { deeds: told, extra, day, arrivals, judgment });
        const rows = new Float32Array(ranked.length * FEATURE_WIDTH);
        for (const [place, each] of ranked.entries()) {
          rows.set(Object.values(engine.features(each)), place * FEATURE_WIDTH);
          expect(each.seen).toBe(clicks.slice(-25).includes(each.item));
        }
        const scores = new Float32Array(ranked.length);
        applyNet(net, rows, ranked.length, scores);
        for (const [place, { score }] of ranked.entries()) {
          expect(Math.abs(score - scores[place]!)).toBeLessThan(1e-4);
          if (place > 0) expect(score).toBeLessThanOrEqual(ranked[place - 1]!.score);
        }
      }),
      { numRuns: 60 },
    );
  });
});
