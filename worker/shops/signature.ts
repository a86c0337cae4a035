/** Whether a delivery is from whom it says, by each provider's own way. Pure; comparisons take the same time for any guess. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE, SECOND } from "../lib/time.ts";

/** How far a custom delivery's time may be from ours: replays end, and clocks may differ. */
const TOLERANCE_MS = 5 * MINUTE;

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `X-API-Key`, the key of the app's webhook settings, as it is: Cafe24 signs nothing. */
export function isFromCafe24(key: string | undefined, secret: string): boolean {
  return key !== undefined && isSame(key, secret);
}

/** `X-Shopify-Hmac-SHA256`: base64 of the HMAC over the body as it came. */
export function isFromShopify(signature: string | undefined, secret: string, body: Uint8Array): boolean {
  return signature !== undefined && isSame(signature, createHmac("sha256", secret).update(body).digest("base64"));
}

export interface SignedHeaders {
  id: string;
  /** Epoch seconds. */
  timestamp: string;
  /** `v1,<base64>`, several with spaces between while a secret is changed. */
  signature: string;
}

/**
 * Standard Webhooks (standardwebhooks.com): HMAC over `id.timestamp.body` with the bytes behind `whsec_`, and a time that is
 * at most five minutes off.
 */
export function isSigned(headers: SignedHeaders, secret: string, body: Uint8Array, now: number): boolean {
  const at = /^\d{1,12}$/.test(headers.timestamp) ? Number(headers.timestamp) * SECOND : Number.NaN;
  if (!(Math.abs(now - at) <= TOLERANCE_MS)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${headers.id}.${headers.timestamp}.`).update(body).digest("base64");
  return headers.signature.split(" ").some((each) => isSame(each, `v1,${mac}`));
}
