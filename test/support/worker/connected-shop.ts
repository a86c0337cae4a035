/** A site to which shops report by webhook. */
/** Shops that report by webhook: payloads as the providers document them, signatures as they make them. */
import { createHmac } from "node:crypto";
import { readItems } from "../../../worker/catalog/read.ts";
import { readHistory } from "../../../worker/events/history.ts";
import type { PersonKey } from "../../../worker/lib/ids.ts";
import { readConsentsOf } from "../../../worker/profiles/consent.ts";
import { locatePerson } from "../../../worker/profiles/person.ts";
import { connectShop } from "../../../worker/shops/connections.ts";
import { type Harness, harness, NOON } from "./harness.ts";

export const KEY = "webhook-key-of-the-app-1";

export const SHOPIFY_SECRET = "shpss_0123456789abcdef";

let malls = 0;

/** A site with both kinds of shops connected, under accounts of its own. */
export async function shop() {
  const h = await harness();
  const number = ++malls;
  const [mall, domain] = [`mall${number}`, `shop-${number}.myshopify.com`];
  await connectShop(h.deps, h.site.id, { provider: "cafe24", account: mall, secret: KEY });
  await connectShop(h.deps, h.site.id, { provider: "shopify", account: domain, secret: SHOPIFY_SECRET });
  const { madeSecret = "" } = await connectShop(h.deps, h.site.id, { provider: "custom" });
  let deliveries = 0;
  return {
    h,
    mall,
    domain,
    madeSecret,
    cafe24: (event_no: number, resource: object, headers: Record<string, string> = {}) =>
      h.fetch("/webhooks/cafe24", {
        method: "POST",
        headers: { "x-api-key": KEY, "x-trace-id": `trace-${++deliveries}`, ...headers },
        body: JSON.stringify({ event_no, resource: { mall_id: mall, event_shop_no: "1", ...resource } }),
      }),
    shopify: (topic: string, payload: object, headers: Record<string, string> = {}) => {
      const body = JSON.stringify(payload);
      return h.fetch("/webhooks/shopify", {
        method: "POST",
        headers: {
          "x-shopify-topic": topic,
          "x-shopify-shop-domain": domain,
          "x-shopify-webhook-id": `webhook-${++deliveries}`,
          "x-shopify-hmac-sha256": createHmac("sha256", SHOPIFY_SECRET).update(body).digest("base64"),
          ...headers,
        },
        body,
      });
    },
    custom: (payload: unknown, { id = `delivery-${++deliveries}`, at = NOON, secret = madeSecret } = {}) => {
      const body = JSON.stringify(payload);
      const timestamp = String(Math.floor(at / 1000));
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
      return h.fetch(`/webhooks/custom?site=${h.site.id}`, {
        method: "POST",
        headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
        body,
      });
    },
  };
}

export const item = async (h: Harness, id: string) => (await readItems(h.deps, h.site.id, [id])).get(id);

export async function timeline(h: Harness, person: PersonKey) {
  return readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
}

export async function consents(h: Harness, userId: string) {
  const ref = await locatePerson(h.deps, h.site.id, { userId });
  return (await readConsentsOf(h.deps, [ref])).get(ref.profileId);
}
