/**
 * Secrets that others gave us and that have to be read again (a webhook's, a provider's): sealed with AES-256-GCM under a key
 * derived from APP_SECRET, so that a copy of the database alone opens nothing.
 */
import type { Vault } from "../deps.ts";

const encoder = new TextEncoder();
const NONCE_BYTES = 12;
const keys = new Map<string, Promise<CryptoKey>>();

async function deriveKey(secret: string): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const info = encoder.encode("nunchi:vault");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info },
    master,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

export function openVault(secret: string): Vault {
  const key = (): Promise<CryptoKey> => {
    const known = keys.get(secret) ?? deriveKey(secret);
    keys.set(secret, known);
    return known;
  };
  return {
    async seal(text) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key(), encoder.encode(text));
      return Buffer.concat([nonce, new Uint8Array(sealed)]).toString("base64url");
    },
    async open(sealed) {
      const bytes = new Uint8Array(Buffer.from(sealed, "base64url"));
      const [nonce, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
      return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, await key(), rest));
    },
  };
}
