/**
 * `POST /webhooks/{provider}`: shops that report by themselves. Who it is from is checked over the body as it came, before
 * anything of it is believed; an account that nobody connected and a wrong signature are the same 401. Whatever is verified is
 * acknowledged, also what we have no use for: providers stop sending to who refuses.
 */

import { Refusal } from "../../lib/errors.ts";
import { sha256 } from "../../lib/hash.ts";
import { readCafe24, readCafe24Delivery } from "../../shops/cafe24.ts";
import { openConnection } from "../../shops/connections.ts";
import { effects } from "../../shops/effects.ts";
import { receive } from "../../shops/receive.ts";
import { CustomDelivery, CustomQuery, DELIVERY_LIMIT_BYTES } from "../../shops/schema.ts";
import { readShopify } from "../../shops/shopify.ts";
import { isFromCafe24, isFromShopify, isSigned } from "../../shops/signature.ts";
import type { HttpContext } from "../context.ts";
import { check, parseJson, readBytes } from "../errors.ts";

/** Cafe24's trace id and Shopify's webhook id are short; a hash of what is longer is as good a name. */
function idFrom(given: string | undefined, body: Uint8Array): string {
  if (given && given.length <= 128) return given;
  return `sha_${sha256(given ?? Buffer.from(body).toString("base64"))}`;
}

function unknownSender(): Refusal {
  return new Refusal("unauthorized", "the signature is not that of a connected shop");
}

export async function postCafe24Webhook(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readBytes(c, DELIVERY_LIMIT_BYTES);
  const delivery = readOrUndefined(() => readCafe24Delivery(parseJson(body)));
  const connection = delivery && (await openConnection(deps, "cafe24", delivery.resource.mall_id.toLowerCase()));
  if (!connection || !isFromCafe24(c.req.header("x-api-key"), connection.secret)) throw unknownSender();
  const deliveryId = idFrom(c.req.header("x-trace-id"), body);
  const about = {
    siteId: connection.siteId,
    provider: "cafe24",
    deliveryId,
    topic: String(delivery.event_no),
  } as const;
  return c.json(await receive(deps, about, () => readCafe24(delivery, deliveryId)));
}

export async function postShopifyWebhook(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readBytes(c, DELIVERY_LIMIT_BYTES);
  const shop = (c.req.header("x-shopify-shop-domain") ?? "").toLowerCase();
  const connection = await openConnection(deps, "shopify", shop);
  if (!connection || !isFromShopify(c.req.header("x-shopify-hmac-sha256"), connection.secret, body)) {
    throw unknownSender();
  }
  const payload = parseJson(body);
  const topic = c.req.header("x-shopify-topic") ?? "none";
  const deliveryId = idFrom(c.req.header("x-shopify-webhook-id"), body);
  const about = { siteId: connection.siteId, provider: "shopify", deliveryId, topic } as const;
  return c.json(await receive(deps, about, () => readShopify(topic, payload, shop, deliveryId)));
}

/** `?site=` says whose it is. Its sender is a developer: a body that is not as it should be is a 400 by field. */
export async function postCustomWebhook(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const body = await readBytes(c, DELIVERY_LIMIT_BYTES);
  const connection = await openConnection(deps, "custom", check(CustomQuery, c.req.query()).site);
  const headers = {
    id: c.req.header("webhook-id") ?? "",
    timestamp: c.req.header("webhook-timestamp") ?? "",
    signature: c.req.header("webhook-signature") ?? "",
  };
  if (!connection || headers.id === "" || !isSigned(headers, connection.secret, body, deps.clock.now())) {
    throw unknownSender();
  }
  const { items, deletedItemIds, events, erasedUserIds } = check(CustomDelivery, parseJson(body), "the delivery");
  const deliveryId = idFrom(headers.id, body);
  const topic = Object.entries({ items, deletedItemIds, events, erasedUserIds })
    .flatMap(([name, entries]) => (entries.length > 0 ? [name] : []))
    .join(" ");
  const about = { siteId: connection.siteId, provider: "custom", deliveryId, topic: topic || "nothing" } as const;
  const what = { items, removedItemIds: deletedItemIds, sentEvents: named(events, deliveryId) };
  return c.json(await receive(deps, about, () => effects({ ...what, erased: erasedUserIds })));
}

/** An event without an id gets one that is the same when the delivery is repeated. */
function named(events: unknown[], deliveryId: string): unknown[] {
  return events.map((event, place) =>
    typeof event === "object" && event !== null && !Array.isArray(event)
      ? { messageId: `custom:${deliveryId}:${place}`, ...event }
      : event,
  );
}

/** Before the sender is known, what cannot be read is nobody's. */
function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
