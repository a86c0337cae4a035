import { sha256 } from "./hash.ts";

/** Prefix of an id says what it is. */
export type IdKind =
  | "site"
  | "key"
  | "staff"
  | "plc"
  | "srv"
  | "seg"
  | "cmp"
  | "rec"
  | "evt"
  | "mdl"
  | "req"
  | "con"
  | "era"
  | "ref"
  | "imp"
  | "feed";

const SITE_CODE_LENGTH = 8;

/** A person's key inside the product. It says the site (so that a site is one key range) and the slot, and names nobody. */
export type ProfileId = string;

export type PersonKey = { userId: string } | { anonymousId: string };

/**
 * `p_<site code>_<20 characters of SHA-256>`: computed, never looked up, so an event finds its shard without a read and
 * the same person always has the same key. 120 bits: a collision among 10⁹ people has a chance below 10⁻¹⁸.
 */
export function profileIdOf(siteId: string, person: PersonKey): ProfileId {
  const name = `${siteId}\n${"userId" in person ? `u:${person.userId}` : `a:${person.anonymousId}`}`;
  let profileId = computed.get(name);
  if (profileId === undefined) {
    profileId = `p_${siteCode(siteId)}_${sha256(name, 20)}`;
    if (computed.size >= COMPUTED_KEPT) computed.clear();
    computed.set(name, profileId);
  }
  return profileId;
}

/** A request asks for the same few, several times. */
const computed = new Map<string, ProfileId>();
const COMPUTED_KEPT = 2000;

/** The eight characters of a site id that begin the key of each of its people. */
export function siteCode(siteId: string): string {
  return siteId.slice("site_".length, "site_".length + SITE_CODE_LENGTH);
}

export function siteIdOf(profileId: ProfileId): string {
  return `site_${profileId.slice(2, 2 + SITE_CODE_LENGTH)}`;
}

/** Half-open key range `[from, to)` of all people of a site: one range read of any table keyed by profile. */
export function profileRange(siteId: string): { from: string; to: string } {
  return { from: `p_${siteCode(siteId)}_`, to: `p_${siteCode(siteId)}\`` };
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
export const SLOTS = 1024;

/** One of 1,024 fixed slots, from the first ten bits of the hash inside the id; the slot map says which shard holds it. */
export function slotOf(profileId: ProfileId): number {
  const start = 3 + SITE_CODE_LENGTH;
  const high = BASE64URL.indexOf(profileId.charAt(start));
  const low = BASE64URL.indexOf(profileId.charAt(start + 1));
  if (high < 0 || low < 0) throw new TypeError("not a profile id");
  return (high << 4) | (low >> 2);
}
