/** What the doors of on-site messages answer; as answers.ts. */
import * as z from "zod";
import { OnsiteDefinition, type OnsiteMessage } from "../../onsite/definition.ts";
import { FORMATS, type Offer } from "../../onsite/schema.ts";
import { ExperimentResult } from "./answers-of-campaigns.ts";

const text = z.string();
const count = z.int().min(0);
const moment = z.int();

export const OnsiteOffer = z.object({
  moment: z.object({
    kind: z.enum(["now", "scroll", "dwell", "exit"]),
    delaySeconds: z.number(),
    percent: count.optional(),
    seconds: count.optional(),
    idleSeconds: count.nullable().optional(),
    back: z.boolean().optional(),
  }),
  properties: z.object({
    channel: z.literal("onsite"),
    onsite_id: text,
    version: count,
    variant: text,
    format: z.enum(FORMATS),
  }),
  html: text.nullable(),
  push: z.object({ key: text, worker: text, textVersion: text }).optional(),
  surveyId: text.optional(),
}) satisfies z.ZodType<Offer>;
export const OnsiteOffers = z.object({ messages: z.array(OnsiteOffer) });

export const OnsiteStored = z.object({
  id: text,
  name: text,
  state: z.enum(["draft", "running", "paused"]),
  version: count,
  definition: OnsiteDefinition,
  updatedAt: moment,
  launchedAt: moment.nullable(),
}) satisfies z.ZodType<Omit<OnsiteMessage, "siteId">>;
export const OnsiteList = z.object({ messages: z.array(OnsiteStored) });
export const OnsiteReportAnswer = z.object({
  message: OnsiteStored,
  measuredAt: moment.nullable(),
  dismissed: z.record(text, count),
  currency: text,
  result: ExperimentResult.nullable(),
});
export const PushKey = z.object({ publicKey: text });
