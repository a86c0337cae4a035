/** What a marketer decides about a campaign. Words are Liquid templates (messages/template.ts), checked at launch. */
import * as z from "zod";
import { CHANNELS } from "../deps.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { Condition, EventName, Rule } from "../segments/rule.ts";

export const CampaignId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

/** Sources of one language's words. */
export const Words = z.strictObject({
  title: z.string().trim().min(1).max(500),
  body: z.string().trim().min(1).max(20_000),
});
export type Words = z.infer<typeof Words>;

const days = (count: number) => (count * DAY) / SECOND;

/** Any of these events starts a run of the person who did it, when all conditions hold for the event. */
const EventTrigger = z.strictObject({
  kind: z.literal("event"),
  events: z.array(EventName).min(1).max(10),
  where: z.array(Condition).max(10).optional(),
});

/** What can happen to an item that somebody waits for (catalog/changes.ts). */
export const WATCHED_CHANGES = ["price_dropped", "back_in_stock", "low_stock", "item_added"] as const;

const names = z.array(z.string().trim().min(1).max(512)).max(50).default([]);

/** A change of the catalog starts a run of everybody who showed interest in the item, or in what is like it. */
const CatalogTrigger = z
  .strictObject({
    kind: z.literal("catalog"),
    change: z.enum(WATCHED_CHANGES),
    /** Of `price_dropped`: at least so much less than before. */
    minPercent: z.number().min(0).max(99).default(0),
    /** Only items of these brands, or in these categories and below; empty: all. */
    brands: names,
    categories: names,
    interest: z.strictObject({
      events: z
        .array(EventName)
        .min(1)
        .max(10)
        .default(["product_viewed", "product_added_to_cart", "product_added_to_wishlist"]),
      withinSeconds: z.int().min(3600).max(days(90)).default(days(30)),
      /** In the item itself, or in anything of its category or brand: a new item has nobody who knows it. */
      in: z.enum(["item", "category", "brand"]).default("item"),
    }),
    /** Whoever did one of these with the item in that time is left out. */
    unless: z.array(EventName).max(10).default(["product_purchased"]),
  })
  .refine(({ change, interest }) => change !== "item_added" || interest.in !== "item", {
    path: ["interest", "in"],
    message: "nobody has seen a new item yet: choose its category or its brand",
  });
export type CatalogTrigger = z.infer<typeof CatalogTrigger>;

export const CampaignDefinition = z.strictObject({
  trigger: z.discriminatedUnion("kind", [EventTrigger, CatalogTrigger]),
  /** From the event until the message is decided on. */
  delaySeconds: z.int().min(0).max(days(30)).default(3600),
  /** "every": again, but at most once in a window. */
  reentry: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("once") }),
      z.strictObject({ kind: z.literal("every"), windowSeconds: z.int().min(60).max(days(365)) }),
    ])
    .default({ kind: "every", windowSeconds: days(1) }),
  /** Asked again when the time has come. Null: everybody. */
  audience: Rule.nullable().default(null),
  /** Whoever fits is left out, however well they fit the audience. */
  exclude: Rule.nullable().default(null),
  channel: z.enum(CHANNELS),
  /** Where `{{recommendation.0…}}` comes from: a placement's rules decide what is recommended. */
  placement: z.string().min(1).max(64).nullable().default(null),
  /** What the message links to and whose picture it shows. */
  link: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("recommended") }),
      z.strictObject({ kind: z.literal("triggered") }),
      z.strictObject({
        kind: z.literal("url"),
        url: z.url({ protocol: /^https?$/ }).max(2048),
        imageUrl: z
          .url({ protocol: /^https?$/ })
          .max(2048)
          .optional(),
      }),
    ])
    .default({ kind: "recommended" }),
  /** The person's language if there, else the site's, else the other. */
  message: z
    .strictObject({ ko: Words.optional(), en: Words.optional() })
    .refine(({ ko, en }) => ko !== undefined || en !== undefined, "the message needs words in one language"),
  /** Advertising until said otherwise: label, sender, contact and the way out are added. */
  isAd: z.boolean().default(true),
  /** Share of the people who would get it and do not, so that its effect can be measured. */
  holdoutPercent: z.int().min(0).max(50).default(0),
  /** Messages of this campaign to one person on one local day; the site's own cap holds besides. */
  dailyCap: z.int().min(1).max(10).default(1),
  /** A message is credited with what its reader did this long after the last click. */
  conversion: z
    .strictObject({
      event: EventName.default("product_purchased"),
      windowSeconds: z.int().min(60).max(days(30)).default(days(7)),
    })
    .default({ event: "product_purchased", windowSeconds: days(7) }),
});
export type CampaignDefinition = z.infer<typeof CampaignDefinition>;

export const CampaignInput = z.strictObject({
  name: z.string().trim().min(1).max(120),
  definition: CampaignDefinition,
});
export type CampaignInput = z.infer<typeof CampaignInput>;

/** For words that are not saved yet. */
export const PreviewInput = z.object({ definition: CampaignDefinition });

export const PreviewPerson = z
  .object({ userId: z.string().min(1).max(256).optional(), anonymousId: z.string().min(1).max(256).optional() })
  .refine((person) => person.userId !== undefined || person.anonymousId !== undefined, {
    path: ["userId"],
    message: "a preview needs a userId or an anonymousId",
  })
  .transform(({ userId, anonymousId }) => (userId !== undefined ? { userId } : { anonymousId: anonymousId as string }));

/** In the spelling of the tools that ask. */
export const ContentQuery = z.object({
  sig: z.string().max(128).default(""),
  user_id: z.string().trim().max(256).optional(),
  anonymous_id: z.string().trim().max(256).optional(),
});

export type CampaignState = "draft" | "running" | "paused" | "ended";

export interface Campaign {
  siteId: string;
  id: string;
  name: string;
  state: CampaignState;
  version: number;
  definition: CampaignDefinition;
  createdAt: number;
  updatedAt: number;
  launchedAt: number | null;
}
