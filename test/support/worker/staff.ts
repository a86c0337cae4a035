/** Somebody who is signed in to the admin of a test's site, as a browser would be. */

import { hashPassword } from "../../../worker/staff/password.ts";
import { openSession } from "../../../worker/staff/sessions.ts";
import { insertStaffIfNew } from "../../../worker/staff/store.ts";
import type { Harness } from "./harness.ts";

export const ADMIN = "https://nunchi.test";
export const PASSWORD = "wonderful green teapots";

/** The hash costs 150 ms: one for all tests. */
let passwordHash: Promise<string> | undefined;

export interface StaffMember {
  id: string;
  email: string;
  cookie: string;
  /** GET of a page. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** POST of a form with the token that this person's pages carry; names with dots make objects. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
}

export async function staffOf(h: Harness): Promise<StaffMember> {
  passwordHash ??= hashPassword(PASSWORD);
  const id = h.deps.ids.next("staff");
  const email = `${id}@shop.test`;
  await insertStaffIfNew(h.deps.control, {
    id,
    email,
    passwordHash: await passwordHash,
    sessionEpoch: 1,
    createdAt: h.clock.at,
  });
  const token = await openSession(h.deps, { id, sessionEpoch: 1 });
  const cookie = `__Host-nunchi_session=${token}`;
  const csrf = await h.deps.signer.sign("csrf", token.slice(0, token.lastIndexOf(".")));
  return {
    id,
    email,
    cookie,
    get: (path, headers = {}) => h.fetch(path, { headers: { cookie, "accept-language": "en", ...headers } }),
    post: (path, fields = {}, headers = {}) =>
      h.fetch(path, {
        method: "POST",
        headers: {
          cookie,
          origin: ADMIN,
          "accept-language": "en",
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: new URLSearchParams({ csrf, ...fields }).toString(),
      }),
  };
}
