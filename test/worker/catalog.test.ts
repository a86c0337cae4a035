import { describe, expect, it } from "vitest";
import { readCatalogChanges } from "../../worker/catalog/changes.ts";
import { deleteItems } from "../../worker/catalog/delete.ts";
import {
  isServable,
  listItems,
  listLiving,
  publicItem,
  readCatalogVersion,
  readItems,
} from "../../worker/catalog/read.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import type { Database, Deps, Statement } from "../../worker/deps.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY } from "../../worker/lib/time.ts";
import { harness, NOON } from "../support/worker/harness.ts";

const coat = (fields: object = {}) => ({
  id: "coat-1",
  title: "울 코트",
  titles: { en: "Wool coat" },
  description: "따뜻한 겨울 코트",
  url: "https://shop.test/items/coat-1",
  imageUrl: "https://shop.test/images/coat-1.webp",
  price: 189000,
  listPrice: 239000,
  brand: "온기",
  category: ["아우터", "코트"],
  tags: ["겨울"],
  ...fields,
});

const embedJobs = (h: Awaited<ReturnType<typeof harness>>) =>
  h.jobs.filter((job) => (job as { kind: string }).kind === "embed-items") as Job[];

describe("PUT, GET and DELETE /v1/items/{id}", () => {
  it("stores an item, answers it, and buries it", async () => {
    const h = await harness();
    const put = await h.server("PUT", "/v1/items/coat-1", coat({ id: undefined }));
    expect([put.status, await put.json()]).toEqual([200, { id: "coat-1", changed: true }]);
    expect(await (await h.server("PUT", "/v1/items/coat-1", coat())).json()).toEqual({ id: "coat-1", changed: false });
    const got = (await (await h.server("GET", "/v1/items/coat-1")).json()) as Record<string, unknown>;
    expect(got).toMatchObject({
      id: "coat-1",
      title: "울 코트",
      price: 189000,
      listPrice: 239000,
      currency: "KRW",
      category: "아우터 > 코트",
      availability: "in_stock",
      createdAt: NOON,
    });
    expect(got).not.toHaveProperty("siteId");
    expect((await h.server("DELETE", "/v1/items/coat-1")).status).toBe(204);
    expect((await h.server("GET", "/v1/items/coat-1")).status).toBe(404);
    expect((await h.server("DELETE", "/v1/items/coat-1")).status).toBe(404);
  });

  it("takes ids with every kind of character", async () => {
    const h = await harness();
    const id = "코트/1 50%";
    expect((await h.server("PUT", `/v1/items/${encodeURIComponent(id)}`, coat({ id: undefined }))).status).toBe(200);
    const got = (await (await h.server("GET", `/v1/items/${encodeURIComponent(id)}`)).json()) as { id: string };
    expect(got.id).toBe(id);
  });

  it.each([
    ["no title", { title: "" }, "title"],
    ["a script as address", { url: "javascript:alert(1)" }, "url"],
    ["a price in words", { price: "39,000" }, "price"],
    ["an unknown availability", { availability: "maybe" }, "availability"],
    ["a currency that is none", { currency: "원" }, "currency"],
  ])("refuses %s and names the field", async (_, fields, path) => {
    const h = await harness();
    const answer = await h.server("PUT", "/v1/items/coat-1", coat(fields));
    const { error } = (await answer.json()) as { error: { issues: { path: string }[] } };
    expect([answer.status, error.issues[0]?.path]).toEqual([400, path]);
    expect((await h.server("GET", "/v1/items/coat-1")).status).toBe(404);
  });

  it("keeps browsers and other sites out", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/items/coat-1", coat());
    expect((await one.browser("PUT", "/v1/items/coat-1", coat())).status).toBe(403);
    expect((await one.browser("GET", "/v1/items/coat-1")).status).toBe(403);
    expect((await one.browser("POST", "/v1/items/batch", { items: [coat()] })).status).toBe(403);
    expect((await two.server("GET", "/v1/items/coat-1")).status).toBe(404);
    expect((await two.server("DELETE", "/v1/items/coat-1")).status).toBe(404);
    expect((await one.server("GET", "/v1/items/coat-1")).status).toBe(200);
  });
});

describe("POST /v1/items/batch", () => {
  it("refuses bad items by index and field, and stores the others", async () => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/items/batch", {
      items: [coat(), coat({ id: "b", title: 7 }), "nonsense", coat({ id: "c", availability: "out of stock" })],
    });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as {
      accepted: number;
      refused: { index: number; issues: { path: string }[] }[];
    };
    expect(body.accepted).toBe(2);
    expect(body.refused.map((each) => [each.index, each.issues[0]?.path])).toEqual([
      [1, "title"],
      [2, ""],
    ]);
    const items = await readItems(h.deps, h.site.id, ["coat-1", "c"]);
    expect([...items.values()].map((item) => [item.id, isServable(item)])).toEqual([
      ["c", false],
      ["coat-1", true],
    ]);
  });

  it.each([
    ["no items", { items: [] }, 400],
    ["only bad items", { items: [{ id: "x" }] }, 400],
    ["501 items", { items: Array.from({ length: 501 }, (_, id) => coat({ id })) }, 400],
    ["more than a megabyte", { items: [coat({ x: "x".repeat(1_100_000) })] }, 413],
    ["malformed JSON", "{", 400],
  ])("refuses %s", async (_, body, status) => {
    const h = await harness();
    expect((await h.server("POST", "/v1/items/batch", body)).status).toBe(status);
    expect(await listItems(h.deps, h.site.id, { limit: 1 })).toEqual([]);
  });
});

describe("upsertItems", () => {
  it("writes nothing for an unchanged import, and only what changed otherwise", async () => {
    const h = await harness();
    const batch = Array.from({ length: 20 }, (_, id) => coat({ id: `item-${id}` }));
    expect(await upsertItems(h.deps, h.site, batch)).toEqual({ accepted: 20, unchanged: 0, refused: [] });
    h.deps.meter.written = 0;
    h.clock.at += 1000;
    expect(await upsertItems(h.deps, h.site, batch)).toEqual({ accepted: 20, unchanged: 20, refused: [] });
    expect(h.deps.meter.written).toBe(0);
    batch[3] = coat({ id: "item-3", price: 150000 });
    expect((await upsertItems(h.deps, h.site, batch)).unchanged).toBe(19);
    // The item, that it is cheaper, the catalog's version, and its announcement in two shards.
    expect(h.deps.meter.written).toBe(5);
    const items = await readItems(h.deps, h.site.id, ["item-3", "item-4"]);
    expect([items.get("item-3")?.price, items.get("item-3")?.createdAt]).toEqual([150000, NOON]);
    expect(items.get("item-4")?.updatedAt).toBe(NOON);
  });

  it("stores an id that occurs twice in one batch as it was sent last", async () => {
    const h = await harness();
    const result = await upsertItems(h.deps, h.site, [coat({ title: "첫째" }), coat({ title: "둘째" })]);
    expect(result).toEqual({ accepted: 2, unchanged: 0, refused: [] });
    expect((await readItems(h.deps, h.site.id, ["coat-1"])).get("coat-1")?.title).toBe("둘째");
  });

  it("brings a deleted item back, also when it says the same as before", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [coat()]);
    await h.server("DELETE", "/v1/items/coat-1");
    expect((await upsertItems(h.deps, h.site, [coat()])).unchanged).toBe(0);
    expect((await readItems(h.deps, h.site.id, ["coat-1"])).get("coat-1")?.deletedAt).toBeNull();
  });

  it("raises the catalog's version with every change, and with no other write", async () => {
    const [h, other] = [await harness(), await harness()];
    const version = () => readCatalogVersion(h.deps, h.site.id);
    const versions = [await version()];
    for (const change of [
      () => upsertItems(h.deps, h.site, [coat()]),
      () => upsertItems(h.deps, h.site, [coat()]),
      () => upsertItems(h.deps, h.site, [coat({ availability: "out_of_stock" })]),
      () => deleteItems(h.deps, h.site.id, ["coat-1"]),
      () => deleteItems(h.deps, h.site.id, ["coat-1"]),
      () => upsertItems(other.deps, other.site, [coat()]),
    ]) {
      await change();
      versions.push(await version());
    }
    expect(versions).toEqual([0, 1, 1, 2, 3, 3, 3]);
  });

  it("keeps money in minor units and shows it as the locale writes it", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [coat(), coat({ id: "usd", price: 39.9, listPrice: 20, currency: "USD" })]);
    const items = await readItems(h.deps, h.site.id, ["coat-1", "usd"]);
    expect(items.get("usd")?.price).toBe(3990);
    expect(publicItem(items.get("coat-1")!, "ko")).toMatchObject({
      title: "울 코트",
      priceText: "189,000원",
      listPriceText: "239,000원",
    });
    expect(publicItem(items.get("coat-1")!, "en")).toMatchObject({ title: "Wool coat", priceText: "₩189,000" });
    expect(publicItem(items.get("usd")!, "en")).toMatchObject({
      price: 39.9,
      priceText: "$39.90",
      listPriceText: null,
    });
  });

  it("lists living items by id and finds them by a part of a title", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [
      coat({ id: "a" }),
      coat({ id: "b", title: "리넨 셔츠 100%", titles: null }),
      coat({ id: "c" }),
    ]);
    await h.server("DELETE", "/v1/items/c");
    const ids = async (query: { search?: string; after?: string }) =>
      (await listItems(h.deps, h.site.id, { ...query, limit: 10 })).map((item) => item.id);
    expect(await ids({})).toEqual(["a", "b"]);
    expect(await ids({ after: "a" })).toEqual(["b"]);
    expect(await ids({ search: "wool COAT" })).toEqual(["a"]);
    expect(await ids({ search: "100%" })).toEqual(["b"]);
    expect(await ids({ search: "%" })).toEqual(["b"]);
  });
});

describe("five hundred items with long descriptions", () => {
  it("are stored in statements that D1 takes, each once", async () => {
    const h = await harness();
    let longest = 0;
    const measured = (statement: Statement): Statement =>
      new Proxy(statement, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (name !== "bind") return typeof value === "function" ? value.bind(target) : value;
          return (...values: unknown[]) => {
            for (const each of values)
              longest = Math.max(longest, typeof each === "string" ? Buffer.byteLength(each) : 0);
            return target.bind(...values);
          };
        },
      });
    const control: Database = {
      prepare: (sql) => measured(h.deps.control.prepare(sql)),
      batch: (statements) => h.deps.control.batch(statements),
    };
    const items = Array.from({ length: 500 }, (_, index) => coat({ id: `c${index}`, description: "가".repeat(5000) }));
    const deps = { ...h.deps, control };
    expect(await upsertItems(deps, h.site, items)).toEqual({ accepted: 500, unchanged: 0, refused: [] });
    expect(longest).toBeGreaterThan(1_000_000);
    expect(longest).toBeLessThanOrEqual(2_000_000);
    expect(await upsertItems(deps, h.site, items)).toMatchObject({ unchanged: 500 });
    h.clock.at += 2 * DAY;
    const cheaper = items.map((item) => ({ ...item, price: 1000 }));
    await upsertItems(deps, h.site, cheaper);
    const { changes } = await readCatalogChanges(deps, h.site.id, undefined, 1000);
    expect([changes.length, new Set(changes.map(({ itemId }) => itemId)).size]).toEqual([500, 500]);
  });
});

describe("embed-items", () => {
  it("is sent for changed words only, and makes similar items near", async () => {
    const h = await harness();
    const items = [
      coat(),
      coat({ id: "coat-2", title: "캐시미어 코트", titles: { en: "Cashmere coat" } }),
      coat({
        id: "lamp",
        title: "책상 조명",
        titles: { en: "Desk lamp" },
        category: "조명",
        description: "밝은 램프",
        tags: [],
      }),
    ];
    await upsertItems(h.deps, h.site, items);
    expect(embedJobs(h)).toEqual([
      { kind: "embed-items", siteId: h.site.id, itemIds: expect.arrayContaining(["coat-1", "coat-2", "lamp"]) },
    ]);
    for (const job of embedJobs(h)) await run(h.deps, job);
    const [query] = await h.deps.ai.embed(["울 코트"]);
    expect((await h.deps.vectors.near(h.site.id, query!, 3)).map((match) => match.id)).toEqual([
      "coat-1",
      "coat-2",
      "lamp",
    ]);
    h.jobs.length = 0;
    await upsertItems(
      h.deps,
      h.site,
      items.map((item) => ({ ...item, price: 1 })),
    );
    expect(embedJobs(h)).toEqual([]);
    await upsertItems(h.deps, h.site, [coat({ title: "양털 코트" })]);
    expect(embedJobs(h)).toHaveLength(1);
  });

  it("embeds everything anew when the embedder is another, of the same dimension or not", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [coat(), coat({ id: "coat-2" })]);
    for (const job of embedJobs(h)) await run(h.deps, job);
    const embedded = async (ai: Deps["ai"]) => {
      const items = await listLiving({ ...h.deps, ai }, h.site.id, "", 10);
      return items.map((each) => each.embedded);
    };
    expect(await embedded(h.deps.ai)).toEqual([true, true]);
    const texts: string[] = [];
    const embed = (list: string[]) => {
      texts.push(...list);
      return h.deps.ai.embed(list);
    };
    const next = { ...h.deps.ai, embedder: "another", embed };
    expect(await embedded(next)).toEqual([false, false]);
    await run({ ...h.deps, ai: next }, { kind: "embed-items", siteId: h.site.id, itemIds: ["coat-1", "coat-2"] });
    expect(texts).toHaveLength(2);
    expect(await embedded(next)).toEqual([true, true]);
  });

  it("embeds nothing twice when the job is delivered twice", async () => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [coat()]);
    const texts: string[] = [];
    const embed = (list: string[]) => {
      texts.push(...list);
      return h.deps.ai.embed(list);
    };
    const ai = { ...h.deps.ai, embed };
    for (const job of [...embedJobs(h), ...embedJobs(h)]) await run({ ...h.deps, ai }, job);
    expect(texts).toHaveLength(1);
  });

  it("fails neither the catalog when the queue is down, nor for good when the model is", async () => {
    const down = { queue: { send: async () => Promise.reject(new Error("queue down")) } };
    const h = await harness({}, down);
    expect(await upsertItems(h.deps, h.site, [coat()])).toEqual({ accepted: 1, unchanged: 0, refused: [] });
    const job: Job = { kind: "embed-items", siteId: h.site.id, itemIds: ["coat-1"] };
    const ai = { ...h.deps.ai, embed: async () => Promise.reject(new Error("model down")) };
    await expect(run({ ...h.deps, ai }, job)).rejects.toThrow("model down");
    await run(h.deps, job);
    const [query] = await h.deps.ai.embed(["울 코트"]);
    expect(await h.deps.vectors.near(h.site.id, query!, 1)).toHaveLength(1);
  });
});
