import type { Deps } from "../deps.ts";
import { sha256 } from "../lib/hash.ts";
import { hashPassword, type PasswordProblem, passwordProblem, verifyPassword } from "./password.ts";
import { normalizeEmail } from "./schema.ts";
import { getStaffByEmail, type Staff, updatePassword } from "./store.ts";

export type SignIn = { signedIn: true; staff: Staff } | { signedIn: false; reason: "wrong" | "too_many" };

/**
 * Limited per address and per account, so that neither one machine nor many can try passwords quickly. The answer does not
 * tell whether the e-mail or the password was wrong, in words or in time.
 */
export async function signIn(
  deps: Deps,
  attempt: { email: string; password: string; address: string },
): Promise<SignIn> {
  const email = normalizeEmail(attempt.email);
  const allowed = await Promise.all([
    deps.loginLimit.allow(`address:${attempt.address}`),
    deps.loginLimit.allow(`account:${sha256(email, 22)}`),
  ]);
  if (allowed.includes(false)) return { signedIn: false, reason: "too_many" };
  const staff = await getStaffByEmail(deps.control, email);
  const right = await verifyPassword(attempt.password, staff?.passwordHash);
  return staff && right ? { signedIn: true, staff } : { signedIn: false, reason: "wrong" };
}

export type PasswordChange =
  | { changed: true; staff: Staff }
  | { changed: false; reason: PasswordProblem | "wrong" | "too_many" };

/** Ends all sessions of the account; the returned account opens a new one. */
export async function changePassword(
  deps: Deps,
  staff: Staff,
  passwords: { current: string; next: string },
): Promise<PasswordChange> {
  if (!(await deps.loginLimit.allow(`account:${sha256(staff.email, 22)}`)))
    return { changed: false, reason: "too_many" };
  if (!(await verifyPassword(passwords.current, staff.passwordHash))) return { changed: false, reason: "wrong" };
  const problem = passwordProblem(passwords.next, staff.email, deps.config.demo);
  if (problem) return { changed: false, reason: problem };
  const passwordHash = await hashPassword(passwords.next);
  const epoch = await updatePassword(deps.control, staff.id, passwordHash);
  return { changed: true, staff: { ...staff, passwordHash, sessionEpoch: epoch ?? staff.sessionEpoch } };
}
