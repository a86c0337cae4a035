/**
 * Sessions without a table: a signed text in a cookie, good until it expires or the account's epoch is raised (password
 * changed, "sign out everywhere").
 */
import type { Deps } from "../deps.ts";
import { DAY } from "../lib/time.ts";
import { getStaff, type Staff } from "./store.ts";

export const SESSION_MS = 7 * DAY;

export interface Session {
  staff: Staff;
  /** What ties a form to this session; the same in all its forms. */
  csrfToken: string;
}

/** `<staff id>.<epoch>.<expires at>.<signature>`. */
export async function openSession(deps: Deps, staff: Pick<Staff, "id" | "sessionEpoch">): Promise<string> {
  const claims = `${staff.id}.${staff.sessionEpoch}.${deps.clock.now() + SESSION_MS}`;
  return `${claims}.${await deps.signer.sign("session", claims)}`;
}

/** Undefined for a text that is forged, expired, or of an account that ended its sessions. */
export async function readSession(deps: Deps, text: string): Promise<Session | undefined> {
  const match = /^((staff_\w+)\.(\d+)\.(\d+))\.([\w-]+)$/.exec(text);
  if (!match) return undefined;
  const [, claims = "", id = "", epoch, expiresAt, signature = ""] = match;
  if (!(await deps.signer.verify("session", claims, signature))) return undefined;
  if (Number(expiresAt) <= deps.clock.now()) return undefined;
  const staff = await getStaff(deps.control, id);
  if (!staff || staff.sessionEpoch !== Number(epoch)) return undefined;
  return { staff, csrfToken: await deps.signer.sign("csrf", claims) };
}

/** A session of somebody whom Cloudflare Access let in: no cookie of ours, the same forms. */
export async function sessionOfAccess(deps: Deps, staff: Staff): Promise<Session> {
  return { staff, csrfToken: await deps.signer.sign("csrf", `access.${staff.id}.${staff.sessionEpoch}`) };
}
