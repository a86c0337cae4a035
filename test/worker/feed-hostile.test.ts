/** What shops' files are like on a bad day: a clear reason, counted and shown, and the rest goes on. */
import { describe, expect, it } from "vitest";
import { listItems } from "../../worker/catalog/read.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { requireFeed } from "../../worker/feeds/feeds.ts";
import { stageFile } from "../../worker/feeds/stage.ts";
import { pushFeed } from "../../worker/feeds/start.ts";
import * as files from "../support/feed-files.ts";
import { bodyOf, feedOf, importFile } from "../support/worker/feed.ts";
import { harness } from "../support/worker/harness.ts";

const HEADER = "id,title,link,price";
const line = (id: string, more = "1000") => `${id},코트,https://shop.test/${id},${more}`;

/** Imports one file into a new shop; ids that are in it then. */
async function shopAfter(file: string | Uint8Array, definition: object = {}) {
  const h = await harness();
  await feedOf(h, definition);
  const run = await importFile(h, file);
  const ids = (await listItems(h.deps, h.site.id, { limit: 100 })).map(({ id }) => id);
  return { h, run, ids, refused: run.refused.map(({ number, id, reason }) => `${number} ${id}: ${reason}`) };
}

describe("rows", () => {
  it.each([
    ["a negative price", `${HEADER}\n${line("a", "-1")}\n${line("b")}`, ["b"], /^1 a: price: /],
    ["a price in words", `${HEADER}\n${line("a", "문의")}\n${line("b")}`, ["b"], /^1 a: price: /],
    [
      "two items with one id",
      `${HEADER}\n${line("a")}\n${line("b")}\n${line("a", "5")}`,
      ["a", "b"],
      /^3 a: id: a row before/,
    ],
    ["no id", `${HEADER}\n${line("")}\n${line("b")}`, ["b"], /^1 null: id: /],
    ["a script as address", `${HEADER}\na,코트,javascript:alert(1),1\n${line("b")}`, ["b"], /^1 a: url: /],
    ["a quote that never closes", `${HEADER}\na,"코트,https://shop.test/a,1\n${line("b")}`, ["b"], /^1 null: a quote/],
    ["more fields than columns", `${HEADER}\n${line("a")},x,y\n${line("b")}`, ["b"], /^1 a: 6 fields instead of 4/],
    [
      "half of a character in an id",
      `{"id":"a\\ud800","title":"코트","url":"https://shop.test/a"}\n{"id":"b","title":"코트","url":"https://shop.test/b"}`,
      ["b"],
      /^1 .*: id: /,
    ],
    ["no JSON", `{"id":"a"\n{"id":"b","title":"코트","url":"https://shop.test/b"}`, ["b"], /^1 null: not valid JSON/],
    [
      "a prototype",
      `{"__proto__":{"id":"x"},"title":"코트"}\n{"id":"b","title":"코트","url":"https://shop.test/b"}`,
      ["b"],
      /^1 null: id: /,
    ],
  ])("with %s are refused by number and reason", async (_, file, ids, reason) => {
    const shop = await shopAfter(file);
    expect(shop.refused).toEqual([expect.stringMatching(reason)]);
    expect([shop.run.state, shop.ids, shop.run.counts.refused]).toEqual(["done", ids, 1]);
    expect(shop.refused).toEqual([expect.stringMatching(reason)]);
  });

  it("with NUL bytes, half characters and broken letters are stored without them, and say so", async () => {
    const json = `{"id":"a","title":"코\\u0000트\\udc00","url":"https://shop.test/a"}\n{"id":"b","title":"좋다","url":"https://shop.test/b"}`;
    const one = await shopAfter(json);
    expect([one.run.counts.brokenText, one.refused]).toEqual([1, [expect.stringMatching(/^1 a: stored; /)]]);
    const [item] = await listItems(one.h.deps, one.h.site.id, { limit: 1 });
    expect(item?.title).toBe("코트");
    const csv = Buffer.concat([
      Buffer.from(`${HEADER}\na,코`),
      Buffer.from([0, 0xff]),
      Buffer.from("트,https://shop.test/a,1"),
    ]);
    const two = await shopAfter(csv);
    expect([two.ids, two.run.counts.brokenText]).toEqual([["a"], 1]);
  });

  it("lists the first hundred, and counts all", async () => {
    const { run } = await shopAfter(
      [HEADER, ...Array.from({ length: 250 }, (_, id) => line(`i${id}`, "x")), line("ok")].join("\n"),
    );
    expect([run.counts.refused, run.refused.length, run.counts.added]).toEqual([250, 100, 1]);
  });

  it("that are refused keep their product in the shop", async () => {
    const { h } = await shopAfter(`${HEADER}\n${line("a")}\n${line("b")}`);
    const run = await importFile(h, `${HEADER}\n${line("a", "-5")}\n${line("b")}`);
    expect([run.state, run.counts.refused, run.counts.removed]).toEqual(["done", 1, 0]);
    expect(await listItems(h.deps, h.site.id, { limit: 10 })).toHaveLength(2);
  });
});

describe("XML", () => {
  const item = (id: string, more = "") =>
    `<item><g:id>${id}</g:id><title>코트</title><link>https://shop.test/${id}</link>${more}</item>`;
  const rss = (...items: string[]) =>
    `<rss xmlns:g="http://base.google.com/ns/1.0"><channel>${items.join("")}</channel></rss>`;

  it("broken inside one item costs that item", async () => {
    const { run, ids, refused } = await shopAfter(
      rss(
        item("a"),
        `<item><g:id>b</g:id><title>코트<link>https://shop.test/b</link></item>`,
        item("c", "<g:x:y>1</g:x:y>"),
        item("d"),
      ),
    );
    expect([run.state, run.counts.records, run.isWhole]).toEqual(["done", 4, true]);
    expect(ids).toContain("a");
    expect(ids).toContain("d");
    expect(refused[0]).toMatch(/^2 .*: broken XML: /);
  });

  it("with bare ampersands and HTML's entities loses nothing", async () => {
    const { h, run } = await shopAfter(
      rss(item("a", "<description>Tom & Jerry&nbsp;&amp; co & R&D</description>"), item("b")),
    );
    expect(run.refused).toEqual([]);
    const [first] = await listItems(h.deps, h.site.id, { limit: 1 });
    expect(first?.description).toBe("Tom & Jerry&nbsp;& co & R&D");
  });

  it("that ends in the middle removes nothing", async () => {
    const { h } = await shopAfter(rss(...["a", "b", "c", "d"].map((id) => item(id))));
    const whole = rss(item("a"), item("b"), item("c"));
    const run = await importFile(h, whole.slice(0, whole.lastIndexOf("<item>") + 20));
    expect([run.state, run.isWhole, run.counts.removed]).toEqual(["done", false, 0]);
    expect(run.reason).toContain("nothing was removed");
    expect(await listItems(h.deps, h.site.id, { limit: 10 })).toHaveLength(4);
  });

  it("with control characters keeps its products, without them", async () => {
    const { h, run } = await shopAfter(rss(item("a").replace("코트", "코\u0008트\u000b"), item("b")));
    expect([run.counts.brokenText, run.counts.refused]).toEqual([1, 0]);
    expect((await listItems(h.deps, h.site.id, { limit: 1 }))[0]?.title).toBe("코트");
  });

  it("may use names that mean something to JavaScript", async () => {
    const { ids, run } = await shopAfter(rss(item("a", "<__proto__>x</__proto__><constructor>y</constructor>")));
    expect([ids, run.refused]).toEqual([["a"], []]);
  });

  it("does not grow by its own entities", async () => {
    const bomb = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>${rss(item("a", "<description>&b;</description>"))}`;
    const { h, ids } = await shopAfter(bomb);
    expect(ids).toEqual(["a"]);
    expect((await listItems(h.deps, h.site.id, { limit: 1 }))[0]?.description).toBe("&b;");
  });

  it("without an end to an item is given up with a reason", async () => {
    const { run } = await shopAfter(
      `${rss(item("a")).replace("</channel></rss>", "")}<item><title>${"가".repeat(1_500_000)}`,
    );
    expect([run.state, run.reason]).toEqual(["failed", "no product ends within 1 MB after product 1"]);
  });
});

describe("files", () => {
  it.each([
    [
      "a web page",
      "<!doctype html><html><body>로그인</body></html>",
      "the address answers a web page (HTML), not a feed",
    ],
    ["a JSON array", '[{"id":"a"}]', "the file is a JSON array; JSON Lines has one object a line"],
    ["another XML", "<urlset><url>x</url></urlset>", "the XML has no <item> and no <entry>"],
    ["one word", "nothing", "the first line names no columns"],
    ["two columns of one name", "id,title,id\na,b,c", 'two columns are named "id"'],
  ])("that are %s fail and change nothing", async (_, file, reason) => {
    const h = await harness();
    await upsertItems(h.deps, h.site, [{ id: "own", title: "코트", url: "https://shop.test/own" }]);
    await feedOf(h);
    const run = await importFile(h, file);
    expect([run.state, run.reason, run.counts.records]).toEqual(["failed", reason, 0]);
    expect(await listItems(h.deps, h.site.id, { limit: 10 })).toHaveLength(1);
  });

  it("that are not what was said fail", async () => {
    const { run } = await shopAfter(files.csv(files.products(2)), { format: "merchant_xml" });
    expect([run.state, run.reason]).toEqual(["failed", "the file does not begin like merchant_xml"]);
  });

  it("in broken gzip are read as far as they go, and remove nothing", async () => {
    const { h, ids } = await shopAfter(files.csv(files.products(300)));
    const zipped = await files.gzip(files.csv(files.products(300)));
    const run = await importFile(h, zipped.slice(0, Math.floor(zipped.length / 2)));
    expect(run.counts.removed).toBe(0);
    expect(run.isWhole && run.state === "done").toBe(false);
    expect((await listItems(h.deps, h.site.id, { limit: 1000 })).length).toBe(Math.max(300, ids.length));
  });

  it("that are larger than the limit are refused, also when only what they unpack to is", async () => {
    const h = await harness();
    const feed = await feedOf(h);
    const big = new Uint8Array(6 * 1024 * 1024).fill(0x61);
    const limit = 5 * 1024 * 1024;
    const reason = "the file is larger than 5 MB unpacked: split it into several feeds";
    expect(await stageFile(h.deps, "feeds/x/y/", bodyOf(big), limit)).toEqual({ ok: false, reason });
    expect(await stageFile(h.deps, "feeds/x/y/", bodyOf(await files.gzip(big)), limit)).toEqual({ ok: false, reason });
    await expect(pushFeed(h.deps, feed, bodyOf(""))).rejects.toThrow("the file is empty");
    // The feed is not blocked by it.
    expect((await importFile(h, `${HEADER}\n${line("a")}`)).state).toBe("done");
    await expect(
      (async () => {
        await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), bodyOf(`${HEADER}\n${line("a")}`));
        await pushFeed(h.deps, await requireFeed(h.deps, h.site.id, "main"), bodyOf(`${HEADER}\n${line("a")}`));
      })(),
    ).rejects.toThrow("an import of this feed is at work");
  });

  it("in the wrong encoding's name are read in the right one", async () => {
    const xml = files.merchantRss(files.products(5)).replace("<channel>", "<channel><!-- EUC-KR -->");
    const { run, h } = await shopAfter(files.eucKr(xml));
    expect([run.encoding, run.refused]).toEqual(["euc-kr", []]);
    expect((await listItems(h.deps, h.site.id, { limit: 1 }))[0]?.id).toBe("상품-0");
  });
});
