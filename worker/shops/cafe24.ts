/**
 * Cafe24's webhooks: `{event_no, resource}`, one number for each thing that can happen (developers.cafe24.com, Webhook).
 * Members are our users by their member id; items are products by their product number, as in Cafe24's own feeds. Orders
 * come without quantities and prices of their products, which are named by code.
 */
import type * as z from "zod";
import { purchaseNameOf } from "../events/store.ts";
import { type Effects, effects, ignored, known, type Reading } from "./effects.ts";
import {
  Cafe24Cart,
  Cafe24Delivery,
  Cafe24Member,
  Cafe24Members,
  Cafe24Order,
  Cafe24Product,
  Cafe24ProductNumber,
  Cafe24Stock,
} from "./schema.ts";

/** Throws ZodError for what is not a delivery. */
export function readCafe24Delivery(body: unknown): z.infer<typeof Cafe24Delivery> {
  return Cafe24Delivery.parse(body);
}

/** `deliveryId` makes what has no id of its own recognizable. Throws ZodError. */
export function readCafe24({ event_no, resource }: z.infer<typeof Cafe24Delivery>, deliveryId: string): Reading {
  switch (event_no) {
    case 90001: // product created
    case 90002: // product updated
    case 90075: // a variant sold out or came back: the message repeats the product
      return product(Cafe24Product.parse(resource));
    case 90003: // product deleted
      return effects({ removedItemIds: [Cafe24ProductNumber.parse(resource).product_no] });
    case 90022: // product restored
      return effects({ restoredItemIds: [Cafe24ProductNumber.parse(resource).product_no] });
    case 90150: // sold out, or no longer
      return stock(Cafe24Stock.parse(resource));
    case 90084: // put into a cart
      return cart(Cafe24Cart.parse(resource), deliveryId);
    case 90023: // order received
    case 90025: // order's payment: the same order, for shops that subscribe to this one only
      return order(Cafe24Order.parse(resource), "product_purchased");
    case 90026: // order canceled
    case 90029: // order refunded
      return order(Cafe24Order.parse(resource), "product_refunded");
    case 90032: // member joined
      return member(Cafe24Member.parse(resource));
    case 90147: // members withdrew
      return effects({ erased: Cafe24Members.parse(resource).member_id });
    case 90041: // products changed in bulk
      return ignored("says only which products: the next feed brings the rest");
    case 90080: // member's data changed
      return ignored("says only which fields");
    default:
      return ignored("unknown topic");
  }
}

function product(said: z.infer<typeof Cafe24Product>): Reading {
  const { mall_id, product_no, retail_price, price, display, selling } = said;
  return effects({
    products: [
      {
        id: product_no,
        fields: known({
          title: said.product_name,
          titles: said.eng_product_name ? { en: said.eng_product_name } : undefined,
          description: said.simple_description ?? said.summary_description,
          price,
          // A list price of zero is none at all.
          listPrice: retail_price || undefined,
          hidden: !(display && selling),
        }),
        ifNew: {
          url: `https://${mall_id}.cafe24.com/product/detail.html?product_no=${encodeURIComponent(product_no)}`,
        },
        saidAt: said.updated_date ?? undefined,
      },
    ],
  });
}

function stock({ product_no, sold_out_by_current_shop }: z.infer<typeof Cafe24Stock>): Reading {
  const fields = sold_out_by_current_shop
    ? { availability: "out_of_stock", quantity: 0 }
    : { availability: "in_stock", quantity: null };
  return effects({ products: [{ id: product_no, fields, ifNew: undefined, saidAt: undefined }] });
}

function cart({ member_id, product_no, quantity }: z.infer<typeof Cafe24Cart>, deliveryId: string): Reading {
  if (!member_id) return ignored("nobody is signed in");
  return effects({
    events: [
      {
        type: "track",
        event: "product_added_to_cart",
        messageId: `cafe24:${deliveryId}`,
        userId: member_id,
        properties: { product_id: product_no, quantity },
      },
    ],
  });
}

function order(said: z.infer<typeof Cafe24Order>, event: "product_purchased" | "product_refunded"): Reading {
  const { order_id, member_id, order_date, order_price_amount, currency, ordering_product_code } = said;
  if (!member_id) return ignored("a guest's order");
  const products = (ordering_product_code ?? []).flatMap((code) => {
    const product_id = productNumberOf(code);
    return product_id === undefined ? [] : [{ product_id }];
  });
  return effects({
    events: [
      {
        type: "track",
        event,
        messageId: event === "product_purchased" ? purchaseNameOf("cafe24", order_id) : `cafe24:${event}:${order_id}`,
        userId: member_id,
        ...(order_date && event === "product_purchased" ? { timestamp: order_date } : {}),
        properties: known({ order_id, total: order_price_amount, currency, paid: said.paid, products }),
      },
    ],
  });
}

/**
 * A product's code is its number in base 26 behind a P: "P000CCAO" is 36518 (both in Cafe24's own example of one product).
 * Undefined for what is no such code. Orders name products by code only.
 */
export function productNumberOf(code: string): string | undefined {
  const digits = /^P0*([A-Z]{1,7})$/.exec(code)?.[1];
  if (!digits) return undefined;
  return String([...digits].reduce((number, digit) => number * 26 + digit.charCodeAt(0) - 65, 0));
}

function member(said: z.infer<typeof Cafe24Member>): Reading {
  const { member_id: userId, created_date, email, cellphone, sms, news_mail } = said;
  const { name, birthday, gender, group_no } = said;
  const at = created_date ? { timestamp: created_date } : {};
  const traits = known({ name, email, phone: cellphone, birthday, gender, group_no });
  const consents: Effects["consents"] = [];
  // What was ticked when they joined, or was not: a refusal is a word of the ledger as well.
  for (const [channel, granted] of [["sms", sms] as const, ["email", news_mail] as const]) {
    if (typeof granted !== "boolean") continue;
    const messageId = `cafe24:joined:${userId}:${channel}`;
    consents.push({ person: { userId }, change: { channel, granted, source: "cafe24_join", messageId } });
  }
  return effects({
    events: [
      { type: "identify", messageId: `cafe24:member:${userId}`, userId, traits, ...at },
      { type: "track", event: "registration_completed", messageId: `cafe24:joined:${userId}`, userId, ...at },
    ],
    consents,
  });
}
