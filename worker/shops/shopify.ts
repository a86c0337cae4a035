/**
 * Shopify's webhooks by their topic (shopify.dev, Webhooks). Customers are our users by their id, items are products by
 * theirs; a product's price is that of its cheapest variant, and it is in stock while one of them is.
 */
import type * as z from "zod";
import type { ConsentChange } from "../events/consent.ts";
import { purchaseNameOf } from "../events/store.ts";
import { type Effects, effects, ignored, known, plainText, type Reading } from "./effects.ts";
import { ShopifyCustomer, ShopifyDeleted, ShopifyErasure, ShopifyOrder, ShopifyProduct } from "./schema.ts";

/** `shop`: its myshopify.com domain. `deliveryId` makes what has no id of its own recognizable. Throws ZodError. */
export function readShopify(topic: string, body: unknown, shop: string, deliveryId: string): Reading {
  switch (topic) {
    case "products/create":
    case "products/update":
      return product(ShopifyProduct.parse(body), shop);
    case "products/delete":
      return effects({ removedItemIds: [ShopifyDeleted.parse(body).id] });
    case "checkouts/create":
      return order(ShopifyOrder.parse(body), "checkout_started");
    case "orders/create":
    case "orders/paid":
      return order(ShopifyOrder.parse(body), "product_purchased");
    case "orders/cancelled":
      return order(ShopifyOrder.parse(body), "product_refunded");
    case "customers/create":
    case "customers/update":
      return customer(ShopifyCustomer.parse(body), topic === "customers/create", deliveryId);
    case "customers/delete":
    case "customers/redact":
      return erasure(ShopifyErasure.parse(body));
    default:
      return ignored("unknown topic");
  }
}

function product(said: z.infer<typeof ShopifyProduct>, shop: string): Reading {
  const cheapest = said.variants.reduce((best, each) => (each.price < best.price ? each : best));
  const isAvailable = said.variants.some(
    ({ inventory_management, inventory_policy, inventory_quantity }) =>
      !inventory_management || inventory_policy === "continue" || (inventory_quantity ?? 0) > 0,
  );
  const counted = said.variants.every(
    ({ inventory_management, inventory_policy }) => inventory_management && inventory_policy !== "continue",
  );
  const left = said.variants.reduce((sum, { inventory_quantity }) => sum + Math.max(0, inventory_quantity ?? 0), 0);
  const image = said.image?.src ?? said.images?.[0]?.src;
  return effects({
    products: [
      {
        id: said.id,
        fields: {
          ...known({
            title: said.title,
            description: said.body_html ? plainText(said.body_html) : undefined,
            url: `https://${shop}/products/${encodeURIComponent(said.handle)}`,
            imageUrl: image,
            price: cheapest.price,
            brand: said.vendor,
            category: said.product_type,
            tags: said.tags?.map((tag) => tag.slice(0, 64)).slice(0, 50),
            availability: isAvailable ? "in_stock" : "out_of_stock",
            hidden: (said.status != null && said.status !== "active") || said.published_at === null,
          }),
          // Both are said by every message: what is not there is no more.
          listPrice: cheapest.compare_at_price || null,
          quantity: counted ? left : null,
        },
        ifNew: {},
        saidAt: said.updated_at ?? undefined,
      },
    ],
  });
}

function order(
  said: z.infer<typeof ShopifyOrder>,
  event: "product_purchased" | "product_refunded" | "checkout_started",
): Reading {
  if (!said.customer) return ignored("nobody is named");
  const userId = said.customer.id;
  const products = said.line_items.flatMap(({ product_id, variant_id, title, price, quantity }) =>
    product_id == null ? [] : [known({ product_id, variant: variant_id, name: title, price, quantity })],
  );
  const at = event === "product_refunded" ? said.cancelled_at : said.created_at;
  return effects({
    events: [
      {
        type: "track",
        event,
        // A paid order is the order that was made.
        messageId: event === "product_purchased" ? purchaseNameOf("shopify", said.id) : `shopify:${event}:${said.id}`,
        userId,
        ...(at ? { timestamp: at } : {}),
        properties: known({ order_id: said.id, total: said.total_price, currency: said.currency, products }),
      },
    ],
  });
}

function customer(said: z.infer<typeof ShopifyCustomer>, isNew: boolean, deliveryId: string): Reading {
  const userId = said.id;
  const name = [said.first_name, said.last_name].filter(Boolean).join(" ") || undefined;
  const { first_name, last_name, email, phone, tags } = said;
  const traits = known({ name, first_name, last_name, email, phone, tags: tags || undefined });
  const events: Effects["events"] = [{ type: "identify", messageId: `shopify:${deliveryId}`, userId, traits }];
  if (isNew) {
    const at = said.created_at ? { timestamp: said.created_at } : {};
    events.push({
      type: "track",
      event: "registration_completed",
      messageId: `shopify:joined:${userId}`,
      userId,
      ...at,
    });
  }
  const consents = [
    ["email", said.email_marketing_consent] as const,
    ["sms", said.sms_marketing_consent] as const,
  ].flatMap(([channel, consent]) => {
    const granted = { subscribed: true, unsubscribed: false }[consent?.state ?? ""];
    if (granted === undefined) return [];
    const messageId = `shopify:${userId}:${channel}:${consent?.state}:${consent?.consent_updated_at ?? ""}`.slice(
      0,
      200,
    );
    const change: ConsentChange = { channel, granted, source: "shopify", messageId };
    return [{ person: { userId }, change }];
  });
  return effects({ events, consents });
}

function erasure({ id }: z.infer<typeof ShopifyErasure>): Reading {
  return id === undefined ? ignored("nobody is named") : effects({ erased: [id] });
}
