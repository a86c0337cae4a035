/**
 * Cloudflare Access, for installations that put it in front of /admin: its signed assertion says who came through, so no
 * password is asked. Who may come through is Access's policy; an account without a password is added on the first visit.
 */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { normalizeEmail } from "./schema.ts";
import { getStaffByEmail, insertStaffIfNew, type Staff } from "./store.ts";

/** jose fetches a team's keys when it meets an unknown one, and keeps them; public keys only. */
const keySets = new Map<string, JWTVerifyGetKey>();

function keysOf(team: string): JWTVerifyGetKey {
  let keys = keySets.get(team);
  if (!keys) {
    keys = createRemoteJWKSet(new URL("/cdn-cgi/access/certs", team));
    keySets.set(team, keys);
  }
  return keys;
}

/** Throws `forbidden` for an assertion that is forged, expired, for another application, or names no person. */
export async function requireStaffOfAccess(
  deps: Deps,
  access: NonNullable<Deps["config"]["access"]>,
  assertion: string,
  keys = keysOf(access.team),
): Promise<Staff> {
  const payload = await jwtVerify(assertion, keys, {
    issuer: access.team,
    audience: access.audience,
    algorithms: ["RS256"],
    currentDate: new Date(deps.clock.now()),
  }).then(
    (verified) => verified.payload,
    (error) => {
      // Keys that cannot be fetched are our trouble, not the visitor's.
      if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) throw error;
      return undefined;
    },
  );
  const claimed = payload?.email;
  if (typeof claimed !== "string" || claimed === "")
    throw new Refusal("forbidden", "Cloudflare Access did not say who you are");
  const email = normalizeEmail(claimed);
  const known = await getStaffByEmail(deps.control, email);
  if (known) return known;
  await insertStaffIfNew(deps.control, {
    id: deps.ids.next("staff"),
    email,
    passwordHash: "",
    sessionEpoch: 1,
    createdAt: deps.clock.now(),
  });
  const added = await getStaffByEmail(deps.control, email);
  if (!added) throw new Error("the account that was just added is not there");
  return added;
}
