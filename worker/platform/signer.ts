import type { Signer } from "../deps.ts";

const encoder = new TextEncoder();
const keys = new Map<string, Promise<CryptoKey>>();

/** 132 bits of HMAC-SHA-256 as 22 base64url characters; the key of a purpose is HMAC(APP_SECRET, purpose). */
const SIGNATURE_LENGTH = 22;

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const master = await crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign"]);
  const derived = await crypto.subtle.sign("HMAC", master, encoder.encode(`nunchi:${purpose}`));
  return crypto.subtle.importKey("raw", derived, hmac, false, ["sign"]);
}

export function openSigner(secret: string): Signer {
  const keyFor = (purpose: string): Promise<CryptoKey> => {
    const name = `${purpose}\n${secret}`;
    let key = keys.get(name);
    if (!key) {
      key = deriveKey(secret, purpose);
      keys.set(name, key);
    }
    return key;
  };
  const sign = async (purpose: string, text: string): Promise<string> => {
    const mac = await crypto.subtle.sign("HMAC", await keyFor(purpose), encoder.encode(text));
    return Buffer.from(mac).toString("base64url").slice(0, SIGNATURE_LENGTH);
  };
  return {
    sign,
    async verify(purpose, text, signature) {
      const expected = encoder.encode(await sign(purpose, text));
      const given = encoder.encode(signature);
      return given.length === expected.length && crypto.subtle.timingSafeEqual(given, expected);
    },
  };
}
