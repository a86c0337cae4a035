/** What a page asks for on-site messages with, and what it is offered. Light: the tag takes its types from here. */
import * as z from "zod";

/** Where on the page a message stands. */
export const FORMATS = ["modal", "bottom_sheet", "banner", "corner_card", "full_screen"] as const;

/** Who asks, from which page. */
export const OnsiteQuery = z
  .object({
    userId: z.string().trim().min(1).max(256).optional(),
    anonymousId: z.string().trim().min(1).max(256).optional(),
    userHash: z.string().max(128).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
    locale: z.string().max(35).optional(),
  })
  .refine(({ userId, anonymousId }) => userId !== undefined || anonymousId !== undefined, {
    path: ["anonymousId"],
    message: "needs a userId or an anonymousId",
  });

/** What the tag waits for before it shows a message. */
export interface OfferMoment {
  kind: "now" | "scroll" | "dwell" | "exit";
  delaySeconds: number;
  percent?: number;
  seconds?: number;
  idleSeconds?: number | null;
  back?: boolean;
}

/** A message that a page may show now, or when its moment has come. */
export interface Offer {
  moment: OfferMoment;
  /** Goes with every event about it, as it is. */
  properties: { channel: "onsite"; onsite_id: string; version: number; variant: string; format: string };
  /** Markup for a shadow root; null for who is held out: then only the moment is told. */
  html: string | null;
  /** Of a push prompt. */
  push?: { key: string; worker: string; textVersion: string };
  /** Of a button that opens a survey. */
  surveyId?: string;
}
