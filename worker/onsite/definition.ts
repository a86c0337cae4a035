/** What a marketer decides about an on-site message. Words are Liquid templates (messages/template.ts), checked at launch. */
import * as z from "zod";
import { DAY, SECOND } from "../lib/time.ts";
import { Condition, EventName, Rule } from "../segments/rule.ts";
import { SegmentId } from "../segments/schema.ts";
import { FORMATS } from "./schema.ts";

export const OnsiteId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

/** What is in it besides the words. */
export const KINDS = ["words", "products", "coupon", "rating", "review", "push", "html"] as const;

const days = (count: number) => (count * DAY) / SECOND;
const address = z.url({ protocol: /^https?$/ }).max(2048);
const text = (most: number) => z.string().trim().min(1).max(most);

/** One language. Everything is a template; `html` is shown in a frame of its own that cannot reach the page. */
export const OnsiteWords = z.strictObject({
  title: text(500),
  body: z.string().trim().max(5000).default(""),
  /** Labels of `buttons`, in their order. */
  buttons: z.array(text(120)).max(2).default([]),
  /** The code of a coupon. */
  code: text(200).optional(),
  /** Said after a rating, or after a coupon's code was copied. */
  thanks: text(300).optional(),
  html: text(20_000).optional(),
});
export type OnsiteWords = z.infer<typeof OnsiteWords>;

const Words = z
  .strictObject({ ko: OnsiteWords.optional(), en: OnsiteWords.optional() })
  .refine(({ ko, en }) => ko !== undefined || en !== undefined, "the message needs words in one language");

const Button = z.discriminatedUnion("does", [
  /** Leads to an address, which may be a template (`{{ recommendation.0.product_url }}`). */
  z.strictObject({ does: z.literal("open"), url: text(2048) }),
  z.strictObject({ does: z.literal("close") }),
  z.strictObject({ does: z.literal("survey"), surveyId: text(63) }),
]);

const Media = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("image"),
    url: address,
    /** A still picture for whoever wants less motion. */
    still: address.optional(),
    alt: z.string().max(300).default(""),
  }),
  z.strictObject({
    kind: z.literal("video"),
    url: address,
    poster: address.optional(),
    alt: z.string().max(300).default(""),
  }),
]);

/** `*` stands for anything within a path: `/products/*`. */
const PathPattern = z.string().regex(/^[/*]\S{0,255}$/, "a path such as /products/*");

export const Trigger = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("page") }),
  z.strictObject({
    kind: z.literal("event"),
    events: z.array(EventName).min(1).max(10),
    where: z.array(Condition).max(10).optional(),
    count: z.int().min(1).max(1000).default(1),
    withinSeconds: z.int().min(1).max(days(400)).default(1800),
  }),
  /** What is in the cart now is worth at least, and less than (major units of the site's currency). */
  z.strictObject({
    kind: z.literal("cart"),
    atLeast: z.number().min(0).default(0),
    below: z.number().min(0).optional(),
  }),
  /** Came into the segment in this visit. */
  z.strictObject({ kind: z.literal("segment"), segmentId: SegmentId }),
  z.strictObject({ kind: z.literal("scroll"), percent: z.int().min(1).max(100) }),
  z.strictObject({ kind: z.literal("dwell"), seconds: z.int().min(1).max(3600) }),
  /** The pointer leaves the page; on a phone a quick scroll up, so long a rest, or the way back. */
  z.strictObject({
    kind: z.literal("exit"),
    idleSeconds: z.int().min(5).max(600).nullable().default(30),
    /** Costs the visitor one press of "back". */
    back: z.boolean().default(false),
  }),
]);
export type Trigger = z.infer<typeof Trigger>;

const Variant = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "lower-case letters, digits, - and _, at most 32")
    .refine((name) => name !== "holdout", "this name belongs to the group that is left out"),
  share: z.number().positive().max(1000).default(1),
  /** In place of the message's own. */
  words: Words.optional(),
  format: z.enum(FORMATS).optional(),
});

export const OnsiteDefinition = z
  .strictObject({
    format: z.enum(FORMATS),
    kind: z.enum(KINDS).default("words"),
    words: Words,
    media: Media.nullable().default(null),
    buttons: z.array(Button).max(2).default([]),
    /** Where recommended products come from: those of `products`, and `{{recommendation.0…}}` in words. */
    placement: z.string().min(1).max(64).nullable().default(null),
    /** Of a rating. */
    scale: z.enum(["nps", "stars"]).default("stars"),
    /** Where an app is reviewed; the visitor's device decides. */
    stores: z.strictObject({ apple: address.optional(), google: address.optional() }).default({}),
    /** Height of own HTML, in pixels. */
    height: z.int().min(40).max(2000).default(360),
    /** Of a push prompt: the shop's own service worker file, from the root of its origin. */
    serviceWorker: z
      .string()
      .regex(/^\/\S{0,255}$/, "a path such as /nunchi-sw.js")
      .default("/nunchi-sw.js"),
    trigger: Trigger.default({ kind: "page" }),
    /** After the trigger. */
    delaySeconds: z.number().min(0).max(300).default(0),
    pages: z
      .strictObject({
        include: z.array(PathPattern).max(20).default([]),
        exclude: z.array(PathPattern).max(20).default([]),
        /** Of `url`, `path`, `title`, `referrer` and what the page says of itself with `page` events. */
        where: z.array(Condition).max(10).default([]),
      })
      .prefault({}),
    device: z.enum(["all", "phone", "desktop"]).default("all"),
    /** Asked at the moment of showing. Null: everybody. */
    audience: Rule.nullable().default(null),
    /** The highest goes first. */
    priority: z.int().min(0).max(100).default(50),
    /** To one person: so often a local day, and in all. */
    dailyCap: z.int().min(1).max(20).default(1),
    totalCap: z.int().min(1).max(1000).nullable().default(null),
    /** Not again for so long after it was closed; null: never again. */
    restSeconds: z.int().min(0).max(days(400)).nullable().default(days(7)),
    /** Not again after it was clicked or answered. */
    untilClicked: z.boolean().default(true),
    /** Also shown while somebody pays. */
    duringCheckout: z.boolean().default(false),
    from: z.iso.datetime({ offset: true }).nullable().default(null),
    until: z.iso.datetime({ offset: true }).nullable().default(null),
    holdoutPercent: z.int().min(0).max(50).default(0),
    variants: z.array(Variant).max(4).default([]),
    /** A purchase counts for so long after somebody first saw it. */
    conversionSeconds: z.int().min(60).max(days(30)).default(days(7)),
  })
  .superRefine(({ kind, words, buttons, media, variants, stores, pages }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      void context.addIssue({ code: "custom", path, message });
    for (const locale of ["ko", "en"] as const) {
      const own = words[locale];
      if (!own) continue;
      if (own.buttons.length !== buttons.length)
        refuse(["words", locale, "buttons"], "each button needs its label in this language");
      if (kind === "coupon" && !own.code) refuse(["words", locale, "code"], "a coupon needs its code");
      if (kind === "html" && !own.html) refuse(["words", locale, "html"], "own HTML needs its source");
    }
    if (kind === "review" && !stores.apple && !stores.google) refuse(["stores"], "a review request needs a store");
    if (kind === "push" && buttons.length > 0) refuse(["buttons"], "a push prompt brings its own buttons");
    if (media && kind === "html") refuse(["media"], "own HTML brings its own pictures");
    if (new Set(variants.map(({ name }) => name)).size < variants.length)
      refuse(["variants"], "two variants have the same name");
    if (pages.include.length === 0 && pages.exclude.includes("/*")) refuse(["pages", "exclude"], "no page is left");
  });
export type OnsiteDefinition = z.infer<typeof OnsiteDefinition>;

export const OnsiteInput = z.strictObject({ name: text(120), definition: OnsiteDefinition });
export type OnsiteInput = z.infer<typeof OnsiteInput>;

export interface OnsiteMessage extends OnsiteInput {
  siteId: string;
  id: string;
  state: "draft" | "running" | "paused";
  /** Grows by one with every change of the definition. */
  version: number;
  updatedAt: number;
  /** When it first ran: its report begins there. */
  launchedAt: number | null;
}

/** How many messages a site may have: those that run are looked at whenever somebody does something. */
export const MOST_MESSAGES = 100;
