/** Who is here, as far as this browser knows. Read anew each time: another tab may have signed in or out. */
import { newId } from "./id.ts";
import { forget, isHeld, keep, recall } from "./storage.ts";

export interface Identity {
  anonymousId: string;
  userId: string | undefined;
  /** The shop's proof that the page may speak for the user, where the site asks for it. */
  userHash?: string | undefined;
}

export function readIdentity(): Identity {
  // Of a worker on the shop's own domain: outlives the storage, and is the same on its other subdomains. The newer id wins,
  // because whoever signed out on one of them began anew.
  let shared = "";
  try {
    // Where documents are sandboxed, asking is an error.
    if (!isHeld()) shared = document.cookie.match(/\bnunchi=(\w+)/)?.[1] ?? "";
  } catch {}
  const own = recall("anonymous") ?? "";
  return {
    anonymousId: [own, shared].sort()[1] || rotate(),
    userId: recall("user") ?? undefined,
    userHash: recall("hash") ?? undefined,
  };
}

function rotate(): string {
  const anonymousId = newId();
  keep("anonymous", anonymousId);
  return anonymousId;
}

/** True for a change. Another user than before gets another anonymous id: a browser's history must not join two people. */
export function signIn(userId: string, userHash?: string): boolean {
  const known = recall("user");
  if (known && known !== userId) resetIdentity();
  keep("user", userId);
  if (userHash) keep("hash", userHash);
  return known !== userId;
}

/** Whoever comes next is nobody known. */
export function resetIdentity(): void {
  for (const name of ["user", "hash", "identified", "recent"]) forget(name);
  rotate();
}

/** A visit ends after this long without a page. */
const VISIT_MS = 30 * 60_000;
const DAY_MS = 86_400_000;

/**
 * Days between this visit and the one before, the same on each page of a visit. On the first visit: days since 1970. 0 where
 * nothing can be kept, because there every page would look like a first visit.
 */
export function daysAway(): number {
  const now = Date.now();
  const awayMs = now - Number(recall("seen"));
  if (awayMs > VISIT_MS) keep("away", String(awayMs / DAY_MS));
  return keep("seen", String(now)) ? Number(recall("away")) : 0;
}
