/** The first minutes of an installation: the first account and the first site, opened once by the setup token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { createKey } from "../sites/access.ts";
import { createSite } from "../sites/site.ts";
import { hashPassword, type PasswordProblem, passwordProblem } from "./password.ts";
import type { NewSite, Setup } from "./schema.ts";
import { hasStaff, insertFirstStaff, type Staff } from "./store.ts";

export interface SiteKeys {
  siteId: string;
  publicKey: string;
  /** In clear text: this is the only time it can be read. */
  secretKey: string;
}

/** Throws `forbidden` when the installation has no setup token, `unauthorized` when `token` is not it. */
export function requireSetupToken(deps: Deps, token: string): void {
  const expected = deps.config.setupToken;
  if (!expected)
    throw new Refusal("forbidden", "this installation has no setup token: wrangler secret put SETUP_TOKEN");
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(token), digest(expected)))
    throw new Refusal("unauthorized", "the setup token is missing or wrong");
}

const PROBLEMS: Record<PasswordProblem, string> = {
  too_short: "at least 12 characters",
  too_long: "at most 200 characters",
  too_common: "a password that is not among the first ones to be guessed",
  same_as_email: "a password that is not the e-mail address",
};

/** Throws `conflict` when there is an account already, `bad_request` for a weak password. */
export async function setUp(deps: Deps, setup: Setup): Promise<SiteKeys & { staff: Staff }> {
  const { email, password } = setup.staff;
  const taken = () => new Refusal("conflict", "this installation is set up already: sign in at /admin");
  if (await hasStaff(deps.control)) throw taken();
  const problem = passwordProblem(password, email, deps.config.demo);
  if (problem) {
    throw new Refusal("bad_request", `the password is not good enough: ${PROBLEMS[problem]}`, {
      issues: [{ path: "staff.password", message: PROBLEMS[problem] }],
    });
  }
  const staff: Staff = {
    id: deps.ids.next("staff"),
    email,
    passwordHash: await hashPassword(password),
    sessionEpoch: 1,
    createdAt: deps.clock.now(),
  };
  requireHonored(deps, setup);
  // The account first: it decides who of two callers sets up. Whoever is killed after it signs in and adds the site there.
  if (!(await insertFirstStaff(deps.control, staff))) throw taken();
  return { staff, ...(await openSite(deps, setup)) };
}

/** A site with one public and one secret key. */
export async function openSite(deps: Deps, { site: settings, publicKey }: NewSite): Promise<SiteKeys> {
  requireHonored(deps, { publicKey });
  const site = await createSite(deps, settings);
  const browser = await createKey(deps, site.id, "public", "Website", publicKey);
  const server = await createKey(deps, site.id, "secret", "Server");
  return { siteId: site.id, publicKey: browser.key, secretKey: server.key };
}

function requireHonored(deps: Deps, { publicKey }: Pick<NewSite, "publicKey">): void {
  if (publicKey !== undefined && !deps.config.demo)
    throw new Refusal("bad_request", "a public key of your choice is for the demo only", {
      issues: [{ path: "publicKey", message: "leave it out: the key is made here" }],
    });
}
