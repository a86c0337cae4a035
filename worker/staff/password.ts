/**
 * Passwords: scrypt by node:crypto, which runs on the edge and needs no package. Algorithm and parameters are stored with
 * each hash, so raising them later keeps old passwords working. Nothing here logs or keeps a password.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's scrypt set for 16 MiB of memory: N=2^14, r=8, p=5 (about 150 ms). N=2^17 would need an isolate's whole 128 MB. */
const PARAMETERS = { N: 2 ** 14, r: 8, p: 5 };
const HASH_BYTES = 32;
const MAX_LENGTH = 200;
const MIN_LENGTH = 12;
const MIN_LENGTH_IN_DEMO = 4;

export type PasswordProblem = "too_short" | "too_long" | "too_common" | "same_as_email";

/** What people type when a form wants twelve characters; compared without case, digits at the end and punctuation. */
const OBVIOUS = [
  "password",
  "passwordpassword",
  "qwertyuiop",
  "qwertyqwerty",
  "qwerasdfzxcv",
  "asdfghjkl",
  "letmein",
  "welcome",
  "iloveyou",
  "changeme",
  "changemeplease",
  "admin",
  "administrator",
  "adminadmin",
  "nunchi",
  "nunchiadmin",
  "비밀번호",
  "correcthorsebatterystaple",
];

/** Why a new password is refused, or undefined when it is fine. `demo` allows short ones: nothing there is worth guessing. */
export function passwordProblem(password: string, email: string, demo: boolean): PasswordProblem | undefined {
  const length = [...password].length;
  if (length < (demo ? MIN_LENGTH_IN_DEMO : MIN_LENGTH)) return "too_short";
  if (length > MAX_LENGTH) return "too_long";
  if (demo) return undefined;
  const text = password.normalize("NFKC").toLowerCase();
  if (text === email.toLowerCase() || text === email.toLowerCase().split("@")[0]) return "same_as_email";
  const core = text.replace(/[\d\p{P}\p{S}\s]+/gu, "");
  if (core === "" || OBVIOUS.includes(core) || new Set(text).size < 5) return "too_common";
  return undefined;
}

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, PARAMETERS);
  return `scrypt$${PARAMETERS.N}$${PARAMETERS.r}$${PARAMETERS.p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/**
 * Whether the password belongs to the stored hash. Without a hash (no such account, or an account without a password) it
 * does the same work and says no, so that the time of the answer does not tell which e-mail addresses exist.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = (stored ?? "").split("$");
  if (scheme !== "scrypt" || !salt || !hash) {
    await derive(password, randomBytes(16), PARAMETERS);
    return false;
  }
  const expected = Buffer.from(hash, "base64url");
  const actual = await derive(password, Buffer.from(salt, "base64url"), { N: Number(N), r: Number(r), p: Number(p) });
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function derive(password: string, salt: Buffer, parameters: typeof PARAMETERS): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...parameters, maxmem: 256 * parameters.N * parameters.r };
    // NFKC: the same characters typed on another keyboard are the same password (NIST SP 800-63B §5.1.1.2).
    scrypt(password.normalize("NFKC").slice(0, 4 * MAX_LENGTH), salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}
