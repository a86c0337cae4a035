/** Segment's message shape, as its SDKs speak it. Unknown fields pass: SDKs add their own. */
import * as z from "zod";

/** Bytes of one event and of one batch (Segment's own limits), and events in one batch. */
export const EVENT_LIMIT_BYTES = 32 * 1024;
export const BATCH_LIMIT_BYTES = 500 * 1024;
export const BATCH_LIMIT_EVENTS = 2500;
/** Levels of objects and lists in one event: SQLite reads no JSON of more than a thousand. */
export const EVENT_LIMIT_LEVELS = 64;
/** Entries of all objects and lists in one event: an order of 200 items with ten fields each has fewer. */
export const EVENT_LIMIT_FIELDS = 2500;

const TEXT = "text without NUL and without half a surrogate pair";
/** What is hashed or compared: halves of surrogate pairs all become the same replacement character in UTF-8. */
const isText = (value: string) => !value.includes("\0") && value.isWellFormed();

const id = z.union([z.string().trim().min(1).max(256).refine(isText, TEXT), z.number().transform(String)]);
/** RudderStack's SDKs write "" for nobody. */
const person = z.union([id, z.literal("").transform(() => undefined)]).nullish();
const MOMENT = "a time with its zone (2026-03-10T12:00:00Z) or in epoch milliseconds, not before 1970";
/** Epoch ms. Nothing was recorded before 1970, and a date beyond what JavaScript can hold is no date. */
const moment = z.union(
  [
    z.iso
      .datetime({ offset: true })
      .transform((text) => Date.parse(text))
      .refine((at) => at >= 0, MOMENT),
    z.number().min(0).max(8.64e15).transform(Math.floor),
  ],
  MOMENT,
);
/** Leaves out `__proto__`, which is no property of anything. */
const bag = z.record(z.string(), z.unknown());

export const MESSAGE_TYPES = ["track", "identify", "page", "screen", "group", "alias"] as const;

export const EventMessage = z
  .object({
    type: z.enum(MESSAGE_TYPES),
    event: z.string().trim().min(1).max(128).refine(isText, TEXT).optional(),
    name: z.string().max(512).nullish(),
    category: z.string().max(512).nullish(),
    messageId: z.string().min(1).max(256).refine(isText, TEXT).optional(),
    timestamp: moment.optional(),
    originalTimestamp: moment.optional(),
    sentAt: moment.nullish(),
    userId: person,
    anonymousId: person,
    userHash: z.string().max(128).nullish(),
    previousId: person,
    groupId: person,
    properties: bag.nullish(),
    traits: bag.nullish(),
    context: bag.nullish(),
  })
  .refine((message) => message.userId != null || message.anonymousId != null, {
    path: ["anonymousId"],
    message: "an event needs a userId or an anonymousId",
  })
  .refine((message) => message.type !== "track" || message.event !== undefined, {
    path: ["event"],
    message: "a track call needs the event's name",
  });
export type EventMessage = z.infer<typeof EventMessage>;

/** The envelope; its messages are checked one by one, so that one bad event does not cost the others. */
export const EventBatch = z.object({
  batch: z.array(z.unknown()).min(1).max(BATCH_LIMIT_EVENTS),
  sentAt: moment.nullish(),
  writeKey: z.string().optional(),
  context: bag.nullish(),
});
export type EventBatch = z.infer<typeof EventBatch>;

/** What `collect` says of a batch. `refused[].index` counts from 0 in the batch as it was sent. */
export interface CollectResult {
  accepted: number;
  /** Of these: safe in the queue, because their database is overloaded; they are read a little later. */
  delayed?: number;
  /** What the visitor does not want to be recorded; never stored. */
  withheld?: number;
  refused: { index: number; issues: { path: string; message: string }[] }[];
}
