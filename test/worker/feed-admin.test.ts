import { describe, expect, it } from "vitest";
import { listItems, readItems } from "../../worker/catalog/read.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { requireFeed } from "../../worker/feeds/feeds.ts";
import { DAY } from "../../worker/lib/time.ts";
import * as files from "../support/feed-files.ts";
import { importFile, work } from "../support/worker/feed.ts";
import { harness } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

const FORM = {
  name: "Main",
  url: "https://shop.test/feed.csv",
  format: "auto",
  contents: "full",
  schedule: "day",
  hour: "4",
  safetyStopPercent: "30",
  categorySeparator: ">",
  lowStockThreshold: "",
  "map.brand": "색상 | 브랜드",
  attributes: "maker = 브랜드\nnonsense",
};

/** A shop whose server has the file. */
async function openAdmin(file: () => string | Uint8Array = () => files.csv(files.products(10)), language = "en") {
  const ask = async (address: string) => new Response(address.endsWith("feed.csv") ? (file() as never) : null);
  const h = await harness({}, { ask });
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}/feeds`;
  const page = async (path = "") => {
    const answer = await staff.get(`${base}${path}`, { "accept-language": language });
    return { status: answer.status, text: (await answer.text()).replaceAll("&#39;", "'") };
  };
  const post = (path: string, fields: Record<string, string> = {}) => staff.post(`${base}${path}`, fields);
  return { h, staff, base, page, post };
}

describe("feeds in the admin", () => {
  it("are made from a form, read back, and imported when somebody asks", async () => {
    const { h, base, page, post } = await openAdmin();
    expect((await page()).text).toContain("No feeds");
    const made = await post("/new", FORM);
    expect([made.status, made.headers.get("location")]).toEqual([303, `${base}/main?notice=saved`]);
    const feed = await requireFeed(h.deps, h.site.id, "main");
    expect(feed.mapping).toEqual({ fields: { brand: ["색상", "브랜드"] }, attributes: { maker: "브랜드" } });
    expect(feed.schedule).toEqual({ every: "day", hour: 4 });

    expect((await post("/main/sample")).status).toBe(303);
    const preview = await page("/main");
    expect(preview.text).toContain('value="색상 | 브랜드"');
    // What nobody has written is guessed, and shown where it would be written.
    expect(preview.text).toContain('placeholder="판매가"');
    expect(preview.text).toContain("여성 &gt; 아우터 &gt; 코트");
    expect(await listItems(h.deps, h.site.id, { limit: 1 })).toEqual([]);

    expect((await post("/main/import")).headers.get("location")).toBe(`${base}/main?notice=feed-pulled`);
    const again = await post("/main/import");
    expect([again.status, await again.text()]).toEqual([422, expect.stringContaining("at work")]);
    const run = await work(h);
    expect(run.counts.added).toBe(10);
    expect((await page()).text).toContain("Done");
    expect((await page(`/main/imports/${run.id}`)).text).toContain("From its address");
    expect((await post("/main/delete")).headers.get("location")).toBe(`${base}?notice=deleted`);
    expect((await page("/main")).status).toBe(404);
  });

  it("keep the form and say what is wrong with it", async () => {
    const { page, post, staff, base } = await openAdmin(undefined, "ko");
    const answer = await staff.post(
      `${base}/new`,
      { ...FORM, url: "http://10.0.0.1/x", "map.id": "my column" },
      { "accept-language": "ko" },
    );
    const text = await answer.text();
    expect([answer.status, text.includes("공개된 인터넷 주소가 아닙니다"), text.includes('value="my column"')]).toEqual(
      [422, true, true],
    );
    expect((await post("/new", { ...FORM, name: "", hour: "25" })).status).toBe(422);
    expect((await page()).text).toContain("피드가 없습니다");
  });

  it("show refused rows with their reasons in the page's language, and health over time", async () => {
    const { h, page, post } = await openAdmin(undefined, "ko");
    await post("/new", FORM);
    const list = files.products(10);
    list[3] = { ...list[3]!, price: -1 };
    list[4] = { ...list[4]!, price: 0, image: "" };
    const run = await importFile(h, files.csv([...list, list[0]!]));
    const shown = await page(`/main/imports/${run.id}`);
    expect(shown.text).toContain("가격: 0보다 작을 수 없습니다");
    expect(shown.text).toContain("같은 상품 ID가 앞에 있습니다");
    await importFile(h, files.csv(files.products(10)));
    const { text } = await page("/main");
    expect(text).toMatch(/<svg[^>]*aria-label="문제가 있는 상품 수의 변화"/);
    expect(text).toContain("이미지 없음");
  });

  it("offer to apply what the safety stop held back", async () => {
    const { h, page, post, base } = await openAdmin();
    await post("/new", FORM);
    await importFile(h, files.csv(files.products(10)));
    const held = await importFile(h, files.csv(files.products(2)));
    expect((await page("/main")).text).toContain("8 of 10 items are not in the file, so nothing was removed");
    expect((await post(`/main/imports/${held.id}/apply`)).headers.get("location")).toBe(
      `${base}/main?notice=feed-applied`,
    );
    await work(h);
    expect(await listItems(h.deps, h.site.id, { limit: 20 })).toHaveLength(2);
    expect((await page("/main")).text).not.toContain("apply it anyway");
  });

  it("are not another site's", async () => {
    const one = await openAdmin();
    await one.post("/new", FORM);
    const two = await openAdmin();
    for (const path of ["/main/import", "/main/sample", "/main/delete"])
      expect((await two.post(path)).status).toBe(404);
    expect((await two.page("/main")).status).toBe(404);
    expect((await requireFeed(one.h.deps, one.h.site.id, "main")).name).toBe("Main");
  });

  it("leave an item's own page right while it is on sale", async () => {
    const { h, staff } = await openAdmin();
    const item = {
      id: "coat",
      title: "코트",
      url: "https://shop.test/coat",
      price: 200_000,
      salePrice: 150_000,
      quantity: 7,
    };
    await upsertItems(h.deps, h.site, [{ ...item, saleEndsAt: h.clock.at + DAY }]);
    const path = `/admin/${h.site.id}/catalog/coat`;
    const text = await (await staff.get(path)).text();
    expect(text).toContain("₩150,000");
    // A switch that is turned while the sale lasts does not make its price the regular one.
    expect((await staff.post(path, { visibility: "hidden" })).status).toBe(303);
    expect((await readItems(h.deps, h.site.id, ["coat"])).get("coat")).toMatchObject({
      hidden: true,
      quantity: 7,
      price: 150_000,
      regular: { price: 200_000, listPrice: null },
    });
    await upsertItems(h.deps, h.site, [{ ...item, quantity: 0 }]);
    await staff.post(path, { availability: "in_stock" });
    expect((await readItems(h.deps, h.site.id, ["coat"])).get("coat")?.inStock).toBe(true);
  });
});
