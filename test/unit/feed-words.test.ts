/** Numbers, dates, names and addresses as shops' files have them. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowOf } from "../../worker/catalog/upsert.ts";
import { detectFormat } from "../../worker/feeds/detect.ts";
import { readMoment, readMoney, toItemInput } from "../../worker/feeds/item.ts";
import { completeMapping, guessMapping, Mapping } from "../../worker/feeds/mapping.ts";
import { openReader } from "../../worker/feeds/reader.ts";
import { START } from "../../worker/feeds/records.ts";
import { SeenIds } from "../../worker/feeds/seen.ts";
import { detectEncoding, TextReader } from "../../worker/feeds/text.ts";
import { whyNotPublic } from "../../worker/lib/public-address.ts";
import type { Site } from "../../worker/sites/schema.ts";
import * as files from "../support/feed-files.ts";

describe("money", () => {
  it.each([
    ["15.00 USD", 15, "USD"],
    ["KRW 39,000", 39_000, "KRW"],
    ["39,000원", 39_000, "KRW"],
    ["₩1,234,000", 1_234_000, "KRW"],
    ["1.299,90 €", 1299.9, "EUR"],
    ["12,50 EUR", 12.5, "EUR"],
    ["1,299.90", 1299.9, undefined],
    ["-5", -5, undefined],
    ["문의", "문의", undefined],
    ["", "", undefined],
  ])("%s", (text, amount, currency) => {
    expect(readMoney(text)).toEqual({ amount, ...(currency ? { currency } : {}) });
  });
});

describe("moments", () => {
  it.each([
    ["2026-03-01T13:00-0800", "2026-03-01T21:00:00Z"],
    ["2026-03-01T13:00:30+09:00", "2026-03-01T04:00:30Z"],
    ["2026-03-01 13:00", "2026-03-01T04:00:00Z"],
    ["2026-03-01", "2026-02-28T15:00:00Z"],
    ["1773111600000", "2026-03-10T03:00:00Z"],
  ])("%s in a shop in Seoul", (text, expected) => expect(readMoment(text, "Asia/Seoul")).toBe(Date.parse(expected)));

  it("are handed on when they are none", () => expect(readMoment("soon", "Asia/Seoul")).toBe("soon"));
});

describe("columns", () => {
  it("are known by their Korean and English names, whatever their case and spaces", () => {
    const { fields, attributes } = guessMapping([
      "G:ID",
      "Product Name",
      "판매가",
      "소비자가",
      "대분류",
      "중분류",
      "Image Link",
      "색상",
      "memo",
    ]);
    expect(fields).toEqual({
      id: "G:ID",
      title: "Product Name",
      price: "판매가",
      listPrice: "소비자가",
      category: ["대분류", "중분류"],
      imageUrl: "Image Link",
    });
    expect(attributes).toEqual({ color: "색상" });
  });

  it("are what was said before what is guessed", () => {
    const said = Mapping.parse({ fields: { price: "memo" } });
    expect(completeMapping(said, ["id", "price"], "csv").fields).toEqual({ id: "id", price: "memo" });
  });
});

describe("text", () => {
  it.each([
    ["한글", new TextEncoder().encode("한글"), "utf-8"],
    ["EUC-KR", files.eucKr("한글과 컴퓨터"), "euc-kr"],
    ["letters only", new TextEncoder().encode("abc"), undefined],
    ["UTF-16", Buffer.from("\uFEFF한", "utf16le"), "utf-16le"],
  ])("%s is recognised", (_, bytes, encoding) => expect(detectEncoding(bytes)).toBe(encoding));

  it("is the same however it is cut", () => {
    const xml = `\uFEFF<rss>\r\n<a>1 & 2 &amp; 3 &nbsp; &#44032;</a>\r<b><![CDATA[x & y ]] & ]]></b>&`;
    const whole = "<rss>\n<a>1 &amp; 2 &amp; 3 &amp;nbsp; &#44032;</a>\n<b><![CDATA[x & y ]] & ]]></b>&amp;";
    const bytes = new TextEncoder().encode(xml);
    const read = (cuts: number[]) => {
      const reader = new TextReader();
      let text = "";
      let from = 0;
      // Beyond the first 64 KB pieces are handed on as they come.
      const padding = new TextEncoder().encode(`<!--${"가".repeat(30_000)}-->`);
      text += reader.push(padding);
      for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
        text += reader.push(bytes.subarray(from, cut));
        from = cut;
      }
      text += reader.end();
      return text.slice(`<!--${"가".repeat(30_000)}-->`.length).replace("\uFEFF", "");
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), (cuts) => {
        expect(read(cuts)).toBe(whole);
      }),
    );
  });
});

describe("a reader", () => {
  const list = files.products(30);
  const cases: [string, string][] = [
    ["RSS", files.merchantRss(list)],
    ["Atom", files.merchantAtom(list)],
    ["TSV", files.merchantTsv(list).replaceAll("\r\n", "\n")],
    ["Naver EP", files.naverEp(list).replaceAll("\r\n", "\n")],
    ["CSV", files.csv(list).replaceAll("\r\n", "\n")],
    ["JSON Lines", files.jsonLines(list)],
  ];

  it.each(cases)("of %s goes on from any place at which another one stopped", (_, text) => {
    const layout = detectFormat(text, undefined);
    if (!layout.ok) throw new Error(layout.reason);
    const all = openReader(layout, START);
    const expected = [...all.push(text), ...all.end().records];
    expect(expected).toHaveLength(30);
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { minLength: 1, maxLength: 5 }), (cuts) => {
        const records = [];
        let place = START;
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          const from = new TextDecoder().decode(bytes.subarray(0, place.offset)).length;
          if (cut < from) continue;
          const reader = openReader(layout, place);
          // In two pieces, as they come.
          const middle = Math.floor((from + cut) / 2);
          records.push(...reader.push(text.slice(from, middle)), ...reader.push(text.slice(middle, cut)));
          if (cut === text.length) records.push(...reader.end().records);
          place = reader.place();
        }
        expect(records).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe("seen ids", () => {
  it("are known once, also after they were put away", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 3000 }), (ids) => {
        const known = new Set<string>();
        let seen = new SeenIds();
        for (const [place, id] of ids.entries()) {
          if (place % 700 === 699) seen = SeenIds.from(seen.bytes());
          expect(seen.add(id)).toBe(!known.has(id));
          known.add(id);
        }
        expect(seen.size).toBe(known.size);
        expect(ids.every((id) => seen.has(id)) && !seen.has("never\u0000")).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe("addresses", () => {
  it.each([
    ["https://shop.example.com/feed.xml", true],
    ["http://8.8.8.8/", true],
    ["http://[2606:4700::1111]/", true],
    ["http://localhost/", false],
    ["http://shop.localhost/", false],
    ["http://intranet/", false],
    ["http://127.0.0.1/", false],
    ["http://2130706433/", false],
    ["http://0x7f.1/", false],
    ["http://10.1.2.3/", false],
    ["http://172.31.0.1/", false],
    ["http://172.32.0.1/", true],
    ["http://192.168.0.1/", false],
    ["http://169.254.169.254/", false],
    ["http://100.64.0.1/", false],
    ["http://[::1]/", false],
    ["http://[::ffff:10.0.0.1]/", false],
    ["http://[fe80::1]/", false],
    ["http://[2002:7f00:1::]/", false],
    ["http://user:secret@shop.example.com/", false],
    ["ftp://shop.example.com/", false],
    ["shop.example.com", false],
  ])("%s", (address, isPublic) => expect(whyNotPublic(address) === undefined).toBe(isPublic));
});

const DATA = process.env.NUNCHI_CATALOG ?? fileURLToPath(new URL("../../../shared/data/catalog", import.meta.url));
const isPresent = existsSync(`${DATA}/adidas_usa.csv`) && existsSync(`${DATA}/styles.csv`);
if (!isPresent) console.warn(`the real catalogs are not at ${DATA}: their tests are skipped`);

describe.skipIf(!isPresent)("real catalogs", () => {
  const site = { id: "site_aaaaaaaa", currency: "USD" } as Site;
  const read = (name: string, said: object, categorySeparator = ">") => {
    const reader = new TextReader();
    const text = reader.push(readFileSync(`${DATA}/${name}`)) + reader.end();
    const layout = detectFormat(text.slice(0, 64 * 1024), undefined);
    if (!layout.ok || !("columns" in layout)) throw new Error("not a table");
    const mapping = completeMapping(Mapping.parse(said), layout.columns, layout.format);
    const parser = openReader(layout, START);
    const records = [...parser.push(text), ...parser.end().records];
    const options = { categorySeparator, lowStockThreshold: null, timeZone: "Asia/Seoul" };
    return records.map(({ fields, problem }) => ({
      problem,
      row: rowOf(site, toItemInput(fields, mapping, options).input),
    }));
  };

  it("adidas: 845 products, by the names of their columns and one word of the marketer", () => {
    const rows = read("adidas_usa.csv", { fields: { id: "sku", category: "breadcrumbs" } }, "/");
    const good = rows.flatMap(({ row }) => (row.ok ? [row.row] : []));
    expect([rows.length, good.length]).toEqual([845, 845]);
    expect(good[0]).toMatchObject({
      id: "FJ5089",
      title: "Beach Shorts",
      price: 4000,
      currency: "USD",
      brand: "adidas",
      category: "Women > Clothing",
      inStock: true,
    });
    expect(good[0]?.imageUrl).toMatch(/^https:\/\/assets\.adidas\.com\/.*\.jpg$/);
    expect(new Set(good.map(({ id }) => id)).size).toBe(845);
    expect(good.filter(({ listPrice }) => listPrice !== null).length).toBeGreaterThan(500);
  });

  it("styles: 44,446 products, with addresses and titles that the mapper makes", () => {
    const rows = read("styles.csv", {
      fields: { title: "{gender} {baseColour} {articleType}", url: "https://shop.test/p/{id}" },
    });
    const good = rows.flatMap(({ row }) => (row.ok ? [row.row] : []));
    expect([rows.length, good.length]).toEqual([44_446, 44_446]);
    expect(good[0]).toMatchObject({
      id: "15970",
      title: "Men Navy Blue Shirts",
      category: "Apparel > Topwear > Shirts",
      attributes: { color: "Navy Blue", season: "Fall", gender: "Men" },
    });
  });
});
