/** How a shop speaks of its people: who is meant, what is known of them, what they agreed to. */
import * as z from "zod";
import { CHANNELS } from "../deps.ts";

export const PersonId = z.object({
  id: z.string().trim().min(1).max(256),
  idType: z.enum(["userId", "anonymousId"]).default("userId"),
});

const contact = z.string().trim().min(1).max(256).optional();

/** What is left out stays as it is; a trait of null is removed (RFC 7396). */
export const UserInput = z.strictObject({
  email: contact,
  phone: contact,
  locale: contact,
  timeZone: contact,
  traits: z.record(z.string().max(256), z.unknown()).default({}),
});

const id = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);

export const ConsentInput = z
  .object({
    userId: id.nullish(),
    anonymousId: id.nullish(),
    channel: z.enum(CHANNELS),
    granted: z.boolean(),
    night: z.boolean().nullish(),
    purpose: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63")
      .nullish(),
    source: z.string().trim().min(1).max(64),
    textVersion: z.string().trim().min(1).max(64).nullish(),
    writeKey: z.string().nullish(),
    messageId: z.string().min(1).max(200).nullish(),
  })
  .refine(({ userId, anonymousId }) => userId != null || anonymousId != null, {
    path: ["userId"],
    message: "a consent needs a userId or an anonymousId",
  });
