/** Shops that report by webhook: payloads as the providers document them, signatures as they make them. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { getProfile } from "../../worker/profiles/person.ts";
import { reportShops } from "../../worker/shops/connections.ts";
import { consents, item, SHOPIFY_SECRET, shop, timeline } from "../support/worker/connected-shop.ts";

const coat = {
  id: 632910392,
  title: "Wool coat",
  handle: "wool-coat",
  body_html: "<p>Warm &amp; light.</p><script>alert(1)</script>",
  vendor: "Haneul",
  product_type: "Coats",
  tags: "winter, wool",
  status: "active",
  created_at: "2026-03-01T10:00:00-05:00",
  updated_at: "2026-03-09T21:00:00-05:00",
  published_at: "2026-03-01T10:00:00-05:00",
  variants: [
    {
      id: 1,
      price: "199.00",
      compare_at_price: null,
      inventory_management: "shopify",
      inventory_policy: "deny",
      inventory_quantity: 0,
    },
    {
      id: 2,
      price: "189.00",
      compare_at_price: "229.00",
      inventory_management: "shopify",
      inventory_policy: "deny",
      inventory_quantity: 4,
    },
  ],
  image: { id: 1, src: "https://cdn.shopify.test/coat.jpg" },
  images: [],
};

const shopifyOrder = {
  id: 820982911946154,
  admin_graphql_api_id: "gid://shopify/Order/820982911946154",
  email: "jon@example.com",
  created_at: "2026-03-09T21:30:00-05:00",
  cancelled_at: null,
  currency: "USD",
  total_price: "189.00",
  customer: { id: 115310627314723, email: "jon@example.com", first_name: "Jon" },
  line_items: [
    { id: 866550311766439, product_id: 632910392, variant_id: 2, title: "Wool coat", price: "189.00", quantity: 1 },
  ],
};

describe("POST /webhooks/shopify", () => {
  it("keeps a product by its cheapest variant, in stock while one of them is", async () => {
    const { h, domain, shopify } = await shop();
    expect((await shopify("products/create", coat)).status).toBe(200);
    expect(await item(h, "632910392")).toMatchObject({
      title: "Wool coat",
      description: "Warm & light.",
      url: `https://${domain}/products/wool-coat`,
      imageUrl: "https://cdn.shopify.test/coat.jpg",
      brand: "Haneul",
      category: "Coats",
      tags: ["winter", "wool"],
      price: 189,
      listPrice: 229,
      inStock: true,
      quantity: 4,
      hidden: false,
    });
    const soldOut = coat.variants.map((each) => ({ ...each, compare_at_price: null, inventory_quantity: 0 }));
    await shopify("products/update", { ...coat, variants: soldOut, updated_at: "2026-03-09T21:05:00-05:00" });
    expect(await item(h, "632910392")).toMatchObject({ inStock: false, listPrice: null });
    await shopify("products/update", coat);
    expect((await item(h, "632910392"))?.inStock).toBe(false);
    await shopify("products/delete", { id: 632910392 });
    expect((await item(h, "632910392"))?.deletedAt).not.toBeNull();
  });

  it("hears of orders, once, whether they are made or paid", async () => {
    const { h, shopify } = await shop();
    await shopify("orders/create", shopifyOrder);
    await shopify("orders/paid", shopifyOrder);
    const person = { userId: String(shopifyOrder.customer.id) };
    const events = await timeline(h, person);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      name: "product_purchased",
      itemId: "632910392",
      properties: { total: 189, currency: "USD", products: [{ product_id: "632910392", quantity: 1, price: 189 }] },
    });
    await shopify("orders/cancelled", { ...shopifyOrder, cancelled_at: "2026-03-09T21:40:00-05:00" });
    expect((await timeline(h, person)).map(({ name }) => name)).toEqual(["product_refunded", "product_purchased"]);
    expect(await (await shopify("orders/create", { ...shopifyOrder, customer: null })).json()).toMatchObject({
      status: "ignored",
    });
  });

  it("knows customers and what they subscribed to, and erases them when the law asks", async () => {
    const { h, shopify } = await shop();
    const customer = {
      id: 706405506930370,
      email: "bob@biller.com",
      first_name: "Bob",
      last_name: "Biller",
      created_at: "2026-03-09T21:00:00-05:00",
      email_marketing_consent: {
        state: "subscribed",
        opt_in_level: null,
        consent_updated_at: "2026-03-09T21:00:00-05:00",
      },
      sms_marketing_consent: { state: "not_subscribed" },
    };
    await shopify("customers/create", customer);
    const userId = String(customer.id);
    expect(await getProfile(h.deps, profileIdOf(h.site.id, { userId }))).toMatchObject({
      email: "bob@biller.com",
      traits: { name: "Bob Biller" },
    });
    expect(await consents(h, userId)).toEqual({ email: expect.objectContaining({ granted: true }) });
    h.clock.at += MINUTE;
    const left = { state: "unsubscribed", consent_updated_at: "2026-03-09T22:01:00-05:00" };
    await shopify("customers/update", { ...customer, email_marketing_consent: left });
    expect((await consents(h, userId))?.email).toMatchObject({ granted: false });
    await shopify("customers/redact", { shop_id: 954889, customer: { id: customer.id, email: "bob@biller.com" } });
    expect(await getProfile(h.deps, profileIdOf(h.site.id, { userId }))).toBeUndefined();
  });

  it("keeps out another secret's signature, another shop, and a body that was changed", async () => {
    const { h, shopify } = await shop();
    const forged = createHmac("sha256", "shpss_of_somebody_else").update(JSON.stringify(coat)).digest("base64");
    const statuses = [
      await shopify("products/create", coat, { "x-shopify-hmac-sha256": forged }),
      await shopify("products/create", coat, { "x-shopify-hmac-sha256": "" }),
      await shopify("products/create", coat, { "x-shopify-shop-domain": "stranger.myshopify.com" }),
      await shopify(
        "products/create",
        { ...coat, title: "changed" },
        {
          "x-shopify-hmac-sha256": createHmac("sha256", SHOPIFY_SECRET).update(JSON.stringify(coat)).digest("base64"),
        },
      ),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401]);
    expect(await item(h, "632910392")).toBeUndefined();
    expect((await reportShops(h.deps, h.site.id)).recent).toEqual([]);
  });

  it("does a repeated delivery once, refuses what it cannot read by its field, ignores the rest", async () => {
    const { shopify } = await shop();
    const answers = [];
    for (const [topic, payload] of [
      ["products/create", coat],
      ["products/create", coat],
      ["products/update", { id: 1 }],
      ["themes/publish", { id: 1 }],
    ] as const) {
      const id = topic === "products/create" ? "the-same" : topic;
      const answer = await shopify(topic, payload, { "x-shopify-webhook-id": id });
      answers.push(((await answer.json()) as { status: string }).status);
    }
    expect(answers).toEqual(["done", "repeated", "refused", "ignored"]);
  });
});
