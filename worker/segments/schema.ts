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

/** How many segments a site may have: every one is evaluated for everybody who comes. */
export const MOST_SEGMENTS = 100;
