import { beforeAll, describe, expect, it } from "vitest";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { collect } from "../../worker/events/collect.ts";
import { unseal } from "../../worker/lib/seal.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { Engine } from "../../worker/recommend/engine/engine.ts";
import type { ModelMetrics } from "../../worker/recommend/metrics.ts";
import { artifactKey } from "../../worker/recommend/model.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { refreshModel } from "../../worker/recommend/refresh.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { selectModelRows } from "../../worker/recommend/store.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { item, place, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;
const TASTES = 12;
const LIKED = 30;
const DOORS = 40;
const PEOPLE = 320;
const VISITS = 11;
const ofTaste = (taste: number) => Array.from({ length: LIKED }, (_, k) => `t${taste}-${k}`);
const doors = Array.from({ length: DOORS }, (_, k) => `door-${k}`);

/**
 * A shop that people enter by any of some doors and then look at one thing that they like: a visit says nothing of what
 * comes next, only a person's many visits do. `isKnown` false: every visit is somebody else's.
 */
async function openTastes(isKnown: boolean): Promise<Harness> {
  const h = await harness();
  const ids = [...doors, ...Array.from({ length: TASTES }, (_, taste) => ofTaste(taste)).flat()];
  await upsertItems(
    h.deps,
    h.site,
    ids.map((id) => item(id)),
  );
  const random = seeded(3);
  const messages = Array.from({ length: VISITS }, (_, round) =>
    Array.from({ length: PEOPLE }, (_, person) => {
      const at = NOON - (VISITS - round) * 2 * DAY + person * 8 * MINUTE;
      const liked = ofTaste(person % TASTES)[Math.floor(LIKED * random())]!;
      const anonymousId = isKnown ? `person-${person}` : `visit-${person}-${round}`;
      return [doors[Math.floor(DOORS * random())]!, liked].map((id, step) => ({
        type: "track",
        event: "product_viewed",
        messageId: `m-${person}-${round}-${step}`,
        anonymousId,
        timestamp: at + step * MINUTE,
        properties: { product_id: id },
      }));
    }).flat(),
  ).flat();
  const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true };
  for (let start = 0; start < messages.length; start += 2000) {
    await collect(h.deps, envelope, messages.slice(start, start + 2000));
  }
  await place(h, "home", { count: 12 });
  return h;
}

/** Names of what a training lays down while it runs. */
async function train(h: Harness): Promise<{ version: string; metrics: ModelMetrics; names: string[] }> {
  const names: string[] = [];
  const put = async (key: string, bytes: Uint8Array) => {
    names.push(key);
    await h.deps.blobs.put(key, bytes);
  };
  return { ...(await trainNow({ ...h.deps, blobs: { ...h.deps.blobs, put } }, h.site.id)), names };
}

const engineOf = async (h: Harness, version: string) =>
  Engine.read(unseal((await h.deps.blobs.get(artifactKey(h.site.id, version, "engine")))!));

const ask = (h: Harness, anonymousId: string) =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", anonymousId, explain: true }));

/** Somebody who has liked ten things of the taste in as many visits. */
async function comeBack(h: Harness, anonymousId: string, taste: number): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await visit(h, { anonymousId }, [doors[round]!, ofTaste(taste)[round]!], h.clock.at - (10 - round) * DAY);
  }
  await visit(h, { anonymousId }, [doors[20]!]);
}

describe("a shop whose people come again and again", () => {
  let h: Harness;
  let trained: Awaited<ReturnType<typeof train>>;

  beforeAll(async () => {
    h = await openTastes(true);
    trained = await train(h);
  }, LIMIT_MS);

  it("foretells by taste what no single visit could", () => {
    const { model, rows, ranker } = trained.metrics;
    expect(ranker).toBe("net");
    // One taste in twelve, and twenty of its thirty items, is all that chance and rows can do.
    expect(rows!.precision20).toBeLessThan(0.15);
    expect(model!.precision20).toBeGreaterThan(0.5);
  });

  it("keeps taste with each item's record, in the same row", async () => {
    const { names, version } = trained;
    for (const phase of ["base", "full"]) {
      expect(names.some((name) => name.endsWith(`/engine/${phase}/taste/rows/0`))).toBe(true);
    }
    expect((await engineOf(h, version)).core.taste!.rank).toBeGreaterThan(10);
    const records = await selectModelRows(h.deps.control, h.site.id, version, ofTaste(4));
    expect(records).toHaveLength(LIKED);
    for (const { taste } of records) expect(taste!.length).toBeGreaterThan(0);
  });

  it("recommends to somebody with a long history by all of it, and says so", async () => {
    await comeBack(h, "returning", 4);
    const { items, explain } = await ask(h, "returning");
    expect(items.filter(({ id }) => id.startsWith("t4-")).length).toBeGreaterThanOrEqual(10);
    const best = explain!.candidates.find(({ id }) => id === items[0]!.id)!;
    expect(best.net!.features).toMatchObject({ "rank of taste": expect.any(Number) });
    expect(best.net!.features["length of history"]).toBeCloseTo(Math.log(21));
  });

  it("tells the net nothing of taste where a history is short", async () => {
    await visit(h, { anonymousId: "new" }, [ofTaste(4)[0]!, doors[1]!, ofTaste(4)[1]!]);
    const { explain, fallbackLevel } = await ask(h, "new");
    expect(fallbackLevel).toBe("personal");
    const told = explain!.candidates.flatMap(({ net }) => net ?? []);
    expect(told.length).toBeGreaterThan(5);
    for (const { features } of told) {
      expect([features.taste, features["taste against best"], features["rank of taste"]]).toEqual([0, 0, 0]);
    }
  });

  it("still does when a refresh has counted the rows anew", async () => {
    h.clock.at += HOUR;
    await visit(h, { anonymousId: "somebody" }, [doors[20]!, ofTaste(7)[0]!, ofTaste(7)[1]!]);
    await comeBack(h, "later", 7);
    expect(await refreshModel(h.deps, h.site.id)).toMatchObject({ revision: 1 });
    h.clock.at += 15 * MINUTE;
    const { items } = await ask(h, "later");
    expect(items.filter(({ id }) => id.startsWith("t7-")).length).toBeGreaterThanOrEqual(10);
  });
});

describe("a shop whose people come once", () => {
  it(
    "learns no taste and spends no step on it",
    async () => {
      const h = await openTastes(false);
      const { version, metrics, names } = await train(h);
      expect(names.some((name) => name.includes("/engine/full/rows/"))).toBe(true);
      expect(names.filter((name) => name.includes("taste"))).toEqual([]);
      const records = await selectModelRows(h.deps.control, h.site.id, version, ofTaste(4));
      expect(records.map(({ taste }) => taste)).toEqual(records.map(() => null));
      expect(metrics.model!.precision20).toBeLessThan(0.15);
      await comeBack(h, "returning", 4);
      const { items } = await ask(h, "returning");
      expect(items.filter(({ id }) => id.startsWith("t4-")).length).toBeLessThan(6);
    },
    LIMIT_MS,
  );
});
