/**
 * Proof that a page may speak for a user: anybody can read a public key out of a page and claim any user id, so a site may ask
 * that its own server signs the id. `userHash` is the hexadecimal HMAC-SHA-256 of the user id (UTF-8) with the site's secret,
 * as other vendors' SDKs know it.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Deps } from "../deps.ts";
import type { Site } from "./schema.ts";
import { changeSite } from "./site.ts";

const HASH = /^[0-9a-f]{64}$/i;

/** Derived from the installation's secret, so it is stored nowhere and can be shown again to who may see it. */
export async function identitySecret(deps: Deps, site: Pick<Site, "id" | "identityGeneration">): Promise<string> {
  return deps.signer.sign("identity", `${site.id} ${site.identityGeneration}`);
}

export function hashUser(secret: string, userId: string): string {
  return createHmac("sha256", secret).update(userId).digest("hex");
}

export function isProven(secret: string, userId: string, hash: unknown): boolean {
  if (typeof hash !== "string" || !HASH.test(hash)) return false;
  return timingSafeEqual(Buffer.from(hash, "hex"), Buffer.from(hashUser(secret, userId), "hex"));
}

/** Another secret from now on: every `userHash` made with the one before is refused. */
export async function renewIdentitySecret(deps: Deps, site: Site): Promise<void> {
  await changeSite(deps, site.id, { identityGeneration: site.identityGeneration + 1 });
}
