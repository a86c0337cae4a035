/**
 * The key pair by which push services know a site (RFC 8292): made when it is first asked for, the private half sealed. A
 * browser's subscription is bound to the public half.
 */
import type { Deps } from "../deps.ts";
import { readSetting, writeSettingOnce } from "../platform/settings.ts";

interface StoredKeys {
  /** 65 bytes, uncompressed, base64url: what browsers call `applicationServerKey`. */
  publicKey: string;
  /** A JSON Web Key, sealed by the vault. */
  privateKey: string;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const known = new Map<string, StoredKeys>();

/** The public half, base64url. Never changes but by hand. */
export async function vapidPublicKey(deps: Deps, siteId: string): Promise<string> {
  const name = `vapid:${siteId}`;
  const kept = known.get(siteId);
  if (kept) return kept.publicKey;
  const stored =
    (await readSetting(deps.control, name)) ?? (await writeSettingOnce(deps.control, name, await make(deps)));
  const keys = JSON.parse(stored) as StoredKeys;
  known.set(siteId, keys);
  return keys.publicKey;
}

async function make(deps: Deps): Promise<string> {
  const pair = (await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"])) as CryptoKeyPair;
  const [raw, secret] = await Promise.all([
    crypto.subtle.exportKey("raw", pair.publicKey),
    crypto.subtle.exportKey("jwk", pair.privateKey),
  ]);
  const keys: StoredKeys = {
    publicKey: Buffer.from(raw as ArrayBuffer).toString("base64url"),
    privateKey: await deps.vault.seal(JSON.stringify(secret)),
  };
  return JSON.stringify(keys);
}
