import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { matches } from "../../worker/onsite/page.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import { harness } from "../support/worker/harness.ts";
import { idsOf, launch, note, shop, tell } from "../support/worker/onsite.ts";

describe("triggers", () => {
  it("an event with a count, and not again for what led to the last showing", async () => {
    const h = await harness();
    await launch(h, "third", { trigger: { kind: "event", events: ["Product Viewed"], count: 3 }, dailyCap: 5 });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(await tell(h, ["page", view, view])).toEqual([]);
    h.clock.at += MINUTE;
    const [offer] = (await tell(h, [view])) ?? [];
    expect(offer?.properties.onsite_id).toBe("third");
    h.clock.at += MINUTE;
    expect(await tell(h, [note("message_shown", offer)])).toEqual([]);
    h.clock.at += MINUTE;
    expect(await tell(h, [view, view])).toEqual([]);
    expect(idsOf(await tell(h, [view]))).toEqual(["third"]);
    h.clock.at += HOUR;
    expect(await tell(h, ["page"])).toEqual([]);
  });

  it("an event whose properties fit", async () => {
    const h = await harness();
    const where = [{ property: "query", op: "contains", value: "코트" }];
    await launch(h, "coats", { trigger: { kind: "event", events: ["product_searched"], where } });
    expect(await tell(h, [{ event: "product_searched", properties: { query: "바지" } }])).toEqual([]);
    expect(idsOf(await tell(h, [{ event: "product_searched", properties: { query: "울 코트" } }]))).toEqual(["coats"]);
  });

  it("what the cart is worth now, with the catalog's prices", async () => {
    const h = await shop();
    const coat = demoCatalog("https://shop.test").find(({ id }) => id === "coat-1");
    const price = Number(coat?.price);
    await launch(h, "ship", { trigger: { kind: "cart", atLeast: price * 2, below: price * 3 } });
    const add = { event: "product_added_to_cart", properties: { product_id: "coat-1", quantity: 1 } };
    expect(await tell(h, [add])).toEqual([]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, [add]))).toEqual(["ship"]);
    h.clock.at += SECOND;
    expect(await tell(h, [{ ...add, event: "product_removed_from_cart" }])).toEqual([]);
  });

  it("a segment that was come into in this visit, not one that somebody is in for long", async () => {
    const h = await harness();
    const rule = { event: "product_viewed", did: true, count: { op: "gte", value: 2 } };
    await h.server("PUT", "/v1/segments/lookers", { name: "Lookers", rule });
    await launch(h, "hi", { trigger: { kind: "segment", segmentId: "lookers" } });
    expect(await tell(h, ["product_viewed"])).toEqual([]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_viewed"]))).toEqual(["hi"]);
    for (const job of h.jobs.splice(0)) await run(h.deps, job as Job);
    for (const { index } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard: index, full: true });
    expect(idsOf(await tell(h, ["page"]))).toEqual(["hi"]);
    h.clock.at += DAY;
    expect(await tell(h, ["page"])).toEqual([]);
  });

  it("moments of the page are told to the page, one message for now besides them", async () => {
    const h = await harness();
    await launch(h, "a-now", { priority: 10 });
    await launch(h, "b-now", { priority: 20 });
    await launch(h, "exit", { trigger: { kind: "exit" }, priority: 90, delaySeconds: 2 });
    await launch(h, "half", { trigger: { kind: "scroll", percent: 50 } });
    await launch(h, "stay", { trigger: { kind: "dwell", seconds: 20 } });
    const offers = await tell(h, ["page"]);
    expect(idsOf(offers)).toEqual(["exit", "half", "stay"].concat(offers?.length === 4 ? ["b-now"] : []));
    expect(offers?.map(({ moment }) => moment)).toEqual([
      { kind: "exit", delaySeconds: 2, idleSeconds: 30, back: false },
      { kind: "scroll", delaySeconds: 0, percent: 50 },
      { kind: "dwell", delaySeconds: 0, seconds: 20 },
    ]);
    await h.server("POST", "/v1/onsite/messages/exit/pause");
    expect(idsOf(await tell(h, ["page"]))).toEqual(["half", "stay", "b-now"]);
  });
});

describe("who, where and when", () => {
  it("on its pages, on its devices, to its audience, in its time", async () => {
    const h = await harness();
    const where = [{ property: "kind", op: "eq", value: "sale" }];
    await launch(h, "paths", { pages: { include: ["/products/*"], exclude: ["*/private"] } });
    await launch(h, "facts", { pages: { where } });
    await launch(h, "phones", { device: "phone", trigger: { kind: "dwell", seconds: 1 } });
    await launch(h, "members", {
      audience: { trait: "grade", op: "eq", value: "gold" },
      trigger: { kind: "scroll", percent: 9 },
    });
    await launch(h, "later", { from: "2026-03-10T13:00:00+09:00", until: "2026-03-10T14:00:00+09:00", priority: 99 });
    expect(await tell(h, ["page"])).toEqual([]);
    expect(idsOf(await tell(h, ["page"], { path: "/products/7" }))).toEqual(["paths"]);
    expect(await tell(h, ["page"], { path: "/products/private" })).toEqual([]);
    expect(idsOf(await tell(h, ["page"], { headers: { "sec-ch-ua-mobile": "?1" } }))).toEqual(["phones"]);
    h.clock.at += SECOND;
    const answer = await h.browser("POST", "/v1/events", {
      batch: [{ type: "page", anonymousId: "visitor-1", properties: { kind: "sale", path: "/" } }],
    });
    expect(idsOf(((await answer.json()) as { onsite: Offer[] }).onsite)).toEqual(["facts"]);
    // What the page said of itself holds for what is done on it.
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, [{ event: "message_dismissed" }]))).toEqual(["facts"]);
    await h.server("PUT", "/v1/users/visitor-1?idType=anonymousId", { traits: { grade: "gold" } });
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["members"]);
    h.clock.at += HOUR;
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["later", "members"]);
    h.clock.at += HOUR;
    expect(idsOf(await tell(h, ["page"], { path: "/else" }))).toEqual(["members"]);
  });

  it("matches paths by stars", () => {
    const cases = [
      ["/products/*", "/products/", true],
      ["/products/*", "/products", false],
      ["*", "/", true],
      ["/a/*/c", "/a/b/c", true],
      ["/a/*/c", "/a/c", false],
      ["/a*a", "/a", false],
      ["/exact", "/exact", true],
      ["/exact", "/exact/no", false],
      [`/${"*a".repeat(20)}`, `/${"a".repeat(200)}b`, false],
    ] as const;
    expect(cases.map(([pattern, path]) => matches(pattern, path))).toEqual(cases.map(([, , expected]) => expected));
  });

  it("nobody who is paying, until they have paid or look around again", async () => {
    const h = await harness();
    await launch(h, "hello");
    await launch(h, "help", { duringCheckout: true, trigger: { kind: "dwell", seconds: 60 } });
    const both = ["hello", "help"];
    expect(idsOf(await tell(h, ["page"], { path: "/order/orderform.html" }))).toEqual(["help"]);
    expect(idsOf(await tell(h, ["page"]))).toEqual(both);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["checkout_started"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["page"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_viewed", "page"]))).toEqual(both);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["checkout_started"]))).toEqual(["help"]);
    h.clock.at += SECOND;
    expect(idsOf(await tell(h, ["product_purchased"]))).toEqual(both);
  });

  it("caps, rest and answers are remembered by the person's own history, over their browsers", async () => {
    const h = await harness();
    await launch(h, "hello", { dailyCap: 2, totalCap: 3, restSeconds: 3600 });
    const user = { anonymousId: "visitor-1", userId: "minji" };
    const step = async (event: string, person: object = user) => {
      h.clock.at += SECOND;
      const offer = { properties: { channel: "onsite", onsite_id: "hello" } } as Offer;
      return idsOf(await tell(h, event === "page" ? ["page"] : [note(event, offer)], { person }));
    };
    expect(await step("page", { anonymousId: "visitor-1" })).toEqual(["hello"]);
    expect(await step("message_shown", { anonymousId: "visitor-1" })).toEqual(["hello"]);
    expect(await step("page")).toEqual(["hello"]);
    expect(await step("message_dismissed")).toEqual([]);
    h.clock.at += HOUR;
    expect(await step("page")).toEqual(["hello"]);
    expect(await step("message_shown")).toEqual([]);
    h.clock.at += DAY;
    expect(await step("message_shown")).toEqual([]);
    h.clock.at += DAY;
    expect(await step("page")).toEqual([]);
    await launch(h, "other");
    expect(await step("page", { anonymousId: "other" })).toEqual(["hello"]);
    await h.server("POST", "/v1/onsite/messages/hello/pause");
    const clicked = { properties: { channel: "onsite", onsite_id: "other" } } as Offer;
    expect(idsOf(await tell(h, ["page"], { person: user }))).toEqual(["other"]);
    expect(await tell(h, [note("message_clicked", clicked)], { person: user })).toEqual([]);
  });
});
