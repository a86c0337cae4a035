import { describe, expect, it } from "vitest";
import { listItems } from "../../worker/catalog/read.ts";
import { dueFeeds } from "../../worker/feeds/due.ts";
import { listFeeds } from "../../worker/feeds/feeds.ts";
import { previewFeed, sampleFeed } from "../../worker/feeds/preview.ts";
import { HOUR } from "../../worker/lib/time.ts";
import * as files from "../support/feed-files.ts";
import { feedOf, importFile, work } from "../support/worker/feed.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const FEED = { name: "본점", url: "https://shop.test/feed.xml" };

/** A shop's server: what it was asked, and what it answers. */
function shopServer(answer: (address: string, headers: Headers) => Response | Promise<Response>) {
  const asked: string[] = [];
  const ask = async (address: string, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    asked.push(`${init?.method ?? "GET"} ${address} ${headers.get("if-none-match") ?? ""}`.trim());
    return answer(address, headers);
  };
  return { asked, ask };
}

const gets = (asked: string[]) => asked.filter((each) => each.startsWith("GET"));

describe("/v1/feeds", () => {
  it("makes, reads, lists and deletes feeds", async () => {
    const h = await harness();
    const put = await h.server("PUT", "/v1/feeds/main", { ...FEED, schedule: { every: "day", hour: 4 } });
    expect(put.status).toBe(200);
    const made = (await put.json()) as { nextAt: number; format: string };
    expect([made.format, made.nextAt]).toEqual(["auto", NOON + 16 * HOUR]);
    expect(await (await h.server("GET", "/v1/feeds/main")).json()).toEqual(made);
    expect(await (await h.server("GET", "/v1/feeds")).json()).toEqual({ feeds: [made] });
    expect((await h.server("DELETE", "/v1/feeds/main")).status).toBe(204);
    expect((await h.server("GET", "/v1/feeds/main")).status).toBe(404);
  });

  it.each([
    ["a feed without a name", { name: "" }, "name"],
    ["an address of the machine itself", { ...FEED, url: "http://127.0.0.1/feed.xml" }, "url"],
    ["an address of a private network", { ...FEED, url: "http://[fd00::1]/feed.xml" }, "url"],
    ["an address of the cloud's own", { ...FEED, url: "http://169.254.169.254/latest" }, "url"],
    ["a schedule without an address", { name: "x", schedule: { every: "hour" } }, "schedule"],
    ["a field that items do not have", { ...FEED, mapping: { fields: { colour: "x" } } }, "mapping.fields"],
  ])("refuses %s", async (_, input, path) => {
    const h = await harness();
    const answer = await h.server("PUT", "/v1/feeds/main", input);
    const { error } = (await answer.json()) as { error: { issues: { path: string }[] } };
    expect([answer.status, error.issues[0]?.path]).toEqual([400, path]);
  });

  it("keeps browsers and other sites out", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/feeds/main", FEED);
    for (const [method, path] of [
      ["GET", "/v1/feeds"],
      ["GET", "/v1/feeds/main"],
      ["PUT", "/v1/feeds/main"],
      ["POST", "/v1/feeds/main/import"],
      ["GET", "/v1/feeds/main/imports"],
      ["DELETE", "/v1/feeds/main"],
      ["GET", "/v1/catalog/changes"],
    ] as const)
      expect((await one.browser(method, path, method === "PUT" ? FEED : undefined)).status, `${method} ${path}`).toBe(
        403,
      );
    expect((await two.server("GET", "/v1/feeds/main")).status).toBe(404);
    expect((await two.server("POST", "/v1/feeds/main/import")).status).toBe(404);
    expect((await two.server("DELETE", "/v1/feeds/main")).status).toBe(404);
    expect(await listFeeds(one.deps, one.site.id)).toHaveLength(1);
  });
});

describe("POST /v1/feeds/{id}/import", () => {
  const send = (h: Harness, body: BodyInit) =>
    h.fetch("/v1/feeds/main/import", { method: "POST", body, headers: { authorization: `Bearer ${h.secretKey}` } });

  it("takes a file, and tells what came of it", async () => {
    const h = await harness();
    await h.server("PUT", "/v1/feeds/main", { name: "본점" });
    const taken = await send(h, (await files.gzip(files.naverEp(files.products(3)))) as never);
    expect(taken.status).toBe(202);
    const { id, state } = (await taken.json()) as { id: string; state: string };
    expect(state).toBe("running");
    expect((await send(h, "id,title\n")).status).toBe(409);
    await work(h);
    const one = (await (await h.server("GET", `/v1/feeds/main/imports/${id}`)).json()) as Record<string, unknown>;
    expect(one).toMatchObject({ id, state: "done", source: "pushed", format: "naver_ep", counts: { added: 3 } });
    const list = (await (await h.server("GET", "/v1/feeds/main/imports")).json()) as { imports: unknown[] };
    expect(list.imports).toEqual([one]);
    expect((await h.server("GET", "/v1/feeds/main/imports/imp_0")).status).toBe(404);
    expect((await h.server("POST", `/v1/feeds/main/imports/${id}/apply`)).status).toBe(409);
  });

  it("refuses two gigabytes before they are sent, and keeps nothing of a file that it refuses", async () => {
    const h = await harness();
    await h.server("PUT", "/v1/feeds/main", { name: "본점" });
    const headers = { authorization: `Bearer ${h.secretKey}`, "content-length": "2147483648" };
    const answer = await h.fetch("/v1/feeds/main/import", { method: "POST", body: "id,title\n", headers });
    const { error } = (await answer.json()) as { error: { message: string } };
    expect([answer.status, error.message]).toEqual([
      413,
      "the file is larger than 1024 MB unpacked: split it into several feeds",
    ]);
    expect((await send(h, "\uFEFF")).status).toBe(400);
    expect(await h.deps.blobs.list(`feeds/${h.site.id}/`)).toEqual([]);
    const { imports } = (await (await h.server("GET", "/v1/feeds/main/imports")).json()) as { imports: object[] };
    expect(imports).toMatchObject([{ state: "failed", reason: "the file is empty" }]);
  });

  it("refuses to pull what has no address", async () => {
    const h = await harness();
    await h.server("PUT", "/v1/feeds/main", { name: "본점" });
    expect((await h.server("POST", "/v1/feeds/main/import")).status).toBe(400);
    expect((await h.server("POST", "/v1/feeds/other/import")).status).toBe(404);
  });
});

describe("GET /v1/catalog/changes", () => {
  it("pages through what changed, in major units", async () => {
    const h = await harness({ currency: "USD" });
    const item = { id: "a", title: "Coat", url: "https://shop.test/a", price: 39.9 };
    await h.server("PUT", "/v1/items/a", item);
    await h.server("PUT", "/v1/items/a", { ...item, price: 29.9 });
    const page = (await (await h.server("GET", "/v1/catalog/changes")).json()) as {
      cursor: string;
      changes: unknown[];
    };
    expect(page.changes).toMatchObject([
      { itemId: "a", kind: "price_dropped", previousPrice: 39.9, price: 29.9, percent: 25.1 },
    ]);
    const rest = await h.server("GET", `/v1/catalog/changes?after=${encodeURIComponent(page.cursor)}`);
    expect(await rest.json()).toEqual({ changes: [], cursor: page.cursor });
    expect((await h.server("GET", "/v1/catalog/changes?limit=0")).status).toBe(400);
  });
});

describe("a feed that is pulled", () => {
  it("is asked for on schedule, and only once while it stays the same", async () => {
    const server = shopServer((_, headers) =>
      headers.get("if-none-match") === '"v1"'
        ? new Response(null, { status: 304 })
        : new Response(files.merchantRss(files.products(3)), { headers: { etag: '"v1"' } }),
    );
    const h = await harness({}, { ask: server.ask });
    await feedOf(h, { ...FEED, schedule: { every: "hour" } });
    expect(await dueFeeds(h.deps)).toEqual([]);
    expect(h.jobs).toEqual([]);
    h.clock.at += HOUR;
    await dueFeeds(h.deps);
    await dueFeeds(h.deps);
    const first = await work(h);
    expect([first.state, first.source, first.counts.added]).toEqual(["done", "pulled", 3]);
    h.clock.at += HOUR;
    await dueFeeds(h.deps);
    expect((await work(h)).state).toBe("unchanged");
    expect(gets(server.asked)).toEqual(["GET https://shop.test/feed.xml", 'GET https://shop.test/feed.xml "v1"']);
    // Another mapping reads the same file anew.
    await feedOf(h, { ...FEED, mapping: { fields: { brand: "color" } }, schedule: { every: "hour" } });
    h.clock.at += HOUR;
    await dueFeeds(h.deps);
    expect((await work(h)).counts.changed).toBe(3);
  });

  it("that fails at night is tried again in an hour, and not more often for that", async () => {
    const server = shopServer(() => new Response("no", { status: 500 }));
    const h = await harness({}, { ask: server.ask });
    const { nextAt } = await feedOf(h, { ...FEED, schedule: { every: "day", hour: 4 } });
    h.clock.at = nextAt ?? 0;
    await dueFeeds(h.deps);
    await work(h);
    expect((await listFeeds(h.deps, h.site.id))[0]?.nextAt).toBe(h.clock.at + HOUR);
    await feedOf(h, FEED);
    await h.server("POST", "/v1/feeds/main/import");
    await work(h);
    expect((await listFeeds(h.deps, h.site.id))[0]?.nextAt).toBeNull();
  });

  it.each([
    ["an answer of 500", () => new Response("no", { status: 500 }), "the server answered 500"],
    ["no server", () => Promise.reject(new Error("socket")), "the server could not be reached"],
    ["a login page", () => new Response("<html>"), "the address answers a web page (HTML), not a feed"],
    [
      "two gigabytes",
      () => new Response("x", { headers: { "content-length": "2147483648" } }),
      "the file is larger than 1024 MB unpacked: split it into several feeds",
    ],
    [
      "a way into our network",
      () => new Response(null, { status: 302, headers: { location: "http://10.0.0.1/" } }),
      "the server leads elsewhere: it is not on the public internet",
    ],
    [
      "a way to a file",
      () => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
      "the server leads elsewhere: only http and https are asked",
    ],
    [
      "a circle",
      () => new Response(null, { status: 302, headers: { location: "/feed.xml" } }),
      "the server leads from address to address",
    ],
  ])("with %s says so", async (_, answer, reason) => {
    const server = shopServer(answer);
    const h = await harness({}, { ask: server.ask });
    await feedOf(h, FEED);
    expect((await h.server("POST", "/v1/feeds/main/import")).status).toBe(202);
    const run = await work(h);
    expect([run.state, run.reason]).toEqual(["failed", reason]);
    expect(server.asked.filter((each) => !each.includes("https://shop.test/"))).toEqual([]);
  });

  it("looks at some products' pages, and names those that are not there", async () => {
    const server = shopServer((address) =>
      address.endsWith("feed.xml")
        ? new Response(files.merchantRss(files.products(100)))
        : new Response(null, {
            status: /\/p\/\d*[05]\?/.test(address) ? 404 : /\/p\/\d*3\?/.test(address) ? 503 : 200,
          }),
    );
    let random = 0;
    const h = await harness({}, { ask: server.ask, random: () => (random = (random + 0.37) % 1) });
    await feedOf(h, FEED);
    await h.server("POST", "/v1/feeds/main/import");
    const { counts, deadLinks } = await work(h);
    expect(server.asked.filter((each) => each.startsWith("HEAD"))).toHaveLength(20);
    expect(counts.checkedLinks).toBeLessThan(20);
    expect(counts.deadLinks).toBe(deadLinks.length);
    expect(deadLinks.length).toBeGreaterThan(0);
    expect(deadLinks.every((id) => /[05]$/.test(id))).toBe(true);
  });
});

describe("the column mapper", () => {
  it("shows the first rows of a file as they would be stored, before anything is", async () => {
    const server = shopServer(() => new Response(files.eucKr(files.csv(files.products(2000)))));
    const h = await harness({}, { ask: server.ask });
    const feed = await feedOf(h, { ...FEED, mapping: { fields: { brand: "색상" } } });
    expect(await previewFeed(h.deps, h.site, feed)).toBeUndefined();
    expect(await sampleFeed(h.deps, feed)).toBeUndefined();
    const preview = await previewFeed(h.deps, h.site, feed);
    if (!preview?.ok) throw new Error("no preview");
    expect([preview.format, preview.columns.slice(0, 2)]).toEqual(["csv", ["상품코드", "상품명"]]);
    expect(preview.mapping.fields).toMatchObject({
      id: "상품코드",
      price: "판매가",
      brand: "색상",
      category: ["대분류", "중분류", "소분류"],
    });
    expect(preview.rows).toHaveLength(5);
    expect(preview.rows[0]).toMatchObject({ item: { id: "상품-0", price: 39_000, brand: "검정" }, issues: [] });
    expect(await listItems(h.deps, h.site.id, { limit: 1 })).toEqual([]);
    // Not the whole file.
    expect((await h.deps.blobs.list(`feeds/${h.site.id}/`)).length).toBe(1);
  });

  it("reads columns by a text with braces, and says what is missing", async () => {
    const h = await harness();
    await feedOf(h, {
      mapping: {
        fields: { id: "no", title: "{color} {kind}", url: "https://shop.test/p/{no}" },
        attributes: { season: "season" },
      },
    });
    const run = await importFile(h, "no;color;kind;season\n1/2;Navy;Coat;Fall\n3;;Coat;Fall\n");
    expect(run.refused).toEqual([{ number: 2, id: "3", reason: expect.stringContaining("title:") }]);
    const [item] = await listItems(h.deps, h.site.id, { limit: 5 });
    expect([item?.id, item?.title, item?.url, item?.attributes]).toEqual([
      "1/2",
      "Navy Coat",
      "https://shop.test/p/1%2F2",
      { season: "Fall", color: "Navy" },
    ]);
  });
});
