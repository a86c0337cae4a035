/** The calls of on-site messages; as operations.ts. */
import * as z from "zod";
import { MOST_MESSAGES, OnsiteId } from "../../onsite/definition.ts";
import { OnsiteQuery } from "../../onsite/schema.ts";
import type { Operation } from "./operations.ts";

const ONSITE = { tag: "Onsite", caller: "server", idIs: OnsiteId } as const;
const KB = 1024;

// biome-ignore format: a table is read line by line
export const ONSITE_OPERATIONS: Operation[] = [
  { id: "getOnsite", method: "get", path: "/v1/onsite", summary: "What a page may show now",
    description: "The highest priority first; one at a time. The tag is told the same by `onsite` in the answer to its own events.",
    tag: "Onsite", caller: "page", query: OnsiteQuery, answers: { 200: "OnsiteOffers" }, refusals: ["bad_request"] },
  { id: "getPushKey", method: "get", path: "/v1/push-key", summary: "What a browser subscribes to push with",
    description: "The public half of the site's VAPID keys (RFC 8292). A subscription with another one is to be made anew.",
    tag: "Onsite", caller: "page", answers: { 200: "PushKey" } },
  { ...ONSITE, id: "listOnsite", method: "get", path: "/v1/onsite/messages", summary: "List on-site messages",
    answers: { 200: "OnsiteList" } },
  { ...ONSITE, id: "getOnsiteMessage", method: "get", path: "/v1/onsite/messages/{id}", summary: "Read an on-site message",
    answers: { 200: "OnsiteStored" }, refusals: ["not_found"] },
  { ...ONSITE, id: "putOnsiteMessage", method: "put", path: "/v1/onsite/messages/{id}",
    summary: "Make or replace an on-site message",
    description: `A draft, or the new words of what runs; another definition is another version. At most ${MOST_MESSAGES} a site.`,
    body: "OnsiteInput", limitBytes: 256 * KB, answers: { 200: "OnsiteStored" }, refusals: ["conflict", "unprocessable"] },
  { ...ONSITE, id: "deleteOnsiteMessage", method: "delete", path: "/v1/onsite/messages/{id}",
    summary: "Delete an on-site message", answers: { 204: null }, refusals: ["not_found"] },
  { ...ONSITE, id: "launchOnsite", method: "post", path: "/v1/onsite/messages/{id}/launch",
    summary: "Show an on-site message from now on", description: "422 names everything that keeps it from running.",
    answers: { 200: "OnsiteStored" }, refusals: ["conflict", "not_found", "unprocessable"] },
  { ...ONSITE, id: "pauseOnsite", method: "post", path: "/v1/onsite/messages/{id}/pause",
    summary: "Show an on-site message no more", answers: { 200: "OnsiteStored" }, refusals: ["conflict", "not_found"] },
  { ...ONSITE, id: "getOnsiteReport", method: "get", path: "/v1/onsite/messages/{id}/report",
    summary: "Read what an on-site message changed",
    description: "Who was shown it, clicked, closed it and bought, by variant, against who was held out. Counted anew when the count is older than a minute.",
    query: z.object({ against: z.string().optional() }), answers: { 200: "OnsiteReportAnswer" }, refusals: ["not_found"] },
];
