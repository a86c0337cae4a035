/** Names and fields of other vocabularies, as their documentation writes them. */
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  CANONICAL_EVENTS,
  canonicalName,
  itemsOf,
  OTHER_NAMES,
  orderValue,
  wordOf,
} from "../../worker/events/alias.ts";

describe("names", () => {
  it("of every vocabulary mean one of ours, and no name means two", () => {
    const meanings = new Map<string, string>();
    for (const [canonical, names] of Object.entries(OTHER_NAMES)) {
      for (const name of Object.values(names).flat()) {
        expect(CANONICAL_EVENTS).toContain(canonical);
        expect([canonical, undefined], name).toContain(meanings.get(wordOf(name)));
        expect(canonicalName(name), name).toBe(canonical);
        meanings.set(wordOf(name), canonical);
      }
    }
    expect(meanings.size).toBeGreaterThan(30);
  });

  it("of the tag's own events are all ours", () => {
    const parts = globSync("widget/{collect,onsite,push,recommendations,signals,survey}/*.ts");
    const told = parts.flatMap(
      (path) => readFileSync(path, "utf8").match(/(?<=")(survey|recommendation|message)_\w+(?=")/g) ?? [],
    );
    expect(new Set(told).size).toBeGreaterThan(8);
    for (const name of told) expect(CANONICAL_EVENTS).toContain(name);
  });

  it.each([
    // Segment, ecommerce v2
    ["Products Searched", "product_searched"],
    ["Product List Viewed", "category_viewed"],
    ["Product Viewed", "product_viewed"],
    ["Product Added", "product_added_to_cart"],
    ["Product Removed", "product_removed_from_cart"],
    ["Cart Viewed", "cart_viewed"],
    ["Checkout Started", "checkout_started"],
    ["Order Completed", "product_purchased"],
    ["Order Refunded", "product_refunded"],
    ["Product Added to Wishlist", "product_added_to_wishlist"],
    ["Product Reviewed", "product_rated"],
    // GA4
    ["view_item_list", "category_viewed"],
    ["select_item", "product_clicked"],
    ["view_item", "product_viewed"],
    ["add_to_wishlist", "product_added_to_wishlist"],
    ["add_to_cart", "product_added_to_cart"],
    ["remove_from_cart", "product_removed_from_cart"],
    ["view_cart", "cart_viewed"],
    ["begin_checkout", "checkout_started"],
    ["purchase", "product_purchased"],
    ["refund", "product_refunded"],
    // Blux
    ["product_detail_view", "product_viewed"],
    ["cartadd", "product_added_to_cart"],
    ["order", "product_purchased"],
    // AIQUA
    ["product_viewed", "product_viewed"],
    ["product_added_to_cart", "product_added_to_cart"],
    ["product_purchased", "product_purchased"],
    ["checkout_initiated", "checkout_started"],
    // However it is written
    ["productViewed", "product_viewed"],
    ["PRODUCT VIEWED", "product_viewed"],
    ["add-to-cart", "product_added_to_cart"],
    ["addToCart", "product_added_to_cart"],
  ])("%s is %s", (sent, canonical) => {
    expect(canonicalName(sent)).toBe(canonical);
  });

  it.each([
    "Wheel Turned",
    "checkout_completed",
    "Promotion Viewed",
    "add_payment_info",
    "constructor",
    "__proto__",
    "찜",
  ])("%s stays what it is", (name) => {
    expect(canonicalName(name)).toBe(name);
  });

  it("of the site's marketer go before what we know", () => {
    const ofSite = { 찜: "product_added_to_wishlist", order: "checkout_started", quick_buy: "product_added_to_cart" };
    expect(canonicalName("찜", ofSite)).toBe("product_added_to_wishlist");
    expect(canonicalName("Order", ofSite)).toBe("checkout_started");
    expect(canonicalName("quickBuy", ofSite)).toBe("product_added_to_cart");
    expect(canonicalName("purchase", ofSite)).toBe("product_purchased");
    expect(canonicalName("constructor", ofSite)).toBe("constructor");
  });
});

describe("items and totals", () => {
  const two = [
    { id: "a", price: 39_000, quantity: 2 },
    { id: "b", price: 1000, quantity: 1 },
  ];
  it.each([
    [
      "Segment's products",
      {
        products: [
          { product_id: "a", price: 39_000, quantity: 2 },
          { sku: "b", price: 1000 },
        ],
      },
    ],
    [
      "GA4's items",
      {
        items: [
          { item_id: "a", price: 39_000, quantity: 2 },
          { item_id: "b", price: "1,000" },
        ],
      },
    ],
    [
      "a data layer's push",
      {
        ecommerce: {
          items: [
            { item_id: "a", price: 39_000, quantity: 2 },
            { item_id: "b", price: 1000 },
          ],
        },
      },
    ],
    [
      "Blux's items",
      {
        items: [
          { id: "a", price: 39_000, quantity: 2 },
          { id: "b", price: 1000 },
        ],
      },
    ],
  ])("%s", (_, properties) => {
    expect(itemsOf(properties)).toEqual(two);
    expect(orderValue(properties)).toBe(79_000);
  });

  it.each([
    ["AIQUA's product", { product_id: "a", product_price: "₩39,000" }, { id: "a", price: 39_000, quantity: 1 }],
    ["a number as id", { item_id: 7, price: "39,000원" }, { id: "7", price: 39_000, quantity: 1 }],
    ["a price that is none", { item_id: "a", price: "ask us" }, { id: "a", price: undefined, quantity: 1 }],
  ])("%s", (_, properties, item) => {
    expect(itemsOf(properties)).toEqual([item]);
  });

  it.each([
    ["Segment's revenue before its total", { revenue: 70_000, total: 78_000 }, 70_000],
    ["GA4's value", { transaction_id: "T1", value: 78_000, currency: "KRW" }, 78_000],
    ["a data layer's value", { ecommerce: { value: "78,000" } }, 78_000],
    ["Blux's paid amount", { paid_amount: 78_000, order_amount: 80_000 }, 78_000],
    ["nothing at all", {}, 0],
  ])("an order's worth: %s", (_, properties, worth) => {
    expect(orderValue(properties)).toBe(worth);
  });
});
