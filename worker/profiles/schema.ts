/** How a shop speaks of its people: who is meant, what is known of them, what they agreed to. */
import * as z from "zod";
import { CHANNELS } from "../deps.ts";
import { ATTRIBUTE_TYPES } from "./attribute.ts";

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

export const AttributeName = z.string().trim().min(1).max(128);

export const AttributeInput = z.strictObject({
  type: z.enum(ATTRIBUTE_TYPES),
  /** Names or describes somebody: hidden in the admin's lists. */
  isPersonal: z.boolean().default(false),
});

const id = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);

const consent = {
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
  /** Where the proof is: a form's number, a recording, a document. */
  proof: z.string().trim().min(1).max(512).nullish(),
  messageId: z.string().min(1).max(200).nullish(),
};

export const ConsentInput = z
  .object({ ...consent, userHash: z.string().max(128).nullish(), writeKey: z.string().nullish() })
  .refine(({ userId, anonymousId }) => userId != null || anonymousId != null, {
    path: ["userId"],
    message: "a consent needs a userId or an anonymousId",
  });

/** Bytes of unpadded base64url, as browsers write keys. */
const bytes = (length: number) => {
  const characters = Math.ceil((length * 4) / 3);
  return z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}={0,2}$`), `${length} bytes in base64url`);
};

/** What `PushSubscription.toJSON()` says; `expirationTime` passes unread. */
const WebPushSubscription = z.object({
  /** We send to it: only a public https address, so that nobody can point us at somebody's network. */
  endpoint: z
    .url({ protocol: /^https$/, hostname: /^(?!\d+(\.\d+){3}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i })
    .max(2048)
    .refine((address) => !URL.parse(address)?.username, "no user name in the address"),
  /** RFC 8291: an uncompressed P-256 point and 16 random bytes. */
  keys: z.object({ p256dh: bytes(65), auth: bytes(16) }),
});
export type WebPushAddress = z.infer<typeof WebPushSubscription>;

const owner = {
  userId: id.nullish(),
  anonymousId: id.nullish(),
  userHash: z.string().max(128).nullish(),
  writeKey: z.string().nullish(),
};
const hasOwner = ({ userId, anonymousId }: { userId?: unknown; anonymousId?: unknown }) =>
  userId != null || anonymousId != null;
const needsOwner = { path: ["anonymousId"], message: "whose is it? a userId or an anonymousId is needed" };
const deviceId = z.string().trim().min(1).max(128).nullish();

export const PushSubscriptionInput = z
  .object({ ...owner, subscription: WebPushSubscription, deviceId })
  .refine(hasOwner, needsOwner);

export const PushSubscriptionRemoval = z
  .object({ ...owner, endpoint: z.string().min(1).max(2048) })
  .refine(hasOwner, needsOwner);

const AppPushToken = z.object({
  token: z.string().trim().min(8).max(4096),
  platform: z.enum(["ios", "android", "web"]),
  appVersion: z.string().trim().min(1).max(64).nullish(),
});
export type AppPushAddress = z.infer<typeof AppPushToken>;

export const DeviceInput = z.object({ ...owner, ...AppPushToken.shape, deviceId }).refine(hasOwner, needsOwner);

export const DeviceRemoval = z.object({ ...owner, token: AppPushToken.shape.token }).refine(hasOwner, needsOwner);

/** Of one `POST /v1/consents/import`. */
export const CONSENTS_LIMIT = 500;

export const PastConsentInput = z
  .object({
    ...consent,
    /** When it was said. */
    at: z.union(
      [z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), z.int().min(0).max(8.64e15)],
      "a time with its zone (2026-03-10T12:00:00Z) or in epoch milliseconds",
    ),
  })
  .refine(({ userId, anonymousId }) => userId != null || anonymousId != null, {
    path: ["userId"],
    message: "a consent needs a userId or an anonymousId",
  });

/** The envelope; its consents are checked one by one, so that one bad row does not cost the others. */
export const ConsentsImport = z.object({ consents: z.array(z.unknown()).min(1).max(CONSENTS_LIMIT) });

export const DUTY_KINDS = ["notice", "reconfirm"] as const;

export const DutiesPage = z.object({
  kind: z.enum(DUTY_KINDS).optional(),
  after: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  format: z.enum(["json", "csv"]).default("json"),
});

export const DutiesDone = z.object({
  duties: z
    .array(
      z
        .object({
          userId: id.nullish(),
          anonymousId: id.nullish(),
          kind: z.enum(DUTY_KINDS),
          channel: z.enum(CHANNELS),
        })
        .refine(hasOwner, { path: ["userId"], message: "whose is it? a userId or an anonymousId is needed" }),
    )
    .min(1)
    .max(CONSENTS_LIMIT),
});
