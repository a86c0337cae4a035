import { introspectWorkflow } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { collect } from "../../worker/events/collect.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { profileRange } from "../../worker/lib/ids.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { Dictionary } from "../../worker/recommend/dictionary.ts";
import { unpackRow } from "../../worker/recommend/engine/codec.ts";
import { exportPart } from "../../worker/recommend/export.ts";
import { dictionaryKey } from "../../worker/recommend/model.ts";
import { activateModel, listModels } from "../../worker/recommend/models.ts";
import { selectModelRows } from "../../worker/recommend/store.ts";
import { runTraining, startTraining, trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { EVERYTHING, item, OUTERWEAR, openShop, stock, visit } from "../support/worker/shop.ts";

/** Neighbors of an item in the model that serves, best first. */
async function neighbors(h: Harness, id: string): Promise<string[]> {
  const version = (await listModels(h.deps, h.site.id)).find((model) => model.state === "active")!.version;
  const bytes = await h.deps.blobs.get(dictionaryKey(h.site.id, version));
  const ids = Dictionary.read(bytes!);
  const [row] = await selectModelRows(h.deps.control, h.site.id, version, [id]);
  return row ? [...unpackRow(row.row).targets].map((target) => ids.at(target)!) : [];
}

/** Visitors who each go through the same items, `count` of them, a quarter of a day apart. */
async function crowd(h: Harness, name: string, items: string[], count: number, from = NOON - 90 * DAY): Promise<void> {
  const messages = Array.from({ length: count }, (_, visitor) =>
    items.map((id, place) => ({
      type: "track",
      event: "product_viewed",
      messageId: `${name}-${visitor}-${place}`,
      anonymousId: `${name}-${visitor}`,
      timestamp: from + visitor * (DAY / 4) + place * MINUTE,
      properties: { product_id: id },
    })),
  ).flat();
  await collect(
    h.deps,
    { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false, trusted: true },
    messages,
  );
}

describe("trainNow", () => {
  it("learns rows that a person can check, measures them, and serves them", async () => {
    const h = await harness();
    await openShop(h);
    const { version, metrics } = await trainNow(h.deps, h.site.id);
    expect((await neighbors(h, "coat-1")).sort()).toEqual(OUTERWEAR.filter((id) => id !== "coat-1").sort());
    expect(metrics).toMatchObject({ sessions: 40, actions: 160, items: 10, decision: "first model" });
    expect(metrics.model!.cases).toBeGreaterThan(0);
    expect(metrics.model!.precision20).toBe(1);
    const [model] = await listModels(h.deps, h.site.id);
    expect(model).toMatchObject({ version, state: "active", promotedAt: h.clock.at });
  });

  it("joins what one person did on two browsers, and parts visits after half an hour", async () => {
    const h = await harness();
    await stock(
      h,
      ["a", "b", "c", "d"].map((id) => item(id)),
    );
    await visit(h, { anonymousId: "browser" }, ["a"], NOON - 60 * MINUTE);
    await h.server("POST", "/v1/identify", { anonymousId: "browser", userId: "minji" });
    await visit(h, { userId: "minji" }, ["b"], NOON - 50 * MINUTE);
    await visit(h, { userId: "minji" }, ["c"], NOON - 19 * MINUTE);
    await trainNow(h.deps, h.site.id);
    expect([await neighbors(h, "a"), await neighbors(h, "b"), await neighbors(h, "c")]).toEqual([["b"], ["a"], []]);
  });

  it("counts every item of an order, and neither bots nor what is not in the catalog", async () => {
    const h = await harness();
    await stock(
      h,
      ["a", "b", "c"].map((id) => item(id)),
    );
    const products = ["a", "b", "never-listed"].map((product_id) => ({ product_id }));
    await h.server("POST", "/v1/track", { userId: "u", event: "Order Completed", properties: { products } });
    const bot = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: true };
    const views = ["a", "c"].map((product_id) => ({
      type: "track",
      event: "Product Viewed",
      anonymousId: "bot",
      properties: { product_id },
    }));
    await collect(h.deps, bot, views);
    await trainNow(h.deps, h.site.id);
    expect(await neighbors(h, "a")).toEqual(["b"]);
    expect(await neighbors(h, "c")).toEqual([]);
  });

  it("does not replace a model by a worse one, and keeps serving the better", async () => {
    const h = await harness();
    const [good, other] = [
      ["a1", "a2", "a3", "a4"],
      ["b1", "b2", "b3", "b4"],
    ];
    await stock(
      h,
      [...good, ...other, ...Array.from({ length: 60 }, (_, i) => `n${i}`)].map((id) => item(id)),
    );
    await crowd(h, "good", good, 360);
    const first = await trainNow(h.deps, h.site.id);
    expect(first.metrics.model!.cases).toBeGreaterThanOrEqual(100);
    // All but a few of the people whom the model has learned from are erased.
    const { from, to } = profileRange(h.site.id);
    for (const { db } of h.deps.shards.all()) {
      await db.prepare("DELETE FROM events WHERE profile_id >= ?1 AND profile_id < ?2").bind(from, to).run();
    }
    await visit(h, { anonymousId: "lonely" }, ["n1", "n2"]);
    h.clock.at += DAY;
    await crowd(h, "few", other, 2, h.clock.at - DAY / 2);
    const second = await trainNow(h.deps, h.site.id);
    expect(second.metrics.decision).toMatch(/^far fewer/);
    const states = (await listModels(h.deps, h.site.id)).map((model) => [model.version, model.state]);
    expect(states).toEqual([
      [second.version, "rejected"],
      [first.version, "active"],
    ]);
    expect(await neighbors(h, "a1")).not.toEqual([]);
  });

  it("rejects a model without any behavior", async () => {
    const h = await harness();
    await stock(h, [item("a")]);
    expect((await trainNow(h.deps, h.site.id)).metrics.decision).toBe(
      "nobody has looked at anything in the catalog yet",
    );
    expect(await listModels(h.deps, h.site.id)).toMatchObject([{ state: "rejected" }]);
  });

  it("keeps the last three models, the measures of those before, and nothing of who looked at what", async () => {
    const h = await harness();
    await openShop(h);
    const versions: string[] = [];
    for (let night = 0; night < 4; night++) {
      h.clock.at += DAY;
      versions.push((await trainNow(h.deps, h.site.id)).version);
    }
    const models = await listModels(h.deps, h.site.id);
    expect(models.map(({ version, state }) => [version, state])).toEqual([
      [versions[3], "active"],
      [versions[2], "retired"],
      [versions[1], "retired"],
      [versions[0], "archived"],
    ]);
    expect(models[3]!.metrics.sessions).toBeGreaterThan(0);
    await expect(activateModel(h.deps, h.site.id, versions[0]!)).rejects.toThrow("has no parts left");
    expect(await selectModelRows(h.deps.control, h.site.id, versions[0]!, EVERYTHING)).toEqual([]);
    expect(await h.deps.blobs.list(`models/${h.site.id}/${versions[0]}`)).toEqual([]);
    expect(await h.deps.blobs.list(`training/${h.site.id}`)).toEqual([]);
  });

  it("leaves another training that still goes on its parts, and nothing of one that cannot go on any more", async () => {
    const h = await harness();
    await openShop(h);
    const idle = { ...h.deps, workflows: { train: async () => undefined } };
    const dead = await startTraining(idle, h.site.id);
    h.clock.at += DAY;
    const slow = await startTraining(idle, h.site.id);
    expect(slow).not.toBe(dead);
    for (const version of [dead, slow]) {
      await exportPart(h.deps, h.site.id, version, { shard: 0, number: 0, after: null });
      await h.deps.blobs.put(`models/${h.site.id}/${version}/items`, new Uint8Array(2));
    }
    h.clock.at += 3 * 60 * MINUTE;
    const { version } = await trainNow(h.deps, h.site.id);
    const left = await h.deps.blobs.list(`training/${h.site.id}/`);
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((key) => key.startsWith(`training/${h.site.id}/${slow}/`))).toBe(true);
    expect(await h.deps.blobs.list(`models/${h.site.id}/${dead}/`)).toEqual([]);
    expect(await h.deps.blobs.list(`models/${h.site.id}/${slow}/`)).toHaveLength(1);
    // The one that went on ends as if it had been alone.
    await runTraining(h.deps, h.site.id, slow, (_, work) => work());
    const states = (await listModels(h.deps, h.site.id)).map((model) => [model.version, model.state]);
    expect(states).toEqual([
      [version, "retired"],
      [slow, "active"],
      [dead, "rejected"],
    ]);
    expect(await h.deps.blobs.list(`training/${h.site.id}`)).toEqual([]);
  });

  it("gives up cleanly when a step fails", async () => {
    const h = await harness();
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    h.clock.at += DAY;
    const put = h.deps.blobs.put;
    const blobs = {
      ...h.deps.blobs,
      put: (key: string, bytes: Uint8Array) =>
        key.endsWith("/items") ? Promise.reject(new Error("R2 down")) : put(key, bytes),
    };
    const log = { ...h.deps.log, error: () => undefined };
    await expect(trainNow({ ...h.deps, blobs, log }, h.site.id)).rejects.toThrow("R2 down");
    expect((await listModels(h.deps, h.site.id)).map((model) => model.state)).toEqual(["rejected", "active"]);
    expect(await h.deps.blobs.list(`training/${h.site.id}`)).toEqual([]);
  });

  it("leaves a model whole that already serves when what comes after its promotion fails", async () => {
    const h = await harness();
    await openShop(h);
    const list = h.deps.blobs.list;
    const blobs = {
      ...h.deps.blobs,
      list: (prefix: string) =>
        prefix === `training/${h.site.id}/` ? Promise.reject(new Error("R2 down")) : list(prefix),
    };
    const log = { ...h.deps.log, error: () => undefined };
    await expect(trainNow({ ...h.deps, blobs, log }, h.site.id)).rejects.toThrow("R2 down");
    expect(await listModels(h.deps, h.site.id)).toMatchObject([{ state: "active" }]);
    expect((await neighbors(h, "coat-1")).length).toBeGreaterThan(0);
  });

  it("may repeat any step", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    const before = await neighbors(h, "coat-1");
    h.clock.at += DAY;
    const trained = await startTraining({ ...h.deps, workflows: { train: async () => undefined } }, h.site.id);
    const twice = async <T>(_: string, work: () => Promise<T>): Promise<T> => {
      await work();
      return work();
    };
    await runTraining(h.deps, h.site.id, trained, twice);
    expect(await neighbors(h, "coat-1")).toEqual(before);
    expect((await listModels(h.deps, h.site.id)).map((model) => [model.version, model.state])).toEqual([
      [trained, "active"],
      [version, "retired"],
    ]);
  });

  it("sends what has no vector yet to be embedded", async () => {
    const h = await harness();
    await openShop(h);
    h.jobs.length = 0;
    await trainNow(h.deps, h.site.id);
    expect(h.jobs).toEqual([{ kind: "embed-items", siteId: h.site.id, itemIds: [...EVERYTHING].sort() }]);
  });
});

describe("the train job", () => {
  it("starts one Workflow, however often it is delivered", async () => {
    const h = await harness();
    const started: string[] = [];
    const deps = { ...h.deps, workflows: { train: async (_: string, version: string) => void started.push(version) } };
    await run(deps, { kind: "train", siteId: h.site.id });
    await run(deps, { kind: "train", siteId: h.site.id });
    expect(started).toHaveLength(1);
    h.clock.at += 3 * 60 * MINUTE;
    await run(deps, { kind: "train", siteId: h.site.id });
    expect(started).toHaveLength(2);
  });

  it("is sent once an hour for a shop without a model, and once a night for all", async () => {
    const h = await harness();
    const sent = async (cron: string) => {
      h.jobs.length = 0;
      await sendDuties(h.deps, cron);
      return h.jobs.some((job) => (job as Job).kind === "train" && (job as { siteId: string }).siteId === h.site.id);
    };
    expect(await sent("*/15 * * * *")).toBe(true);
    await stock(h, [item("a")]);
    await trainNow(h.deps, h.site.id);
    expect(await sent("*/15 * * * *")).toBe(false);
    h.clock.at += 61 * MINUTE;
    expect(await sent("*/15 * * * *")).toBe(true);
    await visit(h, { anonymousId: "first" }, ["a"]);
    await trainNow(h.deps, h.site.id);
    h.clock.at += 61 * MINUTE;
    expect([await sent("*/15 * * * *"), await sent("0 18 * * *")]).toEqual([false, true]);
  });

  it("builds a model that serves, as the Workflow of the worker", async () => {
    const h = await harness();
    await openShop(h);
    const bindings = env as unknown as { TRAIN: Workflow };
    await using introspector = await introspectWorkflow(bindings.TRAIN);
    const response = await h.server("POST", "/v1/models");
    const { version } = (await response.json()) as { version: string };
    expect(response.status).toBe(202);
    const [instance] = await introspector.get();
    await instance!.waitForStatus("complete");
    expect(await listModels(h.deps, h.site.id)).toMatchObject([{ version, state: "active" }]);
    expect((await neighbors(h, "lamp-1")).length).toBe(4);
  });
});
