/**
 * Who followed a link or loaded a picture: a person, or a machine on the way to one. Counted apart, because half of all
 * "clicks" on a mail to a company are its gateway's. Pure; what it cannot tell, it calls a person.
 */
import { isbot } from "isbot";
import { SECOND } from "../lib/time.ts";
import type { Message } from "./store.ts";

export interface Visit {
  method: string;
  userAgent: string | undefined;
  /** The values of `Purpose`, `Sec-Purpose`, `X-Purpose` and `X-Moz`, whichever are there. */
  purposes: string[];
}

/** Nobody has read a mail so soon after it was handed over; its gateway has followed every link. */
const GATEWAY_MS = 2 * SECOND;

/** Mail services that fetch pictures for their readers at the moment of reading. */
const READERS_PROXY = /GoogleImageProxy|YahooMailProxy/;

function isAutomatic({ method, userAgent, purposes }: Visit): boolean {
  return (
    method === "HEAD" ||
    purposes.some((purpose) => /prefetch|preview|prerender/i.test(purpose)) ||
    // A bare "Mozilla/5.0" (Apple's Mail Privacy Protection) and no name at all are machines to `isbot` as well.
    isbot(userAgent || "bot")
  );
}

function isBurst(
  { channel, provider, sentAt }: Pick<Message, "channel" | "provider" | "sentAt">,
  now: number,
): boolean {
  // What stays in the outbox passes no gateway. A link that is followed before the message counts as sent was not read.
  return channel === "email" && provider !== "outbox" && now - (sentAt ?? now) < GATEWAY_MS;
}

export function isMachineClick(
  visit: Visit,
  message: Pick<Message, "channel" | "provider" | "sentAt">,
  now: number,
): boolean {
  return isAutomatic(visit) || isBurst(message, now);
}

export function isMachineOpen(
  visit: Visit,
  message: Pick<Message, "channel" | "provider" | "sentAt">,
  now: number,
): boolean {
  const isProxied = visit.method === "GET" && READERS_PROXY.test(visit.userAgent ?? "");
  return (!isProxied && isAutomatic(visit)) || isBurst(message, now);
}
