import * as z from "zod";
import { Rule } from "./rule.ts";

export const SegmentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

export const SegmentInput = z.strictObject({
  name: z.string().trim().min(1).max(120),
  rule: Rule,
});
export type SegmentInput = z.infer<typeof SegmentInput>;

export const EstimateInput = z.strictObject({ rule: Rule });

export const MembersPage = z.object({
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** How many segments a site may have: every one is evaluated for everybody who comes. */
export const MOST_SEGMENTS = 100;
