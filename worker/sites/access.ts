/**
 * Who calls, by key. Public keys (`pk_…`) are in every page and only open the browser calls from the site's own origins;
 * secret keys (`sk_…`) are stored as a hash and shown once. A revoked key stops at once on the isolate that revoked it and
 * within the cache's few seconds elsewhere.
 */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { isPassing } from "../platform/overload.ts";
import type { Site } from "./schema.ts";
import { findKey, insertKey, type Key, revokeKey } from "./store.ts";

/** An overloaded control database does not keep out who was let in before it was. */
const found = new TtlCache<{ key: Key; site: Site } | undefined>(5 * SECOND, 1000, {
  forMs: 10 * MINUTE,
  when: isPassing,
});

/** What a server calls with again and again is hashed once. */
const hashes = new Map<string, string>();
const HASHES_KEPT = 100;

function lookupOf(key: string): string {
  if (!key.startsWith("sk_")) return key;
  let hash = hashes.get(key);
  if (hash === undefined) {
    if (hashes.size >= HASHES_KEPT) hashes.clear();
    hash = sha256(key);
    hashes.set(key, hash);
  }
  return hash;
}

/** Throws `unauthorized` for an unknown or revoked key. */
export async function requireSiteByKey(
  deps: Deps,
  key: string,
  kind?: "public" | "secret",
): Promise<{ site: Site; key: Key }> {
  if (!/^(pk|sk)_[\w-]{4,64}$/.test(key))
    throw new Refusal("unauthorized", "the key is missing or malformed (pk_… or sk_…)");
  const lookup = lookupOf(key);
  const row = await found.get(lookup, deps.clock.now(), () => findKey(deps.control, lookup));
  if (!row) throw new Refusal("unauthorized", "the key is unknown or revoked");
  if (kind && row.key.kind !== kind) throw new Refusal("forbidden", `this call needs a ${kind} key`);
  return row;
}

/** Throws `forbidden` when a browser calls from an origin that the site does not list. `*.` allows one label or more. */
export function requireOrigin(site: Site, origin: string | undefined): void {
  if (origin !== undefined && site.origins.some((allowed) => matches(allowed, origin.toLowerCase()))) return;
  throw new Refusal("forbidden", "this origin may not use the public key: add it to the site's origins");
}

function matches(allowed: string, origin: string): boolean {
  if (!allowed.includes("*.")) return allowed === origin;
  const [scheme, host] = allowed.split("*.");
  return scheme !== undefined && host !== undefined && origin.startsWith(scheme) && origin.endsWith(`.${host}`);
}

/** Makes a key and returns it in clear text: for a secret key this is the only time. `fixed` is for the demo's public key. */
export async function createKey(
  deps: Deps,
  siteId: string,
  kind: "public" | "secret",
  label: string,
  fixed?: string,
): Promise<{ id: string; key: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const key = fixed ?? `${kind === "public" ? "pk" : "sk"}_${Buffer.from(bytes).toString("base64url")}`;
  const id = deps.ids.next("key");
  const now = deps.clock.now();
  await insertKey(deps.control, {
    id,
    siteId,
    kind,
    label,
    lookup: lookupOf(key),
    hint: key.slice(-4),
    createdAt: now,
    revokedAt: null,
  });
  found.drop(lookupOf(key));
  return { id, key };
}

/** Throws `not_found` when there is no such live key. */
export async function revoke(deps: Deps, siteId: string, keyId: string): Promise<void> {
  const lookup = await revokeKey(deps.control, siteId, keyId, deps.clock.now());
  if (lookup === undefined) throw new Refusal("not_found", "there is no such key");
  found.drop(lookup);
}
