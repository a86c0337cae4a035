import { describe, expect, it } from "vitest";
import { startExperiment } from "../../worker/experiments/experiments.ts";
import { put, running, shop, WAYS } from "../support/worker/experiment.ts";
import { harness, NOON } from "../support/worker/harness.ts";

describe("/v1/experiments", () => {
  it("are put, listed, changed, started, stopped and deleted", async () => {
    const h = await shop();
    const made = await put(h, WAYS);
    expect(await made.json()).toMatchObject({
      id: "ways",
      state: "draft",
      startedAt: null,
      definition: { mode: "fixed", traffic: 1, metric: { kind: "click", windowSeconds: 86_400 } },
    });
    await put(h, { ...WAYS, variants: [...WAYS.variants, { name: "third", share: 2, rules: { ways: ["new"] } }] });
    expect(await (await h.server("GET", "/v1/experiments/ways")).json()).toMatchObject({
      definition: {
        variants: [{ name: "as-is", rules: {} }, { name: "short" }, { name: "third", rules: { ways: ["new"] } }],
      },
    });
    expect(await (await h.server("GET", "/v1/experiments?placement=home")).json()).toMatchObject({
      experiments: [{ id: "ways" }],
    });
    expect(await (await h.server("GET", "/v1/experiments?placement=cart")).json()).toEqual({ experiments: [] });
    expect(await (await h.server("GET", "/v1/experiments/ways/result")).json()).toMatchObject({
      measuredAt: null,
      result: null,
    });
    expect(await (await h.server("POST", "/v1/experiments/ways/start")).json()).toMatchObject({
      state: "running",
      startedAt: NOON,
    });
    expect((await h.server("DELETE", "/v1/experiments/ways")).status).toBe(409);
    expect(await (await h.server("POST", "/v1/experiments/ways/stop")).json()).toMatchObject({
      state: "ended",
      endedAt: NOON,
    });
    expect(await (await h.server("GET", "/v1/experiments/ways/result")).json()).toMatchObject({
      currency: "KRW",
      result: { against: "as-is" },
    });
    expect((await h.server("DELETE", "/v1/experiments/ways")).status).toBe(204);
    expect((await h.server("GET", "/v1/experiments/ways")).status).toBe(404);
  });

  it("keep what runs as it is, but for its name and more traffic", async () => {
    const h = await shop();
    await running(h, { ...WAYS, traffic: 0.2 });
    const change = async (definition: object, name = "Ways") =>
      (await h.server("PUT", "/v1/experiments/ways", { name, definition })).status;
    expect(await change({ ...WAYS, traffic: 0.2 }, "Renamed")).toBe(200);
    expect(await change({ ...WAYS, traffic: 0.5 })).toBe(200);
    expect(await change({ ...WAYS, traffic: 0.4 })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5, holdout: { share: 0.1 } })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5, variants: WAYS.variants.toReversed() })).toBe(409);
    await put(h, WAYS, "second");
    expect((await h.server("POST", "/v1/experiments/second/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/ways/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/second/stop")).status).toBe(409);
    await h.server("POST", "/v1/experiments/ways/stop");
    expect(await change({ ...WAYS, traffic: 1 })).toBe(409);
    expect(await change({ ...WAYS, traffic: 0.5 }, "Done")).toBe(200);
    expect((await h.server("POST", "/v1/experiments/ways/start")).status).toBe(409);
    expect((await h.server("POST", "/v1/experiments/second/start")).status).toBe(200);
  });

  it("start once, however many press the button", async () => {
    const h = await shop();
    for (const id of ["one", "two", "three"]) await put(h, WAYS, id);
    const started = await Promise.allSettled(
      ["one", "two", "three"].map((id) => startExperiment(h.deps, h.site.id, id)),
    );
    expect(started.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each([
    ["an unknown placement", { ...WAYS, placement: "nowhere" }, "definition.placement"],
    ["one variant and no holdout", { ...WAYS, variants: [{ name: "a" }] }, "definition.variants"],
    ["two variants of one name", { ...WAYS, variants: [{ name: "a" }, { name: "a" }] }, "definition.variants.1.name"],
    ["the holdout's name", { ...WAYS, variants: [{ name: "a" }, { name: "holdout" }] }, "definition.variants.1.name"],
    [
      "a rule that is none",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { cuont: 3 } }] },
      "definition.variants.1.rules",
    ],
    [
      "an unknown way",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { ways: ["magic"] } }] },
      "definition.variants.1.rules.ways",
    ],
    [
      "more purchases than are read",
      { ...WAYS, variants: [{ name: "a" }, { name: "b", rules: { excludePurchasedDays: 365 } }] },
      "definition.variants.1.rules.excludePurchasedDays",
    ],
    ["a holdout of everybody", { ...WAYS, holdout: { share: 1 } }, "definition.holdout.share"],
    ["no traffic", { ...WAYS, traffic: 0 }, "definition.traffic"],
    ["learning from revenue", { ...WAYS, mode: "auto", metric: { kind: "revenue" } }, "definition.metric.kind"],
    [
      "learning over a week",
      { ...WAYS, mode: "auto", metric: { windowSeconds: 604_800 } },
      "definition.metric.windowSeconds",
    ],
  ])("refuse %s", async (_, definition, path) => {
    const h = await shop();
    const response = await put(h, definition);
    const { error } = (await response.json()) as { error: { issues: { path: string }[] } };
    expect([response.status, error.issues[0]?.path]).toEqual([400, path]);
  });

  it("refuse an id that is none, and know nothing of what is not there", async () => {
    const h = await shop();
    expect((await put(h, WAYS, "Not-An-Id")).status).toBe(400);
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/start"],
      ["POST", "/stop"],
      ["GET", "/result"],
    ]) {
      expect((await h.server(method as string, `/v1/experiments/none${path}`)).status).toBe(404);
    }
  });

  it("keep pages, strangers and other sites out", async () => {
    const h = await shop();
    await put(h, WAYS);
    const other = await harness();
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/ways"],
      ["PUT", "/ways"],
      ["DELETE", "/ways"],
      ["POST", "/ways/start"],
      ["POST", "/ways/stop"],
      ["GET", "/ways/result"],
    ] as const) {
      const body = method === "PUT" ? { name: "x", definition: WAYS } : undefined;
      expect((await h.browser(method, `/v1/experiments${path}`, body)).status, `${method} ${path}`).toBe(403);
      expect((await h.fetch(`/v1/experiments${path}`, { method })).status, `${method} ${path}`).toBe(401);
      if (path !== "" && method !== "PUT")
        expect((await other.server(method, `/v1/experiments${path}`)).status).toBe(404);
    }
    expect(await (await other.server("GET", "/v1/experiments")).json()).toEqual({ experiments: [] });
  });
});
