import { describe, expect, it } from "vitest";
import type { Job } from "../../worker/job.ts";
import { consume, run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { getProfile } from "../../worker/profiles/person.ts";
import { productNumberOf } from "../../worker/shops/cafe24.ts";
import { disconnectShop, reportShops } from "../../worker/shops/connections.ts";
import { consents, item, KEY, shop, timeline } from "../support/worker/connected-shop.ts";

const skirt = {
  product_no: 36518,
  product_code: "P000CCAO",
  created_date: "2026-03-01T15:26:52+09:00",
  updated_date: "2026-03-10T11:00:00+09:00",
  product_name: "플리츠 스커트",
  eng_product_name: "Pleated skirt",
  supply_product_name: "Supply Sample Name",
  summary_description: "Flower Skirt",
  simple_description: "Sweet Ballerina Flower Pleated Skirt.",
  description: "desc.",
  display: "T",
  selling: "T",
  retail_price: "29000.00",
  supply_price: "20000.00",
  price: "24680.00",
  price_content: null,
  brand_code: "B0000000",
};

const orderOf = (fields: object = {}) => ({
  event_code: "create_order",
  order_id: "20260310-0029236",
  currency: "KRW",
  order_date: "2026-03-10T11:28:14+09:00",
  member_id: "gdhong",
  member_authentication: null,
  buyer_name: "홍길동",
  buyer_email: "gdhong@cafe24corp.com",
  buyer_cellphone: "010-2424-2424",
  paid: "T",
  order_price_amount: "24680.00",
  actual_payment_amount: "0.00",
  ordering_product_code: "P000CCAO,P00000BO",
  ordering_product_name: "플리츠 스커트,양말",
  ...fields,
});

const joined = {
  member_id: "gdhong",
  group_no: 1,
  name: "홍길동",
  nick_name: "gd",
  created_date: "2026-03-10T11:26:00+09:00",
  member_authentication: "T",
  birthday: "",
  gender: "",
  phone: "02-0000-0000",
  cellphone: "010-2468-2468",
  sms: "T",
  email: "gdhong@cafe24corp.com",
  news_mail: "F",
};

describe("POST /webhooks/cafe24", () => {
  it("keeps a product: new with the shop's own address, later only what was said of it", async () => {
    const { h, mall, cafe24 } = await shop();
    const answer = await cafe24(90001, skirt);
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: "done", items: { accepted: 1 } }]);
    expect(await item(h, "36518")).toMatchObject({
      title: "플리츠 스커트",
      titles: { en: "Pleated skirt" },
      description: "Sweet Ballerina Flower Pleated Skirt.",
      url: `https://${mall}.cafe24.com/product/detail.html?product_no=36518`,
      price: 24680,
      listPrice: 29000,
      inStock: true,
      hidden: false,
    });
    await h.server("PUT", "/v1/items/36518", {
      title: "플리츠 스커트",
      url: "https://shop.test/skirt",
      imageUrl: "https://shop.test/skirt.jpg",
      category: "여성 > 치마",
      price: 24680,
    });
    await cafe24(90002, { ...skirt, price: "19900.00", display: "F", updated_date: "2026-03-10T11:05:00+09:00" });
    expect(await item(h, "36518")).toMatchObject({
      url: "https://shop.test/skirt",
      imageUrl: "https://shop.test/skirt.jpg",
      category: "여성 > 치마",
      price: 19900,
      hidden: true,
    });
  });

  it("lets no older word win that comes later", async () => {
    const { h, cafe24 } = await shop();
    await cafe24(90002, { ...skirt, price: "19900.00", updated_date: "2026-03-10T11:05:00+09:00" });
    const late = await cafe24(90002, skirt);
    expect(await late.json()).toMatchObject({ status: "done", detail: "older than what was said before" });
    expect((await item(h, "36518"))?.price).toBe(19900);
  });

  it("knows when a product is sold out, back, deleted and restored", async () => {
    const { h, cafe24 } = await shop();
    await cafe24(90001, skirt);
    const stock = (sold: string) => ({
      product_no: "36518",
      sold_out_by_current_shop: sold,
      sold_out: { 1: sold, 2: "F" },
    });
    const states = [];
    for (const [event_no, resource] of [
      [90150, stock("T")],
      [90150, stock("F")],
      [90003, { product_no: 36518, product_code: "P000CCAO" }],
      [90022, { product_no: 36518 }],
    ] as const) {
      h.clock.at += MINUTE;
      expect((await cafe24(event_no, resource)).status).toBe(200);
      const now = await item(h, "36518");
      states.push([now?.inStock, now?.deletedAt === null]);
    }
    expect(states).toEqual([
      [false, true],
      [true, true],
      [true, false],
      [true, true],
    ]);
    expect(await (await cafe24(90150, { ...stock("T"), product_no: "999" })).json()).toEqual({ status: "done" });
    expect(await item(h, "999")).toBeUndefined();
  });

  it("hears of carts and orders of members, an order once though it is told twice", async () => {
    const { h, cafe24 } = await shop();
    await cafe24(90084, { member_id: "gdhong", product_no: 36518, variant_code: "P000CCAO000A", quantity: 2 });
    await cafe24(90023, orderOf());
    await cafe24(90025, orderOf({ event_code: "paid_order" }));
    const events = await timeline(h, { userId: "gdhong" });
    expect(events.map(({ name, itemId }) => [name, itemId])).toEqual([
      ["product_added_to_cart", "36518"],
      ["product_purchased", "36518"],
    ]);
    expect(events[1]).toMatchObject({
      at: Date.parse("2026-03-10T11:28:14+09:00"),
      properties: {
        order_id: "20260310-0029236",
        total: 24680,
        currency: "KRW",
        products: [{ product_id: "36518" }, { product_id: "40" }],
      },
    });
    expect(JSON.stringify(events)).not.toMatch(/cafe24corp|2424|홍길동/);
    await cafe24(90026, orderOf({ event_code: "cancel_order" }));
    expect((await timeline(h, { userId: "gdhong" })).map(({ name }) => name)).toContain("product_refunded");
    expect(await (await cafe24(90023, orderOf({ member_id: "" }))).json()).toEqual({
      status: "ignored",
      detail: "a guest's order",
    });
  });

  it("counts an order once that the page has told of already, on any of their browsers", async () => {
    const { h, cafe24 } = await shop();
    await h.server("POST", "/v1/identify", { userId: "gdhong", anonymousId: "laptop", traits: {} });
    await h.server("POST", "/v1/track", {
      anonymousId: "laptop",
      event: "purchase",
      properties: { transaction_id: "20260310-0029236", value: 24680, items: [{ item_id: "36518" }] },
    });
    expect(await (await cafe24(90023, orderOf())).json()).toMatchObject({
      status: "done",
      detail: "the page told of this order already",
    });
    await cafe24(90023, orderOf({ order_id: "20260310-0029237" }));
    const events = await timeline(h, { userId: "gdhong" });
    expect(events.filter(({ name }) => name === "product_purchased")).toHaveLength(2);
  });

  it("counts an order once that the page tells of afterwards, and one that is told of twice without its time", async () => {
    const { h, cafe24 } = await shop();
    const tell = (messageId: string, transaction_id: string) =>
      h.server("POST", "/v1/track", { userId: "gdhong", messageId, event: "purchase", properties: { transaction_id } });
    await cafe24(90023, orderOf());
    await tell("m1", "20260310-0029236");
    const orders = async () =>
      (await timeline(h, { userId: "gdhong" }))
        .filter(({ name }) => name === "product_purchased")
        .map(({ messageId }) => messageId);
    expect(await orders()).toEqual(["cafe24:product_purchased:20260310-0029236"]);
    // Paid days later, in a shop that leaves the order's time out.
    await cafe24(90023, orderOf({ order_id: "20260310-7", order_date: "" }));
    h.clock.at += 3 * DAY;
    await cafe24(90025, orderOf({ order_id: "20260310-7", order_date: "", event_code: "paid_order" }));
    expect(await orders()).toHaveLength(2);
    // Two lines of another order, of which no system has told, are two.
    await tell("m2", "another");
    await tell("m3", "another");
    await tell("m4", "20260310-002923");
    expect(await orders()).toHaveLength(5);
  });

  it("erases a long list of members who withdrew, by jobs that are never put away", async () => {
    const { h, cafe24 } = await shop();
    const members = Array.from({ length: 10 }, (_, index) => `member-${index}`);
    const seen = members.map((userId) => ({ type: "track", event: "cart_viewed", userId }));
    expect((await h.server("POST", "/v1/batch", { batch: seen })).status).toBe(200);
    const left = async () => {
      const known = await Promise.all(members.map(async (userId) => (await timeline(h, { userId })).length));
      return known.filter((count) => count > 0).length;
    };
    await cafe24(90147, { member_id: members.join(",") });
    expect(await left()).toBe(6);
    const jobs = h.jobs.splice(0) as Job[];
    expect(jobs.map(({ kind }) => kind)).toEqual(["erase-people", "erase-people"]);
    const messages = jobs.map((body, index) => ({ id: `dead-${index}`, body, ack: () => undefined }));
    await consume({ queue: "nunchi-dead", messages } as unknown as MessageBatch<Job>, async () => h.deps);
    expect(h.jobs).toEqual(jobs);
    for (const job of jobs) await run(h.deps, job);
    expect(await left()).toBe(0);
    await run(h.deps, jobs[0] as Job);
  });

  it("knows a member who joined, with what they agreed to, and nothing of one who withdrew", async () => {
    const { h, cafe24 } = await shop();
    await cafe24(90032, joined);
    const profileId = profileIdOf(h.site.id, { userId: "gdhong" });
    expect(await getProfile(h.deps, profileId)).toMatchObject({
      userId: "gdhong",
      email: "gdhong@cafe24corp.com",
      traits: { name: "홍길동", group_no: "1" },
    });
    expect(await consents(h, "gdhong")).toMatchObject({ sms: { granted: true }, email: { granted: false } });
    expect((await timeline(h, { userId: "gdhong" })).map(({ name }) => name)).toContain("registration_completed");
    await h.server("PUT", "/v1/users/other", { traits: {} });
    await cafe24(90147, { member_id: "gdhong, nobody" });
    expect(await getProfile(h.deps, profileId)).toBeUndefined();
    expect(await timeline(h, { userId: "gdhong" })).toEqual([]);
    expect(await getProfile(h.deps, profileIdOf(h.site.id, { userId: "other" }))).toBeDefined();
  });

  it("does a repeated delivery once", async () => {
    const { h, cafe24 } = await shop();
    const cart = { member_id: "gdhong", product_no: 36518, quantity: 1 };
    const answers = [];
    for (let times = 0; times < 3; times++) {
      h.clock.at += MINUTE;
      const answer = await cafe24(90084, cart, { "x-trace-id": "the-same" });
      answers.push(((await answer.json()) as { status: string }).status);
    }
    expect(answers).toEqual(["done", "repeated", "repeated"]);
    expect(await timeline(h, { userId: "gdhong" })).toHaveLength(1);
  });

  it("acknowledges and counts what it has no use for, and says which field it could not read", async () => {
    const { h, cafe24 } = await shop();
    expect(await (await cafe24(90063, { member_id: "gdhong" })).json()).toEqual({
      status: "ignored",
      detail: "unknown topic",
    });
    const refused = await cafe24(90002, { ...skirt, price: "free" });
    expect([refused.status, await refused.json()]).toMatchObject([200, { status: "refused" }]);
    const { counts, recent } = await reportShops(h.deps, h.site.id);
    expect(counts.map(({ topic, outcome, count }) => [topic, outcome, count])).toEqual([
      ["90002", "refused", 1],
      ["90063", "ignored", 1],
    ]);
    expect(recent.find(({ outcome }) => outcome === "refused")?.detail).toMatch(/^price: /);
  });

  it.each<[string, Record<string, string>]>([
    ["another key", { "x-api-key": "webhook-key-of-the-app-2" }],
    ["an empty key", { "x-api-key": "" }],
  ])("keeps out %s, and writes nothing", async (_, headers) => {
    const { h, cafe24 } = await shop();
    h.deps.meter.written = 0;
    const answer = await cafe24(90001, skirt, headers);
    expect(answer.status).toBe(401);
    expect((await answer.json()) as object).toMatchObject({ error: { code: "unauthorized" } });
    expect(await item(h, "36518")).toBeUndefined();
    expect((await reportShops(h.deps, h.site.id)).recent).toEqual([]);
  });

  it("keeps out a mall that nobody connected, and one that was disconnected", async () => {
    const { h, mall, cafe24 } = await shop();
    expect((await cafe24(90001, { ...skirt, mall_id: "stranger" })).status).toBe(401);
    await disconnectShop(h.deps, h.site.id, "cafe24", mall);
    expect((await cafe24(90001, skirt)).status).toBe(401);
    await expect(disconnectShop(h.deps, h.site.id, "cafe24", mall)).rejects.toThrow(/no such connection/);
  });

  it("refuses what is too large or no JSON", async () => {
    const { h } = await shop();
    const send = (body: string) => h.fetch("/webhooks/cafe24", { method: "POST", headers: { "x-api-key": KEY }, body });
    expect((await send(" ".repeat(2 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await send("{")).status).toBe(401);
  });

  it("reads product codes as numbers", () => {
    expect(["P000CCAO", "P0000BEB", "P00000BO", "X12", "P0000000"].map(productNumberOf)).toEqual([
      "36518",
      "781",
      "40",
      undefined,
      undefined,
    ]);
  });
});
