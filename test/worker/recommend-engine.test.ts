import { describe, expect, it } from "vitest";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { startEmbedding, trainEmbedding } from "../../worker/recommend/engine/embedding-training.ts";
import { scriptScoring } from "../../worker/recommend/engine/kernel/script.ts";
import { scriptDescent } from "../../worker/recommend/engine/kernel/script-descent.ts";
import { jsonPart } from "../../worker/recommend/engine/parts.ts";
import { ROW_CONSTANTS } from "../../worker/recommend/engine/rows.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import {
  makeDescent,
  makeKernel,
  makeScoring,
  openDescent,
  openKernel,
  openScoring,
} from "../../worker/recommend/kernel.ts";
import { artifactKey } from "../../worker/recommend/model.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { type Recommendation, recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { deleteModel } from "../../worker/recommend/store.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { demoShop, send, someItem, visitors } from "../support/worker/demo-visitors.ts";
import { type Harness, NOON } from "../support/worker/harness.ts";
import { place } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;

const ask = (h: Harness, request: Record<string, unknown>, deps: Partial<Harness["deps"]> = {}) =>
  recommend({ ...h.deps, ...deps }, h.site, RecommendationRequest.parse({ placement: "home", ...request }));

const ids = (answer: Recommendation) => answer.items.map((each) => each.id);

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
