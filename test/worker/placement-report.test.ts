import { describe, expect, it } from "vitest";
import type { Database } from "../../worker/deps.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { coverageOf, placementDays } from "../../worker/reports/placements.ts";
import { act } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { item, stock } from "../support/worker/shop.ts";

describe("a placement's days", () => {
  let sequence = 0;
  const tell = async (h: Harness, person: object, event: string, properties: object, at = h.clock.at) => {
    const message = { type: "track", event, messageId: `t${sequence++}`, timestamp: at, ...person, properties };
    expect((await h.server("POST", "/v1/batch", { batch: [message] })).status).toBe(200);
  };
  const list = (id: string, level: string, ...items: string[]) => ({
    recommendation_id: id,
    placement: "home",
    fallback_level: level,
    item_ids: items,
  });

  it("say what was seen, clicked and bought, and what of it was new and what fallback", async () => {
    const h = await harness();
    const [a, b] = [{ anonymousId: "a" }, { userId: "b" }];
    await tell(h, a, "recommendation_shown", list("r1", "personal", "x", "y"));
    await tell(h, a, "recommendation_shown", list("r1", "personal", "z"));
    await tell(h, b, "recommendation_shown", list("r2", "popular", "x"));
    await tell(h, b, "recommendation_shown", { ...list("r3", "catalog", "x"), placement: "cart" });
    await tell(h, a, "recommendation_clicked", { ...list("r1", "personal"), item_id: "x", product_id: "x" });
    await tell(h, a, "Order Completed", { product_id: "x", revenue: 5000 }, h.clock.at + 0);
    await tell(h, b, "Order Completed", { product_id: "x", revenue: 9000 });
    const days = await placementDays(h.deps, h.site, "home", 2);
    expect(days.map(({ day }) => day)).toEqual(["2026-03-09", "2026-03-10"]);
    expect(days[1]).toEqual({
      day: "2026-03-10",
      lists: 2,
      fallbacks: 1,
      cards: 4,
      items: 3,
      seen: expect.any(String),
      novel: 4,
      clicks: 1,
      orders: 1,
      revenue: 5000,
      clickedRevenue: 5000,
    });
    expect((await placementDays(h.deps, h.site, "cart", 1))[0]).toMatchObject({ lists: 1, clicks: 0, revenue: 0 });
  });

  it("count what a server has drawn, in whatever words it tells of lists", async () => {
    const h = await harness();
    const shown = (userId: string, properties: object, event = "recommendation_shown") =>
      tell(h, { userId }, event, { recommendation_id: userId, placement: "home", ...properties });
    await shown("a", { products: [{ product_id: "x", price: 1000 }, { id: 7 }, {}] });
    await shown("b", { items: [{ item_id: "x" }] }, "Recommendation Shown");
    await shown("c", { item_ids: [7, "y", null, ""] });
    // Held out, and shown nothing.
    await shown("d", { variant: "test:holdout" });
    const [day] = await placementDays(h.deps, h.site, "home", 1);
    expect(day).toMatchObject({ lists: 4, cards: 5, items: 3, novel: 5 });
    // Being shown something is no deed of theirs.
    const read = ({ db }: { db: Database }) =>
      db.prepare("SELECT item_id AS itemId FROM events WHERE name = 'recommendation_shown'").all<{ itemId: unknown }>();
    const stored = (await Promise.all(h.deps.shards.all().map(read))).flatMap(({ results }) => results);
    expect(stored.filter(({ itemId }) => itemId !== null)).toEqual([]);
  });

  it("credit what is bought within a day of the click, and keep a day once it is settled", async () => {
    const h = await harness();
    const person = { anonymousId: "late" };
    await tell(h, person, "recommendation_clicked", { placement: "home", product_id: "x" });
    h.clock.at += 23 * HOUR;
    await tell(h, person, "Order Completed", { product_id: "x", revenue: 700 });
    h.clock.at += 2 * HOUR;
    await tell(h, person, "Order Completed", { product_id: "x", revenue: 900 });
    const of = async (day: string) => (await placementDays(h.deps, h.site, "home", 4)).find((each) => each.day === day);
    expect(await of("2026-03-10")).toMatchObject({ clicks: 1, orders: 1, revenue: 700 });
    h.clock.at += 2 * DAY;
    expect(await of("2026-03-10")).toMatchObject({ revenue: 700 });
    await tell(h, person, "recommendation_shown", list("late", "personal", "x"), NOON);
    expect(await of("2026-03-10")).toMatchObject({ lists: 0, revenue: 700 });
  });

  it("credit who clicks as a guest, signs in and buys, on whatever device", async () => {
    const h = await harness();
    const [guest, member] = [{ anonymousId: "guest" }, { userId: "minji" }];
    await tell(h, guest, "recommendation_clicked", { placement: "home", product_id: "x" });
    await act(h, { ...guest, ...member }, "identify");
    h.clock.at += HOUR;
    await tell(h, member, "Order Completed", { product_id: "x", revenue: 700 });
    h.clock.at += HOUR;
    // On the member's phone another placement is clicked last.
    await act(h, { anonymousId: "phone", ...member }, "identify");
    await tell(h, { anonymousId: "phone" }, "recommendation_clicked", { placement: "cart", product_id: "y" });
    h.clock.at += HOUR;
    await tell(h, member, "Order Completed", { product_id: "y", revenue: 50 });
    expect((await placementDays(h.deps, h.site, "home", 1))[0]).toMatchObject({ clicks: 1, orders: 1, revenue: 700 });
    expect((await placementDays(h.deps, h.site, "cart", 1))[0]).toMatchObject({ clicks: 1, orders: 1, revenue: 50 });
  });

  it("tell the clicked products from the order that they were bought in", async () => {
    const h = await harness();
    const person = { anonymousId: "a" };
    await tell(h, person, "recommendation_clicked", { placement: "home", product_id: "x" });
    const products = [
      { product_id: "x", price: 300, quantity: 2 },
      { product_id: "y", price: 5000 },
    ];
    await tell(h, person, "Order Completed", { products, revenue: 5600 });
    const of = async () => (await placementDays(h.deps, h.site, "home", 1))[0];
    expect(await of()).toMatchObject({ revenue: 5600, clickedRevenue: 600 });
    // Never more than was paid.
    await tell(h, person, "Order Completed", {
      products: [{ product_id: "x", price: 900 }, { product_id: "z" }],
      revenue: 400,
    });
    expect(await of()).toMatchObject({ revenue: 6000, clickedRevenue: 1000 });
  });

  it("add up to how much of the catalog was seen, each item once", async () => {
    const h = await harness();
    await stock(
      h,
      Array.from({ length: 30 }, (_, number) =>
        item(`i${number}`, number === 0 ? { availability: "out_of_stock" } : {}),
      ),
    );
    for (let day = 0; day < 3; day++) {
      await tell(
        h,
        { anonymousId: "a" },
        "recommendation_shown",
        list(`r${day}`, "personal", "i1", "i2", `i${day + 3}`),
      );
      h.clock.at += DAY;
    }
    const days = await placementDays(h.deps, h.site, "home", 7);
    expect(Math.max(...days.map(({ items }) => items))).toBe(3);
    expect(await coverageOf(h.deps, h.site.id, days)).toEqual({ items: 5, of: 29, isMore: false });
    // A day that is kept has the same to say.
    h.clock.at += DAY;
    await placementDays(h.deps, h.site, "home", 7);
    expect(await coverageOf(h.deps, h.site.id, await placementDays(h.deps, h.site, "home", 7))).toMatchObject({
      items: 5,
    });
  });

  it("are nobody else's, and empty where nothing happened", async () => {
    const [h, other] = [await harness(), await harness()];
    await tell(other, { userId: "c" }, "recommendation_shown", list("r9", "popular", "x"));
    for (const { lists, items } of await placementDays(h.deps, h.site, "home", 3))
      expect([lists, items]).toEqual([0, 0]);
    expect(await placementDays(h.deps, h.site, "toString", 1)).toMatchObject([{ lists: 0 }]);
  });
});
