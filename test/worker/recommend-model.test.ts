import { describe, expect, it } from "vitest";
import { BEHAVIOR_COLUMNS } from "../../worker/intention/behavior.ts";
import { intentionBytes } from "../../worker/intention/training.ts";
import { seal, unseal } from "../../worker/lib/seal.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { engineBytes } from "../../worker/recommend/engine/engine.ts";
import { sessionsOf } from "../../worker/recommend/engine/sessions.ts";
import { countStatistics } from "../../worker/recommend/engine/statistics.ts";
import type { TasteVectors } from "../../worker/recommend/engine/taste-rank.ts";
import { artifactKey, openModel } from "../../worker/recommend/model.ts";
import { listModels } from "../../worker/recommend/models.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { refreshModel } from "../../worker/recommend/refresh.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { demoShop, someItem, visitors } from "../support/worker/demo-visitors.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, openShop, stock, visit } from "../support/worker/shop.ts";

const LIMIT_MS = 120_000;

const ask = (h: Harness, request: Record<string, unknown>, deps: Partial<Harness["deps"]> = {}) =>
  recommend({ ...h.deps, ...deps }, h.site, RecommendationRequest.parse({ placement: "home", ...request }));

/** Five requests at once open the serving model; `read`: the artifacts that they read. */
async function openAtOnce(h: Harness) {
  const read: string[] = [];
  const get = async (key: string) => {
    read.push(key);
    return h.deps.blobs.get(key);
  };
  const deps = { ...h.deps, blobs: { ...h.deps.blobs, get } };
  const opened = await Promise.all(Array.from({ length: 5 }, () => openModel(deps, h.site.id)));
  return { opened, read };
}

describe("the model that serves", () => {
  it("is read by one request of many at once: the others are answered by the model before", async () => {
    const h = await harness();
    await openShop(h);
    const first = await trainNow(h.deps, h.site.id);
    expect((await openModel(h.deps, h.site.id))?.version).toBe(first.version);
    h.clock.at += DAY;
    const second = await trainNow(h.deps, h.site.id);
    const { opened, read } = await openAtOnce(h);
    expect(opened.map((model) => model?.version).sort()).toEqual(
      [...Array(4).fill(first.version), second.version].sort(),
    );
    expect(read.filter((key) => key.endsWith("/items"))).toHaveLength(1);
    expect((await openModel(h.deps, h.site.id))?.version).toBe(second.version);
  });

  /** Its habits, with as much behind them. */
  async function padHabits(h: Harness, version: string): Promise<void> {
    const key = artifactKey(h.site.id, version, "habits");
    const own = unseal((await h.deps.blobs.get(key))!);
    const padded = new Uint8Array(own.length + (45 << 20));
    padded.set(own);
    await h.deps.blobs.put(key, seal(padded));
  }

  async function giveEngine(h: Harness, version: string, items: number, taste?: TasteVectors): Promise<void> {
    const bytes = await engineBytes({ embeddings: [], statistics: countStatistics(sessionsOf([[0]]), items), taste });
    await h.deps.blobs.put(artifactKey(h.site.id, version, "engine"), seal(bytes));
    await h.deps.control
      .prepare(`UPDATE models SET metrics = json_set(metrics, '$.ranker', 'net') WHERE version = ?1`)
      .bind(version)
      .run();
  }

  /** Some 15 MB, and the memory in which it is asked 35. */
  async function giveTaste(h: Harness, version: string): Promise<void> {
    const items = 1_600_000;
    const numbers = new Float32Array(items);
    await giveEngine(h, version, 1, { rank: 1, vectors: new Int8Array(items), history: numbers, candidate: numbers });
  }

  /** Some 44 MB (the limit is 46), and the numbers by which its items are gathered 6. */
  const giveItems = (h: Harness, version: string) => giveEngine(h, version, 1_850_000);

  it.each([
    ["itself", padHabits],
    ["the memory in which its taste is asked", giveTaste],
    ["what its items are numbered in", giveItems],
  ])(
    "takes the place of one that is let go first, as %s is large, while everybody waits for it",
    async (_, enlarge) => {
      const h = await harness();
      await openShop(h);
      const first = await trainNow(h.deps, h.site.id);
      await enlarge(h, first.version);
      expect((await openModel(h.deps, h.site.id))?.version).toBe(first.version);
      h.clock.at += DAY;
      const second = await trainNow(h.deps, h.site.id);
      const { opened, read } = await openAtOnce(h);
      expect(opened.map((model) => model?.version)).toEqual(Array(5).fill(second.version));
      expect(read.filter((key) => key.endsWith("/items"))).toHaveLength(1);
    },
  );

  it("is read once where an isolate begins with many requests at once, and answers them all", async () => {
    const h = await harness();
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    const read: string[] = [];
    const get = async (key: string) => {
      read.push(key);
      return h.deps.blobs.get(key);
    };
    const deps = { ...h.deps, blobs: { ...h.deps.blobs, get } };
    const opened = await Promise.all(Array.from({ length: 8 }, () => openModel(deps, h.site.id)));
    expect(opened.map((model) => model?.version)).toEqual(Array(8).fill(version));
    expect(read.filter((key) => key.endsWith("/items"))).toHaveLength(1);
  });

  /** Its artifacts as they are read, `broken` ones for as long as they are. */
  function watched(h: Harness) {
    const read: string[] = [];
    const broken = new Set<string>();
    const get = async (key: string) => {
      const name = key.split("/").at(-1) as string;
      read.push(name);
      if (broken.has(name)) throw new Error("R2 down");
      return h.deps.blobs.get(key);
    };
    const log = { ...h.deps.log, error: () => undefined };
    return { read, broken, open: () => openModel({ ...h.deps, log, blobs: { ...h.deps.blobs, get } }, h.site.id) };
  }

  it("is kept for as long as it is asked for, however many others an isolate has to read", async () => {
    const shops = [];
    for (let number = 0; number < 9; number++) {
      const h = await harness();
      await openShop(h);
      await trainNow(h.deps, h.site.id);
      shops.push(watched(h));
    }
    const [first, ...others] = shops;
    for (const shop of others) {
      await first?.open();
      await shop.open();
    }
    expect(first?.read.filter((name) => name === "items")).toHaveLength(1);
    await others[0]?.open();
    expect(others[0]?.read.filter((name) => name === "items")).toHaveLength(2);
  });

  it("takes from its other revisions whatever one of them has read", async () => {
    const h = await harness();
    await openShop(h);
    await trainNow(h.deps, h.site.id);
    const { read, broken, open } = watched(h);
    const readNext = async (visitor: string) => {
      h.clock.at += HOUR;
      await visit(h, { anonymousId: visitor }, ["coat-1", "scarf-1"], h.clock.at - 30 * MINUTE);
      expect(await refreshModel(h.deps, h.site.id)).toHaveProperty("revision");
      read.length = 0;
      await open();
      return read.filter((name) => !name.startsWith("fresh-"));
    };
    broken.add("habits");
    expect((await open())?.habits).toBeUndefined();
    broken.clear();
    expect(await readNext("one")).toEqual(["habits"]);
    expect(await readNext("two")).toEqual([]);
    expect((await open())?.habits).toBeDefined();
  });
});

describe("a model that is damaged", () => {
  const logged = (h: Harness) => {
    const errors: string[] = [];
    return { errors, log: { ...h.deps.log, error: (message: string) => void errors.push(message) } };
  };
  /** Blobs that count how often a model's intentions are asked for. */
  const counted = (h: Harness, reads: { intention: number }) => ({
    ...h.deps.blobs,
    get: (key: string) => {
      if (key.endsWith("/intention")) reads.intention++;
      return h.deps.blobs.get(key);
    },
  });

  it(
    "answers by rows when its vectors and net are damaged or missing, and by the net when they are back",
    async () => {
      const h = await demoShop(visitors(250));
      const { version, metrics } = await trainNow(h.deps, h.site.id);
      expect(metrics.ranker).toBe("net");
      await h.deps.blobs.remove([artifactKey(h.site.id, version, "intention")]);
      const reads = { intention: 0 };
      const blobs = counted(h, reads);
      const key = artifactKey(h.site.id, version, "engine");
      const whole = (await h.deps.blobs.get(key))!;
      const damages = [
        () => h.deps.blobs.put(key, whole.slice(0, whole.length / 2)),
        () =>
          h.deps.blobs.put(
            key,
            whole.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
          ),
        () => h.deps.blobs.put(key, new Uint8Array(0)),
        () => h.deps.blobs.remove([key]),
      ];
      for (const damage of damages) {
        await damage();
        const { errors, log } = logged(h);
        const answer = await ask(h, { itemId: someItem, count: 5, explain: true }, { blobs, log });
        expect([answer.items.length, answer.fallbackLevel, errors]).toEqual([
          5,
          "context",
          ["the model's vectors and net could not be read"],
        ]);
        expect(answer.explain!.candidates.some(({ net }) => net !== undefined)).toBe(false);
        expect(answer.explain!.candidates.some(({ parts }) => (parts.personalized ?? 0) > 0)).toBe(true);
        h.clock.at += 2 * MINUTE;
      }
      await h.deps.blobs.put(key, whole);
      const answer = await ask(h, { itemId: someItem, explain: true }, { blobs });
      expect(answer.explain!.candidates.some(({ net }) => net !== undefined)).toBe(true);
      // That it has no intentions was an answer.
      expect(reads.intention).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    "does without intentions that it could not read, and asks for them again",
    async () => {
      const h = await demoShop(visitors(250));
      const { version } = await trainNow(h.deps, h.site.id);
      const key = artifactKey(h.site.id, version, "intention");
      const columns = BEHAVIOR_COLUMNS.map(() => ({ kind: "word" as const, values: [] }));
      const learned = { encoding: { columns, width: 0 }, nets: [], slope: 1, shift: 0, usual: 0.25 };
      const reads = { intention: 0 };
      const open = async () => {
        const { errors, log } = logged(h);
        const model = await openModel({ ...h.deps, blobs: counted(h, reads), log }, h.site.id);
        expect(model?.engine).toBeDefined();
        h.clock.at += 2 * MINUTE;
        return [model?.intention?.usual, reads.intention, errors];
      };
      await h.deps.blobs.put(key, new Uint8Array(40));
      expect(await open()).toEqual([undefined, 1, ["the model's intentions could not be read"]]);
      await h.deps.blobs.put(key, intentionBytes(learned));
      expect(await open()).toEqual([0.25, 2, []]);
      expect(await open()).toEqual([0.25, 2, []]);
    },
    LIMIT_MS,
  );
});

describe("POST /v1/models/{version}/activate", () => {
  it("goes back to a model that has served, and refuses all others", async () => {
    const h = await harness();
    await openShop(h);
    const first = await trainNow(h.deps, h.site.id);
    h.clock.at += DAY;
    const second = await trainNow(h.deps, h.site.id);
    const activate = (version: string) => h.server("POST", `/v1/models/${version}/activate`);
    const response = await activate(first.version);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ version: first.version, state: "active", promotedAt: h.clock.at }),
    ]);
    const states = (await listModels(h.deps, h.site.id)).map(({ version, state }) => [version, state]);
    expect(states).toEqual([
      [second.version, "retired"],
      [first.version, "active"],
    ]);
    expect((await ask(h, { itemId: "coat-1", explain: true })).explain!.model).toBe(first.version);
    expect((await activate(first.version)).status).toBe(200);
    expect((await activate("mdl_none")).status).toBe(404);
  });

  it("refuses a model that never served", async () => {
    const h = await harness();
    await stock(h, [item("a")]);
    const { version } = await trainNow(h.deps, h.site.id);
    expect((await h.server("POST", `/v1/models/${version}/activate`)).status).toBe(409);
  });

  it("keeps browsers and other sites out", async () => {
    const [h, other] = [await harness(), await harness()];
    await openShop(h);
    const { version } = await trainNow(h.deps, h.site.id);
    expect((await h.browser("POST", `/v1/models/${version}/activate`)).status).toBe(403);
    expect((await other.server("POST", `/v1/models/${version}/activate`)).status).toBe(404);
    expect((await h.fetch(`/v1/models/${version}/activate`, { method: "POST" })).status).toBe(401);
  });
});
